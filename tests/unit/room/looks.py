"""The one module that looks inside a room: what tests need to see, and to cause, that no user can."""

import asyncio
from typing import Protocol

from volly_browser.room.group.membership import Membership
from volly_browser.room.room import Room
from volly_browser.room.session.assembly import Assembly
from volly_browser.room.session.protocol import Deciders, Parts
from volly_browser.room.session.room_task import RoomTask


class HasRoom(Protocol):
    """A person, of whichever tests."""

    room: Room


class Addressed(HasRoom, Protocol):
    """A person that can be reached."""

    @property
    def identity(self) -> str:
        """The transport identity."""
        ...


def task_of(person: HasRoom) -> RoomTask:
    """The task that runs a room."""
    return person.room._task


def assembly_of(person: HasRoom) -> Assembly:
    """A room that has begun, in its parts."""
    assembly = task_of(person).assembly
    assert assembly is not None
    return assembly


def parts_of(person: HasRoom) -> Parts:
    """What does the work."""
    return assembly_of(person).parts


def deciders_of(person: HasRoom) -> Deciders:
    """What decides."""
    return assembly_of(person).deciders


def membership_of(person: HasRoom) -> Membership:
    """The membership of a person that is in the group."""
    membership = parts_of(person).seat.membership
    assert membership is not None
    return membership


def make_refresh_due(person: HasRoom) -> None:
    """Nobody can wait for as many minutes as it takes until new keys are due again."""
    timing, now = task_of(person)._timing, asyncio.get_running_loop().time()
    deciders_of(person).refresh.entered(now - 2 * timing.refresh_soon)


def make_silent(person: HasRoom) -> None:
    """No sign of life is due any more, so that nothing of that wakes the page."""
    attendance = deciders_of(person).attendance
    attendance.has_to_speak = lambda now: False  # type: ignore[method-assign]
    attendance.deadline = lambda: None  # type: ignore[method-assign]


def count_turns(person: HasRoom) -> list[float]:
    """A list that grows by the time of each turn of the room's task from now on."""
    protocol, turns = assembly_of(person).protocol, list[float]()
    settle = protocol.settle

    async def counted(now: float) -> None:
        turns.append(now)
        await settle(now)

    protocol.settle = counted  # type: ignore[method-assign]
    return turns


async def question_of(person: Addressed, asked: Addressed, epochs_ago: int = 1) -> bytes:
    """A question, encoded, as a member would ask it that had missed the latest epochs."""
    membership, questions = membership_of(person), parts_of(person).whereabouts._questions
    history = membership.history[: len(membership.history) - epochs_ago]
    now = asyncio.get_running_loop().time()
    question = await questions.ask(
        membership.speaker,
        membership.group.group_id,
        history,
        asking=person.identity,
        asked=asked.identity,
        now=now,
    )
    return question.encode()
