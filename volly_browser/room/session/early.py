"""Keeps messages that came before their keys, and decides when to try them again."""

from volly_browser.room.group.waiting import WaitingParcels
from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing
from volly_browser.room.wire.frames import Parcel


class Early(Machine):
    """Keeps early messages, in bounds.

    Args:
        timing: for how long.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._other_groups = WaitingParcels()
        self._next_epochs = WaitingParcels()
        self._is_news = False

    # Facts

    def for_another_group(self, parcel: Parcel, came: float) -> None:
        """Keep a message of a group that we possibly enter soon."""
        self._other_groups.add(parcel, came)

    def for_a_later_epoch(self, parcel: Parcel, came: float) -> None:
        """Keep a message of an epoch that we possibly enter soon."""
        self._next_epochs.add(parcel, came)

    def entered_group(self, now: float) -> None:
        """We have entered a group."""
        self._next_epochs.drop_before(now - self._timing.early)
        self._next_epochs.add_all(self._other_groups.take())

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered an epoch, in which kept messages are possibly readable."""
        self._is_news = True

    # What follows

    def take_readable(self) -> list[tuple[Parcel, float]]:
        """Take the messages that are possibly readable, with the times at which they came; none without a new epoch."""
        if not self._is_news:
            return []
        self._is_news = False
        return self._next_epochs.take()
