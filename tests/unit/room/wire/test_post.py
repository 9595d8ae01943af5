"""Parcels over one transport: what is said at the door is sealed, long ones come in frames, and all bounds are kept."""

import asyncio

import pytest

from volly_browser.crypto.native import NativeEngine
from volly_browser.room.invite import Invite
from volly_browser.room.timing import Timing
from volly_browser.room.wire.announcer import Announcer
from volly_browser.room.wire.door import Door, DoorError, DoorKind, Said
from volly_browser.room.wire.frames import BODY_LIMIT, FrameError, Kind, Parcel
from volly_browser.room.wire.post import Post
from volly_browser.transport.contract import FrameReceived, PeerAnnounced, TransportError
from volly_browser.transport.memory import MemoryNetwork, MemoryTransport

INVITE = Invite.from_room_name("garden", "classical")


class Box:
    """A person's post, and what comes there."""

    def __init__(self, network: MemoryNetwork, invite: Invite = INVITE) -> None:
        self.transport: MemoryTransport = network.transport()
        self.announcer = Announcer(self.transport, Timing())
        self.post = Post(self.transport, Door(NativeEngine(), invite), self.announcer)

    async def take(self, kind: type) -> list[object]:
        """What the events of a kind, which have come until now, are."""
        await asyncio.sleep(0.01)
        taken: list[object] = []
        while self.transport._inbox._events:
            event = await self.transport.receive()
            if isinstance(event, kind):
                reads = self.post.receive if isinstance(event, FrameReceived) else self.post.read
                taken.append(await reads(event))  # type: ignore[operator]
        return taken


async def pair(invite: Invite = INVITE) -> tuple[Box, Box, MemoryNetwork]:
    network = MemoryNetwork()
    alice, bob = Box(network), Box(network, invite)
    for box in (alice, bob):
        await box.transport.connect()
    return alice, bob, network


async def test_a_long_message_comes_in_frames_and_as_one_parcel() -> None:
    alice, bob, network = await pair()
    message = bytes(2 * BODY_LIMIT + 1)
    await alice.post.send(message, [bob.post.identity])
    assert len(network.recorded) == 3
    assert await bob.take(FrameReceived) == [None, None, Parcel(Kind.GROUP, message, alice.post.identity)]


async def test_what_is_said_at_the_door_is_read_by_holders_of_the_invite_and_names_its_sender() -> None:
    alice, bob, network = await pair()
    await alice.post.say(DoorKind.NOTICE, b"we are here")
    assert b"we are here" not in network.recorded[0].data
    assert await bob.take(FrameReceived) == [Said(DoorKind.NOTICE, b"we are here", alice.post.identity)]


async def test_without_the_invite_nothing_is_read() -> None:
    alice, bob, _ = await pair(Invite.from_room_name("kitchen", "classical"))
    await alice.post.say(DoorKind.NOTICE, b"we are here")
    with pytest.raises(DoorError):
        await bob.take(FrameReceived)


async def test_what_is_displayed_is_read_by_newcomers() -> None:
    alice, bob, _ = await pair()
    displaying = asyncio.create_task(alice.announcer.run())
    await alice.post.display(DoorKind.HELLO, b"knock knock")
    [said] = await bob.take(PeerAnnounced)
    assert said == Said(DoorKind.HELLO, b"knock knock", alice.post.identity, announced=True)
    displaying.cancel()
    await asyncio.wait({displaying})


async def test_a_malformed_frame_is_refused_and_what_was_begun_is_forgotten_with_its_sender() -> None:
    alice, bob, network = await pair()
    with pytest.raises(FrameError):
        await bob.post.receive(FrameReceived(b"junk", "anybody"))
    await alice.post.send(bytes(2 * BODY_LIMIT))
    frames = [FrameReceived(sent.data, alice.post.identity) for sent in network.recorded]
    assert await bob.post.receive(frames[0]) is None
    bob.post.forget(alice.post.identity)
    assert bob.post._assembler.size == 0
    assert await bob.post.receive(frames[1]) is None


async def test_without_a_connection_nothing_is_sent_and_that_is_said() -> None:
    alice, _, _ = await pair()
    await alice.transport.close()
    with pytest.raises(TransportError):
        await alice.post.send(b"message")
    with pytest.raises(TransportError):
        await alice.post.say(DoorKind.NOTICE, b"we are here")
