"""Decides when to commit only to renew our own keys, so that the group heals from a stolen key.

That is soon after joining, which also fills the tree so that commits stay small; then after a while, or after many
messages.  Its exact time does not matter, so it is randomised.
"""

from collections.abc import Callable

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding

SMALL_GROUP = 5
"""Members up to which the waits are not prolonged; in larger groups they are, in proportion."""


class Refresh(Machine):
    """Decides when our own leaf gets new keys.

    Args:
        timing: how long to wait for what.
        chance: returns a number from 0 to 1, different each time.
    """

    def __init__(self, timing: Timing, chance: Callable[[], float]) -> None:
        self._timing = timing
        self._chance = chance
        self._members = 1
        self._messages = 0
        self._since: float | None = None
        self._wait = 0.0
        self._grows = False
        self._attempts = 0
        self.renewed_at = 0.0
        self._was_told = False

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered an epoch; time alone in a group does not count, since there is no message to protect."""
        if self._members == 1 < company.size and self._since is not None:
            self.entered(now)
        self._members = company.size

    def entered(self, now: float) -> None:
        """We have joined a group, or got company in ours."""
        self.renewed_at, self._was_told = now, False
        self._set(now, self._timing.refresh_soon)

    def refreshed(self, now: float) -> None:
        """A commit with new keys of ours was accepted."""
        self._messages = self._attempts = 0
        self.renewed_at, self._was_told = now, False
        self._since, self._wait, self._grows = now, self._timing.refresh_every * (0.75 + self._chance() / 2), False

    def sent_message(self, now: float) -> None:
        """We have sent a message under the present keys."""
        self._messages += 1
        is_soon = self._due is not None and self._due <= now + self._timing.refresh_soon * self._crowd
        if self._messages == self._timing.refresh_messages and not is_soon:
            self._set(now, self._timing.refresh_soon)

    def attempted(self, now: float) -> None:
        """A commit was made; it is tried again if it is not accepted."""
        self._attempts += 1
        self._set(now, self._timing.refresh_retry)

    def group_left(self) -> None:
        """We have left the group."""
        self._since = None

    def told(self) -> None:
        """The user was told that our keys are old."""
        self._was_told = True

    @property
    def attempts(self) -> int:
        """The number of commits made since the last one was accepted."""
        return self._attempts

    def is_overdue(self, now: float) -> bool:
        """Whether the user is to be told that our keys are old."""
        due = self.overdue_at()
        return due is not None and now >= due

    def is_due(self, now: float) -> bool:
        """Whether to commit now."""
        due = self.deadline()
        return due is not None and now >= due

    def deadline(self) -> float | None:
        """Return when to commit."""
        return self._due if self._members > 1 else None

    def overdue_at(self) -> float | None:
        """Return when to tell the user that our keys are old."""
        if self._members == 1 or self._was_told or self._since is None:
            return None
        return self.renewed_at + self._timing.refresh_overdue

    def _set(self, now: float, seconds: float) -> None:
        """Commit in about so many seconds, prolonged by the size that the group has then."""
        self._since, self._wait, self._grows = now, seconds * (0.5 + self._chance()), True

    @property
    def _due(self) -> float | None:
        if self._since is None:
            return None
        return self._since + self._wait * (self._crowd if self._grows else 1.0)

    @property
    def _crowd(self) -> float:
        return crowding(self._members, SMALL_GROUP)
