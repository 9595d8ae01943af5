import asyncio

from tests.unit.bounds import at_most_bytes
from volly_browser.transport.contract import FrameReceived, PeerJoined
from volly_browser.transport.inbox import FRAME_COST, EventInbox


async def test_events_come_in_the_order_they_were_put() -> None:
    inbox = EventInbox()
    events = [PeerJoined("a"), FrameReceived(b"frame", "a"), PeerJoined("b")]
    for event in events:
        inbox.put(event)
    assert [await inbox.get() for _ in events] == events


async def test_a_reader_waits_for_the_next_event() -> None:
    inbox = EventInbox()
    reading = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    assert not reading.done()
    inbox.put(PeerJoined("a"))
    assert await reading == PeerJoined("a")


async def test_frames_beyond_the_bound_are_dropped_and_counted_and_news_are_not() -> None:
    inbox = EventInbox(bytes_limit=100 + 3 * FRAME_COST)
    for number in range(10):
        inbox.put(FrameReceived(bytes(30), str(number)))
    inbox.put(PeerJoined("late"))
    assert inbox.dropped == 7
    assert [(await inbox.get()) for _ in range(4)][-1] == PeerJoined("late")
    inbox.put(FrameReceived(bytes(100 + 2 * FRAME_COST), "again"))
    assert await inbox.get() == FrameReceived(bytes(100 + 2 * FRAME_COST), "again")


async def test_a_flood_of_empty_frames_takes_no_more_memory_than_long_ones() -> None:
    inbox = EventInbox(bytes_limit=1 << 20)
    with at_most_bytes(3 << 20):
        for number in range(100_000):
            inbox.put(FrameReceived(bytes(1), str(number)))
    assert inbox.dropped > 90_000


async def test_a_reader_that_was_cancelled_takes_nothing_with_it() -> None:
    inbox = EventInbox()
    reading = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    reading.cancel()
    inbox.put(PeerJoined("a"))
    await asyncio.gather(reading, return_exceptions=True)
    assert await inbox.get() == PeerJoined("a")
