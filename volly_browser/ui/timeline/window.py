"""Which rows the page has: the newest, or those around what is in view."""

from collections.abc import Callable
from dataclasses import dataclass

ROWS = 60
"""Rows that the page has at least, if there are so many."""

ROWS_LIMIT = 600
"""And at most, however high a screen says that it is."""

Find = Callable[[str], int | None]
"""Gives the index of a row by its id; None if it is gone."""


@dataclass(frozen=True, slots=True)
class Span:
    """Rows from `start` up to `end`, which is not one of them."""

    start: int
    end: int


class Window:
    """Follows the newest rows until other rows are looked at.

    While it follows, it lets the first ones go only now and then: a row that goes with each that comes moves the page.
    """

    def __init__(self) -> None:
        self._rows = ROWS
        self._around: str | int | None = None
        self._number = 0

    def follow(self) -> None:
        """Show the newest."""
        self._around = None

    def look(self, around: str | int, rows: int) -> None:
        """Show what is around a row, or around a place in the whole list.

        Args:
            around: the id of the row, or the place, from 0.
            rows: how many are needed.
        """
        self._around = around
        self.need(rows)

    def look_near(self, row_id: str) -> None:
        """Show what is around a row, with as many rows as before."""
        self._around = row_id

    def need(self, rows: int) -> None:
        """Set how many rows the page needs, within bounds."""
        self._rows = min(max(rows, ROWS), ROWS_LIMIT)

    def span(self, count: int, find: Find) -> Span:
        """Return which of so many rows to show."""
        if self._around is None:
            return self._newest(count)
        place = find(self._around) if isinstance(self._around, str) else self._around
        start = max(0, min((place or 0) - self._rows // 2, count - self._rows))
        return Span(start, min(count, start + self._rows))

    def _newest(self, count: int) -> Span:
        is_near = count - self._rows * 3 // 2 <= self._number <= count - self._rows
        self._number = self._number if is_near else max(0, count - self._rows)
        return Span(self._number, count)
