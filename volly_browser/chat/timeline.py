"""The conversation in its order: each message with all that was said about it, and notes of what happened between.

Rule: what is shown follows from what was said, not from the order in which it came.  Messages stand by (lamport,
sender), which is the same for all; ours that wait to be sent stand at the end.  What was said before we came stands
before all that we have heard since: the one who passes it on cannot put it between or behind that.
"""

import heapq
import time
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice

from volly_browser.chat.events import MessageNotSent
from volly_browser.chat.mentions import mentions_of
from volly_browser.chat.message import Delivery, Message, Relay, Stage
from volly_browser.chat.reading import Reading
from volly_browser.chat.record import Record
from volly_browser.chat.relation import NOT_SENT_YET, Relation, Stretch, relation_of
from volly_browser.chat.waiting import Waiting
from volly_browser.room.events import (
    HistoryReceived,
    MessageDelivered,
    MessageQueued,
    MessageReceived,
    MessageSent,
    MessagesRead,
    RelayedMessage,
    RoomEvent,
)
from volly_browser.room.latest import Latest
from volly_browser.room.mimi import Content

GONE_LIMIT = 4096
"""Messages that have disappeared and are remembered, so that nothing of them comes back; the first give way."""

ENTRIES_LIMIT = 20_000
"""Messages that are kept; the earliest give way, with the notes before them."""

NOTES_LIMIT = 1000
"""Notes that are kept, beside the messages; the first give way."""

_RESTORED = -1
"""The stretch of what a store had, which stands before all others."""

Changed = frozenset[str]
"""Ids of entries that are new, say something else, stand elsewhere, or are gone; not of those that quote them."""

_NOTHING: Changed = frozenset()


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened, between the messages.

    Attributes:
        note_id: in this timeline.
        at: seconds since 1970.
        event: what happened, as whatever shows it wants it: an event of the room, or a remark on several.
    """

    note_id: str
    at: float
    event: object


Entry = Message | Note


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """Where a message stands in its timeline; one that compares less stands earlier.

    Attributes:
        stretch: of the conversation, since each group counts lamports anew.
        is_present: whether it is from after we came.
        lamport: its own.
        sender: its author's member id.
        number: of its author.
    """

    stretch: int
    is_present: bool
    lamport: int
    sender: str
    number: int


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where an entry stands; a note stands behind all messages that were there before it."""

    stretch: int
    is_present: bool
    lamport: int
    is_note: bool
    sender: str
    number: int
    entry_id: str


