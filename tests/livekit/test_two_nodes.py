"""A room outlives the LiveKit server that it is on, if there is another one.

What it takes to heal is in the output of `pytest -rP`.  Most of it is LiveKit's patience: for five seconds the
other node takes a dead one for alive, and a client of a dead one through the other is told so after nine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from tests.healing import check, healing
from tests.livekit.cluster import Cluster, cluster
from tests.livekit.person import Person
from volly_browser.room.invite import Invite

pytestmark = pytest.mark.livekit

PATIENCE = 60.0
"""Seconds that a busy machine may take for anything."""

PAUSE = 0.2
"""Seconds between two texts of each member."""

BEFORE = 1.0
"""Seconds that they talk before something happens."""

NAMES = ("alice", "bob", "carol", "dave")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what people write down is no event
            await asyncio.sleep(0.05)


async def enter(nodes: Cluster) -> list[Person]:
    """Two come by the first node, on which the room is from then on, and two by the second."""
    invite = Invite.create()
    people = [Person(nodes.access, invite, name) for name in NAMES]
    for number, person in enumerate(people):
        await nodes.prefer(number // 2)
        await person.enter()
    return people


def agree(people: list[Person]) -> bool:
    held = {person.record.held[-1][1] for person in people}
    return len(held) == 1 and held.pop().startswith(f"{len(people)} ")


def have_heard_all_since(people: list[Person], moment: float) -> bool:
    """Whether each has heard all others say something after that moment."""
    said = {person.record.name: person.record.said for person in people}
    heard = {
        (person.record.name, speaker)
        for person in people
        for _, speaker, number in person.record.heard
        if said[speaker][number] > moment
    }
    return len(heard) == len(people) * (len(people) - 1)


def have_heard_everything(people: list[Person]) -> bool:
    said = sum(len(person.record.said) for person in people)
    return all(len(person.record.heard) == said - len(person.record.said) for person in people)


@pytest.mark.parametrize("victim", [0, 1], ids=["the one with the room", "the other one"])
async def test_one_of_two_nodes_dies(victim: int) -> None:
    async with cluster() as nodes:
        people = await enter(nodes)
        await until(lambda: agree(people))
        async with asyncio.TaskGroup() as talking:
            for person in people:
                talking.create_task(person.talk(PAUSE))
            await asyncio.sleep(BEFORE)
            killed = time.time()
            nodes.kill(victim)
            await until(lambda: have_heard_all_since(people, killed + BEFORE))
            for person in people:
                person.fall_silent()
        await until(lambda: have_heard_everything(people) and agree(people))
        for person in people:
            await person.leave()
    records = [person.record for person in people]
    check(records)
    print(healing(records, killed))
