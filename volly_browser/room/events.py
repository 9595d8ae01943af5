"""What a room tells its user, and the errors it raises."""

from dataclasses import dataclass
from enum import StrEnum

from volly_browser.errors import LocalError
from volly_browser.room.mimi import Content


class RoomState(StrEnum):
    """The state of a visit, as shown to the user."""

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
    """An operation is not possible in this room, or not now; the text says why."""


class RoomClosed(RoomError):
    """The room was left, or has failed; it cannot be used any more."""


class Displaced(RoomError):
    """Another connection has taken our place in the room."""


class NotInGroup(RoomError):
    """There are no keys yet, or not any more."""


@dataclass(frozen=True, slots=True)
class RoomMember:
    """A member of the group, which can read what is sent.

    Attributes:
        member_id: 32 hexadecimal digits, new for each visit.
        name: as the member chose it; possibly empty, and possibly that of another member, too.
        is_self: whether this is the user's own.
    """

    member_id: str
    name: str
    is_self: bool


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message from another member, in the order in which that member sent it.

    Attributes:
        sender: the member id.
        name: the member's name.
        content: what it says.
        sequence: the sender's count, from 1.
        sent_at: seconds since 1970, corrected to our clock if the sender's is known to differ.
        message_id: 64 hexadecimal digits.
        lamport: sorts all messages, together with the sender and its count, in the same way for all.
    """

    sender: str
    name: str
    content: Content
    sequence: int
    sent_at: float
    message_id: str
    lamport: int = 0

    @property
    def text(self) -> str:
        """The text in it; empty if there is none."""
        return self.content.text or ""


@dataclass(frozen=True, slots=True)
class MessageQueued:
    """A message of ours waits to be sent.

    Attributes:
        message_id: 64 hexadecimal digits.
        sender: our member id.
        content: what it says.
    """

    message_id: str
    sender: str
    content: Content


@dataclass(frozen=True, slots=True)
class MessageSent:
    """The network has taken a message of ours, which was queued until then.

    Attributes:
        message_id: which text.
        lamport: sorts all messages, together with the sender and its count, in the same way for all.
    """

    message_id: str
    lamport: int = 0


@dataclass(frozen=True, slots=True)
class MessageDelivered:
    """One more recipient has acknowledged a text of ours.

    Attributes:
        message_id: which text.
        received: how many have it.
        recipients: how many other members there were when it was sent.
    """

    message_id: str
    received: int
    recipients: int


@dataclass(frozen=True, slots=True)
class MessageGap:
    """`count` messages of a member before the next one shown are lost."""

    sender: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class RelayedMessage:
    """A message from before we came, as another member tells it.

    Attributes:
        message: the message.
        by: the id of the member that tells it; that of its author if that does so itself.
        by_name: its name.
        is_confirmed: whether its author says that it stands, to the letter; if not, the teller can have made it up.
        left: for how many seconds it stays; None for ever.
    """

    message: MessageReceived
    by: str
    by_name: str
    is_confirmed: bool
    left: float | None = None


@dataclass(frozen=True, slots=True)
class HistoryReceived:
    """What was said before we came: each message before what was said about it; once in a visit."""

    messages: tuple[RelayedMessage, ...]


@dataclass(frozen=True, slots=True)
class MessageUnreadable:
    """A member's message arrived and cannot be shown, since it is malformed."""

    sender: str
    name: str


@dataclass(frozen=True, slots=True)
class Typing:
    """A member says that it is writing."""

    member_id: str
    name: str


@dataclass(frozen=True, slots=True)
class MessagesRead:
    """A member says that it has read a message and those before it.

    Attributes:
        member_id: of the member.
        message_id: 64 hexadecimal digits.
    """

    member_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """A member came or went.

    Attributes:
        members: all that can read now, the longest in the group first.
        epoch: the number of the group's epoch; 0 if we are in no group.
    """

    members: tuple[RoomMember, ...]
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class ConnectionsLost:
    """The connections of these members are lost, and of no others: the server says so, or nothing comes from them.

    They are members as before, until they are back or have been away for too long.
    """

    member_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The state of the visit changed; `sentence` explains it."""

    state: RoomState
    sentence: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure that the user should know of, and after which the room goes on."""

    sentence: str


@dataclass(frozen=True, slots=True)
class FrameRefused:
    """A frame arrived that is not part of this room's conversation, and was ignored.

    Attributes:
        sender: the transport identity that the server names as its sender.
        sentence: why it was refused.
    """

    sender: str
    sentence: str


class Misbehaviour(StrEnum):
    """The ways in which a member can break the protocol."""

    CHANGED_MESSAGE = "changed message"
    DIFFERENT_MESSAGES = "different messages"
    FALSE_RECEIPT = "false receipt"
    TWO_ORDERS = "two orders"
    UNUSABLE_COMMIT = "unusable commit"
    OLD_KEYS = "old keys"
    FALSE_HISTORY = "false history"


@dataclass(frozen=True, slots=True)
class MemberMisbehaved:
    """A member broke the protocol, as what it has signed proves, or as a witness says.

    Attributes:
        member_id: of the member.
        name: its name.
        what: what it did.
        witness: the id of the member that read something else, if there is one; possibly the witness lies.
        witness_name: its name.
    """

    member_id: str
    name: str
    what: Misbehaviour
    witness: str = ""
    witness_name: str = ""


@dataclass(frozen=True, slots=True)
class MembersRemoved:
    """A member removed others that we heard a moment ago and that had said no farewell."""

    by: str
    by_name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WasRemoved:
    """A member has signed an order that removes us; the room goes back in by itself.

    Members remove those that they do not hear, and possibly this one says so without reason.
    """

    by: str
    by_name: str


@dataclass(frozen=True, slots=True)
class OtherConversation:
    """Another conversation goes on in this room, of `members` people as they claim; see `Room.join_other`."""

    group_id: str
    members: int


@dataclass(frozen=True, slots=True)
class RenewalOverdue:
    """Our keys are old: for so many seconds the sequencer has given out none of our commits."""

    seconds: float


RoomEvent = (
    MessageReceived
    | HistoryReceived
    | MessageQueued
    | MessageSent
    | MessageDelivered
    | MessageGap
    | MessageUnreadable
    | MemberMisbehaved
    | MembersRemoved
    | WasRemoved
    | OtherConversation
    | RenewalOverdue
    | Typing
    | MessagesRead
    | MembersChanged
    | ConnectionsLost
    | StateChanged
    | Problem
    | FrameRefused
)
