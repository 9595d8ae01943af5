"""What is done when its time has come."""

import asyncio

import pytest

from tests.unit.chat.contents import BOB, NOW, Talk
from tests.unit.virtual_time import virtual_time
from volly_browser.chat.contents import Contents
from volly_browser.chat.timeline import Changed, Timeline
from volly_browser.chat.upkeep import LOOK_AT_LEAST_EVERY, TELL_AFTER, TELL_ATTEMPTS, Herald, Hourglass
from volly_browser.room.delivery.outbox import OutboxFull


class Glass:
    def __init__(self) -> None:
        self.gone: list[Changed] = []
        self.looks = 0
        self.timeline = Timeline("Alice", self._now)
        self.hourglass = Hourglass(self.timeline, self.gone.append)

    def hears(self, lifetime: int) -> str:
        said = Talk().sends(BOB, Contents(lifetime.to_bytes(16, "big"), 0.0, lifetime=lifetime).text("short"))
        self.timeline.apply(said, NOW)
        self.hourglass.turn()
        return said.message_id

    def _now(self) -> float:
        self.looks += 1
        return asyncio.get_running_loop().time()


@virtual_time(2000)
async def test_messages_go_one_after_the_other_without_anything_else_happening() -> None:
    glass = Glass()
    long, short = glass.hears(600), glass.hears(300)
    await asyncio.sleep(299)
    assert glass.gone == []
    await asyncio.sleep(2)
    assert glass.gone == [{short}]
    await asyncio.sleep(300)
    assert glass.gone == [{short}, {long}]


@virtual_time()
async def test_a_time_that_is_longer_than_any_timer_keeps_nobody_busy() -> None:
    glass = Glass()
    glass.hears((1 << 32) - 1)
    looks = glass.looks
    await asyncio.sleep(2.5 * LOOK_AT_LEAST_EVERY)
    assert glass.looks - looks <= 6, "a look reads the clock twice"
    assert glass.gone == []


@virtual_time()
async def test_several_that_come_are_told_at_once_and_those_that_come_later_again() -> None:
    told: list[float] = []

    async def tell() -> None:
        told.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0)

    herald, begin = Herald(tell), asyncio.get_running_loop().time()
    herald.members_came()
    herald.members_came()
    await asyncio.sleep(2 * TELL_AFTER)
    herald.members_came()
    await asyncio.sleep(2 * TELL_AFTER)
    assert [when - begin for when in told] == [TELL_AFTER, 3 * TELL_AFTER]
    herald.members_came()
    herald.close()
    await asyncio.sleep(2 * TELL_AFTER)
    assert len(told) == 2


class Full:
    """Has too much to send for some time."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.tries: list[float] = []

    async def tell(self) -> None:
        self.tries.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0)
        if len(self.tries) <= self.refusals:
            raise OutboxFull("too much")


@pytest.mark.parametrize("refusals", [0, 1, TELL_ATTEMPTS - 1])
@virtual_time(2000)
async def test_those_that_could_not_be_told_are_told_later(refusals: int) -> None:
    full = Full(refusals)
    Herald(full.tell).members_came()
    await asyncio.sleep(1000)
    assert len(full.tries) == refusals + 1


@virtual_time(2000)
async def test_it_is_not_tried_without_end_and_then_again_when_others_come() -> None:
    full = Full(TELL_ATTEMPTS)
    herald = Herald(full.tell)
    herald.members_came()
    await asyncio.sleep(1000)
    assert len(full.tries) == TELL_ATTEMPTS
    herald.members_came()
    await asyncio.sleep(10)
    assert len(full.tries) == TELL_ATTEMPTS + 1


@virtual_time()
async def test_one_that_comes_while_others_are_told_is_told_as_well() -> None:
    told: list[float] = []

    async def tell() -> None:
        told.append(asyncio.get_running_loop().time())
        if len(told) == 1:
            herald.members_came()
        await asyncio.sleep(0)

    herald = Herald(tell)
    herald.members_came()
    await asyncio.sleep(10 * TELL_AFTER)
    assert len(told) == 2
