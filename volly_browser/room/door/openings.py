"""Counts whose Welcomes we have opened, which takes long, so that no sender keeps us busy or the door from another."""

from collections import Counter

OPENINGS_OF_ONE = 4
"""Welcomes of one sender that are opened until our next knock, though we follow none; the first bad one is its last."""

OPENERS_LIMIT = 4096
"""Senders that are remembered.  If there are more, the one with the most Welcomes is heard again, and no other."""


class Openings:
    """The turns of each sender until our next knock: a sender that was not heard yet always has one."""

    def __init__(self) -> None:
        self._spent: Counter[str] = Counter()

    def take_turn(self, sender: str) -> bool:
        """Count a Welcome that is about to be opened; return whether its sender has a turn left."""
        has_one = self._spent[sender] < OPENINGS_OF_ONE
        self._spend(sender, 1)
        return has_one

    def failed(self, sender: str) -> None:
        """A sender's Welcome was no good; it has no turn left."""
        self._spend(sender, OPENINGS_OF_ONE)

    def begin_again(self) -> None:
        """We knock anew, or are in: each sender has its turns again."""
        self._spent.clear()

    def _spend(self, sender: str, turns: int) -> None:
        if sender not in self._spent and len(self._spent) >= OPENERS_LIMIT:
            del self._spent[max(self._spent, key=self._spent.__getitem__)]
        self._spent[sender] += turns
