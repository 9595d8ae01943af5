"""Decides how to leave in good order: our messages arrive, then the others are asked to remove us, and we go.

Each step has a time limit, after which we go anyway.
"""

from volly_browser.room.timing import Timing


class Leaving:
    """The state of our leaving."""

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
        """We have asked the others to remove us."""
        self._farewell_at = now

    # What follows

    @property
    def is_under_way(self) -> bool:
        """Whether we are leaving."""
        return self._asked_at is not None

    def farewell_is_due(self, now: float, *, settled: bool) -> bool:
        """Whether to ask the others now; `settled` says that all our messages have arrived."""
        if self._asked_at is None or self._farewell_at is not None:
            return False
        return settled or now >= self._asked_at + self._timing.last_words

    def is_over(self, now: float, *, inside: bool) -> bool:
        """Whether to go now; `inside` says that we are still in a group, whose members could remove us."""
        if self._asked_at is None:
            return False
        return not inside or (self._farewell_at is not None and now >= self._farewell_at + self._timing.farewell)

    def deadline(self) -> float | None:
        """Return when to look again."""
        if self._farewell_at is not None:
            return self._farewell_at + self._timing.farewell
        return None if self._asked_at is None else self._asked_at + self._timing.last_words
