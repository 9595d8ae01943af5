"""Decides when to renew the farewell that is kept ready for the end of the page (by reload, closing, going elsewhere).

A page that ends cannot seal any more, so the farewell is sealed before, and shown then or never.  Others delete the
keys that open it: those of an ended epoch soon, and within an epoch a while after a later message was read.
"""

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding


class Will(Machine):
    """Decides when to make a farewell, and whether the one that was made still holds.

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
        """We have entered an epoch; the farewell of the one before holds for a while, so that fast epochs share one."""
        if company.group_id != self._group_id or not company.others:
            self._void()
        self._wait = min(self._timing.will * crowding(company.size), self._timing.stale_will)
        self._group_id = company.group_id if company.others else None
        self._want(now)

    def group_left(self) -> None:
        """We have left the group."""
        self._void()
        self._group_id = None

    def link_up(self, now: float) -> None:
        """The link is up; the farewell has to name our new identity."""
        self._void()
        self._want(now)

    def link_down(self) -> None:
        """The link is down; no farewell could be shown."""
        self._void()

    def written(self, now: float) -> None:
        """A farewell was made."""
        self._stands, self._wanted_since, self._due = True, None, now + self._timing.will_again

    # What follows

    @property
    def stands(self) -> bool:
        """Whether the farewell that was made is to be shown if the page ends."""
        return self._stands

    def is_due(self, now: float) -> bool:
        """Whether to make a farewell now."""
        return self._due is not None and now >= self._due

    def deadline(self) -> float | None:
        """Return when to look again."""
        return self._due

    def _want(self, now: float) -> None:
        if self._group_id is None:
            return
        if self._wanted_since is None:
            self._wanted_since = now
        self._due = self._wanted_since + (self._wait if self._stands else 0.0)

    def _void(self) -> None:
        self._stands, self._wanted_since, self._due = False, None, None
