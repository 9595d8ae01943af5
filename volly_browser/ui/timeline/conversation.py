"""All that was said during a visit: what an earlier visit has kept, and then each room that was entered.

After a fault or a lost place the same link is entered again, as a new member, possibly into another group: nothing
orders what was said there against what was said before, so each time has a timeline of its own, one below the other.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate, count

from volly_browser.chat.events import MessageNotSent
from volly_browser.chat.markup import content_type_of
from volly_browser.chat.message import Delivery, Message, Stage
from volly_browser.chat.record import Record
from volly_browser.chat.timeline import Changed, Entry, Standing, Timeline
from volly_browser.room.events import MessageQueued, MessageReceived
from volly_browser.room.mimi import Content, Disposition, Part
from volly_browser.ui.composer.unsent import Unsent

NEAR = 100
"""Rows above one that was read among which a message of another member is looked for."""

_OURS = "0" * 32
RESTORED = 0
"""The timeline of what was there before this visit."""

_OPEN = (Stage.WAITING, Stage.FAILED)


@dataclass(frozen=True, slots=True)
class Remark:
    """A line between the messages that no member wrote.

    Attributes:
        text: what it says.
        is_warning: whether it is not to be overlooked.
    """

    text: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A message with all that is known of it.

    Attributes:
        number: of the timeline that it is in.
        standing: within that.
        record: the message.
    """

    number: int
    standing: Standing
    record: Record

    @property
    def is_restored(self) -> bool:
        """Whether it is from before this visit."""
        return self.number == RESTORED


