"""Messages that came before the keys for them, and when to try them again."""

from volly_browser.room.group.waiting import WaitingParcels
from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing
from volly_browser.room.wire.frames import Parcel


class Early(Machine):
    """Keeps them, in bounds.

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
        """Possibly we will be in that group soon."""
        self._other_groups.add(parcel, came)

    def for_a_later_epoch(self, parcel: Parcel, came: float) -> None:
        """Possibly we will be in that epoch soon."""
        self._next_epochs.add(parcel, came)

    def entered_group(self, now: float) -> None:
        """We are in a group that we were not in before."""
        self._next_epochs.drop_before(now - self._timing.early)
        self._next_epochs.add_all(self._other_groups.take())

    def epoch_entered(self, company: Company, now: float) -> None:
        """What could not be read possibly can be now."""
        self._is_news = True

    # What follows

    def take_readable(self) -> list[tuple[Parcel, float]]:
        """What possibly can be read now, with the times at which it came; empty unless there is a new epoch."""
        if not self._is_news:
            return []
        self._is_news = False
        return self._next_epochs.take()
