"""How a message or a note becomes lines of a width, every letter of which a terminal can be given."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from volly_browser.chat.message import Message, Reaction
from volly_browser.chat.timeline import Entry
from volly_browser.terminal.cleaning import clean, one_line
from volly_browser.terminal.story import Story
from volly_browser.terminal.wrapping import cells, cut, wrap
from volly_browser.ui import wording
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.timeline.conversation import Remark
from volly_browser.ui.timeline.facts import LATE, came_at, sent_at, stand_in_for
from volly_browser.ui.timeline.marks import reacted

FOLDED_LINES = 40
"""Lines of a message of which the rest is seen on request."""

QUOTED = 60
"""Cells of a message that is answered."""

NAMED_REACTIONS = 5
"""Number of authors of a reaction that are named."""

LINE_END = " ⏎ "
"""Stands for a line end of a text that is put on one line."""

SAME_LINE = "│ "
"""Begins every line of a message but the first, so that no text can pass for a message of another."""

_BEFORE_MARKS = "  "
_INDENT = 11
_NARROW = 40
_COLOURS = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters of a line.

    Attributes:
        text: cleaned, without a line end.
        look: a name for the style, or several.
    """

    text: str
    look: str = ""


Line = tuple[Piece, ...]
Draw = Callable[[Entry, Entry | None, int], list[Line]]


class Lines:
    """Draws the entries of a story.

    Args:
        story: has them.

    Attributes:
        unfolded: the ids of long messages that are seen as a whole.
    """

    def __init__(self, story: Story) -> None:
        self._story = story
        self.unfolded: set[str] = set()

    def of(self, entry: Entry, before: Entry | None, width: int) -> list[Line]:
        """Draw an entry; at least one line.  One that cannot be drawn is reported, and a sentence says so.

        Args:
            entry: a message or a note.
            before: the one above it.
            width: in cells.
        """
        with GoingOn():
            return self._drawn(entry, before, width)
        return [(Piece(wording.MESSAGE_NOT_SHOWN, "stand-in"),)]

    def _drawn(self, entry: Entry, before: Entry | None, width: int) -> list[Line]:
        day = day_of(came_at(entry))
        is_new_day = before is None or day != day_of(came_at(before))
        lines = [(Piece(f"── {day} ──", "day"),)] if day and is_new_day else []
        if isinstance(entry, Message):
            return [*lines, *self._message(entry, width)]
        return [*lines, *_note(entry.event, width)]

    def said(self, message: Message) -> str:
        """Return what is to be read of a message, cleaned."""
        return stand_in_for(message) or clean(Naming(self._story.company.met).text(message))

    def is_for_us(self, message: Message) -> bool:
        """Whether a message of another mentions the user."""
        return Naming(self._story.company.met).is_for_us(message)

    def named(self, message: Message) -> str:
        """Return the name that stands over a message, without what would end it."""
        return name_on_a_line(self._story.author(message))

    def relayed(self, message: Message) -> str:
        """Say whose client has told of a message from before we came; empty if it is from its author."""
        return one_line(self._story.marks(message).relayed)

    def reactions(self, message: Message) -> list[str]:
        """Return each reaction to a message, with the names of its authors."""
        return [f"{one_line(reaction.emoji)} {self._senders(reaction)}" for reaction in message.reactions]

    def _message(self, message: Message, width: int) -> Iterator[Line]:
        indent = _INDENT if width >= _NARROW else 2
        head = self._head(message)
        text = self.said(message)
        look = "stand-in" if stand_in_for(message) else ""
        taken = sum(cells(piece.text) for piece in head)
        first = indent if message.reply_to else taken
        rows = [(Piece(row, look),) for row in wrap(text, width - indent, width - first)]
        if len(rows) > FOLDED_LINES and message.message_id not in self.unfolded:
            more = Piece(f"… {len(rows) - FOLDED_LINES} more lines: /show {self._number(message)}", "hint")
            rows = [*rows[:FOLDED_LINES], (more,)]
        margin = Piece(" " * (indent - len(SAME_LINE)) + SAME_LINE, "margin")
        if message.reply_to:
            yield (*head, Piece(cut(self._quote(message.reply_to), width - taken), "quote"))
            head = (margin,)
        lines = [(*head, *rows[0]), *((margin, *row) for row in rows[1:])]
        yield from lines[:-1]
        yield from _with_marks(lines[-1], list(self._marks(message)), margin, width)
        if message.reactions:
            yield (margin, Piece(cut("  ".join(self.reactions(message)), width - indent), "reactions"))

    def _head(self, message: Message) -> Line:
        number = f"{self._number(message):>4} "
        own = " own" if message.is_own else ""
        return (
            Piece(number, "number"),
            Piece(f"{time_of(sent_at(message)):5} ", "time"),
            Piece(self.named(message), f"name hue-{int(message.sender[:8] or '0', 16) % _COLOURS}{own}"),
            Piece(": "),
        )

    def _number(self, message: Message) -> int | str:
        return self._story.numbers.of(message.message_id) or ""

    def _marks(self, message: Message) -> Iterator[Piece]:
        """Say what else is known of a message: that it was edited, came late, and what became of it."""
        marks = [told] if (told := self.relayed(message)) else []
        if is_for_us := self.is_for_us(message):
            marks.append(wording.MENTIONS_YOU)
        if message.lifetime is not None:
            marks.append(wording.disappears(message.lifetime))
        if message.edited_at is not None:
            marks.append(wording.EDITED)
        began, arrived = sent_at(message), came_at(message)
        sent, came = time_of(began), time_of(arrived)
        if arrived - began > LATE and sent != came:
            marks.append(wording.late(sent, came))
        fate = self._story.marks(message).fate
        if fate.words:
            marks.append(fate.words)
        if marks:
            look = f"mark {fate.look}".strip()
            yield Piece(" · ".join(marks), f"{look} for-us" if is_for_us else look)

    def _quote(self, message_id: str) -> str:
        quoted = self._story.timeline.find(message_id)
        if not isinstance(quoted, Message):
            return f"↳ {wording.NOT_HERE}"
        text = cut(" ".join(self.said(quoted).split()), QUOTED)
        return f"↳ {self._number(quoted)} {self.named(quoted)}: {text}"

    def _senders(self, reaction: Reaction) -> str:
        people = [self._story.company.met.person(member_id, "") for member_id in reaction.senders[:NAMED_REACTIONS]]
        names = [name_on_a_line(reacted(person, reaction)) for person in people]
        more = len(reaction.senders) - len(names)
        return ", ".join([*names, *([wording.others(more)] if more else [])])


