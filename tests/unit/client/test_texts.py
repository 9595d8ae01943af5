"""What the others say, as one stream."""

import asyncio

import pytest

from volly_browser.chat.message import Message
from volly_browser.client.texts import UNREAD_LIMIT, MessageLost, Texts
from volly_browser.room.events import (
    Displaced,
    FrameRefused,
    MembersChanged,
    MessageGap,
    MessageUnreadable,
    Problem,
    RoomClosed,
    RoomEvent,
    RoomState,
    StateChanged,
)

BOB = "b" * 32
NOISE = FrameRefused("mallory", "Noise.")


class Heard(Texts):
    """Texts of which the test says what happens."""

    def happens(self, *events: RoomEvent) -> None:
        for event in events:
            self.take(event, [])

    def hears(self, text: str | None) -> None:
        message = Message(message_id="1" * 64, sender=BOB, name="Bob", text=text, sent_at=1000.0, came_at=1001.0)
        self.take(NOISE, [message])


async def test_what_cannot_be_had_is_an_error_in_its_place() -> None:
    texts = Heard()
    texts.hears("one")
    texts.happens(MessageGap(BOB, "Bob", 2), MessageUnreadable(BOB, "Bob"), Problem("Unreadable."))
    texts.hears(None)
    texts.hears("seven")
    assert await texts.receive() == "one"
    for reason in (
        "2 messages of Bob could not",
        "of Bob cannot be read",
        "Unreadable",
        "Bob sent something",
    ):
        with pytest.raises(MessageLost, match=reason):
            await texts.receive()
    assert await texts.receive() == "seven"


async def test_what_is_no_text_is_passed_over() -> None:
    texts = Heard()
    texts.happens(MembersChanged(()), NOISE)
    texts.hears("one")
    assert await texts.receive() == "one"


async def test_what_came_before_the_end_can_still_be_received() -> None:
    texts = Heard()
    texts.hears("last")
    texts.happens(StateChanged(RoomState.LEFT, "You have left the room."))
    texts.end()
    assert await texts.receive() == "last"
    for _ in range(2):
        with pytest.raises(RoomClosed, match="You have left the room"):
            await texts.receive()


async def test_memory_is_bounded_and_what_is_lost_is_said_first() -> None:
    texts = Heard()
    for number in range(UNREAD_LIMIT + 3):
        texts.hears(str(number))
    with pytest.raises(MessageLost, match="3 messages came faster"):
        await texts.receive()
    assert await texts.receive() == "3"


async def test_a_call_that_waits_for_a_text_hears_that_our_place_was_taken() -> None:
    texts = Heard()
    waiting = asyncio.create_task(texts.receive())
    await asyncio.sleep(0)
    texts.happens(StateChanged(RoomState.DISPLACED, "Somebody else is here."))
    with pytest.raises(Displaced, match="Somebody else is here"):
        await waiting
    texts.happens(StateChanged(RoomState.JOINED, "We are back."))
    texts.hears("hello")
    assert await texts.receive() == "hello"
