import asyncio

from tests.unit.bounds import at_most_bytes
from volly_browser.transport.contract import FrameReceived, LinkChanged, LinkState, PeerAnnounced, PeerJoined, PeerLeft
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
    inbox = EventInbox(bytes_limit=120 + 3 * FRAME_COST)
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


async def test_news_beyond_their_bound_are_dropped_and_counted_and_frames_and_the_link_are_not() -> None:
    """S, which invents peers without end, each with an announcement."""
    inbox = EventInbox(bytes_limit=2 * FRAME_COST, news_bytes_limit=1 << 20)
    with at_most_bytes(2 << 20):
        for number in range(2000):
            inbox.put(PeerJoined(f"peer {number}"))
            inbox.put(PeerAnnounced(f"peer {number}", bytes(40_000)))
            inbox.put(PeerLeft(f"peer {number}"))
    assert inbox.dropped > 1900
    inbox.put(FrameReceived(b"frame", "alice"))
    inbox.put(LinkChanged(LinkState.CONNECTED))
    waiting = [await inbox.get() for _ in range(len(inbox._events))]
    assert waiting[-2:] == [FrameReceived(b"frame", "alice"), LinkChanged(LinkState.CONNECTED)]
    inbox.put(PeerAnnounced("late", bytes(40_000)))
    assert await inbox.get() == PeerAnnounced("late", bytes(40_000)), "what was read makes room"


async def test_of_the_announcements_of_one_peer_the_latest_waits() -> None:
    """T, whose token lets it change its attributes as often as it likes."""
    inbox = EventInbox(news_bytes_limit=200_000)
    inbox.put(PeerAnnounced("alice", b"hello"))
    for number in range(1000):
        inbox.put(PeerAnnounced("mallory", number.to_bytes(2, "big") * 20_000))
    inbox.put(PeerLeft("mallory"))
    inbox.put(PeerAnnounced("bob", b"hi"))
    assert inbox.dropped == 0
    latest = PeerAnnounced("mallory", (999).to_bytes(2, "big") * 20_000)
    assert [await inbox.get() for _ in range(len(inbox._events))] == [
        PeerAnnounced("alice", b"hello"),
        latest,
        PeerLeft("mallory"),
        PeerAnnounced("bob", b"hi"),
    ]
    for _ in range(10):
        inbox.put(latest)
        assert await inbox.get() == latest
    assert inbox.dropped == 0


async def test_a_reader_that_was_cancelled_takes_nothing_with_it() -> None:
    inbox = EventInbox()
    reading = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    reading.cancel()
    inbox.put(PeerJoined("a"))
    await asyncio.gather(reading, return_exceptions=True)
    assert await inbox.get() == PeerJoined("a")
