"""What members tell each other: MIMI content (draft-ietf-mimi-content) in the presentation language of MLS.

A message has a random salt, and an id that no other message can have: a hash over its sender, its room and itself.  It
travels in an application message of the group, together with the sender's count (see `outbox` and `reception`).
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from volly_browser.errors import LocalError, RemoteError
from volly_browser.mls.codec import (
    DecodeError,
    FixedOpaque,
    Opaque,
    Struct,
    Text,
    Uint8,
    Uint32,
    Uint64,
    Utf8,
    Variant,
    Vector,
)
from volly_browser.room import labels
from volly_browser.room.wire.structs import Identity, MemberId

SHA256 = 1
"""The hash of message ids, as numbered in IANA's registry of named information hashes."""

PLAIN_TEXT = "text/plain;charset=utf-8"

SEQUENCE_LIMIT = (1 << 53) - 1
"""The highest sequence of a message: its successor still fits its field, and JavaScript's numbers."""

CONTENT_LIMIT = labels.TEXT_BYTES_LIMIT + 4096
"""Bytes of the encoded content of one message: a text and its attributes."""

SPANS_LIMIT = 16
"""Spans of one sender in a receipt; those beyond are not read."""

MessageId = Annotated[bytes, FixedOpaque(labels.MESSAGE_ID_LENGTH)]
Chain = Annotated[bytes, FixedOpaque(labels.CHAIN_LENGTH)]


class ContentError(RemoteError):
    """A member's message is malformed inside."""


class TextTooLong(LocalError):
    """A text has more bytes than one message can carry."""


class Disposition(IntEnum):
    """How a part is meant (draft-ietf-mimi-content, "Message Bodies"); others are kept and not understood."""

    UNSPECIFIED = 0
    RENDER = 1
    REACTION = 2
    PROFILE = 3
    INLINE = 4
    ICON = 5
    ATTACHMENT = 6
    SESSION = 7
    PREVIEW = 8


@dataclass(frozen=True, slots=True)
class Expiration(Struct):
    """When a message is to be deleted: at a time in seconds since 1970, or so many seconds after it was read."""

    relative: Uint8
    time: Uint32


@dataclass(frozen=True, slots=True)
class Part(Struct):
    """One part of a message: the draft's SinglePart.  A message without parts takes the replaced one back."""

    disposition: Uint8
    language: Text
    content_type: Text
    content: Opaque


@dataclass(frozen=True, slots=True)
class Content(Struct):
    """mimiContent, with the time of sending, since there is no hub to stamp it.

    Attributes:
        salt: 16 random bytes.
        sent_at: milliseconds since 1970, by the sender's clock.
        replaces: the message that this one replaces.
        topic_id: groups messages; empty for none.
        expires: when to delete it.
        in_reply_to: the message that this one answers.
        parts: its body.
    """

    salt: Annotated[bytes, FixedOpaque(labels.SALT_LENGTH)]
    sent_at: Uint64
    replaces: MessageId | None
    topic_id: Opaque
    expires: Expiration | None
    in_reply_to: MessageId | None
    parts: Vector[Part]

    @property
    def text(self) -> str | None:
        """The first plain text to be shown, or None."""
        for part in self.parts:
            if part.disposition == Disposition.RENDER and part.content_type == PLAIN_TEXT:
                return part.content.decode(errors="replace")
        return None


@dataclass(frozen=True, slots=True)
class Base(Struct):
    """The first of the sender's messages that a member counts; earlier ones were not for it, or cannot be had."""

    member_id: MemberId
    sequence: Uint64


@dataclass(frozen=True, slots=True)
class Numbered(Struct):
    """Content with its sender's count.

    Attributes:
        sequence: 1 for the first message of the sender, then one more for each.
        lamport: higher than those of all messages that its sender had sent or read, within bounds (see `lamports`);
            orders the messages of all senders independently of their clocks.
        previous: the sender's chain before this message; see `chains`.
        bases: those of the members that have not yet told the sender that they count.
        content: the encoded Content.
        newcomers: the members that must not read it, since they came after it was first sent.
        before: the sender's latest sequence when the epoch began in which this is said; the same in all that it says
            in that epoch, so that members find out if it counts differently for each of them.
    """

    sequence: Uint64
    lamport: Uint64
    previous: Chain
    bases: Vector[Base]
    content: Opaque
    newcomers: Vector[MemberId] = ()
    before: Uint64 = 0


@dataclass(frozen=True, slots=True)
class Span(Struct):
    """Messages of one sender, from `first` to `last`."""

    first: Uint64
    last: Uint64


@dataclass(frozen=True, slots=True)
class Beginning(Struct):
    """How many messages a member had sent when an epoch began, as it says itself."""

    epoch: Uint64
    before: Uint64


