"""Leaving in good order: what was written first arrives, then the others are asked to remove us, and we go.

None of it may take long: whoever wants to leave does so.
"""

from volly_browser.room.timing import Timing


class Leaving:
    """Where we stand on our way out."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._asked_at: float | None = None
        self._farewell_at: float | None = None

    # Facts

    def wanted(self, now: float) -> None:
        """The user wants to leave."""
        if self._asked_at is None:
            self._asked_at = now

    def said_farewell(self, now: float) -> None:
        """The others were asked to remove us."""
        self._farewell_at = now

    # What follows

    @property
    def is_under_way(self) -> bool:
        """Whether we are leaving."""
        return self._asked_at is not None

    def farewell_is_due(self, now: float, *, settled: bool) -> bool:
        """Whether to ask the others now; `settled` tells that everything we wrote has arrived."""
        if self._asked_at is None or self._farewell_at is not None:
            return False
        return settled or now >= self._asked_at + self._timing.last_words

    def is_over(self, now: float, *, inside: bool) -> bool:
        """Whether to go now; `inside` tells that there still is somebody who could remove us."""
        if self._asked_at is None:
            return False
        return not inside or (self._farewell_at is not None and now >= self._farewell_at + self._timing.farewell)

    def deadline(self) -> float | None:
        """When to look again."""
        if self._farewell_at is not None:
            return self._farewell_at + self._timing.farewell
        return None if self._asked_at is None else self._asked_at + self._timing.last_words
