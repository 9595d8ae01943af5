"""What a received message turned out to be, and the members of a group."""

from dataclasses import dataclass, field

from volly_browser.mls.codec import Opaque, Struct, Uint32
from volly_browser.mls.credentials import BasicCredential, Credential
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.proposals import Proposal, ProposalRef


@dataclass(frozen=True, slots=True)
class Member(Struct):
    """A member of the group in some epoch."""

    leaf_index: Uint32
    credential: Credential
    signature_key: Opaque = field(repr=False)

    @classmethod
    def at(cls, leaf_index: int, leaf: LeafNode) -> "Member":
        """The member with this leaf."""
        return cls(leaf_index, leaf.credential, leaf.signature_key)

    @property
    def identity(self) -> bytes:
        """The content of a basic credential; empty for other kinds."""
        return self.credential.identity if isinstance(self.credential, BasicCredential) else b""


@dataclass(frozen=True, slots=True)
class ApplicationMessage:
    """Data from the application of a member; `epoch` is possibly a past one, and `sender` the member at that time."""

    sender: Member
    data: bytes
    authenticated_data: bytes
    epoch: int
    generation: int


@dataclass(frozen=True, slots=True)
class ProposalReceived:
    """A proposal that a commit can now refer to; `sender` is None if it comes from outside the group."""

    sender: Member | None
    proposal: Proposal
    reference: ProposalRef


@dataclass(frozen=True, slots=True)
class CommitApplied:
    """The group has entered `epoch`."""

    sender: Member
    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    epoch: int


@dataclass(frozen=True, slots=True)
class RemovedFromGroup:
    """A member's commit, which begins `epoch`, removes us: the group is closed for us (section 12.4.2).

    It adds these members, possibly us again.  Its confirmation tag proves nothing: only those that stay can compute it.
    """

    sender: Member
    epoch: int
    added: tuple[Member, ...] = ()


Event = ApplicationMessage | ProposalReceived | CommitApplied | RemovedFromGroup
