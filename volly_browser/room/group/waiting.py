"""Keeps parcels that came before their keys, in bounds, until the commit or the Welcome has arrived."""

from collections import Counter, deque
from collections.abc import Iterable

from volly_browser.room.wire.frames import Parcel

PARCELS_LIMIT = 512
BYTES_LIMIT = 4 << 20


class WaitingParcels:
    """Parcels that cannot be read yet, in the order in which they came.

    If there are too many, the oldest parcel of the sender with the most is dropped: no sender displaces the parcels of
    others by its own.
    """

    def __init__(self) -> None:
        self._parcels: deque[tuple[Parcel, float]] = deque()
        self._bytes = 0
        self._shares: Counter[str] = Counter()
        self.dropped = 0

    def __len__(self) -> int:
        """The number of parcels."""
        return len(self._parcels)

    def add(self, parcel: Parcel, now: float) -> None:
        """Keep a parcel; dropped ones are counted in `dropped`."""
        self._parcels.append((parcel, now))
        self._bytes += len(parcel.payload)
        self._shares[parcel.sender] += _share(parcel)
        while len(self._parcels) > PARCELS_LIMIT or self._bytes > BYTES_LIMIT:
            self._drop_one()
            self.dropped += 1

    def add_all(self, parcels: Iterable[tuple[Parcel, float]]) -> None:
        """Keep parcels with the times at which they came."""
        for parcel, came in parcels:
            self.add(parcel, came)

    def take(self) -> list[tuple[Parcel, float]]:
        """Take all parcels, with the times at which they came; they can be added again."""
        taken = list(self._parcels)
        self._parcels.clear()
        self._shares.clear()
        self._bytes = 0
        return taken

    def drop_before(self, time: float) -> None:
        """Drop the parcels that came before a time."""
        for parcel, came in self.take():
            if came >= time:
                self.add(parcel, came)

    def _drop_one(self) -> None:
        greediest = max(self._shares, key=self._shares.__getitem__)
        place = next(place for place, (parcel, _) in enumerate(self._parcels) if parcel.sender == greediest)
        parcel = self._parcels[place][0]
        del self._parcels[place]
        self._bytes -= len(parcel.payload)
        self._shares[greediest] -= _share(parcel)
        if not self._shares[greediest]:
            del self._shares[greediest]


def _share(parcel: Parcel) -> int:
    """What a parcel takes of both bounds, in bytes."""
    return len(parcel.payload) + BYTES_LIMIT // PARCELS_LIMIT
