"""Which lines of a conversation are on the screen: the last ones, or those that were scrolled to."""

from collections import deque

from volly_browser.chat.timeline import Timeline
from volly_browser.terminal.lines import Draw, Line


class Viewport:
    """A view of a timeline, which draws as many entries as are seen and no more.

    It stays at the end as long as it is there, else at the entry that it was scrolled to.

    Args:
        timeline: what is seen.
        draw: makes lines of an entry.
    """

    def __init__(self, timeline: Timeline, draw: Draw) -> None:
        self._timeline = timeline
        self._draw = draw
        self._bottom_id = ""  # of the last entry that is seen; empty for the last one that there is
        self._hidden = 0  # lines of it below the view

    @property
    def is_at_end(self) -> bool:
        """Whether the last line is seen."""
        return not self._bottom_id

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw what is seen: as many lines as there is place for, or fewer if there are no more."""
        seen: deque[Line] = deque()
        index, hidden = self._bottom()
        while index >= 0 and len(seen) < height:
            drawn = self._lines_of(index, width)
            seen.extendleft(reversed(drawn[: max(0, len(drawn) - hidden)]))
            index, hidden = index - 1, 0
        return list(seen)[max(0, len(seen) - height) :]

    def scroll(self, lines: int, width: int, height: int) -> None:
        """Move the view up by so many lines, or down if the number is negative; not beyond either end."""
        index, hidden = self._bottom()
        if index < 0:
            return
        hidden += lines
        while hidden < 0 and index < len(self._timeline) - 1:
            index += 1
            hidden += len(self._lines_of(index, width))
        while index > 0 and hidden >= (drawn := len(self._lines_of(index, width))):
            index, hidden = index - 1, hidden - drawn
        index, hidden = self._lowest_full_view(index, max(hidden, 0), width, height)
        if hidden == 0 and index == len(self._timeline) - 1:
            self.to_end()
        else:
            [self._bottom_id], self._hidden = self._timeline.ids(slice(index, index + 1)), hidden

    def to_end(self) -> None:
        """Show the last line, and those that will come."""
        self._bottom_id, self._hidden = "", 0

    def to(self, entry_id: str, width: int, height: int) -> None:
        """Show an entry at the top, as far as there are enough lines below it."""
        self._bottom_id, self._hidden = entry_id, 0
        lines = len(self._lines_of(self._bottom()[0], width))
        self.scroll(min(0, lines - height), width, height)

    def _lowest_full_view(self, index: int, hidden: int, width: int, height: int) -> tuple[int, int]:
        """Return the bottom of this view, or if lines before the first would be seen, of the view that begins there."""
        above, first = -hidden, index
        while first >= 0 and above < height:
            above += len(self._lines_of(first, width))
            first -= 1
        if above >= height:
            return index, hidden
        hidden -= height - above
        while hidden < 0 and index < len(self._timeline) - 1:
            index += 1
            hidden += len(self._lines_of(index, width))
        return index, max(hidden, 0)

    def _bottom(self) -> tuple[int, int]:
        """Return the place of the last entry that is seen, and how many of its lines are not."""
        last = len(self._timeline) - 1
        if self._bottom_id and self._bottom_id not in self._timeline:
            self.to_end()
        return (self._timeline.index(self._bottom_id), self._hidden) if self._bottom_id else (last, 0)

    def _lines_of(self, index: int, width: int) -> list[Line]:
        *before, entry = self._timeline[slice(max(0, index - 1), index + 1)]
        return self._draw(entry, before[0] if before else None, width)
