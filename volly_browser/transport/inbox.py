"""The queue between a transport's callbacks and the room that reads them, with bounded memory.

Callbacks put events in synchronously, so that their order is the order in which they happened.  Frames are the only
events that a stranger can multiply: beyond the bound they are dropped and counted, which the room cannot tell from
another loss on the network.
"""

import asyncio
from collections import deque

from volly_browser.transport.contract import FrameReceived, TransportEvent

BYTES_LIMIT = 32 << 20
"""Bytes of frames that can wait for the room."""

FRAME_COST = 512
"""About the most bytes of memory that a frame takes besides its own."""


class EventInbox:
    """A queue of transport events with one reader."""

    def __init__(self, bytes_limit: int = BYTES_LIMIT) -> None:
        self._events: deque[TransportEvent] = deque()
        self._filled = asyncio.Event()
        self._bytes = 0
        self._bytes_limit = bytes_limit
        self.dropped = 0

    def put(self, event: TransportEvent) -> None:
        """Append an event; a frame that does not fit is dropped and counted in `dropped`."""
        if isinstance(event, FrameReceived):
            if self._bytes + _cost(event) > self._bytes_limit:
                self.dropped += 1
                return
            self._bytes += _cost(event)
        self._events.append(event)
        self._filled.set()

    async def get(self) -> TransportEvent:
        """Wait for the oldest event."""
        while not self._events:
            self._filled.clear()
            await self._filled.wait()
        event = self._events.popleft()
        if isinstance(event, FrameReceived):
            self._bytes -= _cost(event)
        return event


def _cost(event: FrameReceived) -> int:
    return len(event.frame) + FRAME_COST
