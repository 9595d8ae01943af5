import asyncio

from volly_browser.room.events import (
    FrameRefused,
    MembersChanged,
    MessageSent,
    MessagesRead,
    Problem,
    RoomEvent,
    RoomMember,
    RoomState,
    StateChanged,
    Typing,
)
from volly_browser.room.session.event_queue import NOTICES_LIMIT, EventQueue


async def everything(queue: EventQueue) -> list[RoomEvent]:
    queue.close()
    return [event async for event in queue.read()]


async def test_events_come_in_order_and_end_with_the_queue() -> None:
    queue = EventQueue()
    for number in range(3):
        queue.put(MessageSent(str(number)))
    assert await everything(queue) == [MessageSent("0"), MessageSent("1"), MessageSent("2")]


async def test_a_reader_waits_for_what_is_not_there_yet() -> None:
    queue, heard = EventQueue(), []

    async def listen() -> None:
        async for event in queue.read():
            heard.append(event)

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    queue.put(MessageSent("later"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert heard == [MessageSent("later")]
    queue.close()
    await asyncio.wait_for(listening, 1)


async def test_only_the_latest_of_unread_states_and_members_counts() -> None:
    queue = EventQueue()
    for name in ("first", "second"):
        queue.put(StateChanged(RoomState.CONNECTING, name))
    for name in ("first", "second"):
        queue.put(MembersChanged((RoomMember("", name, False),)))
    assert await everything(queue) == [
        StateChanged(RoomState.CONNECTING, "second"),
        MembersChanged((RoomMember("", "second", False),)),
    ]


async def test_what_is_said_already_is_not_said_again() -> None:
    queue = EventQueue()
    for _ in range(3):
        queue.put(Problem("trouble"))
        queue.put(FrameRefused("sender", "why"))
    assert await everything(queue) == [Problem("trouble"), FrameRefused("sender", "why")]


async def test_a_slow_reader_is_told_that_something_was_lost() -> None:
    queue = EventQueue(limit=3)
    for number in range(5):
        queue.put(MessageSent(str(number)))
    first, *rest = await everything(queue)
    assert isinstance(first, Problem)
    assert first.sentence.startswith("2 events")
    assert rest == [MessageSent("2"), MessageSent("3"), MessageSent("4")]


async def test_strangers_cannot_push_messages_out() -> None:
    queue = EventQueue(limit=100)
    queue.put(MessageSent("precious"))
    for number in range(1000):
        queue.put(FrameRefused(f"stranger {number}", "why"))
    events = await everything(queue)
    assert events[0] == MessageSent("precious")
    assert len(events) == 1 + NOTICES_LIMIT


async def test_members_that_type_cannot_push_messages_out() -> None:
    queue = EventQueue(limit=100)
    queue.put(MessageSent("precious"))
    for number in range(1000):
        queue.put(Typing(f"member {number % 500}", "name"))
    events = await everything(queue)
    assert events[0] == MessageSent("precious")
    assert len(events) == 1 + NOTICES_LIMIT


async def test_read_notices_make_place_for_new_ones() -> None:
    queue = EventQueue()
    for number in range(NOTICES_LIMIT):
        queue.put(Problem(str(number)))
    reader = queue.read()
    await anext(reader)
    queue.put(Problem("new"))
    assert Problem("new") in await everything(queue)


async def test_of_what_a_member_says_that_it_has_read_the_latest_waits() -> None:
    queue = EventQueue(limit=100)
    queue.put(MessageSent("precious"))
    for number in range(1000):
        queue.put(MessagesRead(f"member {number % 3}", f"{number}"))
    latest = [MessagesRead(f"member {number % 3}", f"{number}") for number in (997, 998, 999)]
    assert await everything(queue) == [MessageSent("precious"), *latest]
