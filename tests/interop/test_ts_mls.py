"""Groups of our members and of ts-mls's, in Node."""

from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from tests.interop import casting, drivers
from tests.interop.casting import Direction, Peers, all_members, cast, three_peers
from tests.interop.gathering import Gathering
from tests.interop.history import History
from tests.interop.own import SUITES, OwnMember
from tests.interop.participant import Committed
from tests.interop.scenarios import REQUIRED_CAPABILITIES, Scenario
from volly_browser.crypto.engine import Algorithm
from volly_browser.mls.errors import InvalidCommit

pytestmark = [pytest.mark.interop, pytest.mark.asyncio(loop_scope="module")]

HISTORIES = [(1, 1), (83, 2)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def peers() -> AsyncIterator[Peers]:
    async with three_peers(drivers.ts_mls()) as started:
        yield started


@pytest.mark.parametrize(("suite", "direction", "scenario"), casting.parts([1, 83]))
async def test_groups_of_both_kinds(peers: Peers, suite: int, direction: Direction, scenario: Scenario) -> None:
    await scenario(Gathering(suite), cast(direction, peers))


@pytest.mark.parametrize(("suite", "seed"), HISTORIES)
async def test_a_random_history_keeps_all_members_in_agreement(peers: Peers, suite: int, seed: int) -> None:
    await History(Gathering(suite), all_members(peers), Random(seed)).run(25)


async def test_the_one_suite_that_is_not_played_needs_what_the_engines_lack(peers: Peers) -> None:
    """X-Wing with ML-DSA-87."""
    assert peers[0].suites - SUITES.keys() == {87}
    assert "ML-DSA-87" not in set(Algorithm)


async def test_new_extensions_without_a_path_are_refused(peers: Peers) -> None:
    """ts-mls 1.6.4 sends such commits; section 12.4 demands a path in them."""
    bob = OwnMember()
    gathering = Gathering(1)
    await gathering.found(peers[0])
    await gathering.commit(peers[0], joining=[bob])
    pending = await peers[0].commit(Committed(extensions=(REQUIRED_CAPABILITIES,)))
    with pytest.raises(InvalidCommit, match="path"):
        await bob.process(pending.commit)
