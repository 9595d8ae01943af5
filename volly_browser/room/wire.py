"""What the parcels of the door hold, and the announcement that stays on display."""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.mls.codec import FixedOpaque, Opaque, Struct, Uint8, Uint32, Uint64, VariableOpaque
from volly_browser.room import labels

GroupId = Annotated[bytes, VariableOpaque(255)]
MemberId = Annotated[bytes, FixedOpaque(labels.MEMBER_ID_LENGTH)]


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
        member_id: which of the group's members it is.
        highest_seniority: of all members when this was said; newcomers take a higher one.
        required_seniority: where this answers a knock that claimed to be more senior than it may be: what the next one
            has to claim at least; otherwise 0.
    """

    group_id: GroupId
    epoch: Uint64
    member_id: MemberId
    highest_seniority: Uint32
    required_seniority: Uint32 = 0


@dataclass(frozen=True, slots=True)
class Announcement(Struct):
    """A sealed Hello or Presence, on display for whoever connects later."""

    version: Uint8
    kind: Uint8
    sealed: Opaque
