"""People in a room over the memory network, on virtual time: what the tests of the room are written in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from random import Random
from typing import Any, Protocol

from tests.unit.room.looks import HasRoom, task_of
from tests.unit.room.tap import Heard, Tap, What
from volly_browser.crypto.native import NativeEngine
from volly_browser.room.events import (
    FrameRefused,
    MembersChanged,
    MessageGap,
    MessageReceived,
    Problem,
    RoomEvent,
    RoomState,
    StateChanged,
)
from volly_browser.room.invite import Invite
from volly_browser.room.room import Room
from volly_browser.room.wire.door import Door, DoorKind
from volly_browser.room.wire.frames import Kind, split
from volly_browser.transport.contract import PeerAnnounced
from volly_browser.transport.memory import MemoryNetwork, MemoryTransport

EPOCH_BEGIN = 1_700_000_000.0

CALM = 12.0
"""Seconds without a commit after which all have refreshed their keys, and the next refresh is minutes away."""


def wall_clock() -> float:
    return EPOCH_BEGIN + asyncio.get_running_loop().time()


class SeededEngine(NativeEngine):
    """The native engine, whose own choices are the same in every run; a room decides nothing by others."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = Random(seed)

    def random(self, length: int) -> bytes:
        return self._random.randbytes(length)


class Person:
    """A user's room, with a record of everything that happens in it."""

    def __init__(self, network: MemoryNetwork, invite: Invite, name: str) -> None:
        self.transport: MemoryTransport = network.transport()
        self.room = Room(invite, self.transport, SeededEngine(network.random.getrandbits(64)), name, clock=wall_clock)
        self.name = name
        self.happened: list[RoomEvent] = []
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for event in self.room.events():
            self.happened.append(event)

    async def join(self) -> "Person":
        await self.room.join()
        return self

    async def leave(self) -> None:
        await self.room.leave()
        await self._listening

    @property
    def identity(self) -> str:
        return self.transport.identity

    @property
    def names(self) -> list[str]:
        return sorted(member.name for member in self.room.members)

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(event.name, event.text) for event in self.happened if isinstance(event, MessageReceived)]

    def texts_of(self, name: str) -> list[str]:
        return [text for sender, text in self.texts if sender == name]

    @property
    def states(self) -> list[RoomState]:
        return [event.state for event in self.happened if isinstance(event, StateChanged)]

    @property
    def refusals(self) -> list[str]:
        return [event.sentence for event in self.happened if isinstance(event, FrameRefused)]

    @property
    def problems(self) -> list[str]:
        return [event.sentence for event in self.happened if isinstance(event, Problem)]

    @property
    def gaps(self) -> list[MessageGap]:
        return [event for event in self.happened if isinstance(event, MessageGap)]

    @property
    def member_lists(self) -> list[list[str]]:
        return [
            sorted(member.name for member in event.members)
            for event in self.happened
            if isinstance(event, MembersChanged)
        ]


@contextmanager
def deaf(person: Person) -> Iterator[None]:
    """Lose everything that is sent to a person meanwhile, unnoticed."""
    deliver, person.transport.got_event = person.transport.got_event, lambda event: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        person.transport.got_event = deliver  # type: ignore[method-assign]


