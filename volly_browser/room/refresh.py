"""When to commit for no other reason than new keys for ourselves, so that the group heals from a key that was taken.

Soon after joining, which also fills the tree so that commits stay small; then after a while, or after many messages.
Nothing depends on its happening at a certain moment, so all of it is spread by chance.
"""

from collections.abc import Callable

from volly_browser.room.timing import Timing

SMALL_GROUP = 5
"""Members up to which everybody refreshes as soon as may be; in larger groups they take the longer."""


class Refresh:
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
        self._due: float | None = None

    def members_are(self, count: int) -> None:
        """So many are in the group; alone there is nobody to hide anything from."""
        self._members = count

    def entered(self, now: float) -> None:
        """We came into a group."""
        self._due = now + self._spread(self._timing.refresh_soon)

    def refreshed(self, now: float) -> None:
        """A commit of ours, with new keys, was accepted."""
        self._messages = 0
        self._due = now + self._timing.refresh_every * (0.75 + self._chance() / 2)

    def sent_message(self, now: float) -> None:
        """We have sent a message under the keys that we have."""
        self._messages += 1
        if self._messages == self._timing.refresh_messages:
            soon = now + self._spread(self._timing.refresh_soon)
            self._due = soon if self._due is None else min(self._due, soon)

    def attempted(self, now: float) -> None:
        """A commit was made; if it is not accepted, we try again."""
        self._due = now + self._spread(self._timing.refresh_retry)

    def lost(self) -> None:
        """We are in no group, or cannot follow ours."""
        self._due = None

    def is_due(self, now: float) -> bool:
        """Whether to commit now."""
        due = self.deadline()
        return due is not None and now >= due

    def deadline(self) -> float | None:
        """When to commit."""
        return self._due if self._members > 1 else None

    def _spread(self, seconds: float) -> float:
        return seconds * max(1.0, self._members / SMALL_GROUP) * (0.5 + self._chance())
