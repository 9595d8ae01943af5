"""Decides when to send a receipt, which tells what we have and how much we have sent, and to which members.

    | cause                     | due after                                                           | goes to       |
    |---------------------------|---------------------------------------------------------------------|---------------|
    | messages came             | a moment that grows with the square of the group's size             | their senders |
    | we lack messages          | a short moment; again, twice as long each time, while we still do   | their senders |
    | ours are unacknowledged   | longer than a receipt should take; again, twice as long each time   | all           |

In a small group every receipt goes to all members, which thereby learn sooner what they lack.  In a large one that
would be most of all traffic: each text would cause a receipt by every member to every member.
"""

from collections.abc import Callable, Collection, Iterable

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing

DOUBLINGS_LIMIT = 4
"""How often a wait doubles."""

RECEIPTS_TO_ALL = 8
"""Members up to which all receipts go to all members."""

ASIDE_LIMIT = 64
"""Receipts in a row that go to some members only: the others have to skip their message keys (`secret_tree`)."""


class Receipts(Machine):
    """Decides when the next receipt is sent.

    Args:
        timing: how long to wait for what.
        chance: returns a number from 0 to 1, different each time, so that not all members send at once.
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
        """We have entered an epoch with so many members."""
        self._members = company.size

    def got_message(self, sender: bytes, now: float) -> None:
        """A member's message has to be acknowledged, or its receipt answered."""
        self._senders.add(sender)
        if self._due is None:
            self._due = now + self._moment * (0.5 + self._chance() / 2)

    def hurry(self, now: float) -> None:
        """Tell all members at once what we have, since messages were possibly lost while we were not connected."""
        self._due = now
        self._concerns_all = True

    def lack(self, lacking: bool, now: float) -> None:
        """Note whether we know of messages that we lack."""
        if not lacking:
            self._lack_due, self._lacks_told = None, 0
        elif self._lack_due is None:
            wait = self._timing.lack * 2.0 ** min(self._lacks_told, DOUBLINGS_LIMIT)
            self._lack_due = now + wait * (0.5 + self._chance() / 2)

    def unacknowledged(self, since: float | None) -> None:
        """Note when the latest message was sent that a present member has not acknowledged; None if there is none."""
        if since is None:
            self._nudge_due, self._nudges = None, 0
        else:
            wait = (self._timing.nudge + 2 * self._moment) * 2.0 ** min(self._nudges, DOUBLINGS_LIMIT)
            self._nudge_due = since + wait

    def progressed(self) -> None:
        """A member acknowledged a message, or a new one was sent; the wait starts from its shortest again."""
        self._nudges = 0

    def spoke_to_all(self) -> None:
        """A message was sent to all members."""
        self._aside = 0

    def sent(self, audience: Collection[bytes]) -> None:
        """The network has taken a receipt, for these members or, if there are none, for all."""
        due = self.deadline()
        self._aside = self._aside + 1 if audience else 0
        self._senders.clear()
        self._concerns_all = False
        self._lacks_told += self._lack_due is not None and due == self._lack_due
        self._nudges += self._nudge_due is not None and due == self._nudge_due
        self._due = self._lack_due = self._nudge_due = None

    # What follows

    def deadline(self) -> float | None:
        """Return when the next receipt is due; possibly in the past."""
        dues = [due for due in (self._due, self._lack_due, self._nudge_due) if due is not None]
        return min(dues, default=None)

    def audience(self, lacking: Iterable[bytes], now: float) -> frozenset[bytes]:
        """Return the members for which a receipt is that is sent now; an empty set stands for all.

        Args:
            lacking: the members whose messages we lack.
            now: seconds.
        """
        is_nudge = self._nudge_due is not None and now >= self._nudge_due
        if self._members <= RECEIPTS_TO_ALL or self._concerns_all or is_nudge or self._aside >= ASIDE_LIMIT:
            return frozenset()
        return frozenset(self._senders.union(lacking))

    @property
    def _moment(self) -> float:
        return self._timing.receipt + self._timing.receipt_growth * self._members**2
