"""Notices of reading: each names the latest message that its sender has read, and thereby all before it.

Of what is read within a while only the last is told.  A notice that is lost is made up for by the next one.
"""

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding


class OwnReading(Machine):
    """Decides when to tell the others how far we have read."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._latest = b""
        self._noted_at = 0.0
        self._told = b""
        self._told_at: float | None = None
        self._crowding = 1.0

    @property
    def latest(self) -> bytes:
        """The id of the latest message that we have read, 32 bytes; empty if there is none."""
        return self._latest

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered an epoch with so many members, all of which take each notice."""
        self._crowding = crowding(company.size)

    def read(self, message_id: bytes, now: float) -> bool:
        """Take the latest message that we have read; return whether nothing was to be told before."""
        was_due = self.due_at() is not None
        if not was_due:
            self._noted_at = now
        self._latest = message_id
        return not was_due and self.due_at() is not None

    def told(self, message_id: bytes, now: float) -> None:
        """The others were told of this message."""
        self._told, self._told_at = message_id, now

    def due_at(self) -> float | None:
        """Return when the others are to be told; None if they know."""
        if self._latest == self._told:
            return None
        soon = self._noted_at + self._timing.reading / 3 * self._crowding
        return soon if self._told_at is None else max(soon, self._told_at + self._timing.reading * self._crowding)
