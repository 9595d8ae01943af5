"""What the task of a room does when something happens that nobody expected."""

import asyncio
import itertools
from typing import Any

import pytest

from tests.unit.room.looks import assembly_of, count_turns, membership_of, parts_of, task_of
from tests.unit.room.people import Person, asleep
from tests.unit.virtual_time import virtual_time
from volly_browser.errors import RemoteError
from volly_browser.room.events import RoomClosed, RoomState
from volly_browser.room.invite import Invite
from volly_browser.room.session.protocol import NetworkEvent
from volly_browser.room.session.room_task import CLOSING_LIMIT, LEAVING_LIMIT, NETWORK_LIMIT, SHORTEST_WAIT
from volly_browser.room.wire.frames import Kind, Parcel
from volly_browser.transport.contract import FrameReceived, LinkChanged, LinkState, TransportRefused
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

    async def mistaken(event: object) -> None:
        raise ZeroDivisionError("a mistake")

    parts_of(alice).post.receive = mistaken  # type: ignore[method-assign, assignment]
    alice.transport.got_event(FrameReceived(b"frame", "bob"))
    await asyncio.sleep(1)
    assert [str(context["exception"]) for context in errors] == ["a mistake"]
    assert alice.room.state is RoomState.JOINED
    await alice.leave()


@virtual_time()
async def test_a_mistake_met_by_a_message_that_came_early_is_reported_and_the_visit_goes_on() -> None:
    """Such a message is read when its epoch begins, possibly by an order of ours, while no frame comes."""
    errors, alice = reported(), Person(MemoryNetwork(), INVITE, "Alice")
    await alice.join()

    async def mistaken(parcel: object, came: float, now: float) -> None:
        raise ZeroDivisionError("a mistake")

    reader = parts_of(alice).reader
    reader.got_message = mistaken  # type: ignore[method-assign, assignment]
    reader._early.for_a_later_epoch(Parcel(Kind.GROUP, b"early", "bob"), 0.0)
    reader._early.epoch_entered(membership_of(alice).company, 0.0)
    await alice.room.send_text("so that something is done")
    await asyncio.sleep(1)
    assert [str(context["exception"]) for context in errors] == ["a mistake"]
    assert alice.room.state is RoomState.JOINED
    await alice.leave()


@virtual_time()
async def test_what_a_peer_is_at_fault_for_when_the_link_comes_up_is_told_and_the_visit_goes_on() -> None:
    errors, alice = reported(), Person(MemoryNetwork(), INVITE, "Alice")
    await alice.join()

    async def refuse() -> None:
        raise RemoteError("A peer is at fault.")

    parts_of(alice).doorway.show_notice = refuse  # type: ignore[method-assign]
    alice.transport.got_event(LinkChanged(LinkState.CONNECTED))
    await asyncio.sleep(1)
    assert alice.refusals == ["A peer is at fault."]
    assert alice.room.state is RoomState.JOINED
    assert not errors
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


@virtual_time()
async def test_what_the_room_does_not_get_to_waits_where_its_bytes_are_counted() -> None:
    alice = Person(MemoryNetwork(), INVITE, "Alice")
    await alice.join()
    with asleep(alice):
        for number in range(10 * NETWORK_LIMIT):
            alice.transport.got_event(FrameReceived(bytes(30), str(number)))
        await asyncio.sleep(1)
        assert task_of(alice)._inbox.qsize() <= NETWORK_LIMIT
        assert len(alice.transport._inbox._events) >= 9 * NETWORK_LIMIT - 1
    await asyncio.sleep(1)
    assert len(alice.refusals) == 10 * NETWORK_LIMIT
    await alice.leave()


@virtual_time()
async def test_what_is_due_is_done_in_a_flood_too() -> None:
    alice = Person(MemoryNetwork(), INVITE, "Alice")
    await alice.join()
    protocol, settled = assembly_of(alice).protocol, []
    got, settle = protocol.got, protocol.settle
    taken: list[object] = []

    async def counted_got(event: NetworkEvent, now: float) -> None:
        taken.append(event)
        alice.transport.got_event(FrameReceived(bytes(30), "another one"))  # it never ends
        await asyncio.sleep(0.001)  # a page's engine takes its time, in which more comes
        await got(event, now)

    async def counted_settle(now: float) -> None:
        settled.append(len(taken))
        await settle(now)
        if len(settled) == 10:
            protocol.got = got  # type: ignore[method-assign]

    protocol.got, protocol.settle = counted_got, counted_settle  # type: ignore[method-assign]
    alice.transport.got_event(FrameReceived(bytes(30), "one"))
    await asyncio.sleep(1)
    assert max(after - before for before, after in itertools.pairwise([0, *settled])) <= NETWORK_LIMIT + 1
    await alice.leave()


@virtual_time()
async def test_time_alone_does_not_keep_a_room_busy() -> None:
    """Something that stays due, whatever is done, would else take all of the page's time."""
    alice = Person(MemoryNetwork(), INVITE, "Alice")
    await alice.join()
    turns = count_turns(alice)
    assembly_of(alice).protocol.deadline = lambda now: 0.0  # type: ignore[method-assign]
    await alice.room.send_text("so that the deadline is looked at")
    await asyncio.sleep(1)
    assert len(turns) <= 1 / SHORTEST_WAIT + 10
    await alice.leave()
