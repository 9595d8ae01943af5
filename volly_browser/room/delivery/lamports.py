"""How our count of places follows what others claim, so that all see the texts of all in one order.

The lamport of a message is its sender's claim, and the message's place: the same for all, in whatever epoch it is said
or said again.  Rule: a member puts its own messages as late as it likes; how far others follow it is bounded.

    | our next message stands behind        | at most                                               |
    |---------------------------------------|-------------------------------------------------------|
    | what we have said and read            | `LAMPORT_REACH` behind what all but one sender claim  |
    | what was said before our epoch began  | half of `LAMPORT_LIMIT`                               |
"""

from volly_browser.room.content.content import LAMPORT_LIMIT

LAMPORT_REACH = 1 << 12
"""By how much one sender's claims lead us beyond those of all others."""

LAMPORT_STEP = 1 << 20
"""Places that each epoch has for what is said in it: a newcomer, which has read nothing, counts from its epoch."""


class LamportClock:
    """Our count of places."""

    def __init__(self) -> None:
        self._epoch = 0
        self._highest = 0
        self._by: bytes | None = None  # the sender that claims it
        self._others = 0  # the highest claim of all others

    @property
    def next(self) -> int:
        """The lamport of a message that is said now."""
        return min(self._highest + 1, LAMPORT_LIMIT)

    def epoch_entered(self, epoch: int) -> None:
        """We have entered an epoch; one with a lower number is another group's, in which places are counted anew."""
        if epoch < self._epoch:
            self._highest = self._others = 0
        self._epoch = epoch
        began = min(LAMPORT_STEP * epoch, LAMPORT_LIMIT // 2)
        self._highest, self._others = max(self._highest, began), max(self._others, began)

    def saw(self, sender: bytes, lamport: int) -> None:
        """A member, possibly we, claims this place for a message."""
        is_highest = sender == self._by
        lamport = min(lamport, (self._others if is_highest else self._highest) + LAMPORT_REACH)
        if lamport > self._highest:
            self._others = self._others if is_highest else self._highest
            self._highest, self._by = lamport, sender
        elif not is_highest:
            self._others = max(self._others, lamport)
