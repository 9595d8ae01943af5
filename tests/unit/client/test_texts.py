"""A room as two streams of texts."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from volly_browser.client.texts import UNREAD_LIMIT, MessageLost, Texts
from volly_browser.room.events import (
    Displaced,
    FrameRefused,
    MembersChanged,
    MessageGap,
    MessageReceived,
    MessageSent,
    Problem,
    RoomClosed,
    RoomEvent,
    RoomState,
    StateChanged,
)


class FakeRoom:
    """Gives out what the test puts in; its network takes a text when the test says so."""

    def __init__(self) -> None:
        self.queued: list[str] = []
        self._events: asyncio.Queue[RoomEvent | None] = asyncio.Queue()

    async def send_text(self, text: str) -> str:
        self.queued.append(text)
        return str(len(self.queued))

    async def events(self) -> AsyncIterator[RoomEvent]:
        while event := await self._events.get():
            yield event

    async def happens(self, *events: RoomEvent | None) -> None:
        for event in events:
            self._events.put_nowait(event)
        await settled()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def said(text: str) -> MessageReceived:
    return MessageReceived("b" * 32, "Bob", text, 1, 1000.0, "1" * 64)


async def test_a_text_is_sent_when_the_network_has_taken_it() -> None:
    room = FakeRoom()
    texts = Texts(room)
    sending = asyncio.create_task(texts.send("hello"))
    await settled()
    assert not sending.done()
    await room.happens(MessageSent("1"))
    assert sending.done()
    await room.happens(None)
    await texts.ended()


async def test_it_does_not_matter_if_the_network_is_faster_than_the_sender() -> None:
    room = FakeRoom()
    texts = Texts(room)
    await room.happens(MessageSent("1"))
    await asyncio.wait_for(texts.send("hello"), 1)
    await room.happens(None)
    await texts.ended()


async def test_a_text_that_the_network_never_took_is_an_error() -> None:
    room = FakeRoom()
    texts = Texts(room)
    sending = asyncio.create_task(texts.send("hello"))
    await settled()
    await room.happens(StateChanged(RoomState.FAILED, "An error in this page ended the visit."), None)
    with pytest.raises(RoomClosed, match="An error in this page"):
        await sending


async def test_what_cannot_be_had_is_an_error_in_its_place() -> None:
    room = FakeRoom()
    texts = Texts(room)
    await room.happens(said("one"), MessageGap("b" * 32, "Bob", 2), said("four"), Problem("Unreadable."), said("six"))
    assert await texts.receive() == "one"
    with pytest.raises(MessageLost, match="2 messages of Bob could not be had"):
        await texts.receive()
    assert await texts.receive() == "four"
    with pytest.raises(MessageLost, match="Unreadable"):
        await texts.receive()
    assert await texts.receive() == "six"
    await room.happens(None)
    await texts.ended()


async def test_what_is_no_text_is_passed_over() -> None:
    room = FakeRoom()
    texts = Texts(room)
    await room.happens(MembersChanged(()), FrameRefused("mallory", "Noise."), said("one"))
    assert await texts.receive() == "one"
    await room.happens(None)
    await texts.ended()


async def test_what_came_before_the_end_can_still_be_received() -> None:
    room = FakeRoom()
    texts = Texts(room)
    await room.happens(said("last"), StateChanged(RoomState.LEFT, "You have left the room."), None)
    await texts.ended()
    assert await texts.receive() == "last"
    for _ in range(2):
        with pytest.raises(RoomClosed, match="You have left the room"):
            await texts.receive()


async def test_memory_is_bounded_and_what_is_lost_is_said_first() -> None:
    room = FakeRoom()
    texts = Texts(room)
    for number in range(UNREAD_LIMIT + 3):
        await room.happens(said(str(number)))
    with pytest.raises(MessageLost, match="3 messages came faster"):
        await texts.receive()
    assert await texts.receive() == "3"
    await room.happens(None)
    await texts.ended()


async def test_a_sender_that_gave_up_does_not_disturb() -> None:
    room = FakeRoom()
    texts = Texts(room)
    sending = asyncio.create_task(texts.send("never mind"))
    await settled()
    sending.cancel()
    await settled()
    await room.happens(MessageSent("1"), said("one"))
    assert await texts.receive() == "one"
    await room.happens(None)
    await texts.ended()


async def test_a_call_that_waits_for_a_text_hears_that_our_place_was_taken() -> None:
    room = FakeRoom()
    texts = Texts(room)
    waiting = asyncio.create_task(texts.receive())
    await room.happens(StateChanged(RoomState.DISPLACED, "Somebody else is here."))
    with pytest.raises(Displaced, match="Somebody else is here"):
        await waiting
    await room.happens(StateChanged(RoomState.JOINED, "We are back."), said("hello"))
    assert await texts.receive() == "hello"
