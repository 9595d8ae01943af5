"""A small task beside the room's: LiveKit takes a while to confirm an announcement, and nobody should wait for that."""

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
        """Put this on display in place of what was there."""
        self._wanted = announcement
        self._changed.set()

    def hide(self) -> None:
        """Display nothing new until `show` is called: the link is down, or what was said is not true now."""
        self._wanted = None

    async def run(self) -> None:
        """Display what is wanted, again and again where it fails, until cancelled."""
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
