"""What members tell each other in application messages of the group (RFC 9420, section 6.3.1)."""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.mls.codec import (
    DecodeError,
    FixedOpaque,
    Opaque,
    Struct,
    Uint8,
    Uint64,
    Utf8,
    Variant,
    Vector,
)
from volly_browser.room import labels
from volly_browser.room.content.history import HistoryRequest, Inquiry, Relayed, Statement
from volly_browser.room.mimi import ContentError
from volly_browser.room.wire.structs import Identity, MemberId

SEQUENCE_LIMIT = (1 << 53) - 1
"""The highest sequence of a message: its successor still fits its field, and JavaScript's numbers."""

LAMPORT_LIMIT = (1 << 53) - 1
"""The highest lamport of a message; too far ahead for others to be led there, see `lamports`."""

SPANS_LIMIT = 16
"""Spans of one sender in a receipt; those beyond are not read."""

Chain = Annotated[bytes, FixedOpaque(labels.CHAIN_LENGTH)]


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
class Read(Struct):
    """The sender has read this message and those before it, in the order of all messages."""

    message_id: Annotated[bytes, FixedOpaque(labels.MESSAGE_ID_LENGTH)]


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


Body = (
    Numbered
    | Receipt
    | Farewell
    | Presence
    | Typing
    | Candidate
    | Order
    | Ranking
    | HistoryRequest
    | Relayed
    | Inquiry
    | Statement
    | Read
)
BodyField = Annotated[
    Body,
    Variant(
        1,
        {
            1: Numbered,
            2: Receipt,
            3: Farewell,
            4: Presence,
            5: Typing,
            6: Candidate,
            7: Order,
            8: Ranking,
            9: HistoryRequest,
            10: Relayed,
            11: Inquiry,
            12: Statement,
            13: Read,
        },
    ),
]


@dataclass(frozen=True, slots=True)
class Payload(Struct):
    """The application data of a PrivateMessage (RFC 9420, section 6.3.1)."""

    version: Uint8
    body: BodyField


def read_payload(data: bytes) -> Payload:
    """Decode application data.  Raises ContentError."""
    try:
        payload = Payload.decode(data)
    except DecodeError as error:
        raise ContentError(f"A message is malformed inside. {error}") from error
    if payload.version != labels.VERSION:
        raise ContentError(f"A message has version {payload.version}; this page knows version {labels.VERSION} only.")
    return payload
