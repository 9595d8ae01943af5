"""The farewell that is kept ready for the moment in which the page ends: by reload, by closing, by going elsewhere.

Nothing can be sealed in that moment, so it is sealed before, and shown then or never.  Others open it with keys that
they delete: those of an ended epoch soon, and within an epoch a while after a later message was read.
"""

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding


class Will(Machine):
    """When to make it, and whether the one that was made still says what is so.

    Args:
        timing: how long to wait for what.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._stands = False
        self._group_id: bytes | None = None
        self._wanted_since: float | None = None
        self._due: float | None = None
        self._wait = timing.will

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """One from the epoch before does for a while: if epochs follow each other fast, not each gets its own."""
        if company.group_id != self._group_id or not company.others:
            self._void()
        self._wait = min(self._timing.will * crowding(company.size), self._timing.stale_will)
        self._group_id = company.group_id if company.others else None
        self._want(now)

    def group_left(self) -> None:
        """There is nobody to say farewell to."""
        self._void()
        self._group_id = None

    def link_up(self, now: float) -> None:
        """It says under which identity we are connected."""
        self._void()
        self._want(now)

    def link_down(self) -> None:
        """Nobody could be shown anything."""
        self._void()

    def written(self, now: float) -> None:
        """It is ready."""
        self._stands, self._wanted_since, self._due = True, None, now + self._timing.will_again

    # What follows

    @property
    def stands(self) -> bool:
        """Whether the one that was made is to be shown if the page ends."""
        return self._stands

    def is_due(self, now: float) -> bool:
        """Whether to make one now."""
        return self._due is not None and now >= self._due

    def deadline(self) -> float | None:
        """When to look again."""
        return self._due

    def _want(self, now: float) -> None:
        if self._group_id is None:
            return
        if self._wanted_since is None:
            self._wanted_since = now
        self._due = self._wanted_since + (self._wait if self._stands else 0.0)

    def _void(self) -> None:
        self._stands, self._wanted_since, self._due = False, None, None