@contextmanager
def mute(person: Person) -> Iterator[None]:
    """Lose everything that a person sends or displays meanwhile, without reporting that it left."""

    async def lose(frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None: ...

    async def hide(announcement: bytes) -> None: ...

    transport = person.transport
    send, announce = transport.send, transport.announce
    transport.send, transport.announce = lose, hide  # type: ignore[method-assign]
    try:
        yield
    finally:
        transport.send, transport.announce = send, announce  # type: ignore[method-assign]


@contextmanager
def asleep(*people: Person) -> Iterator[None]:
    """The pages of these people do nothing meanwhile, and find afterwards what came."""
    awake = asyncio.Event()

    def sleepy(take: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        async def take_when_awake(item: object) -> None:
            await awake.wait()
            await take(item)

        return take_when_awake

    for person in people:
        task = task_of(person)
        task._take_all = sleepy(task._take_all)  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        awake.set()


class Company:
    """Several people of one room."""

    def __init__(self, network: MemoryNetwork | None = None, policy: str = "hybrid") -> None:
        self.network = network or MemoryNetwork()
        self.invite = Invite.create(policy, Random(self.network.random.randbytes(32)).randbytes)  # draws once or more
        self.people: list[Person] = []
        self.tap = Tap()

    def person(self, name: str) -> Person:
        self.people.append(Person(self.network, self.invite, name))
        return self.people[-1]

    async def join(self, *names: str) -> list[Person]:
        """One after the other."""
        return [await self.person(name).join() for name in names]

    async def join_at_once(self, *names: str) -> list[Person]:
        people = [self.person(name) for name in names]
        await asyncio.gather(*(person.join() for person in people))
        return people

    def heard(self, *whats: What) -> list[Heard]:
        """Everything of some kinds that crossed the network, announcements aside."""
        return self.tap.heard(self.network, *whats)

    def senders_of(self, *whats: What) -> list[str]:
        """The identities that sent something of these kinds, in order."""
        return [heard.sender for heard in self.heard(*whats)]

    def replay(self, heard: Heard, to: Person, sender: str | None = None) -> None:
        """The server delivers once more what was sent, possibly in another one's name."""
        for frame in heard.frames:
            self.network.inject(frame, heard.sender if sender is None else sender, to.identity)

    async def say(self, kind: DoorKind, content: bytes, to: Person, sender: str = "insider") -> None:
        """Let a stranger with the invite send a message at the door."""
        sealed = await Door(NativeEngine(), self.invite).seal(kind, content, sender)
        for frame in split(Kind.DOOR, sealed):
            self.network.inject(frame, sender, to.identity)

    async def display(self, kind: DoorKind, content: bytes, to: Person, sender: str = "insider") -> None:
        """Let a stranger with the invite put a message on display."""
        announcement = await Door(NativeEngine(), self.invite).announcement(kind, content, sender)
        to.transport.got_event(PeerAnnounced(sender, announcement))


@asynccontextmanager
async def company(network: MemoryNetwork | None = None, policy: str = "hybrid") -> AsyncIterator[Company]:
    """Make a company that leaves at the end; fail if one of its rooms has crashed."""
    crashes: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: crashes.append(context))
    gathered = Company(network, policy)
    with gathered.tap.listening():
        try:
            yield gathered
        finally:
            for person in gathered.people:
                await person.leave()
    assert not crashes, crashes
    assert RoomState.FAILED not in [state for person in gathered.people for state in person.states]


async def until(condition: Callable[[], object], limit: float = 60.0) -> None:
    """Let time pass until something is so; fails after `limit` seconds."""
    async with asyncio.timeout(limit):
        while not condition():  # noqa: ASYNC110 - virtual time passes at once
            await asyncio.sleep(0.01)


class Visitor(HasRoom, Protocol):
    """What has a room, in whichever tests."""

    name: str

    @property
    def names(self) -> list[str]:
        """Of all members, sorted."""
        ...

    @property
    def states(self) -> list[RoomState]:
        """One after the other."""
        ...


def agreed(*people: Visitor) -> bool:
    """Whether they are in one epoch of one group, and see the same members."""
    if not all(person.room.members and person.room.state is RoomState.JOINED for person in people):
        return False
    views = {(person.room.epoch, person.room.shared_secret, tuple(sorted(person.names))) for person in people}
    return len(views) == 1 and sorted(person.name for person in people) == people[0].names


async def calm(*people: Person, limit: float = 90.0) -> None:
    """Let time pass until they agree and all have refreshed their keys, after which the epoch does not change."""
    async with asyncio.timeout(limit):
        while True:
            await until(lambda: agreed(*people), limit)
            epoch = people[0].room.epoch
            await asyncio.sleep(CALM)
            if agreed(*people) and people[0].room.epoch == epoch:
                return


def never_lost(person: Visitor) -> bool:
    """Whether a person has had keys ever since it joined."""
    states = person.states
    return RoomState.WAITING_FOR_KEYS not in states[states.index(RoomState.JOINED) :]
