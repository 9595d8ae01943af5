"""What a random history is made of: plans for commits, and what becomes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from volly_browser.mls.extensions import Extension, ExtensionType, RequiredCapabilities
from volly_browser.mls.group import Group
from volly_browser.mls.proposals import ExternalPsk, GroupContextExtensions
from volly_browser.mls.psk import PskBundle

PSKS = tuple(PskBundle(ExternalPsk(name), name * 4) for name in (b"one", b"two"))
"""Pre-shared keys that all have, spies included."""

EXTENSIONS = (
    GroupContextExtensions(()),
    GroupContextExtensions(
        (Extension(ExtensionType.REQUIRED_CAPABILITIES, RequiredCapabilities((), (), (1,)).encode()),)
    ),
)


@dataclass(frozen=True)
class Plan:
    """What a commit is to do beside refreshing its author's keys.  Members are given by their places, round and round.

    Attributes:
        adds: how many newcomers.
        removes, updates: the members that go, and those that get a new key by a proposal; the author is passed over.
        psks: how many pre-shared keys are mixed in.
        resumption: whether the group's own is mixed in, if no newcomer comes, who cannot have it.
        extensions: which of `EXTENSIONS` the group has afterwards; None to leave them.
        by_reference: whether members propose all this before.
        unheard: whether one member hears of the proposals only when the commit was there already.
        renews: whether the author gets a new signature key and credential.
        replaces: whether the author has made another commit before, which is lost.
        with_path, public: as `Group.commit` has them.
    """

    adds: int = 0
    removes: Sequence[int] = ()
    updates: Sequence[int] = ()
    psks: int = 0
    resumption: bool = False
    extensions: int | None = None
    by_reference: bool = False
    unheard: bool = False
    renews: bool = False
    replaces: bool = False
    with_path: bool = True
    public: bool = False


@dataclass(eq=False)
class Letter:
    """A message on its way to the members at its sending that have not read it."""

    sender: Group
    epoch: int
    data: bytes
    message: bytes
    readers: list[Group]


@dataclass(eq=False)
class Change:
    """What a commit is about.

    Attributes:
        author: a member, or the newcomer that joins from outside.
        removed, updated: members.
        unheard_by: the members that hear of the proposals last.
        unheard: those proposals.
    """

    author: Group
    removed: Sequence[Group]
    updated: Sequence[Group]
    unheard_by: Group | None = None
    unheard: list[bytes] = field(default_factory=list)
