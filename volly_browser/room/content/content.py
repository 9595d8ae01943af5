"""What members tell each other in application messages of the group (RFC 9420, section 6.3.1)."""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.mls.codec import (
    DecodeError,
    FixedOpaque,
    Opaque,
    Struct,
    Text,
    Uint8,
    Uint64,
    Utf8,
    Variant,
    Vector,
)
from volly_browser.room import labels
from volly_browser.room.mimi import ContentError
from volly_browser.room.wire.structs import MemberId

SEQUENCE_LIMIT = (1 << 53) - 1
"""The highest sequence that a message may have: its successor still fits its field, and JavaScript's numbers."""

LAMPORT_STEP = 1 << 20
"""By how much the lamport of a message counts as higher than the highest that its reader knows, at most."""

SPANS_LIMIT = 16
"""Spans that a receipt tells of one sender; those beyond are not read."""

Chain = Annotated[bytes, FixedOpaque(labels.CHAIN_LENGTH)]


@dataclass(frozen=True, slots=True)
class Base(Struct):
    """From which of the sender's messages on a member counts; what came before was not for it, or cannot be had."""

    member_id: MemberId
    sequence: Uint64


@dataclass(frozen=True, slots=True)
class Numbered(Struct):
    """Content with its sender's count.

    Attributes:
        sequence: 1 for the first message of the sender, then one more for each.
        lamport: one more than the highest of all messages that its sender had sent or read; puts the messages of all
            senders in one order, whatever their clocks say.
        previous: the sender's chain before this message; see `chains`.
        bases: of the members that have not yet told the sender that they count.
        content: the encoded Content.
        newcomers: those that must not read it, since they came after it was first sent.
    """

    sequence: Uint64
    lamport: Uint64
    previous: Chain
    bases: Vector[Base]
    content: Opaque
    newcomers: Vector[MemberId] = ()


@dataclass(frozen=True, slots=True)
class Span(Struct):
    """Messages of one sender, from `first` to `last`."""

    first: Uint64
    last: Uint64


@dataclass(frozen=True, slots=True)
class Have(Struct):
    """What the sender of a receipt has of another member's messages.

    Attributes:
        member_id: whose messages.
        next: the first that is not there; 0 if it does not know yet from which on it counts.
        chain: the other member's chain after the message before `next`; zeros if that was not read.
        beyond: what is there of those that come later.
    """

    member_id: MemberId
    next: Uint64
    chain: Chain
    beyond: Vector[Span]


@dataclass(frozen=True, slots=True)
class Receipt(Struct):
    """What a member has sent, and what it has received.

    Attributes:
        sent: the sequence of its latest message; 0 if there is none.
        bases: as in Numbered.
        haves: one for each member that it has heard of.
    """

    sent: Uint64
    bases: Vector[Base]
    haves: Vector[Have]


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

    identity: Text
    clock: Uint64


@dataclass(frozen=True, slots=True)
class Typing(Struct):
    """The sender is writing."""


@dataclass(frozen=True, slots=True)
class Candidate(Struct):
    """A commit for the member that sequences to give out, or not; an encoded MLSMessage."""

    commit: Opaque


@dataclass(frozen=True, slots=True)
class Order(Struct):
    """The sender gives out the commit, an encoded MLSMessage, that ends the epoch in which this is sent."""

    commit: Opaque


@dataclass(frozen=True, slots=True)
class Ranking(Struct):
    """The ids of all members, the longest in the group first: for newcomers, from the member that has added them."""

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


def read_payload(data: bytes) -> Payload:
    """Decode application data.  Raises ContentError."""
    try:
        payload = Payload.decode(data)
    except DecodeError as error:
        raise ContentError(f"A message is malformed inside. {error}") from error
    if payload.version != labels.VERSION:
        raise ContentError(f"A message has version {payload.version}; this page knows version {labels.VERSION} only.")
    return payload
