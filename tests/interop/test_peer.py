"""The drivers themselves: nothing that a line holds stops them, and none outlives its test."""

import asyncio
from typing import Any

import pytest

from tests.interop import drivers
from tests.interop.drivers import Command
from tests.interop.peer import PeerDied, started

pytestmark = pytest.mark.interop

OPENMLS = drivers.openmls()
DRIVERS: list[Any] = [
    pytest.param(drivers.ts_mls, id="ts-mls"),
    pytest.param(
        drivers.openmls,
        id="openmls",
        marks=pytest.mark.skipif(OPENMLS is None, reason="The OpenMLS driver is not built: python3 build.py interop"),
    ),
]
NONSENSE = [
    "",
    "not JSON",
    "[]",
    "{}",
    '{"do": "dance"}',
    '{"do": "constructor"}',
    '{"do": "key_package"}',
    '{"do": "key_package", "suite": 65535, "identity": "00"}',
    '{"do": "create", "suite": 1, "group_id": 7, "identity": null}',
    '{"do": "process", "message": "ff"}',
    '{"do": "process", "message": "00010001"}',
    '{"do": "join", "welcome": "000100030001ffffffff"}',
    '{"do": "state"}',
    '{"do": "merge"}',
]


@pytest.fixture(params=DRIVERS)
def command(request: pytest.FixtureRequest) -> Command:
    found: Command = request.param()
    return found


async def test_every_line_is_answered_whatever_it_holds(command: Command) -> None:
    async with started(command) as peer:
        for line in NONSENSE:
            assert list(await peer.ask_line(line)) == ["error"], line
        await peer.create(1, b"group", b"identity")
        assert (await peer.view()).epoch == 0


async def test_a_peer_ends_with_its_block_and_says_so_when_asked_again(command: Command) -> None:
    async with started(command) as peer:
        suites = peer.suites
    assert 1 in suites
    with pytest.raises(PeerDied):
        await peer.hello()


async def test_two_peers_can_be_asked_at_once(command: Command) -> None:
    async with started(command) as first, started(command) as second:
        packages = await asyncio.gather(first.key_package(1, b"first"), second.key_package(1, b"second"))
        assert packages[0] != packages[1]
