"""The one module that looks inside a room: what tests need to see, and to cause, that no user can."""

from typing import Protocol

from volly_browser.room.group.membership import Membership
from volly_browser.room.room import Room
from volly_browser.room.session.assembly import Assembly
from volly_browser.room.session.protocol import Deciders, Parts
from volly_browser.room.session.room_task import RoomTask


class HasRoom(Protocol):
    """A person, of whichever tests."""

    room: Room


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
