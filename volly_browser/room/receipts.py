"""When to send a receipt, which tells everybody what we have and how much we have sent.

Everybody's receipts go to everybody, so that they come the later the more members there are: as many for the whole
group in a second, whatever its size.

    | a receipt is due           | after                                                                 |
    |----------------------------|-----------------------------------------------------------------------|
    | messages came              | a moment, that grows with the square of the group's size              |
    | we lack something          | a short moment; again, twice as long each time, while we still do     |
    | nobody acknowledges ours   | longer than their receipt should take; again, twice as long each time |
"""

from collections.abc import Callable

from volly_browser.room.timing import Timing

DOUBLINGS_LIMIT = 4
"""How often a wait doubles."""


class Receipts:
    """Decides when the next receipt is sent.

    Args:
        timing: how long to wait for what.
        chance: gives a number from 0 to 1, different each time, so that not all members speak at once.
    """

    def __init__(self, timing: Timing, chance: Callable[[], float]) -> None:
        self._timing = timing
        self._chance = chance
        self._members = 1
        self._due: float | None = None
        self._lacks_told = 0
        self._lack_due: float | None = None
        self._nudges = 0
        self._nudge_due: float | None = None

    # Facts

    def members_are(self, count: int) -> None:
        """So many are in the group."""
        self._members = count

    def got_message(self, now: float) -> None:
        """There is something to acknowledge, or to answer."""
        if self._due is None:
            self._due = now + self._moment * (0.5 + self._chance() / 2)

    def hurry(self, now: float) -> None:
        """All have to know at once what may be lost: we are connected again."""
        self._due = now

    def lack(self, lacking: bool, now: float) -> None:
        """Whether we lack something, as far as we know."""
        if not lacking:
            self._lack_due, self._lacks_told = None, 0
        elif self._lack_due is None:
            wait = self._timing.lack * 2.0 ** min(self._lacks_told, DOUBLINGS_LIMIT)
            self._lack_due = now + wait * (0.5 + self._chance() / 2)

    def unacknowledged(self, since: float | None) -> None:
        """Since when something of ours has not been acknowledged by all who are there."""
        if since is None:
            self._nudge_due, self._nudges = None, 0
        else:
            wait = (self._timing.nudge + 2 * self._moment) * 2.0 ** min(self._nudges, DOUBLINGS_LIMIT)
            self._nudge_due = since + wait

    def progressed(self) -> None:
        """Somebody acknowledged something, or something new was sent: patience begins anew."""
        self._nudges = 0

    def sent(self) -> None:
        """A receipt was handed to the network."""
        due = self.deadline()
        self._lacks_told += self._lack_due is not None and due == self._lack_due
        self._nudges += self._nudge_due is not None and due == self._nudge_due
        self._due = self._lack_due = self._nudge_due = None

    # What follows

    def deadline(self) -> float | None:
        """When the next receipt is due; may have passed."""
        dues = [due for due in (self._due, self._lack_due, self._nudge_due) if due is not None]
        return min(dues, default=None)

    @property
    def _moment(self) -> float:
        return self._timing.receipt + self._timing.receipt_growth * self._members**2
