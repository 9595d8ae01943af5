"""How a newcomer is told what was said before it came, and what the authors say of that.

What is for one member has its id in it: a server can deliver it to others.  Lists are read only if they were asked for,
so that no member is kept busy with lists that it does not want.
"""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.mls.codec import DecodeError, Opaque, Struct, Uint8, Uint32, Uint64, Utf8, VariableOpaque, Vector
from volly_browser.room import labels
from volly_browser.room.mimi import CONTENT_LIMIT, ContentError, MessageId
from volly_browser.room.wire.structs import MemberId

RELAYED_BYTES_LIMIT = CONTENT_LIMIT + 1024
"""Bytes of the messages in one Relayed: the longest content and what goes with it fit."""

STATED_LIMIT = 1024
"""The latest messages of its own about which an author says whether they still stand."""

_STRETCHES_BYTES = labels.ROOM_LIMIT * (labels.MEMBER_ID_LENGTH + 8 + 8)
_STATED_BYTES = STATED_LIMIT * (8 + 8 + labels.MESSAGE_ID_LENGTH)


@dataclass(frozen=True, slots=True)
class HistoryRequest(Struct):
    """The sender asks a member for what was said before it came."""

    to: MemberId


@dataclass(frozen=True, slots=True)
class RelayedMessage(Struct):
    """A message as another member has heard it: see `Numbered`.

    Attributes:
        sender: its author.
        name: as its author was called.
        sequence, lamport: as its author gave them.
        content: the encoded Content.
        left: for how many seconds it stays, of those for which it does from when it was read.
    """

    sender: MemberId
    name: Annotated[str, Utf8(labels.NAME_BYTES_LIMIT)]
    sequence: Uint64
    lamport: Uint64
    content: Opaque
    left: Uint32 = 0


@dataclass(frozen=True, slots=True)
class RelayedMessages(Struct):
    """Several of them: each message, then what was said about it."""

    messages: Vector[RelayedMessage]


@dataclass(frozen=True, slots=True)
class Relayed(Struct):
    """A part of the answer to a HistoryRequest.

    Attributes:
        to: the newcomer.
        is_last: 1 if no other part follows.
        messages: an encoded RelayedMessages.
    """

    to: MemberId
    is_last: Uint8
    messages: Annotated[bytes, VariableOpaque(RELAYED_BYTES_LIMIT)]

    def read(self) -> tuple[RelayedMessage, ...]:
        """Decode the messages.  Raises ContentError."""
        try:
            return RelayedMessages.decode(self.messages).messages
        except DecodeError as error:
            raise ContentError(f"What a member passes on is malformed. {error}") from error


@dataclass(frozen=True, slots=True)
class Stretch(Struct):
    """The messages of an author from `first` to `last`."""

    author: MemberId
    first: Uint64
    last: Uint64


@dataclass(frozen=True, slots=True)
class Stretches(Struct):
    """Those of several authors."""

    stretches: Vector[Stretch]


@dataclass(frozen=True, slots=True)
class Inquiry(Struct):
    """The sender asks authors which of their messages still stand.

    It is for all, since a newcomer does not know yet how to reach each of them.

    Attributes:
        stretches: encoded Stretches.
    """

    stretches: Annotated[bytes, VariableOpaque(_STRETCHES_BYTES + 4)]

    def read(self) -> tuple[Stretch, ...]:
        """Decode the stretches.  Raises ContentError."""
        try:
            return Stretches.decode(self.stretches).stretches
        except DecodeError as error:
            raise ContentError(f"A question about messages is malformed. {error}") from error


@dataclass(frozen=True, slots=True)
class StatedMessage(Struct):
    """A message of the sender's own."""

    sequence: Uint64
    lamport: Uint64
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class StatedMessages(Struct):
    """Several of them."""

    messages: Vector[StatedMessage]


@dataclass(frozen=True, slots=True)
class Statement(Struct):
    """The answer to an Inquiry.

    Attributes:
        to: the one that asked.
        sent: the sequence of the author's latest message; 0 if there is none.
        first: the first sequence about which it says something.
        messages: an encoded StatedMessages; what is in the range that was asked for, from `first` on, and not in it,
            its author has taken back.
    """

    to: MemberId
    sent: Uint64
    first: Uint64
    messages: Annotated[bytes, VariableOpaque(_STATED_BYTES + 4)]

    def read(self) -> tuple[StatedMessage, ...]:
        """Decode the messages.  Raises ContentError."""
        try:
            return StatedMessages.decode(self.messages).messages
        except DecodeError as error:
            raise ContentError(f"What a member states of its messages is malformed. {error}") from error
