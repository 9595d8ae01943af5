"""How a message or a note becomes a row: names, texts, times, what became of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from volly_browser.chat.message import Message, Reaction, Stage
from volly_browser.chat.timeline import Entry, Note
from volly_browser.ui import wording
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.people.people import Acquaintances, Person
from volly_browser.ui.timeline.conversation import Conversation, Remark
from volly_browser.ui.timeline.facts import LATE, came_at, sent_at, stand_in_for
from volly_browser.ui.timeline.fate import QUEUED, Fate
from volly_browser.ui.timeline.marks import Marks, marks_of, reacted
from volly_browser.ui.timeline.rows import Choice, Emoji, Named, Quote, Relayed, Row

TOGETHER = 300.0
"""Seconds within which messages of one person stand under one name."""

LONG_TEXT = 3000
LONG_LINES = 40
"""Letters and line ends of a message of which at first only the beginning is seen."""

QUOTED = 160
"""Letters of a message that is answered."""

NAMED_REACTIONS = 20
"""Number of authors of a reaction that are named."""

_FOR_ALL = ("react", "reply")
_FOR_OWN = ("edit", "delete")

_UNFOLD = (Choice("unfold", wording.SHOW_ALL),)
_WAYS_OUT = (Choice("send again", wording.SEND_AGAIN), Choice("take back", wording.TAKE_BACK))


Ways = Callable[[str, Message], tuple[str, ...]]
"""Gives, of a row's id and its message, how that writes what is looked for; nothing if it does not."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Times as people here write them.

    Attributes:
        time_of: the time of day, of seconds since 1970.
        day_of: the day, likewise.
    """

    time_of: Callable[[float], str]
    day_of: Callable[[float], str]


class Drawing:
    """Makes rows of the entries of one conversation.

    An entry that cannot be drawn is reported as a fault, and a sentence in its place says so.

    Args:
        conversation: has the entries.
        own: us.
        met: all others.
        clock: writes times.

    Attributes:
        waits_as: what a message waits for that is not sent yet.
        unfolded: the ids of long messages that are seen as a whole.
        pinned: the ids of messages of the room that was entered last.
        first_unread: the id of the message over which a line says that it and those below are new; empty for none.
        ways: finds what is looked for; None if nothing is.
        hit: the id of the message that is shown of those that were found; empty for none.
    """

    def __init__(self, conversation: Conversation, own: Person, met: Acquaintances, clock: Clock) -> None:
        self._conversation = conversation
        self._own = own
        self._met = met
        self._naming = Naming(met)
        self._clock = clock
        self.waits_as: Fate = QUEUED
        self.unfolded: set[str] = set()
        self.pinned: frozenset[str] = frozenset()
        self.first_unread = ""
        self.ways: Ways | None = None
        self.hit = ""

    def row(self, row_id: str, entry: Entry, before: Entry | None) -> Row:
        """Make the row of an entry.

        Args:
            row_id: of the entry.
            entry: the entry.
            before: the one above it.
        """
        with GoingOn():
            return self._message(row_id, entry, before) if isinstance(entry, Message) else _note(row_id, entry)
        return self._stand_in(row_id, entry)

    def _message(self, row_id: str, message: Message, before: Entry | None) -> Row:
        person = self._author(message)
        stand_in = stand_in_for(message)
        is_folded = not stand_in and row_id not in self.unfolded and _is_long(message.text or "")
        day = self._new_day(message, before)
        marks, details = self._marks(row_id, message), self._details(message)
        is_here = self._conversation.message_here(row_id) is not None
        is_pinned = is_here and message.message_id in self.pinned
        is_first_unread = row_id == self.first_unread
        return Row(
            row_id=row_id,
            look=" ".join(self._looks(row_id, person, message, None if day or is_first_unread else before)),
            day=day,
            unread=wording.NEW_MESSAGES if is_first_unread else "",
            initial=person.initial,
            name=person.name,
            tag=person.tag,
            quote=self._quote(row_id, message.reply_to) if message.reply_to else None,
            text=stand_in or message.text or "",
            is_markdown=message.is_markdown and not stand_in,
            mentions=() if stand_in else tuple(self._mentions(message)),
            is_stand_in=bool(stand_in),
            is_folded=is_folded,
            found=self.ways(row_id, message) if self.ways and not stand_in else (),
            time=self._time(message),
            stamp=_stamp(message),
            edited=wording.EDITED if message.edited_at is not None else "",
            timer=wording.disappears(message.lifetime) if message.lifetime is not None else "",
            pinned=wording.PINNED if is_pinned else "",
            relayed=self._relayed(message, person, marks.relayed),
            fate=marks.fate.look,
            fate_words=marks.fate.words,
            details=details,
            choices=(*(_UNFOLD if is_folded else ()), *(_WAYS_OUT if _has_failed(message) else ())),
            reactions=tuple(map(self._reaction, message.reactions)),
            can=tuple(_can(message, is_here=is_here, is_pinned=is_pinned, has_details=bool(details))),
        )

    def _stand_in(self, row_id: str, entry: Entry) -> Row:
        """Make the row of an entry that cannot be drawn; a text of ours can be sent again nevertheless."""
        if not isinstance(entry, Message):
            return Row(row_id=row_id, kind="note", look="warning", text=wording.NOTE_NOT_SHOWN)
        fate = self._marks(row_id, entry).fate
        return Row(
            row_id=row_id,
            text=wording.MESSAGE_NOT_SHOWN,
            is_stand_in=True,
            fate=fate.look,
            fate_words=fate.words,
            choices=_WAYS_OUT if _has_failed(entry) else (),
        )

    def _looks(self, row_id: str, person: Person, message: Message, before: Entry | None) -> Iterator[str]:
        """Name the style classes."""
        yield person.style
        if self._naming.is_for_us(message):
            yield "for-us"
        if message.is_own:
            yield "own"
        if message.relay and not message.relay.is_confirmed:
            yield "unconfirmed"
        if isinstance(before, Message) and _goes_on(message, before):
            yield "same"
        if row_id == self.hit:
            yield "hit"

    def _author(self, message: Message) -> Person:
        return self._own if message.is_own else self._met.person(message.sender, message.name)

    def _marks(self, row_id: str, message: Message) -> Marks:
        return marks_of(message, self._met, self.waits_as, is_untried=self._conversation.is_untried(row_id))

    def _details(self, message: Message) -> str:
        """Say who has received and read a message of ours that was sent."""
        delivery = message.delivery
        if delivery is None or delivery.stage is not Stage.SENT or not (delivery.received or delivery.readers):
            return ""
        readers = [self._met.person(member_id, "").in_a_sentence for member_id in delivery.readers]
        return wording.read_by(readers, delivery.received, max(delivery.recipients, len(readers)))

    def _time(self, message: Message) -> str:
        """Write when it was sent, and if it was long on its way, when it came; empty if no calendar has that day."""
        with GoingOn():
            began = sent_at(message)
            sent, came = self._clock.time_of(began), self._clock.time_of(message.came_at or began)
            is_late = message.came_at is not None and message.came_at - began > LATE and came != sent
            return wording.late(sent, came) if is_late else sent
        return ""

    def _new_day(self, message: Message, before: Entry | None) -> str:
        if before is None:
            return ""
        with GoingOn():
            day = self._clock.day_of(came_at(message))
            return day if day != self._clock.day_of(came_at(before)) else ""
        return ""

    def _quote(self, row_id: str, message_id: str) -> Quote:
        quoted_id = self._conversation.beside(row_id, message_id)
        quoted = self._conversation.find(quoted_id)
        if not isinstance(quoted, Message):
            return Quote("", "", wording.NOT_HERE)
        text, is_markdown = readable(quoted, self._naming), quoted.is_markdown
        if not is_markdown:  # in which the ends of lines mean something
            text = " ".join(text.split())
        text = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
        return Quote(quoted_id, self._author(quoted).full_name, text, is_markdown)

    def _mentions(self, message: Message) -> Iterator[Named]:
        text = message.text or ""
        for mention, person in self._naming.named(message):
            start, length = _units(text[: mention.start]), _units(text[mention.start : mention.end])
            yield Named(start, length, f"@{person.name}", person.tag, person.is_self)

    def _relayed(self, message: Message, author: Person, words: str) -> Relayed | None:
        if message.relay is None:
            return None
        by = self._met.person(message.relay.by, message.relay.name)
        is_confirmed = message.relay.is_confirmed
        return Relayed(words, wording.why_relayed(by.in_a_sentence, author.in_a_sentence, is_confirmed=is_confirmed))

    def _reaction(self, reaction: Reaction) -> Emoji:
        people = [self._met.person(member_id, "") for member_id in reaction.senders]
        names = [reacted(person, reaction) for person in people[:NAMED_REACTIONS]]
        more = [wording.others(len(people) - len(names))] if len(people) > len(names) else []
        is_own = any(person.is_self for person in people)
        names_and_more = wording.listing([*names, *more])
        return Emoji(reaction.emoji, len(people), is_own, names_and_more, bool(reaction.unconfirmed))


def _note(row_id: str, note: Note) -> Row:
    if not isinstance(note.event, Remark):
        raise LookupError(f"There are no words for {type(note.event).__name__}.")
    look = "warning" if note.event.is_warning else ""
    return Row(row_id=row_id, kind="note", look=look, text=note.event.text)


def _can(message: Message, *, is_here: bool, is_pinned: bool, has_details: bool) -> Iterator[str]:
    """Name what can be done with a message."""
    if is_here and not message.is_deleted and not _has_failed(message):
        yield from (*_FOR_ALL, "unpin" if is_pinned else "pin", *(_FOR_OWN if message.is_own else ()))
    if message.text and not message.is_deleted:
        yield "copy"
    if has_details:
        yield "details"


def _has_failed(message: Message) -> bool:
    return message.delivery is not None and message.delivery.stage is Stage.FAILED


def readable(message: Message, naming: Naming) -> str:
    """Return what is to be read of a message: as its author wrote it, with the present names of those it mentions."""
    return stand_in_for(message) or naming.text(message, is_escaped=True)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _is_long(text: str) -> bool:
    return len(text) > LONG_TEXT or text.count("\n") > LONG_LINES


def _goes_on(message: Message, before: Message) -> bool:
    """Return whether a message stands under the name of the one above it."""
    is_by_same = message.sender == before.sender or (message.is_own and before.is_own)
    return is_by_same and abs(sent_at(message) - sent_at(before)) < TOGETHER


def _stamp(message: Message) -> str:
    with GoingOn():
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(sent_at(message)))
    return ""
