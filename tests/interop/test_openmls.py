"""Groups of our members and of OpenMLS's.  The driver is compiled by `python3 build.py interop`."""

from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from tests.interop import casting, drivers
from tests.interop.casting import Direction, Peers, all_members, cast, three_peers
from tests.interop.gathering import Gathering
from tests.interop.history import History
from tests.interop.scenarios import Scenario

DRIVER = drivers.openmls()

pytestmark = [
    pytest.mark.interop,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(DRIVER is None, reason="The OpenMLS driver is not built: python3 build.py interop"),
]

SUITES = [0x0001, 0x004E, 0x0051]
HISTORIES = [(suite, seed) for suite in SUITES for seed in range(3)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def peers() -> AsyncIterator[Peers]:
    assert DRIVER is not None
    async with three_peers(DRIVER) as started:
        yield started


@pytest.mark.parametrize(("suite", "direction", "scenario"), casting.parts(SUITES))
async def test_groups_of_both_kinds(peers: Peers, suite: int, direction: Direction, scenario: Scenario) -> None:
    await scenario(Gathering(suite), cast(direction, peers))


@pytest.mark.parametrize(("suite", "seed"), HISTORIES)
async def test_a_random_history_keeps_all_members_in_agreement(peers: Peers, suite: int, seed: int) -> None:
    await History(Gathering(suite), all_members(peers), Random(seed)).run(25)
