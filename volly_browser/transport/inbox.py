"""The queue between a transport's callbacks and the room that reads them, with bounded memory.

Callbacks put events in synchronously, so that their order is the order in which they happened.  A server, and a
stranger with a token, can multiply frames and news of peers alike.  Each of the two has a bound of its own, so that
neither takes the place of the other; beyond it events are dropped and counted, which the room cannot tell from another
loss on the network.  Of the announcements of one peer only the latest waits, as only that is on display.
"""

import asyncio
from collections import OrderedDict
from itertools import count

from volly_browser.transport.contract import FrameReceived, PeerAnnounced, PeerJoined, PeerLeft, TransportEvent

BYTES_LIMIT = 32 << 20
"""Bytes of frames that can wait for the room."""

NEWS_BYTES_LIMIT = 16 << 20
"""Bytes of news of peers that can wait for the room: more than 400 announcements of the greatest length."""

FRAME_COST = 512
"""About the most bytes of memory that a frame, or news of a peer, takes besides its own and the name in it."""


class EventInbox:
    """A queue of transport events with one reader.

    Args:
        bytes_limit: of frames that wait.
        news_bytes_limit: of news that wait.

    Attributes:
        dropped: how many events did not fit.
    """

    def __init__(self, bytes_limit: int = BYTES_LIMIT, news_bytes_limit: int = NEWS_BYTES_LIMIT) -> None:
        self._events: OrderedDict[int, TransportEvent] = OrderedDict()
        self._numbers = count()
        self._announced: dict[str, int] = {}
        self._filled = asyncio.Event()
        self._frames = _Budget(bytes_limit)
        self._news = _Budget(news_bytes_limit)
        self.dropped = 0

    def put(self, event: TransportEvent) -> None:
        """Append an event; one that does not fit is dropped and counted in `dropped`.

        An announcement takes the place of the one of the same peer that waits, unless the peer left between them.
        """
        before = self._announced.get(event.identity) if isinstance(event, PeerAnnounced) else None
        freed = 0 if before is None else _cost(self._events[before])
        if not self._budget_of(event).take(_cost(event) - freed):
            self.dropped += 1
            return
        number = next(self._numbers) if before is None else before
        self._events[number] = event
        if isinstance(event, PeerAnnounced):
            self._announced[event.identity] = number
        elif isinstance(event, PeerJoined | PeerLeft):
            self._announced.pop(event.identity, None)
        self._filled.set()

    async def get(self) -> TransportEvent:
        """Wait for the oldest event."""
        while not self._events:
            self._filled.clear()
            await self._filled.wait()
        number, event = self._events.popitem(last=False)
        if isinstance(event, PeerAnnounced) and self._announced.get(event.identity) == number:
            del self._announced[event.identity]
        self._budget_of(event).taken -= _cost(event)
        return event

    def _budget_of(self, event: TransportEvent) -> "_Budget":
        return self._frames if isinstance(event, FrameReceived) else self._news


class _Budget:
    """Bytes that are taken, of at most `limit`."""

    def __init__(self, limit: int) -> None:
        self.taken = 0
        self._limit = limit

    def take(self, cost: int) -> bool:
        """Take so many bytes; return whether they were left."""
        fits = self.taken + cost <= self._limit
        self.taken += cost if fits else 0
        return fits


def _cost(event: TransportEvent) -> int:
    match event:
        case FrameReceived(payload, identity) | PeerAnnounced(identity, payload):
            return len(payload) + 4 * len(identity) + FRAME_COST
        case PeerJoined(identity) | PeerLeft(identity):
            return 4 * len(identity) + FRAME_COST
        case _:  # of our own link, of which there are few
            return 0
