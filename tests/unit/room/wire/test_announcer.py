"""What is on display: the latest that is wanted, again and again until the server has it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.unit.virtual_time import virtual_time
from volly_browser.room.timing import Timing
from volly_browser.room.wire.announcer import Announcer
from volly_browser.transport.contract import TransportError
from volly_browser.transport.memory import MemoryNetwork, MemoryTransport

TIMING = Timing()


class SlowTransport(MemoryTransport):
    """Takes a second to confirm, and fails as often as it is told to."""

    def __init__(self) -> None:
        super().__init__(MemoryNetwork(), "alice")
        self.displayed: list[bytes] = []
        self.failures = 0

    async def announce(self, announcement: bytes) -> None:
        await asyncio.sleep(1)
        if self.failures:
            self.failures -= 1
            raise TransportError("Not now.")
        self.displayed.append(announcement)


@asynccontextmanager
async def running(transport: SlowTransport) -> AsyncIterator[Announcer]:
    announcer = Announcer(transport, TIMING)
    task = asyncio.create_task(announcer.run())
    try:
        yield announcer
    finally:
        task.cancel()
        await asyncio.wait({task})


@virtual_time()
async def test_nobody_waits_for_the_server_and_only_the_latest_is_displayed_after_the_one_on_its_way() -> None:
    transport = SlowTransport()
    async with running(transport) as announcer:
        announcer.show(b"one")
        await asyncio.sleep(0.5)
        for announcement in (b"two", b"three", b"four"):
            announcer.show(announcement)
        await asyncio.sleep(10)
        assert transport.displayed == [b"one", b"four"]


@virtual_time()
async def test_what_could_not_be_displayed_is_tried_again_until_it_is() -> None:
    transport = SlowTransport()
    transport.failures = 3
    async with running(transport) as announcer:
        announcer.show(b"one")
        await asyncio.sleep(3 * (1 + TIMING.first_retry) + 0.5)
        assert transport.displayed == []
        await asyncio.sleep(0.6)
        assert transport.displayed == [b"one"]


@virtual_time()
async def test_what_does_not_hold_any_more_is_not_tried_again() -> None:
    transport = SlowTransport()
    transport.failures = 1
    async with running(transport) as announcer:
        announcer.show(b"one")
        await asyncio.sleep(0.5)
        announcer.pause()
        await asyncio.sleep(10)
        assert transport.displayed == []
        announcer.show(b"two")
        await asyncio.sleep(1.1)
        assert transport.displayed == [b"two"]
