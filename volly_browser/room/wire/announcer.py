"""A task beside the room's: LiveKit takes a while to confirm an announcement, for which the room must not wait."""

import asyncio

from volly_browser.room.timing import Timing
from volly_browser.transport.contract import Transport, TransportError


class Announcer:
    """Keeps the latest announcement on display."""

    def __init__(self, transport: Transport, timing: Timing) -> None:
        self._transport = transport
        self._timing = timing
        self._wanted: bytes | None = None
        self._changed = asyncio.Event()

    def show(self, announcement: bytes) -> None:
        """Put this on display in place of the one before."""
        self._wanted = announcement
        self._changed.set()

    def pause(self) -> None:
        """Display nothing new until `show` is called: the link is down, or the announcement does not hold any more."""
        self._wanted = None

    async def run(self) -> None:
        """Display the latest announcement, and try again if that fails, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._wanted is not None:
                await self._display(self._wanted)

    async def _display(self, announcement: bytes) -> None:
        try:
            await self._transport.announce(announcement)
        except TransportError:
            await asyncio.sleep(self._timing.first_retry)
            self._changed.set()
