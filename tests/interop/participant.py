"""What a scenario asks of a member of a group, in any implementation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from volly_browser.errors import RemoteError


class Wire(StrEnum):
    """How a handshake message is framed (RFC 9420, section 6)."""

    PRIVATE = "private"
    PUBLIC = "public"


class Kind(StrEnum):
    """What a received message was."""

    APPLICATION = "application"
    PROPOSAL = "proposal"
    COMMIT = "commit"


class Ability(StrEnum):
    """What not every implementation can do."""

    UPDATE = "Update proposals"
    EXTENSIONS = "commits of extensions with the path that they need"
    REPLACEMENT = "noticing its removal by a commit that gives its leaf to another"
    UNEVEN_TREES = "joining a tree whose nodes have different unmerged leaves"
    MIXED_PSKS = "pre-shared keys by value and by reference in one commit"


@dataclass(frozen=True, slots=True)
class ContextExtension:
    """An extension of the GroupContext (section 13)."""

    type: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposal to be committed by reference; one of the fields is set."""

    add: bytes | None = None
    remove: int | None = None
    update: bool = False
    psk: bytes | None = None
    extensions: tuple[ContextExtension, ...] | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """Proposals to be committed by value; every proposal received in the epoch goes in too.

    Attributes:
        add: key packages, each an encoded MLSMessage.
        remove: leaf indices.
        psks: ids of external pre-shared keys.
        resumption: epochs of the same group whose resumption secrets are injected (section 8.6).
        extensions: the new ones of the GroupContext, or None to leave them.
    """

    add: Sequence[bytes] = ()
    remove: Sequence[int] = ()
    psks: Sequence[bytes] = ()
    resumption: Sequence[int] = ()
    extensions: tuple[ContextExtension, ...] | None = None


@dataclass(frozen=True, slots=True)
class PendingCommit:
    """A commit that its author has not merged yet, and the welcome for the newcomers that it adds."""

    commit: bytes
    welcome: bytes | None


@dataclass(frozen=True, slots=True)
class Received:
    """A message as its receiver understood it; `data` and `authenticated_data` of an application message."""

    kind: Kind
    data: bytes = b""
    authenticated_data: bytes = b""


@dataclass(frozen=True, slots=True)
class SeenMember:
    """A member as another member sees it."""

    leaf: int
    identity: bytes
    signature_key: bytes


@dataclass(frozen=True, slots=True)
class GroupView:
    """What all members of an epoch must see alike."""

    group_id: bytes
    epoch: int
    members: tuple[SeenMember, ...]
    tree_hash: bytes
    confirmed_transcript_hash: bytes
    epoch_authenticator: bytes


class Refused(RemoteError):
    """The participant refused what it was given; the text is its own."""


class Participant(Protocol):
    """A client that is, at most, in one group.  Every method raises VollyError if the implementation refuses."""

    @property
    def implementation(self) -> str:
        """Its name and version."""
        ...

    @property
    def lacks(self) -> Collection[Ability]:
        """What it cannot do."""
        ...

    async def key_package(self, suite: int, identity: bytes) -> bytes:
        """A fresh key package as an encoded MLSMessage; its private keys are kept for `join`."""
        ...

    async def external_psk(self, psk_id: bytes, secret: bytes) -> None:
        """Store an external pre-shared key."""
        ...

    async def create(self, suite: int, group_id: bytes, identity: bytes) -> None:
        """Create a group of one."""
        ...

    async def join(self, welcome: bytes) -> None:
        """Join by a welcome that carries the tree."""
        ...

    async def group_info(self) -> bytes:
        """A signed GroupInfo with the tree and `external_pub`."""
        ...

    async def external_join(self, suite: int, identity: bytes, group_info: bytes, *, again: bool = False) -> bytes:
        """Join by an external commit, which is returned for the others (section 12.4.3.2).

        With `again`, under the signature key of our present group, and removing our leaf there.
        """
        ...

    async def propose(self, proposed: Proposed, wire: Wire = Wire.PRIVATE) -> bytes:
        """A proposal for the others, also kept for our own next commit."""
        ...

    async def commit(self, committed: Committed, wire: Wire = Wire.PRIVATE) -> PendingCommit:
        """A commit, not yet merged."""
        ...

    async def merge(self) -> None:
        """Enter the epoch of the pending commit."""
        ...

    async def discard(self) -> None:
        """Forget the pending commit."""
        ...

    async def process(self, message: bytes) -> Received:
        """Take in a message of another member; a commit is entered at once and ends a pending one."""
        ...

    async def send(self, data: bytes, authenticated_data: bytes = b"") -> bytes:
        """An application message."""
        ...

    async def view(self) -> GroupView:
        """The current epoch."""
        ...

    async def own_leaf(self) -> int:
        """Our leaf index."""
        ...

    async def is_active(self) -> bool:
        """False once we were removed."""
        ...

    async def export(self, label: str, context: bytes, length: int) -> bytes:
        """MLS-Exporter (section 8.5)."""
        ...