class Timeline:
    """Messages and notes, found by their id and by where they stand.

    Args:
        own_name: stands over our messages.
        now: seconds of a clock that runs evenly, whatever time it shows: by it messages disappear.
    """

    def __init__(self, own_name: str, now: Callable[[], float] = time.monotonic) -> None:
        self._own_name = own_name
        self._now = now
        self._over: list[tuple[float, str]] = []  # a heap
        self._gone = Latest[str, None](GONE_LIMIT)
        self._records: dict[str, Record] = {}
        self._notes: dict[str, Note] = {}
        self._order: list[_Place] = []
        self._places: dict[str, _Place] = {}
        self._unsent: dict[str, Relation] = {}
        self._waiting = Waiting()
        self._reading: Reading[_Place] = Reading()
        self._audience: frozenset[str] = frozenset()
        self._numbers = count()
        self._stretch = 0

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Entry]:
        return map(self._entry, self._order)

    def __getitem__(self, places: slice) -> Sequence[Entry]:
        return [self._entry(place) for place in self._order[places]]

    def ids(self, places: slice) -> list[str]:
        """The ids of the entries in these places."""
        return [place.entry_id for place in self._order[places]]

    def __contains__(self, entry_id: str) -> bool:
        return entry_id in self._places

    def find(self, entry_id: str) -> Entry | None:
        """The message or note with this id."""
        record = self._records.get(entry_id)
        return record.message if record else self._notes.get(entry_id)

    def index(self, entry_id: str) -> int:
        """Where an entry stands, from 0.  Raises KeyError."""
        return bisect_left(self._order, self._places[entry_id])

    def record(self, message_id: str) -> Record | None:
        """All that is known of a message."""
        return self._records.get(message_id)

    def standing(self, message_id: str) -> Standing:
        """Where a message stands.  Raises KeyError."""
        place = self._places[message_id]
        return Standing(place.stretch, place.is_present, place.lamport, place.sender, place.number)

    def reactions_of(self, message_id: str, sender: str, emoji: str) -> list[str]:
        """The ids of an author's reactions to a message that count as this emoji."""
        record = self._records.get(message_id)
        return record.reactions_of(sender, emoji) if record else []

    def apply(self, event: RoomEvent | MessageNotSent, now: float) -> Changed:
        """Take what happened; what is neither a message nor about one is noted."""
        match event:
            case MessageQueued() | MessageReceived() | HistoryReceived() | MessageSent():
                return self._said(event, now)
            case MessageDelivered(message_id, received, recipients):
                return self._delivered(message_id, Delivery(Stage.SENT, received, recipients))
            case MessagesRead(member_id, message_id):
                return self._read(member_id, message_id)
            case MessageNotSent(message_id):
                return self._delivered(message_id, Delivery(Stage.FAILED))
            case _:
                return self.note(event, now)

    def heard_by(self, member_ids: Iterable[str]) -> None:
        """Take the other members, to which from now on goes what we send."""
        self._audience = frozenset(member_ids)

    def drop(self, message_id: str) -> Changed:
        """Take a message out of the conversation."""
        place = self._places.get(message_id)
        if place is None:
            return _NOTHING
        self._forget(place)
        return frozenset([message_id])

    def restore(self, records: Iterable[Record]) -> Changed:
        """Put messages from a store before all others, in this order; one whose id is here already is not put."""
        changed = _NOTHING
        for lamport, record in enumerate(records):
            changed |= self._add(record, _RESTORED, lamport, 0)
        return changed

    def hear(self, received: MessageReceived, stretch: Stretch) -> Changed:
        """Take what an author says about another message, in a later stay: it waits if that is not here, or not yet.

        Args:
            received: what it says; a message of its own is not taken.
            stretch: in which it came, with the number of the later timeline.
        """
        relation = _relation(received, stretch)
        return self._relate(relation) if relation else _NOTHING

    @property
    def next_goes_in(self) -> float | None:
        """Seconds until the next message disappears; None if none does."""
        return max(0.0, self._over[0][0] - self._now()) if self._over else None

    def forget_what_is_over(self) -> Changed:
        """Drop the messages whose time is over, with all that was said about them."""
        now, gone = self._now(), set()
        while self._over and self._over[0][0] <= now:
            _, message_id = heapq.heappop(self._over)
            if place := self._places.get(message_id):
                self._forget(place)
                gone.add(message_id)
            self._gone[message_id] = None
        return frozenset(gone)

    @property
    def stretch(self) -> int:
        """The number of the present stretch, from 0."""
        return self._stretch

    def begin_stretch(self) -> None:
        """Let all that comes stand behind what is there: another group counts lamports anew."""
        self._stretch += 1

    # Messages

    def _said(self, event: MessageQueued | MessageReceived | HistoryReceived | MessageSent, now: float) -> Changed:
        match event:
            case MessageQueued():
                return self._queued(event, now)
            case MessageReceived():
                return self._received(event, now)
            case HistoryReceived(messages):
                return _NOTHING.union(*map(self._relayed, messages))
            case MessageSent(message_id, lamport):
                return self._sent(message_id, lamport)

    def _queued(self, queued: MessageQueued, now: float) -> Changed:
        number = next(self._numbers)
        relation = relation_of(
            queued.content,
            message_id=queued.message_id,
            sender=queued.sender,
            lamport=number,
            sent_at=now,
            stretch=(0, NOT_SENT_YET),  # until it is sent, it is the last edit
        )
        if relation:
            self._unsent[relation.message_id] = relation
            return self._relate(relation)
        message = _message(queued.message_id, queued.sender, self._own_name, queued.content, now)
        return self._add(Record(message, Delivery(Stage.WAITING)), NOT_SENT_YET, number, number)

    def _received(self, received: MessageReceived, now: float) -> Changed:
        message_id, sender, content = received.message_id, received.sender, received.content
        if relation := _relation(received, (0, self._stretch)):
            return self._relate(relation)
        if known := self._records.get(message_id):
            return frozenset([message_id] if known.heard() else [])
        message = _message(message_id, sender, received.name, content, received.sent_at)
        added = self._add(Record(replace(message, came_at=now)), self._stretch, received.lamport, received.sequence)
        return self._let_go_later(message_id, content.lifetime, added)

    def _relayed(self, relayed: RelayedMessage) -> Changed:
        """Take a message from before we came, or what was said about one; what its author tells itself is as heard."""
        told = relayed.message
        is_by_author = relayed.by == told.sender
        relay = None if is_by_author else Relay(relayed.by, relayed.by_name, relayed.is_confirmed)
        relation = relation_of(
            told.content,
            message_id=told.message_id,
            sender=told.sender,
            lamport=told.lamport,
            sent_at=told.sent_at,
            stretch=(0, self._stretch),
            relay=relay,
        )
        if relation:
            return self._relate(relation) if relation.target in self._records else _NOTHING
        message = _message(told.message_id, told.sender, told.name, told.content, told.sent_at)
        record = Record(replace(message, relay=relay), is_past=True)
        added = self._add(record, self._stretch, told.lamport, told.sequence)
        return self._let_go_later(told.message_id, relayed.left, added)

    def _add(self, record: Record, stretch: int, lamport: int, number: int) -> Changed:
        first = record.first
        if first.message_id in self._records or first.message_id in self._gone:
            return _NOTHING
        self._records[first.message_id] = record
        self._put(_Place(stretch, not record.is_past, lamport, False, first.sender, number, first.message_id))
        for relation in self._waiting.take(first.message_id):
            record.take(relation)
        readers = self._reading.waiting_for(first.message_id)
        read = _NOTHING.union(*(self._read(member_id, first.message_id) for member_id in readers))
        return frozenset([first.message_id]) | read | self._make_room()

    def _sent(self, message_id: str, lamport: int) -> Changed:
        if relation := self._unsent.pop(message_id, None):
            return self._relate(replace(relation, lamport=lamport, stretch=(0, self._stretch)))
        place = self._places.get(message_id)
        if place is None:
            return _NOTHING
        self._remove(place)
        self._put(replace(place, stretch=self._stretch, lamport=lamport))
        self._records[message_id].audience = self._audience
        sent = self._delivered(message_id, Delivery(Stage.SENT))
        return self._let_go_later(message_id, self._records[message_id].first.lifetime, sent)

    def _let_go_later(self, message_id: str, lifetime: float | None, changed: Changed) -> Changed:
        """Measure the time of a message that is new here, or has just been sent."""
        if lifetime is not None and message_id in changed:
            heapq.heappush(self._over, (self._now() + lifetime, message_id))
            if len(self._over) > 2 * ENTRIES_LIMIT:  # most of them have given way to others since
                self._over = [due for due in self._over if due[1] in self._places]
                heapq.heapify(self._over)
        return changed

    def _delivered(self, message_id: str, delivery: Delivery) -> Changed:
        record = self._records.get(message_id)
        if record is None or record.delivery is None:
            return _NOTHING
        delivery = replace(delivery, readers=record.delivery.readers)
        if record.delivery == delivery:
            return _NOTHING
        record.delivery = delivery
        return frozenset([message_id])

    def _read(self, member_id: str, message_id: str) -> Changed:
        """A member has read a message and all before it; those of ours that were for it look different."""
        place = self._places.get(message_id)
        if place is None:
            self._reading.wait(member_id, message_id)
            return _NOTHING
        end = bisect_left(self._order, place) + 1
        start = bisect_left(self._order, self._reading.up_to(member_id) or self._order[0])
        self._reading.read(member_id, place)
        read = [each.entry_id for each in self._order[start:end] if self._note_read(each.entry_id, member_id)]
        return frozenset(read)

    def _note_read(self, entry_id: str, member_id: str) -> bool:
        """Note that a member has read an entry; return whether that changes a message of ours."""
        record = self._records.get(entry_id)
        if record is None or record.delivery is None or member_id not in record.audience:
            return False
        if member_id in record.delivery.readers:
            return False
        record.delivery = replace(record.delivery, readers=(*record.delivery.readers, member_id))
        return True

    def _relate(self, relation: Relation) -> Changed:
        record = self._records.get(relation.target)
        if record is None:
            if relation.target not in self._gone:
                self._waiting.add(relation)
            return _NOTHING
        return frozenset([relation.target] if record.take(relation) else [])

    # Notes

    def note(self, event: object, now: float) -> Changed:
        """Something happened that is no message; it stands behind all that is there."""
        number = next(self._numbers)
        note = Note(f"note {number}", now, event)
        self._notes[note.note_id] = note
        self._put(_Place(self._stretch, True, self._last_lamport, True, "", number, note.note_id))
        return frozenset([note.note_id]) | self._make_room()

    @property
    def _last_lamport(self) -> int:
        """The highest of what was sent in this stretch since we came."""
        end = bisect_left(self._order, _Place(NOT_SENT_YET, False, 0, False, "", 0, ""))
        last = self._order[end - 1] if end else None
        return last.lamport if last and last.stretch == self._stretch and last.is_present else 0

    # The order

    def _entry(self, place: _Place) -> Entry:
        return self._notes[place.entry_id] if place.is_note else self._records[place.entry_id].message

    def _put(self, place: _Place) -> None:
        insort(self._order, place)
        self._places[place.entry_id] = place

    def _remove(self, place: _Place) -> None:
        del self._order[bisect_left(self._order, place)]
        del self._places[place.entry_id]

    def _make_room(self) -> Changed:
        """Let the earliest go; no number of notes takes the place of a message."""
        gone = [self._places[note_id] for note_id in islice(self._notes, max(0, len(self._notes) - NOTES_LIMIT))]
        for place in gone:
            self._forget(place)
        while len(self._records) > ENTRIES_LIMIT:
            end = next(index for index, place in enumerate(self._order) if not place.is_note) + 1
            earliest = self._order[:end]
            for place in earliest:
                self._forget(place)
            gone += earliest
        return frozenset(place.entry_id for place in gone)

    def _forget(self, place: _Place) -> None:
        self._remove(place)
        self._notes.pop(place.entry_id, None)
        self._records.pop(place.entry_id, None)


def _relation(received: MessageReceived, stretch: Stretch) -> Relation | None:
    """What a received content says about another message; None if it is a message of its own."""
    return relation_of(
        received.content,
        message_id=received.message_id,
        sender=received.sender,
        lamport=received.lamport,
        sent_at=received.sent_at,
        stretch=stretch,
    )


def _message(message_id: str, sender: str, name: str, content: Content, sent_at: float) -> Message:
    return Message(
        message_id=message_id,
        sender=sender,
        name=name,
        text=content.text,
        is_markdown=content.is_markdown,
        mentions=mentions_of(content),
        sent_at=sent_at,
        reply_to=content.in_reply_to.hex() if content.in_reply_to else None,
        lifetime=content.lifetime,
    )
