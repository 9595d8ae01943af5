"""More people than a room holds knock within a minute: who gets in, what the others are told, and who comes next.

All of them are honest, and so is the network.  Virtual time does not pass while a member computes: this shows what is
decided, and `build.py load` how long that takes.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from random import Random

from tests.unit.room.looks import task_of
from tests.unit.room.people import SeededEngine, agreed, never_lost, wall_clock
from tests.unit.virtual_time import run
from volly_browser.errors import VollyError
from volly_browser.room import labels
from volly_browser.room.events import (
    MemberMisbehaved,
    MembersRemoved,
    MessageReceived,
    RoomEvent,
    RoomState,
    StateChanged,
)
from volly_browser.room.invite import Invite
from volly_browser.room.room import Room
from volly_browser.transport.memory import MemoryNetwork, Weather

LATENCY = Weather(delay=(0.01, 0.05))

LAST_WORD = 60.0
"""Seconds after the last one has come, within which each has to be in, or to know why not."""

NEXT = 45.0
"""Seconds within which a place that becomes free has to be taken: those outside knock again every 37.5 s at least."""

LOOK = 0.5
"""Seconds between two looks at all of them."""

PATIENCE = 3600.0
"""Virtual seconds that all of it takes at most."""


@dataclass(frozen=True, slots=True)
class CrowdOutcome:
    """What became of all people.

    Attributes:
        people: have come.
        inside: are in one epoch of one group.
        told: know that the room is full.
        lost: were in, and lost their place.
        accused: how often one of them was told that a member misbehaves, or removes others that are there.
        seconds_in: that any of those inside waited for its keys, at most.
        seconds_told: that any of the others took to be told.
        epochs: the number of the last one, when all had come.
        left: gave up their places afterwards.
        next_in: of those outside got one.
        seconds_next: from their leaving until these were in.
        read: of the others inside have read a text that one of them wrote in the end.
    """

    people: int
    inside: int
    told: int
    lost: int
    accused: int
    seconds_in: float
    seconds_told: float
    epochs: int
    left: int
    next_in: int
    seconds_next: float
    read: int

    @property
    def holds(self) -> bool:
        """Whether the room is full, all others know it, nobody lost a place, and what became free was taken."""
        inside = min(self.people, labels.ROOM_LIMIT)
        return (
            (self.inside, self.told) == (inside, self.people - inside)
            and not self.lost + self.accused
            and (self.next_in, self.read) == (self.left, inside - 1)
        )

    def as_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))

    def __str__(self) -> str:
        """The same for people."""
        return (
            f"{self.people} people, {labels.ROOM_LIMIT} places: {self.inside} are in, at most {self.seconds_in:.1f} s"
            f" after they came, {self.told} were told that the room is full, within {self.seconds_told:.1f} s;"
            f" {self.lost} lost a place, {self.accused} accusations, {self.epochs} epochs;"
            f" {self.left} left, and {self.next_in} of the others were in after {self.seconds_next:.1f} s;"
            f" {self.read} have read what one of those inside wrote then"
        )


class Guest:
    """One of them."""

    def __init__(self, network: MemoryNetwork, invite: Invite, name: str) -> None:
        engine = SeededEngine(network.random.getrandbits(64))
        self.name = name
        self.room = Room(invite, network.transport(), engine, name, clock=wall_clock)
        self.happened: list[RoomEvent] = []
        self.first: dict[RoomState, float] = {}
        self._came = 0.0

    async def visit(self, after: float) -> None:
        """Come, and write down what happens."""
        await asyncio.sleep(after)
        self._came = asyncio.get_running_loop().time()
        joining = asyncio.create_task(self._join())
        async for event in self.room.events():
            self.happened.append(event)
            if isinstance(event, StateChanged):
                self.first.setdefault(event.state, asyncio.get_running_loop().time() - self._came)
        await joining

    async def _join(self) -> None:
        with contextlib.suppress(VollyError):
            await self.room.join()

    @property
    def names(self) -> list[str]:
        """Of those that are in the group, as this one sees it."""
        return sorted(member.name for member in self.room.members)

    @property
    def states(self) -> list[RoomState]:
        """One after the other."""
        return [event.state for event in self.happened if isinstance(event, StateChanged)]

    @property
    def has_lost(self) -> bool:
        """Whether it was in, and lost its place."""
        return RoomState.JOINED in self.first and not never_lost(self)

    def count(self, kind: type) -> int:
        """How often something has happened."""
        return sum(isinstance(event, kind) for event in self.happened)

    def end(self) -> None:
        """End without a farewell: all of it is over."""
        if task := task_of(self)._task:
            task.cancel()


def crowd(people: int, policy: str = "hybrid", seconds: float = 60.0, leavers: int = 3, seed: int = 0) -> CrowdOutcome:
    """Let so many come within so many seconds, and then so many of those inside leave."""
    return run(_crowd(people, policy, seconds, leavers, Random(seed)), PATIENCE)


async def _crowd(people: int, policy: str, seconds: float, leavers: int, random: Random) -> CrowdOutcome:
    network = MemoryNetwork(LATENCY, random)
    invite = Invite.create(policy, random.randbytes)
    guests = [Guest(network, invite, f"Guest {number:03}") for number in range(people)]
    visits = [asyncio.create_task(guest.visit(random.uniform(0.0, seconds))) for guest in guests]
    await asyncio.sleep(seconds)
    try:
        return await _outcome(guests, leavers, random)
    finally:
        for guest in guests:
            guest.end()
        await asyncio.gather(*visits)


async def _outcome(guests: Sequence[Guest], leavers: int, random: Random) -> CrowdOutcome:
    await _in_time(
        lambda: agreed(*_inside(guests)) and len(_inside(guests)) + len(_told(guests)) == len(guests), LAST_WORD
    )
    inside, told = _inside(guests), _told(guests)
    epochs = max(guest.room.epoch for guest in inside)
    left = random.sample(inside, min(leavers, len(told)))
    begin = asyncio.get_running_loop().time()
    await asyncio.gather(*(guest.room.leave() for guest in left))
    await _in_time(lambda: agreed(*_inside(guests)) and len(_inside(guests)) == len(inside), NEXT)
    seconds_next = asyncio.get_running_loop().time() - begin
    now_inside = _inside(guests)
    return CrowdOutcome(
        len(guests),
        len(inside) if agreed(*now_inside) else 0,
        len(told),
        sum(guest.has_lost for guest in guests),
        sum(guest.count(MemberMisbehaved) + guest.count(MembersRemoved) for guest in guests),
        max(guest.first[RoomState.JOINED] for guest in inside),
        max((guest.first[RoomState.FULL] for guest in told), default=0.0),
        epochs,
        len(left),
        len(set(now_inside) - set(inside)),
        seconds_next,
        await _readers(now_inside),
    )


async def _readers(inside: Sequence[Guest]) -> int:
    """How many read a text of the first of them."""
    await inside[0].room.send_text("All here?")
    await _in_time(lambda: all(guest.count(MessageReceived) for guest in inside[1:]), LAST_WORD)
    return sum(guest.count(MessageReceived) for guest in inside)


async def _in_time(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for something, looking now and then; that it does not come is for the figures to tell."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - virtual time passes at once
                await asyncio.sleep(LOOK)


def _inside(guests: Sequence[Guest]) -> list[Guest]:
    return [guest for guest in guests if guest.room.state is RoomState.JOINED]


def _told(guests: Sequence[Guest]) -> list[Guest]:
    return [guest for guest in guests if guest.room.state is RoomState.FULL]
