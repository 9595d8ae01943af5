"""When to commit for no other reason than new keys for ourselves, so that the group heals from a key that was taken.

Soon after joining, which also fills the tree so that commits stay small; then after a while, or after many messages.
Nothing depends on its happening at a certain moment, so all of it is spread by chance.
"""

from collections.abc import Callable

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding

SMALL_GROUP = 5
"""Members up to which everybody refreshes as soon as may be; in larger groups they take the longer."""


class Refresh(Machine):
    """Decides when our own leaf gets new keys.

    Args:
        timing: how long to wait for what.
        chance: gives a number from 0 to 1, different each time.
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
        """So many are in the group; alone there is nobody to hide anything from, so that time does not count."""
        if self._members == 1 < company.size and self._since is not None:
            self.entered(now)
        self._members = company.size

    def entered(self, now: float) -> None:
        """We came into a group, or another one came to where we are."""
        self.renewed_at, self._was_told = now, False
        self._set(now, self._timing.refresh_soon)

    def refreshed(self, now: float) -> None:
        """A commit of ours, with new keys, was accepted."""
        self._messages = self._attempts = 0
        self.renewed_at, self._was_told = now, False
        self._since, self._wait, self._grows = now, self._timing.refresh_every * (0.75 + self._chance() / 2), False

    def sent_message(self, now: float) -> None:
        """We have sent a message under the keys that we have."""
        self._messages += 1
        is_soon = self._due is not None and self._due <= now + self._timing.refresh_soon * self._crowd
        if self._messages == self._timing.refresh_messages and not is_soon:
            self._set(now, self._timing.refresh_soon)

    def attempted(self, now: float) -> None:
        """A commit was made; if it is not accepted, we try again."""
        self._attempts += 1
        self._set(now, self._timing.refresh_retry)

    def group_left(self) -> None:
        """We have no keys."""
        self._since = None

    def told(self) -> None:
        """It was said that our keys are old."""
        self._was_told = True

    @property
    def attempts(self) -> int:
        """Commits that were made since the last one was accepted."""
        return self._attempts

    def is_overdue(self, now: float) -> bool:
        """Whether our keys are so old, in company, that it is to be said, and was not."""
        due = self.overdue_at()
        return due is not None and now >= due

    def is_due(self, now: float) -> bool:
        """Whether to commit now."""
        due = self.deadline()
        return due is not None and now >= due

    def deadline(self) -> float | None:
        """When to commit."""
        return self._due if self._members > 1 else None

    def overdue_at(self) -> float | None:
        """When to say that our keys are old."""
        if self._members == 1 or self._was_told or self._since is None:
            return None
        return self.renewed_at + self._timing.refresh_overdue

    def _set(self, now: float, seconds: float) -> None:
        """About so many seconds from now in a small group, and the later the larger it is then."""
        self._since, self._wait, self._grows = now, seconds * (0.5 + self._chance()), True

    @property
    def _due(self) -> float | None:
        if self._since is None:
            return None
        return self._since + self._wait * (self._crowd if self._grows else 1.0)

    @property
    def _crowd(self) -> float:
        return crowding(self._members, SMALL_GROUP)