def _with_marks(line: Line, marks: Sequence[Piece], margin: Piece, width: int) -> Iterator[Line]:
    """Put marks at the end of a line, or on the next one if that is too long."""
    needed = sum(cells(piece.text) for piece in (*line, *marks)) + len(_BEFORE_MARKS)
    if marks and needed <= width:
        yield (*line, Piece(_BEFORE_MARKS), *marks)
        return
    yield line
    if marks:
        yield (margin, *marks)


def name_on_a_line(name: str) -> str:
    """Clean a name, and take from it the sign that ends a name."""
    return one_line(name).replace(":", "·")


def time_of(seconds: float) -> str:
    """Write a time of day; empty if no calendar has it."""
    return _written("%H:%M", seconds)


def day_of(seconds: float) -> str:
    """Write a day; empty if no calendar has it."""
    return _written("%A, %d %B %Y", seconds)


def _written(form: str, seconds: float) -> str:
    try:
        return time.strftime(form, time.localtime(seconds))
    except (OverflowError, OSError, ValueError):
        return ""


def _note(event: object, width: int) -> Iterator[Line]:
    text, look = (event.text, "warning" if event.is_warning else "note") if isinstance(event, Remark) else ("", "note")
    rows = wrap(clean(text) or wording.NOTE_NOT_SHOWN, width - 2)
    return ((Piece(f"{'! ' if look == 'warning' else '* '}{row}", look),) for row in rows)
