"""The list of messages as the page has it: what changes is sent once a frame, as one patch.

The page (web/view/timeline.mjs) owns heights and scrolling, and says what is in view.  Nothing is read back from it.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass

from volly_browser.chat.message import Message
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.timeline.conversation import Conversation
from volly_browser.ui.timeline.drawing import Drawing, Ways
from volly_browser.ui.timeline.fate import Fate
from volly_browser.ui.timeline.patch import Step, difference
from volly_browser.ui.timeline.rows import Row
from volly_browser.ui.timeline.unread import Unread
from volly_browser.ui.timeline.window import Span, Window


@dataclass(frozen=True, slots=True)
class ListOfRows:
    """The page's end of the list.

    Attributes:
        take_patch: takes a patch in JSON; see `web/view/timeline.mjs`.
        schedule: calls a function at the next frame.
    """

    take_patch: Callable[[str], None]
    schedule: Callable[[Callable[[], None]], object]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A row that the page has.

    Attributes:
        above: the id of the one above it.
        quoted: the id of the message that it answers, also if that is not here; its own if it answers none.
        row: as it looks.
    """

    above: str
    quoted: str
    row: Row


class TimelineView:
    """Shows a conversation.

    Args:
        conversation: has the entries.
        drawing: makes rows of them.
        page: has the rows.
    """

    def __init__(self, conversation: Conversation, drawing: Drawing, page: ListOfRows) -> None:
        self._conversation = conversation
        self._drawing = drawing
        self._page = page
        self._window = Window()
        self._drawn: dict[str, _Drawn] = {}
        self._changed: set[str] = set()
        self._around = (0, 0)
        self._unread = Unread(conversation.place_of)
        self._told = (0, "", 0)
        self._is_fresh = True
        self._is_to_follow = False
        self._to_show = ""
        self._is_planned = False
        self._is_closed = False

    def close(self) -> None:
        """Remove all rows at the end of the visit."""
        self._is_closed = True
        self._page.take_patch(json.dumps({"fresh": True}))

    # What happens

    def changed(self, ids: Collection[str]) -> None:
        """Note entries that are new, look different, stand elsewhere, or are gone."""
        self._changed.update(ids)
        self._unread.gone([row_id for row_id in ids if row_id not in self._conversation])
        self._plan()

    def message_came(self, row_id: str, *, is_for_us: bool) -> None:
        """Take a new message of another member, which is in the conversation by now, and whether it mentions us."""
        self._unread.came(row_id, is_for_us=is_for_us)
        self._plan()

    def said_something(self) -> None:
        """Show the end of the conversation, where the user's message is, and no line if all before it is read."""
        self._unread.said_something()
        self._window.follow()
        self._is_to_follow = True
        self._plan()

    def people_changed(self) -> None:
        """Draw all rows again, since names, tags and colours have possibly changed."""
        self._changed.update(self._drawn)
        self._plan()

    def pinned_are(self, message_ids: frozenset[str]) -> None:
        """Show which messages of the room that was entered last are pinned."""
        before, self._drawing.pinned = self._drawing.pinned, message_ids
        self.changed(list(filter(None, map(self._conversation.here, before ^ message_ids))))

    def look_for(self, ways: Ways | None, hit: str = "") -> None:
        """Mark what is looked for, as `ways` finds it (None for nothing), and the row that is shown of it."""
        self._drawing.ways, self._drawing.hit = ways, hit
        self.people_changed()

    def found(self, row_ids: Collection[str], hit: str) -> None:
        """Mark rows that were found as well, and the row that is shown of all that were found."""
        before, self._drawing.hit = self._drawing.hit, hit
        self._changed.update(self._drawn.keys() & row_ids, {before, hit} if before != hit else ())
        self._plan()

    def waits_as(self, fate: Fate) -> None:
        """Show what messages wait for that are not sent yet."""
        if self._drawing.waits_as != fate:
            self._drawing.waits_as = fate
            self.changed(self._conversation.open_ids)

    # What is wanted

    def look(self, row_id: str, place: int, rows: int) -> None:
        """Show the rows around what is in view.

        Args:
            row_id: the first row in view; empty if there is none.
            place: the probable index of the first row in view, if `row_id` is empty; -1 to follow the end.
            rows: how many rows are needed around it.
        """
        self._window.need(rows)
        if place < 0:
            self._window.follow()
        else:
            self._window.look(row_id or place, rows)
        self._plan()

    def read(self, row_id: str, *, is_watched: bool) -> None:
        """Take up to where the user has read; see `Unread.read`."""
        before = len(self._unread)
        self._unread.read(row_id, is_watched=is_watched)
        if len(self._unread) != before:
            self._plan()

    def show(self, row_id: str) -> None:
        """Lead to a row, wherever it is."""
        self._window.look_near(row_id)
        self._to_show = row_id
        self._plan()

    def unfold(self, row_id: str) -> None:
        """Show all of a long message."""
        self._drawing.unfolded.add(row_id)
        self.changed([row_id])

    # Patches

    def _plan(self) -> None:
        if not self._is_planned:
            self._is_planned = True
            self._page.schedule(self._flush)

    def _flush(self) -> None:
        self._is_planned = False
        with GoingOn():
            if not self._is_closed:
                self._patch()

    def _patch(self) -> None:
        count = len(self._conversation)
        span = self._window.span(count, self._conversation.place_of)
        unread = (len(self._unread), self._unread.first, self._unread.for_us)
        self._move_line(self._unread.first)
        drawn = self._draw(span)
        before = {} if self._is_fresh else {row_id: each.row for row_id, each in self._drawn.items()}
        steps = difference(before, [each.row for each in drawn.values()])
        around = (span.start, count - span.end)
        self._drawn = drawn
        self._changed.clear()
        is_news = (around, unread) != (self._around, self._told) or self._is_to_follow or self._to_show
        if steps or is_news or self._is_fresh:
            self._around, self._told = around, unread
            self._send(steps)

    def _move_line(self, first: str) -> None:
        """Let the line before what is unread stand before this row: those before which it stood and stands change."""
        before, self._drawing.first_unread = self._drawing.first_unread, first
        self._changed.update({before, first} if before != first else ())

    def _send(self, steps: list[Step]) -> None:
        above, below = self._around
        patch = {
            "fresh": self._is_fresh,
            "follow": self._is_to_follow,
            "show": self._to_show,
            "above": above,
            "below": below,
            "unread": list(self._told),
            "steps": steps,
        }
        self._is_fresh = True  # if the page does not take this one, it gets all of the next
        self._is_to_follow, self._to_show = False, ""
        self._page.take_patch(json.dumps(patch))
        self._is_fresh = False

    def _draw(self, span: Span) -> dict[str, _Drawn]:
        """Draw the rows of a span, by their ids."""
        first = max(0, span.start - 1)
        above, *ids = ["", *self._conversation.ids(first, span.end)][span.start - first :]
        drawn = {}
        for row_id in ids:
            drawn[row_id] = self._row(row_id, above)
            above = row_id
        return drawn

    def _row(self, row_id: str, above: str) -> _Drawn:
        """Draw a row, unless it looks as before: what quotes a message looks different if that does."""
        drawn = self._drawn.get(row_id)
        if drawn and drawn.above == above and self._changed.isdisjoint((row_id, drawn.quoted)):
            return drawn
        entry = self._conversation[row_id]
        answered = entry.reply_to if isinstance(entry, Message) else None
        quoted = self._conversation.beside(row_id, answered) if answered else row_id
        return _Drawn(above, quoted, self._drawing.row(row_id, entry, self._conversation.find(above)))
