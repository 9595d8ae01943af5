"""When to send a receipt, which tells what we have and how much we have sent, and to whom.

    | a receipt is due         | after                                                                | goes to       |
    |--------------------------|----------------------------------------------------------------------|---------------|
    | messages came            | a moment, that grows with the square of the group's size             | their senders |
    | we lack something        | a short moment; again, twice as long each time, while we still do    | its senders   |
    | nobody acknowledges ours | longer than their receipt should take; again, twice as long each time | all           |

In a small group all of them go to all, who so learn sooner what they lack.  In a large one they would be most of what
everybody has to read: of each text as many as there are members, for as many members.
"""

from collections.abc import Callable, Collection, Iterable

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing

DOUBLINGS_LIMIT = 4
"""How often a wait doubles."""

RECEIPTS_TO_ALL = 8
"""Members up to which everybody's receipts go to everybody."""

ASIDE_LIMIT = 64
"""Receipts for some that are sent in a row: those who do not get them have to skip our message keys (`secret_tree`)."""


class Receipts(Machine):
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
        self._senders: set[bytes] = set()
        self._concerns_all = False
        self._aside = 0
        self._lacks_told = 0
        self._lack_due: float | None = None
        self._nudges = 0
        self._nudge_due: float | None = None

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """So many are in the group."""
        self._members = company.size

    def got_message(self, sender: bytes, now: float) -> None:
        """There is something of a member to acknowledge, or to answer."""
        self._senders.add(sender)
        if self._due is None:
            self._due = now + self._moment * (0.5 + self._chance() / 2)

    def hurry(self, now: float) -> None:
        """All have to know at once what may be lost: we are connected again."""
        self._due = now
        self._concerns_all = True

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

    def spoke_to_all(self) -> None:
        """Everybody got a message of ours."""
        self._aside = 0

    def sent(self, audience: Collection[bytes]) -> None:
        """A receipt was handed to the network, for these members or, where there are none, for all."""
        due = self.deadline()
        self._aside = self._aside + 1 if audience else 0
        self._senders.clear()
        self._concerns_all = False
        self._lacks_told += self._lack_due is not None and due == self._lack_due
        self._nudges += self._nudge_due is not None and due == self._nudge_due
        self._due = self._lack_due = self._nudge_due = None

    # What follows

    def deadline(self) -> float | None:
        """When the next receipt is due; may have passed."""
        dues = [due for due in (self._due, self._lack_due, self._nudge_due) if due is not None]
        return min(dues, default=None)

    def audience(self, lacking: Iterable[bytes], now: float) -> frozenset[bytes]:
        """Whom a receipt is for that is sent now, where messages of some are lacking; nobody stands for all."""
        is_nudge = self._nudge_due is not None and now >= self._nudge_due
        if self._members <= RECEIPTS_TO_ALL or self._concerns_all or is_nudge or self._aside >= ASIDE_LIMIT:
            return frozenset()
        return frozenset(self._senders.union(lacking))

    @property
    def _moment(self) -> float:
        return self._timing.receipt + self._timing.receipt_growth * self._members**2
