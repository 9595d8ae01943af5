"""Casts the parts of a scenario: the other implementation's members, ours, or both in one group."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from typing import Any

import pytest

from tests.interop.drivers import Command
from tests.interop.own import OwnMember
from tests.interop.participant import Participant
from tests.interop.peer import Peer, started
from tests.interop.scenarios import SCENARIOS, Cast

Peers = tuple[Peer, Peer, Peer]


class Direction(StrEnum):
    """The kinds of the member that creates the group and the one that joins it; the third is of the creator's kind."""

    THEY_CREATE = "they create"
    WE_CREATE = "we create"
    THEMSELVES = "themselves"


@asynccontextmanager
async def three_peers(command: Command) -> AsyncIterator[Peers]:
    """Three processes of one driver."""
    async with AsyncExitStack() as stack:
        first, second, third = [await stack.enter_async_context(started(command)) for _ in range(3)]
        yield first, second, third


def cast(direction: Direction, peers: Peers) -> Cast:
    """Alice, Bob and Carol."""
    match direction:
        case Direction.THEY_CREATE:
            return peers[0], OwnMember(), peers[1]
        case Direction.WE_CREATE:
            return OwnMember(), peers[0], OwnMember(with_path=False)
        case Direction.THEMSELVES:
            return peers


def all_members(peers: Peers) -> list[Participant]:
    """All peers and as many of us, some of which send no path if they need not."""
    return [*peers, OwnMember(), OwnMember(with_path=False), OwnMember(with_path=False)]


def parts(suites: Sequence[int]) -> list[Any]:
    """Every scenario for each suite and direction, as parameters of a test; among themselves in one suite only."""
    return [
        pytest.param(suite, direction, scenario, id=f"{suite}-{direction}-{scenario.__name__}")
        for suite in suites
        for direction in Direction
        for scenario in SCENARIOS
        if direction is not Direction.THEMSELVES or suite == suites[0]
    ]
