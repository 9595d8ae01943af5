"""The timer of a room."""

import asyncio

from tests.unit.virtual_time import run
from volly_browser.room.alarm import Alarm


def rings(*steps: tuple[float, float | None]) -> list[float]:
    """When an alarm rings that is set at some times to others, or stopped."""

    async def scenario() -> list[float]:
        loop = asyncio.get_running_loop()
        rung: list[float] = []
        alarm = Alarm(lambda: rung.append(loop.time()))
        start = loop.time()
        for at, to in steps:
            await asyncio.sleep(start + at - loop.time())
            alarm.stop() if to is None else alarm.set(start + to)
        await asyncio.sleep(100)
        return [round(at - start, 6) for at in rung]

    return run(scenario())


def test_it_rings_once_when_it_was_told_to() -> None:
    assert rings((0, 5)) == [5]


def test_an_earlier_time_counts() -> None:
    assert rings((0, 5), (1, 3)) == [3]


def test_for_a_later_time_it_may_ring_too_early_and_is_set_again() -> None:
    assert rings((0, 5), (1, 8)) == [5]
    assert rings((0, 5), (1, 8), (5.5, 8)) == [5, 8]


def test_stopped_it_does_not_ring() -> None:
    assert rings((0, 5), (1, None)) == []
    assert rings((0, 5), (1, None), (2, 9)) == [9]
