"""Members that were removed while they were there: reported after a moment, in which their farewell possibly comes.

A farewell and the commit that follows from it come from two members, and so in any order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from volly_browser.room.identity.roster import RosterEntry
from volly_browser.room.machine import Machine
from volly_browser.room.timing import Timing


@dataclass(frozen=True, slots=True)
class Removal:
    """A member's removal of others."""

    by: RosterEntry
    gone: tuple[RosterEntry, ...]


class Removals(Machine):
    """Keeps removals for the moment.

    Args:
        timing: how long it is.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._waiting: list[tuple[float, Removal]] = []

    # Facts

    def removed(self, by: RosterEntry, gone: Sequence[RosterEntry], now: float) -> None:
        """A member has removed others that were there, and whose farewell we have not read."""
        self._waiting.append((now + self._timing.last_word, Removal(by, tuple(gone))))

    def departed(self, member_id: bytes) -> None:
        """A member has said farewell after all."""
        left = [(due, _without(removal, member_id)) for due, removal in self._waiting]
        self._waiting = [(due, removal) for due, removal in left if removal.gone]

    def group_left(self) -> None:
        """We have left the group, and will read no farewells."""
        self._waiting.clear()

    # What follows

    def deadline(self) -> float | None:
        """Return when to ask for the removals to report."""
        return min((due for due, _ in self._waiting), default=None)

    def take_due(self, now: float) -> list[Removal]:
        """Take the removals to report now."""
        due = [removal for at, removal in self._waiting if at <= now]
        self._waiting = [(at, removal) for at, removal in self._waiting if at > now]
        return due


def _without(removal: Removal, member_id: bytes) -> Removal:
    return Removal(removal.by, tuple(entry for entry in removal.gone if entry.member_id != member_id))
