"""What a room tells its user, and the errors it raises."""

from dataclasses import dataclass
from enum import StrEnum

from volly_browser.errors import LocalError


class RoomState(StrEnum):
    """Where we stand, as shown to the user."""

    NEW = "new"
    CONNECTING = "connecting"
    UNREACHABLE = "unreachable"
    WAITING_FOR_KEYS = "waiting for keys"
    FULL = "full"
    JOINED = "joined"
    RECONNECTING = "reconnecting"
    DISPLACED = "displaced"
    LEFT = "left"
    FAILED = "failed"


class RoomError(LocalError):
    """Something cannot be done in this room, or not now; the text says why."""


class RoomClosed(RoomError):
    """The room was left, or has failed; it cannot be used any more."""


class Displaced(RoomError):
    """Another connection has taken our place in the room."""


class NotInGroup(RoomError):
    """There are no keys yet, or not any more."""


@dataclass(frozen=True, slots=True)
class RoomMember:
    """A member, who can read what is sent.

    Attributes:
        member_id: 32 hexadecimal digits, new for each visit.
        name: as the member gave it; may be empty, and two members may have the same.
        is_self: whether it is us.
    """

    member_id: str
    name: str
    is_self: bool


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A text from another member, in the order in which that member sent it.

    Attributes:
        sender: the member id.
        name: the member's name.
        text: what it says.
        sequence: the sender's count, from 1.
        sent_at: seconds since 1970, by our clock as far as can be told.
        message_id: 64 hexadecimal digits.
        in_reply_to: the message it answers, or None.
        lamport: sorts all messages, together with the sender, in the same way for all.
    """

    sender: str
    name: str
    text: str
    sequence: int
    sent_at: float
    message_id: str
    in_reply_to: str | None = None
    lamport: int = 0


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A text of ours was handed to the network; until then it was queued.

    Attributes:
        message_id: which text.
        lamport: sorts all messages, together with the sender, in the same way for all.
    """

    message_id: str
    lamport: int = 0


@dataclass(frozen=True, slots=True)
class MessageDelivered:
    """One more of those whom a text of ours was for has received it, and said so.

    Attributes:
        message_id: which text.
        received: how many have it.
        recipients: how many others were members when it was sent.
    """

    message_id: str
    received: int
    recipients: int


@dataclass(frozen=True, slots=True)
class MessageGap:
    """Messages of a member could not be had: as many as `count`, before the next one shown."""

    sender: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class MessageUnreadable:
    """A member's message came and cannot be shown: only a newer Volly can show it, or it is malformed."""

    sender: str
    name: str
    is_newer: bool


@dataclass(frozen=True, slots=True)
class Typing:
    """A member is writing just now, and has said so."""

    member_id: str
    name: str


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """A member came or went; `members` are all who can read now, the longest in the group first."""

    members: tuple[RoomMember, ...]


@dataclass(frozen=True, slots=True)
class ConnectionsLost:
    """The connections of these members are gone, as the server says; those of all others are not.

    They are members as before, until they are back or have been away for too long.
    """

    member_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateChanged:
    """Where we stand changed; `sentence` says it in words."""

    state: RoomState
    sentence: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong that the user should know of, and the room goes on."""

    sentence: str


@dataclass(frozen=True, slots=True)
class FrameRefused:
    """Something arrived that is not part of this room's conversation, and was ignored.

    Attributes:
        sender: whom the server names as its sender.
        sentence: why it was refused.
    """

    sender: str
    sentence: str


class Misbehaviour(StrEnum):
    """What a member has done that its page would not do."""

    CHANGED_MESSAGE = "changed message"
    DIFFERENT_MESSAGES = "different messages"
    FALSE_RECEIPT = "false receipt"
    TWO_ORDERS = "two orders"


@dataclass(frozen=True, slots=True)
class MemberMisbehaved:
    """A member has said different things to different members, or says of us what is not so.

    Attributes:
        member_id: of the member.
        name: its name.
        what: has it done.
        witness: the id of the member that has read something else, if there is one; possibly that one lies.
        witness_name: its name.
    """

    member_id: str
    name: str
    what: Misbehaviour
    witness: str = ""
    witness_name: str = ""


@dataclass(frozen=True, slots=True)
class MembersRemoved:
    """A member has removed others that we heard a moment ago, and that have not said that they leave."""

    by: str
    by_name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherConversation:
    """Another conversation goes on in this room, of so many people as they say; see `Room.join_other`."""

    group_id: str
    members: int


@dataclass(frozen=True, slots=True)
class RenewalOverdue:
    """Our keys are old: for so many seconds no commit of ours has been given out, though we tried."""

    seconds: float


RoomEvent = (
    MessageReceived
    | MessageSent
    | MessageDelivered
    | MessageGap
    | MessageUnreadable
    | MemberMisbehaved
    | MembersRemoved
    | OtherConversation
    | RenewalOverdue
    | Typing
    | MembersChanged
    | ConnectionsLost
    | StateChanged
    | Problem
    | FrameRefused
)
