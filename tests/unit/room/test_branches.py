"""Whole rooms that have split into branches which stand nearly alike."""

import asyncio
from random import Random

import pytest

from tests.unit.room.looks import make_refresh_due
from tests.unit.room.people import Person, agreed, calm, company, never_lost, until
from tests.unit.room.split_network import SplitNetwork
from tests.unit.room.test_healing import TIMING, talk
from tests.unit.virtual_time import virtual_time
from volly_browser.transport.memory import Weather

BRANCH_EPOCHS = 3


@pytest.fixture(autouse=True)
def _short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can wait for as many commits as it takes to forget an epoch."""
    monkeypatch.setattr("volly_browser.room.group.commits.EPOCHS_LIMIT", BRANCH_EPOCHS - 1)


async def branch(network: SplitNetwork, one: Person, *others: Person) -> int:
    """Let one and the others go different ways, with the same members and as many commits; gives their last epoch."""
    await calm(one, *others)
    network.split(one)
    last = one.room.epoch + BRANCH_EPOCHS
    for person in (one, others[0]):
        while person.room.epoch < last:
            before = person.room.epoch
            for _ in range(3):  # the third one is given out by its author
                make_refresh_due(person)
                await person.room.send_text("among us")
                await asyncio.sleep(0.06)
                if person.room.epoch > before:
                    break
    await asyncio.sleep(0.2)
    assert [person.room.epoch for person in others] == [last] * len(others)
    return last


@pytest.mark.parametrize(("seed", "later"), [(0, 0.0), (1, 0.0), (2, 2.5), (2, 3.5)])
@virtual_time()
async def test_of_two_branches_that_stand_alike_only_one_gives_way(seed: int, later: float) -> None:
    """Each hears of the other every few seconds only, and both change meanwhile."""
    network = SplitNetwork(Weather(delay=(0.0, 0.05)), Random(seed))
    async with company(network, policy="classical") as party:
        ann, ben, cy = people = await party.join("Ann", "Ben", "Cy")
        last = await branch(network, ann, ben, cy)
        await asyncio.sleep(later)
        network.heal()
        await until(lambda: agreed(*people))
        assert any(map(never_lost, people))
        assert ann.room.epoch <= last + 4, "one removal and one return for each of the other branch"
        await talk(*people)


@virtual_time()
async def test_a_newcomer_gets_into_the_branch_that_stays_and_into_no_other() -> None:
    network = SplitNetwork(Weather(delay=(0.0, 0.05)))
    async with company(network, policy="classical") as party:
        ann, ben = people = await party.join("Ann", "Ben")
        await branch(network, ann, ben)
        network.heal()
        await asyncio.sleep(TIMING.heartbeat + 0.5)
        [dora] = await party.join("Dora")
        await until(lambda: agreed(*people, dora))
        assert never_lost(dora)
        await talk(*people, dora)
