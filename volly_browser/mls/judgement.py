"""What the application is told before a commit is believed, so that it can refuse what MLS alone would allow."""

from dataclasses import dataclass, field

from volly_browser.mls.events import Member
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.proposals import Psk


@dataclass(frozen=True, slots=True)
class CommitSummary:
    """What a commit is about to do, or what a proposal would do if its sender committed it alone.

    Attributes:
        author: the leaf index of the committer; None if it joins by this very commit, or is outside the group.
        members: before the commit, in the order of their leaves.
        added: the leaves that come, that of a committer that joins by this commit last.
        removed: the leaf indices that go, in the order of the proposals.
        updated: each member whose leaf is replaced, as it was, and the new leaf; the committer's own path last.
        psks: the names of the pre-shared keys that are mixed in, in their order.
        extensions_changed: whether the group has other extensions afterwards.
        authenticated_data: what travels with it in the clear.
    """

    author: int | None
    members: tuple[Member, ...]
    added: tuple[LeafNode, ...]
    removed: tuple[int, ...]
    updated: tuple[tuple[Member, LeafNode], ...]
    psks: tuple[Psk, ...]
    extensions_changed: bool
    authenticated_data: bytes = field(default=b"", repr=False)