class Conversation:
    """The timelines of a visit as one list, whose ids begin with the number of the timeline.

    Args:
        own_name: stands over our messages.
        clock: seconds since 1970.
        on_change: called with the ids of what is new, looks different, stands elsewhere, or is gone.
    """

    def __init__(self, own_name: str, clock: Callable[[], float], on_change: Callable[[Changed], None]) -> None:
        self._clock = clock
        self._on_change = on_change
        self._timelines = [Timeline(own_name)]
        self._open: dict[str, Unsent] = {}
        self._edits: dict[str, Unsent] = {}  # by their own ids
        self._untried: set[str] = set()  # certainly not sent
        self._is_sending = False
        self._numbers = count(1)

    @property
    def unsent(self) -> list[Unsent]:
        """The texts that have not left this page, the oldest first."""
        return [*self._open.values(), *self._edits.values()]

    @property
    def open_ids(self) -> list[str]:
        """The ids of the messages of ours that wait or were not sent."""
        return list(self._open)

    # What happens

    def enter(self, timeline: Timeline) -> None:
        """Continue below with the timeline of a room that is entered."""
        self._timelines.append(timeline)

    def restore(self, records: Iterable[Record]) -> None:
        """Show messages that a store has kept, above all others, in this order, with what was said about them since."""
        self._changed_in(RESTORED, self._timelines[RESTORED].restore(records))

    def remark_on_restored(self, remark: Remark) -> None:
        """Put a line below the messages that a store has kept."""
        self._changed_in(RESTORED, self._timelines[RESTORED].note(remark, self._clock()))

    def hear(self, received: MessageReceived) -> None:
        """Let what an author says now count for what was said in earlier stays, and is possibly not restored yet."""
        *earlier, latest = self._timelines
        for number, timeline in enumerate(earlier):
            self._changed_in(number, timeline.hear(received, (len(earlier) - number, latest.stretch)))

    def changed(self, changed: Changed) -> None:
        """Note that these entries of the room that was entered last have changed."""
        self._changed_in(len(self._timelines) - 1, changed)

    def changed_of(self, timeline: Timeline, changed: Changed) -> None:
        """Note that these entries of any room of the visit have changed, or are gone."""
        self._changed_in(self._timelines.index(timeline), changed)

    def _changed_in(self, number: int, changed: Changed) -> None:
        ids = frozenset(f"{number}/{entry_id}" for entry_id in changed)
        for row_id in ids:
            self._follow(row_id)
        if ids:
            self._on_change(ids)

    def queued(self, queued: MessageQueued) -> None:
        """Note what the room that was entered last has to send for us; an edit is kept here until it is sent."""
        if queued.content.replaces and queued.content.text is not None:
            self._edits[queued.message_id] = Unsent(queued.content.text, self._clock())

    def sent(self, message_id: str) -> None:
        """Note that the room has sent a message."""
        if self._edits.pop(message_id, None):
            self._on_change(frozenset())

    def holds(self, message_id: str) -> bool:
        """Whether a text of ours, a message or an edit, is kept here until it is sent."""
        return message_id in self._edits or f"{len(self._timelines) - 1}/{message_id}" in self._open

    def sends(self, is_sending: bool) -> None:
        """Note whether the room can send now: what waits then is from now on possibly sent."""
        self._is_sending = is_sending
        if is_sending:
            self._untried.difference_update(row_id for row_id in self._open if not self._has_failed(row_id))

    def remark(self, remark: Remark) -> None:
        """Put a line at the end that no member wrote."""
        self.changed(self._timelines[-1].note(remark, self._clock()))

    def put_back(self, unsent: Unsent, *, was_refused: bool) -> None:
        """Show a text that will not be sent.

        Args:
            unsent: the text.
            was_refused: whether it is certain that it was not.
        """
        entry_id = f"text {next(self._numbers)}"
        if was_refused:
            self._untried.add(f"{len(self._timelines) - 1}/{entry_id}")
        timeline = self._timelines[-1]
        added = timeline.apply(MessageQueued(entry_id, _OURS, _content(unsent.text)), unsent.written_at)
        self.changed(added | timeline.apply(MessageNotSent(entry_id), unsent.written_at))

    def give_up(self) -> None:
        """Count all that waits as possibly not sent."""
        timeline = self._timelines[-1]
        number = f"{len(self._timelines) - 1}"
        waiting = [entry_id for place, _, entry_id in map(_parts, self._open) if place == number]
        for entry_id in waiting:
            self.changed(timeline.apply(MessageNotSent(entry_id), self._clock()))
        while self._edits:
            self.put_back(self._edits.pop(next(iter(self._edits))), was_refused=False)

    def drop(self, row_id: str) -> None:
        """Take a message out of the conversation: it was not sent, or is here twice."""
        place, _, entry_id = _parts(row_id)
        self._changed_in(int(place), self._timelines[int(place)].drop(entry_id))

    # What there is

    def __len__(self) -> int:
        return sum(map(len, self._timelines))

    def ids(self, start: int, end: int) -> list[str]:
        """List the ids of the entries in these places."""
        found: list[str] = []
        for number, first in enumerate(self._firsts):
            places = slice(max(0, start - first), max(0, end - first))
            found += [f"{number}/{entry_id}" for entry_id in self._timelines[number].ids(places)]
        return found

    def __getitem__(self, row_id: str) -> Entry:
        entry = self.find(row_id)
        if entry is None:
            raise KeyError(row_id)
        return entry

    def __contains__(self, row_id: object) -> bool:
        place, _, entry_id = _parts(str(row_id))
        return self._has(place) and entry_id in self._timelines[int(place)]

    def find(self, row_id: str) -> Entry | None:
        """Find the entry with this id; None if there is none, or not any more."""
        place, _, entry_id = _parts(row_id)
        return self._timelines[int(place)].find(entry_id) if self._has(place) else None

    def said(self, row_id: str) -> Said | None:
        """Return all that is known of a message; None if it is not there, or no message."""
        place, _, entry_id = _parts(row_id)
        timeline = self._timelines[int(place)] if self._has(place) else None
        record = timeline.record(entry_id) if timeline else None
        return Said(int(place), timeline.standing(entry_id), record) if timeline and record else None

    def place_of(self, row_id: str) -> int | None:
        """Return the index of an entry; None if it is gone."""
        place, _, entry_id = _parts(row_id)
        if not self._has(place) or entry_id not in self._timelines[int(place)]:
            return None
        return self._firsts[int(place)] + self._timelines[int(place)].index(entry_id)

    def message_here(self, row_id: str) -> Message | None:
        """Find a message of the room that was entered last; None if it is not there."""
        found = self.find(row_id) if row_id.startswith(f"{len(self._timelines) - 1}/") else None
        return found if isinstance(found, Message) else None

    def here(self, entry_id: str) -> str:
        """Return the id, in this list, of an entry of the room that was entered last; empty if it is not there."""
        return f"{len(self._timelines) - 1}/{entry_id}" if entry_id in self._timelines[-1] else ""

    def heard_up_to(self, row_id: str) -> str | None:
        """Return the latest message of another member in the present room that stands at a row or shortly above."""
        end = self.place_of(row_id)
        rows = [] if end is None else self.ids(max(0, end + 1 - NEAR), end + 1)
        for above in reversed(rows):
            message = self.message_here(above)
            if message and not message.is_own and message.relay is None:
                return above
        return None

    def is_untried(self, row_id: str) -> bool:
        """Whether a message of ours was certainly not sent."""
        return row_id in self._untried

    def beside(self, row_id: str, entry_id: str) -> str:
        """Return the id, in this list, of another entry in the same timeline."""
        return f"{_parts(row_id)[0]}/{entry_id}"

    @property
    def _firsts(self) -> list[int]:
        """The index of the first entry of each timeline."""
        return [0, *accumulate(map(len, self._timelines[:-1]))]

    def _has(self, place: str) -> bool:
        return place.isdecimal() and int(place) < len(self._timelines)

    def _follow(self, row_id: str) -> None:
        """Remember what is not sent yet."""
        match self.find(row_id):
            case Message(delivery=delivery, text=str(text), sent_at=sent_at) if delivery and delivery.stage in _OPEN:
                if row_id not in self._open and not self._is_sending and delivery.stage is Stage.WAITING:
                    self._untried.add(row_id)
                self._open[row_id] = Unsent(text, sent_at)
            case _:
                self._open.pop(row_id, None)
                self._untried.discard(row_id)

    def _has_failed(self, row_id: str) -> bool:
        match self.find(row_id):
            case Message(delivery=Delivery(stage=Stage.FAILED)):
                return True
        return False


def _parts(row_id: str) -> tuple[str, str, str]:
    return row_id.partition("/")


def _content(text: str) -> Content:
    """Make a content of a text that stays here, however long it is."""
    part = Part(Disposition.RENDER, "", content_type_of(text), text.encode(errors="replace"))
    return Content(bytes(16), 0, None, b"", None, None, (part,))
