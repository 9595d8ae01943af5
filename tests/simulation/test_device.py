import asyncio
from random import Random

from tests.simulation.device import IDLE_LIMIT, LONGEST_STEP, Device, DeviceEngine
from tests.unit.virtual_time import virtual_time
from volly_browser.crypto.engine import Algorithm, DerivePublicKey, run_one


def now() -> float:
    return asyncio.get_running_loop().time()


@virtual_time()
async def test_a_device_that_stands_still_goes_on_afterwards_or_when_it_is_told_to() -> None:
    device = Device(Random(1))
    device.stand_still(30.0)
    await device.step()
    assert 30.0 <= now() <= 30.0 + LONGEST_STEP
    device.stand_still(30.0)
    asyncio.get_running_loop().call_later(5.0, device.go_on)
    await device.step()
    assert now() < 40.0


@virtual_time()
async def test_a_program_ends_at_the_given_step() -> None:
    device, ended = Device(Random(1)), []
    device.end_after(3, lambda: ended.append(now()))
    for _ in range(3):
        await device.step()
    assert not ended
    await device.step()
    assert len(ended) == 1
    await asyncio.sleep(2 * IDLE_LIMIT)
    assert len(ended) == 1


@virtual_time()
async def test_a_program_that_waits_ends_after_a_while() -> None:
    device, ended = Device(Random(1)), []
    device.end_after(3, lambda: ended.append(now()))
    await asyncio.sleep(2 * IDLE_LIMIT)
    assert ended == [IDLE_LIMIT]


@virtual_time()
async def test_an_engine_draws_the_same_again_and_takes_its_time() -> None:
    engines = [DeviceEngine(Device(Random(1)), Random(2)) for _ in range(2)]
    assert engines[0].random(16) == engines[1].random(16)
    for _ in range(50):
        await run_one(engines[0], DerivePublicKey(Algorithm.X25519, bytes(32)))
    assert now() > 0.0
