"""Members that others have put out though they were there: told after a moment, in which their farewell possibly comes.

A farewell and the order that follows from it come from two members, and so in any order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from volly_browser.room.identity.roster import RosterEntry
from volly_browser.room.machine import Machine
from volly_browser.room.timing import Timing


@dataclass(frozen=True, slots=True)
class Removal:
    """One member has removed others."""

    by: RosterEntry
    gone: tuple[RosterEntry, ...]


class Removals(Machine):
    """Keeps them for the moment.

    Args:
        timing: how long it is.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._waiting: list[tuple[float, Removal]] = []

    # Facts

    def removed(self, by: RosterEntry, gone: Sequence[RosterEntry], now: float) -> None:
        """These were there, and have said no farewell that we have read."""
        self._waiting.append((now + self._timing.last_word, Removal(by, tuple(gone))))

    def departed(self, member_id: bytes) -> None:
        """A member has said farewell after all."""
        left = [(due, _without(removal, member_id)) for due, removal in self._waiting]
        self._waiting = [(due, removal) for due, removal in left if removal.gone]

    def group_left(self) -> None:
        """We are in no group: nobody tells us of farewells."""
        self._waiting.clear()

    # What follows

    def deadline(self) -> float | None:
        """When to ask for those that are to be told."""
        return min((due for due, _ in self._waiting), default=None)

    def take_due(self, now: float) -> list[Removal]:
        """Those to be told now, each once."""
        due = [removal for at, removal in self._waiting if at <= now]
        self._waiting = [(at, removal) for at, removal in self._waiting if at > now]
        return due


def _without(removal: Removal, member_id: bytes) -> Removal:
    return Removal(removal.by, tuple(entry for entry in removal.gone if entry.member_id != member_id))
