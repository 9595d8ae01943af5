"""A message as bytes, for a store on the device, and back.

What is kept is what is shown: the text that counts, and the members that it names; the reactions that stand; of a
deleted message that there was one.  So nothing comes back that its author has taken out of the conversation.  Left out
are the texts that a message had before it was edited, and the members that have read one of ours.

The bytes are sealed where they lie, and read as if they were not: each is of bounded length, and of one form.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Annotated

from volly_browser.chat.emoji import EMOJI_BYTES_LIMIT, is_emoji
from volly_browser.chat.mentions import are_mentions
from volly_browser.chat.message import Delivery, Mention, Message, Relay, Stage
from volly_browser.chat.record import Record
from volly_browser.chat.relation import Kind, Relation
from volly_browser.chat.timeline import Standing
from volly_browser.errors import RemoteError
from volly_browser.mls.codec import (
    DecodeError,
    EncodeError,
    Integer,
    Struct,
    Uint8,
    Uint32,
    Uint64,
    Utf8,
    Vector,
)
from volly_browser.room.identity.names import clean_name
from volly_browser.room.labels import NAME_BYTES_LIMIT
from volly_browser.room.mimi import CONTENT_LIMIT, MessageId
from volly_browser.room.wire.structs import MemberId

VERSION = 2
"""Of the form of what is kept; the first one was the same without mentions."""

KEPT_BYTES_LIMIT = 1 << 18
"""Bytes of a kept message."""

KEPT_TEXT_BYTES_LIMIT = 3 * CONTENT_LIMIT
"""Bytes of its text: what is no UTF-8 in a content is read as marks of three bytes each."""

KEPT_REACTIONS_LIMIT = 100
"""Reactions that are kept with a message, the earliest."""

END_OF_TIME = 253_402_300_800_000
"""Milliseconds from 1970 to the year 10000, in which no calendar of a browser or of Python has a name for the day."""


class RecordMalformed(RemoteError):
    """What a store gives back is no message that was kept."""


class YesNo(IntEnum):
    """Whether something is so."""

    NO = 0
    YES = 1


Whether = Annotated[YesNo, Integer(1)]
Name = Annotated[str, Utf8(NAME_BYTES_LIMIT)]


@dataclass(frozen=True, slots=True)
class KeptPlace(Struct):
    """Where a message stands: see `Standing`.

    Attributes:
        stay: the number of the stay in the room, over all visits.
    """

    stay: Uint32
    stretch: Uint32
    is_present: Whether
    lamport: Uint64
    number: Uint64


@dataclass(frozen=True, slots=True)
class KeptRelay(Struct):
    """How it reached us: see `Relay`."""

    by: MemberId
    name: Name
    is_confirmed: Whether


@dataclass(frozen=True, slots=True)
class KeptEdit(Struct):
    """The edit that gave the message its text.

    Attributes:
        message_id: of the edit.
        lamport: its own; decides which of several edits counts.
        edited_at: milliseconds since 1970.
    """

    message_id: MessageId
    lamport: Uint64
    edited_at: Uint64


@dataclass(frozen=True, slots=True)
class KeptReaction(Struct):
    """A reaction that stands: see `Relation`."""

    message_id: MessageId
    sender: MemberId
    lamport: Uint64
    emoji: Annotated[str, Utf8(EMOJI_BYTES_LIMIT)]
    relay: KeptRelay | None


@dataclass(frozen=True, slots=True)
class KeptMention(Struct):
    """A place in the text that names a member: see `Mention`."""

    start: Uint32
    end: Uint32
    member_id: MemberId


@dataclass(frozen=True, slots=True)
class KeptDelivery(Struct):
    """How far a message of ours had come: see `Delivery`."""

    received: Uint32
    recipients: Uint32


@dataclass(frozen=True, slots=True)
class KeptMessage(Struct):
    """A message as it is shown: see `Message`.  Times are in milliseconds since 1970.

    Attributes:
        delivery: of a message of ours; None for those of others.
    """

    version: Uint8
    place: KeptPlace
    message_id: MessageId
    sender: MemberId
    name: Name
    sent_at: Uint64
    came_at: Uint64 | None
    reply_to: MessageId | None
    is_deleted: Whether
    is_markdown: Whether
    text: Annotated[str, Utf8(KEPT_TEXT_BYTES_LIMIT)] | None
    edit: KeptEdit | None
    relay: KeptRelay | None
    delivery: KeptDelivery | None
    reactions: Vector[KeptReaction]
    mentions: Vector[KeptMention]


@dataclass(frozen=True, slots=True)
class Kept:
    """A message and where it stood.  One that stands earlier compares less by its `order`.

    Attributes:
        stay: the number of the stay in the room, over all visits, from 1; 0 if an earlier store had it that was erased.
        standing: within the timeline of that stay.
        record: the message.
    """

    stay: int
    standing: Standing
    record: Record

    @property
    def order(self) -> tuple[int, Standing]:
        """The same as in the conversation that it is from."""
        return self.stay, self.standing


def is_to_keep(record: Record) -> bool:
    """Whether a message is kept: not one of ours that was not sent, and none that its author wants to be deleted."""
    is_sent = record.delivery is None or record.delivery.stage is Stage.SENT
    return is_sent and not record.is_fleeting


def pack(kept: Kept) -> bytes:
    """Encode a message: at most `KEPT_BYTES_LIMIT` bytes.  Raises RecordMalformed if it has no such form."""
    try:
        return _packed(kept).encode()
    except (EncodeError, ValueError) as error:
        raise RecordMalformed(f"A message has no form in which it can be kept. {error}") from error


def unpack(data: bytes) -> Kept:
    """Decode a message, of at most `KEPT_BYTES_LIMIT` bytes.  Raises RecordMalformed."""
    if len(data) > KEPT_BYTES_LIMIT:
        raise RecordMalformed(f"A kept message of {len(data):,} bytes is too long.")
    try:
        kept = KeptMessage.decode(data + _NO_MENTIONS if data[:1] == _FIRST_VERSION else data)
    except DecodeError as error:
        raise RecordMalformed(f"A kept message is malformed. {error}") from error
    for objection in _objections(kept):
        raise RecordMalformed(f"A kept message is malformed. {objection}")
    return _unpacked(kept)


_FIRST_VERSION = bytes([1])
_NO_MENTIONS = bytes([0])


def _packed(kept: Kept) -> KeptMessage:
    record, standing = kept.record, kept.standing
    message, edit = record.message, record.edit
    delivery = record.delivery
    return KeptMessage(
        version=VERSION,
        place=KeptPlace(kept.stay, standing.stretch, YesNo(standing.is_present), standing.lamport, standing.number),
        message_id=bytes.fromhex(message.message_id),
        sender=bytes.fromhex(message.sender),
        name=clean_name(message.name),
        sent_at=_milliseconds(message.sent_at),
        came_at=None if message.came_at is None else _milliseconds(message.came_at),
        reply_to=bytes.fromhex(message.reply_to) if message.reply_to else None,
        is_deleted=YesNo(message.is_deleted),
        is_markdown=YesNo(message.is_markdown),
        text=message.text,
        edit=KeptEdit(bytes.fromhex(edit.message_id), edit.lamport, _milliseconds(edit.sent_at)) if edit else None,
        relay=_packed_relay(message.relay),
        delivery=KeptDelivery(delivery.received, delivery.recipients) if delivery else None,
        reactions=tuple(map(_packed_reaction, record.reactions[:KEPT_REACTIONS_LIMIT])),
        mentions=tuple(KeptMention(each.start, each.end, bytes.fromhex(each.member_id)) for each in message.mentions),
    )


def _packed_reaction(reaction: Relation) -> KeptReaction:
    return KeptReaction(
        bytes.fromhex(reaction.message_id),
        bytes.fromhex(reaction.sender),
        reaction.lamport,
        reaction.text or "",
        _packed_relay(reaction.relay),
    )


def _packed_relay(relay: Relay | None) -> KeptRelay | None:
    return KeptRelay(bytes.fromhex(relay.by), clean_name(relay.name), YesNo(relay.is_confirmed)) if relay else None


def _milliseconds(seconds: float) -> int:
    return max(0, min(int(seconds * 1000), END_OF_TIME - 1))


def _objections(kept: KeptMessage) -> Iterator[str]:
    """What is wrong with a well formed struct."""
    if kept.version not in (VERSION, _FIRST_VERSION[0]):
        yield f"Its form is {kept.version}, which is not known here."
    times = (kept.sent_at, kept.came_at or 0, kept.edit.edited_at if kept.edit else 0)
    if max(times) >= END_OF_TIME:
        yield "It is from after the year 9999."
    if kept.is_deleted and (kept.text is not None or kept.edit or kept.reactions or kept.is_markdown or kept.mentions):
        yield "It was deleted, and says something nevertheless."
    relays = [kept.relay, *(reaction.relay for reaction in kept.reactions)]
    if any(clean_name(name) != name for name in (kept.name, *(relay.name for relay in relays if relay))):
        yield "A name in it is not as names are."
    if not are_mentions(kept.text or "", _mentions(kept)):
        yield "It names members at places that it cannot have."
    if len(kept.reactions) > KEPT_REACTIONS_LIMIT:
        yield "It has too many reactions."
    elif not all(is_emoji(reaction.emoji) for reaction in kept.reactions):
        yield "A reaction to it is no emoji."


def _unpacked(kept: KeptMessage) -> Kept:
    place, sender = kept.place, kept.sender.hex()
    standing = Standing(place.stretch, bool(place.is_present), place.lamport, sender, place.number)
    first = Message(
        message_id=kept.message_id.hex(),
        sender=sender,
        name=kept.name,
        text=kept.text,
        is_markdown=bool(kept.is_markdown),
        mentions=_mentions(kept),
        sent_at=kept.sent_at / 1000,
        came_at=None if kept.came_at is None else kept.came_at / 1000,
        reply_to=kept.reply_to.hex() if kept.reply_to else None,
        relay=_unpacked_relay(kept.relay),
    )
    delivery = Delivery(Stage.SENT, kept.delivery.received, kept.delivery.recipients) if kept.delivery else None
    is_changed = kept.edit or kept.is_deleted
    without_text = replace(first, text=None, is_markdown=False, mentions=())
    record = Record(without_text if is_changed else first, delivery, is_past=True)
    for relation in _relations(kept, first):
        record.take(relation)
    return Kept(place.stay, standing, record)


def _relations(kept: KeptMessage, message: Message) -> Iterator[Relation]:
    """What was said about a message, as if it were said again."""
    target, sender = message.message_id, message.sender
    if kept.is_deleted:
        yield Relation(Kind.RETRACTION, target, sender, target, 0, message.sent_at, None, relay=message.relay)
    if edit := kept.edit:
        edit_id, edited_at = edit.message_id.hex(), edit.edited_at / 1000
        text, is_markdown, mentions = message.text, message.is_markdown, message.mentions
        yield Relation(Kind.EDIT, edit_id, sender, target, edit.lamport, edited_at, text, is_markdown, mentions)
    for each in kept.reactions:
        reaction = Relation(
            Kind.REACTION, each.message_id.hex(), each.sender.hex(), target, each.lamport, 0.0, each.emoji
        )
        yield replace(reaction, relay=_unpacked_relay(each.relay))


def _mentions(kept: KeptMessage) -> tuple[Mention, ...]:
    return tuple(Mention(each.start, each.end, each.member_id.hex()) for each in kept.mentions)


def _unpacked_relay(relay: KeptRelay | None) -> Relay | None:
    return Relay(relay.by.hex(), relay.name, bool(relay.is_confirmed)) if relay else None
