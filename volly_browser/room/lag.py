"""Whether the group has gone on without us: somebody speaks of an epoch that no commit has brought us to.

That alone proves nothing, since anybody can name a number and commits can be late.  After a while it is reason enough
to ask for fresh keys.
"""

from volly_browser.room.timing import Timing


class Lag:
    """Compares the epoch that we are in with those that others speak of."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._current: int | None = None
        self._spoken_of = 0
        self._since = 0.0

    def entered(self, epoch: int, now: float) -> None:
        """We followed a commit; if it does not bring us all the way, its successors get their time as well."""
        self._current, self._since = epoch, now

    def entered_afresh(self, epoch: int) -> None:
        """We began the group, or got fresh keys: whatever was said before does not count."""
        self._current = self._spoken_of = epoch

    def lost(self) -> None:
        """We follow no group."""
        self._current = None

    def saw(self, epoch: int, now: float) -> None:
        """Somebody speaks of an epoch of our group."""
        if self._current is not None and epoch > max(self._current, self._spoken_of):
            self._since = self._since if self._current < self._spoken_of else now
            self._spoken_of = epoch

    def deadline(self) -> float | None:
        """When to stop waiting for the missing commit; None while none is missing."""
        if self._current is None or self._spoken_of <= self._current:
            return None
        return self._since + self._timing.missing_commit
