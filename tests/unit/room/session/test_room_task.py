"""What the task of a room does when something happens that nobody expected."""

import asyncio
from typing import Any

import pytest

from tests.unit.room.looks import assembly_of
from tests.unit.room.people import Person
from tests.unit.virtual_time import virtual_time
from volly_browser.room.events import RoomClosed, RoomState
from volly_browser.room.invite import Invite
from volly_browser.room.session.room_task import CLOSING_LIMIT, LEAVING_LIMIT
from volly_browser.transport.contract import FrameReceived, TransportRefused
from volly_browser.transport.memory import MemoryNetwork

INVITE = Invite.from_room_name("garden", "classical")


def reported() -> list[dict[str, Any]]:
    contexts: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: contexts.append(context))
    return contexts


@virtual_time()
async def test_a_mistake_met_by_a_frame_is_reported_and_the_visit_goes_on() -> None:
    errors, alice = reported(), Person(MemoryNetwork(), INVITE, "Alice")
    await alice.join()

    async def mistaken(event: object, now: float) -> None:
        raise ZeroDivisionError("a mistake")

    assembly_of(alice).protocol.got = mistaken  # type: ignore[method-assign, assignment]
    alice.transport.got_event(FrameReceived(b"frame", "bob"))
    await asyncio.sleep(1)
    assert [str(context["exception"]) for context in errors] == ["a mistake"]
    assert alice.room.state is RoomState.JOINED
    await alice.leave()


@virtual_time()
async def test_a_mistake_elsewhere_ends_the_visit_visibly() -> None:
    errors, alice = reported(), Person(MemoryNetwork(), INVITE, "Alice")
    await alice.join()

    async def mistaken(now: float) -> None:
        raise ZeroDivisionError("a mistake")

    assembly_of(alice).protocol.settle = mistaken  # type: ignore[method-assign]
    await alice.room.send_text("the last one")
    await asyncio.sleep(1)
    with pytest.raises(RoomClosed):
        await alice.room.send_text("one more")
    assert alice.room.state is RoomState.FAILED
    assert len(errors) == 1
    await alice.leave()
    assert alice.states[-1] is RoomState.FAILED


@virtual_time()
async def test_a_transport_that_breaks_in_an_unknown_way_ends_the_visit_visibly() -> None:
    errors, alice = reported(), Person(MemoryNetwork(), INVITE, "Alice")

    async def mistaken() -> None:
        raise ZeroDivisionError("a mistake")

    alice.transport.connect = mistaken  # type: ignore[method-assign]
    with pytest.raises(RoomClosed):
        await alice.join()
    assert alice.room.state is RoomState.FAILED
    assert len(errors) == 1
    await alice.leave()


@virtual_time()
async def test_a_refusal_for_good_is_raised_and_not_tried_again() -> None:
    alice, attempts = Person(MemoryNetwork(), INVITE, "Alice"), []

    async def refuse() -> None:
        attempts.append(None)
        raise TransportRefused("This browser has no WebRTC.")

    alice.transport.connect = refuse  # type: ignore[method-assign]
    with pytest.raises(TransportRefused, match="no WebRTC"):
        await alice.join()
    assert alice.room.state is RoomState.FAILED
    assert len(attempts) == 1
    await alice.leave()


@virtual_time()
async def test_leaving_does_not_wait_forever_for_a_transport_that_hangs() -> None:
    alice = Person(MemoryNetwork(), INVITE, "Alice")
    await alice.join()

    async def hang(*_: object, **__: object) -> None:
        await asyncio.sleep(1000)

    alice.transport.send = hang  # type: ignore[method-assign]
    alice.transport.close = hang  # type: ignore[method-assign]
    writing = asyncio.create_task(alice.room.send_text("never"))
    await asyncio.sleep(1)
    before = asyncio.get_running_loop().time()
    await alice.leave()
    assert asyncio.get_running_loop().time() - before <= LEAVING_LIMIT + CLOSING_LIMIT
    await asyncio.gather(writing, return_exceptions=True)


@virtual_time()
async def test_a_caller_that_gives_up_leaves_the_room_running() -> None:
    network = MemoryNetwork(up=False)
    alice = Person(network, INVITE, "Alice")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(alice.join(), 2)
    network.up = True
    await asyncio.sleep(20)
    assert alice.room.state is RoomState.JOINED
    await alice.leave()
