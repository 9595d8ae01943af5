"""What a visit does of itself, from coming to leaving."""

import asyncio

from tests.unit.room.people import agreed, calm, company, deaf, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.timing import Timing

TIMING = Timing()


@virtual_time()
async def test_whoever_leaves_and_has_said_everything_goes_at_once() -> None:
    async with company(policy="classical") as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        before = asyncio.get_running_loop().time()
        await bob.leave()
        assert asyncio.get_running_loop().time() - before < 0.1
        await until(lambda: agreed(alice, carol))


@virtual_time()
async def test_whoever_waits_for_somebody_that_does_not_answer_leaves_all_the_same() -> None:
    async with company(policy="classical") as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        with deaf(carol):
            await bob.room.send_text("can you hear me, Carol?")
            before = asyncio.get_running_loop().time()
            await bob.leave()
            assert asyncio.get_running_loop().time() - before < TIMING.last_words + TIMING.farewell
        assert alice.names == ["Alice", "Carol"]
