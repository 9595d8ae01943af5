import asyncio

from tests.unit.room.people import company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.events import RoomState
from volly_browser.room.timing import Timing
from volly_browser.transport.memory import MemoryNetwork

TIMING = Timing()


@virtual_time()
async def test_a_hurry_ends_the_wait_for_the_next_attempt() -> None:
    network = MemoryNetwork(up=False)
    async with company(network) as party:
        alice = party.person("Alice")
        joining = asyncio.create_task(alice.join())
        await until(lambda: alice.room.state is RoomState.UNREACHABLE)
        await asyncio.sleep(10 * TIMING.longest_retry + 1)
        network.up = True
        alice.room.try_now()
        await asyncio.wait_for(joining, TIMING.first_retry)


@virtual_time()
async def test_a_hurry_counts_for_one_attempt() -> None:
    network = MemoryNetwork(up=False)
    async with company(network) as party:
        alice = party.person("Alice")
        joining = asyncio.create_task(alice.join())
        await until(lambda: alice.room.state is RoomState.UNREACHABLE)
        await asyncio.sleep(10 * TIMING.longest_retry + 1)
        alice.room.try_now()
        await asyncio.sleep(1)
        network.up = True
        await asyncio.sleep(1)
        assert not joining.done()
        await asyncio.wait_for(joining, TIMING.longest_retry + 1)
