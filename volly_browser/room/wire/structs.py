"""What the parcels of the door hold, and the announcement that stays on display."""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.mls.codec import FixedOpaque, Opaque, Struct, Text, Uint8, Uint32, Uint64, VariableOpaque, Vector
from volly_browser.room import labels
from volly_browser.room.wire.forks import Standing

GroupId = Annotated[bytes, VariableOpaque(255)]
MemberId = Annotated[bytes, FixedOpaque(labels.MEMBER_ID_LENGTH)]
Branch = Annotated[bytes, FixedOpaque(labels.BRANCH_LENGTH)]


@dataclass(frozen=True, slots=True)
class Hello(Struct):
    """A newcomer knocks.

    Attributes:
        group_id: the group it wants to get into; empty where any will do.
        key_package: an MLSMessage with its key package (RFC 9420, section 10).
    """

    group_id: GroupId
    key_package: Opaque


@dataclass(frozen=True, slots=True)
class Presence(Struct):
    """A member says that it is in a group.

    Attributes:
        group_id: the group.
        epoch: the one it was in when this was said.
        branch: tells epochs of the same number apart that a split group has gone through; see `commits`.
        member_id: which of the group's members it is.
        eldest_seniority: of the member that has been in the group longest.
        eldest: which member that is.
        members: how many there are.
        highest_seniority: of all members when this was said; newcomers take a higher one.
        required_seniority: where this answers a knock that claimed to be more senior than it may be: what the next one
            has to claim at least; otherwise 0.
    """

    group_id: GroupId
    epoch: Uint64
    branch: Branch
    member_id: MemberId
    eldest_seniority: Uint32
    eldest: MemberId
    members: Uint32
    highest_seniority: Uint32
    required_seniority: Uint32 = 0

    @property
    def standing(self) -> Standing:
        """Of the branch that it is in."""
        return Standing(-self.epoch, (self.eldest_seniority, self.eldest), -self.members, self.branch)


@dataclass(frozen=True, slots=True)
class PassedEpoch(Struct):
    """An epoch that a member was in."""

    epoch: Uint64
    branch: Branch


@dataclass(frozen=True, slots=True)
class Resync(Struct):
    """A member asks for what it has missed: commits, or a GroupInfo where no common epoch is known.

    Attributes:
        group_id: of its group; empty where it has none any more.
        history: the latest epochs that it was in.
        member_id: which of the group's members it is.
        reply_key: to which a GroupInfo is to be encrypted; a public key of the suite's KEM.
        signature: SignWithLabel over ResyncTBS with the member's key; see `asking`.
    """

    group_id: GroupId
    history: Vector[PassedEpoch]
    member_id: MemberId
    reply_key: Opaque
    signature: Opaque


@dataclass(frozen=True, slots=True)
class ResyncTBS(Struct):
    """What the signature of a Resync covers, `identity` being the transport identity that it is sent from."""

    group_id: GroupId
    history: Vector[PassedEpoch]
    member_id: MemberId
    reply_key: Opaque
    identity: Text


@dataclass(frozen=True, slots=True)
class Candidate(Struct):
    """A commit for whoever sequences to give out, or not.

    Attributes:
        group_id: which group it is for.
        epoch: the one that it would end.
        commit: an MLSMessage.
    """

    group_id: GroupId
    epoch: Uint64
    commit: Opaque


@dataclass(frozen=True, slots=True)
class Accepted(Struct):
    """The answer to the external commit of somebody who cannot read orders yet: it was given out.

    Attributes:
        commit: the SHA-256 digest of the candidate's commit.
    """

    commit: Annotated[bytes, FixedOpaque(32)]


@dataclass(frozen=True, slots=True)
class Announcement(Struct):
    """A sealed Hello or Presence, on display for whoever connects later."""

    version: Uint8
    kind: Uint8
    sealed: Opaque