@dataclass(frozen=True, slots=True)
class Have(Struct):
    """What the sender of a receipt has of another member's messages.

    Attributes:
        member_id: that member.
        next: the first that the receipt's sender lacks; 0 if it does not know its base yet.
        chain: the other member's chain after message `read`.
        beyond: what it has of those after `next`.
        read: the latest that it has read, beyond all gaps; 0 if there is none.
        beginning: the latest that the other member has told.
    """

    member_id: MemberId
    next: Uint64
    chain: Chain
    beyond: Vector[Span]
    read: Uint64 = 0
    beginning: Beginning | None = None


@dataclass(frozen=True, slots=True)
class Receipt(Struct):
    """What a member has sent, and what it has received.

    Attributes:
        sent: the sequence of its latest message, which is possibly under way; 0 if there is none.
        bases: as in Numbered.
        haves: one for each other member that it has heard of.
        before: as in Numbered.
    """

    sent: Uint64
    bases: Vector[Base]
    haves: Vector[Have]
    before: Uint64 = 0


@dataclass(frozen=True, slots=True)
class Farewell(Struct):
    """The sender leaves, and asks to be removed."""

    reason: Annotated[str, Utf8(labels.NAME_BYTES_LIMIT)]


@dataclass(frozen=True, slots=True)
class Presence(Struct):
    """A sign of life.

    Attributes:
        identity: the transport identity by which the sender can be reached.
        clock: milliseconds since 1970, by the sender's clock.
    """

    identity: Identity
    clock: Uint64


@dataclass(frozen=True, slots=True)
class Typing(Struct):
    """The sender is writing."""


@dataclass(frozen=True, slots=True)
class Candidate(Struct):
    """A commit that the sender asks the sequencer to give out; an encoded MLSMessage."""

    commit: Opaque


@dataclass(frozen=True, slots=True)
class Order(Struct):
    """The commit, an encoded MLSMessage, by which the sequencer ends the epoch in which it sends this."""

    commit: Opaque


@dataclass(frozen=True, slots=True)
class Ranking(Struct):
    """The ids of all members, the longest in the group first: for newcomers, from the member that added them."""

    members: Vector[MemberId]


Body = Numbered | Receipt | Farewell | Presence | Typing | Candidate | Order | Ranking
BodyField = Annotated[
    Body, Variant(1, {1: Numbered, 2: Receipt, 3: Farewell, 4: Presence, 5: Typing, 6: Candidate, 7: Order, 8: Ranking})
]


@dataclass(frozen=True, slots=True)
class Payload(Struct):
    """The application data of a PrivateMessage (RFC 9420, section 6.3.1)."""

    version: Uint8
    body: BodyField


def text_content(text: str, salt: bytes, sent_at: float) -> Content:
    """Make the content of a plain text.

    Args:
        text: of at most 64,000 bytes in UTF-8.
        salt: 16 random bytes.
        sent_at: seconds since 1970.

    Raises:
        TextTooLong: it has more bytes.
        LocalError: UTF-8 cannot encode it.
    """
    try:
        encoded = text.encode()
    except UnicodeEncodeError as error:
        raise LocalError("This text has half of a character in it and cannot be sent.") from error
    if len(encoded) > labels.TEXT_BYTES_LIMIT:
        raise TextTooLong(f"This text has {len(encoded)} bytes; one message can have {labels.TEXT_BYTES_LIMIT}.")
    part = Part(Disposition.RENDER, "", PLAIN_TEXT, encoded)
    return Content(salt, int(sent_at * 1000), None, b"", None, None, (part,))


def read_content(encoded: bytes) -> Content:
    """Decode content.  Raises ContentError."""
    try:
        return Content.decode(encoded)
    except DecodeError as error:
        raise ContentError(f"A message is malformed inside. {error}") from error


def read_payload(data: bytes) -> Payload:
    """Decode application data.  Raises ContentError."""
    try:
        payload = Payload.decode(data)
    except DecodeError as error:
        raise ContentError(f"A message is malformed inside. {error}") from error
    if payload.version != labels.VERSION:
        raise ContentError(f"A message has version {payload.version}; this page knows version {labels.VERSION} only.")
    return payload


def message_id(sender: bytes, room_id: str, encoded: bytes) -> bytes:
    """Compute the MessageId, 32 bytes (draft-ietf-mimi-content, "Message ID").

    Args:
        sender: the member id, in place of the sender URI.
        room_id: in place of the room URI.
        encoded: the encoded Content; its salt comes first.
    """
    room = room_id.encode()
    hashed = len(sender).to_bytes(2, "big") + sender + len(room).to_bytes(2, "big") + room + encoded
    digest = hashlib.sha256(hashed + encoded[: labels.SALT_LENGTH]).digest()
    return bytes([SHA256]) + digest[: labels.MESSAGE_ID_LENGTH - 1]
