import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.unit.transport.fake_livekit_native import SDK, Participant
from tests.unit.virtual_time import virtual_time
from volly_browser.transport import livekit_native
from volly_browser.transport.contract import (
    FrameReceived,
    LinkChanged,
    LinkState,
    PeerAnnounced,
    PeerJoined,
    PeerLeft,
    TransportError,
    TransportEvent,
)
from volly_browser.transport.livekit_native import NativeLiveKitTransport
from volly_browser.transport.tokens import Grant

URL = "ws://livekit"
ANNOUNCED = {"volly": base64.b64encode(b"here I am").decode()}


class Grants:
    """A token service: a fresh token each time."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> Grant:
        self.count += 1
        return Grant(URL, f"token {self.count}")


@asynccontextmanager
async def transport(sdk: SDK) -> AsyncIterator[NativeLiveKitTransport]:
    """A transport that is closed at the end; fails if a room is connected, or calls us, after that."""
    made = NativeLiveKitTransport(Grants(), sdk)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.close()
    for room in sdk.rooms:
        assert not room.handlers
        assert not room.connect_was_cancelled
        assert room.disconnected == bool(room.local_participant)


@asynccontextmanager
async def connected(sdk: SDK) -> AsyncIterator[NativeLiveKitTransport]:
    async with transport(sdk) as link:
        await link.connect()
        await events(link)
        yield link


async def events(link: NativeLiveKitTransport) -> list[TransportEvent]:
    return [await link.receive() for _ in range(len(link._inbox._events))]


@virtual_time()
async def test_connecting_reports_the_peers_and_then_that_we_are_connected() -> None:
    sdk = SDK(Participant("alice", ANNOUNCED), Participant("bob"))
    async with transport(sdk) as link:
        await link.connect()
        assert link.identity == "identity in token 1"
        assert await events(link) == [
            LinkChanged(LinkState.CONNECTING),
            PeerJoined("alice"),
            PeerAnnounced("alice", b"here I am"),
            PeerJoined("bob"),
            LinkChanged(LinkState.CONNECTED),
        ]
        assert sdk.room.connected_with is not None
        url, token, options = sdk.room.connected_with
        assert (url, token, options.auto_subscribe) == (URL, "token 1", False)


@virtual_time()
async def test_frames_are_published_reliably_to_all_or_to_those_named() -> None:
    sdk = SDK()
    async with connected(sdk) as link:
        await link.send(b"to all")
        await link.send(b"to one", ("bob",), reliable=False)
        await link.send(b"to nobody", ())
        assert sdk.room.local_participant.published == [(b"to all", True, []), (b"to one", False, ["bob"])]


@virtual_time()
async def test_what_happens_is_reported_in_its_order() -> None:
    sdk = SDK()
    async with connected(sdk) as link:
        bob = Participant("bob")
        sdk.room.emit("participant_connected", bob)
        sdk.room.change_attributes(bob, ANNOUNCED)
        sdk.room.data(b"frame", bob)
        sdk.room.emit("participant_disconnected", bob)
        assert await events(link) == [
            PeerJoined("bob"),
            PeerAnnounced("bob", b"here I am"),
            FrameReceived(b"frame", "bob"),
            PeerLeft("bob"),
        ]


@virtual_time()
async def test_data_that_come_before_their_sender_have_none() -> None:
    sdk = SDK()
    async with connected(sdk) as link:
        sdk.room.data(b"early", None)
        assert await events(link) == [FrameReceived(b"early", "")]


@virtual_time()
async def test_other_attributes_and_our_own_are_no_announcements() -> None:
    sdk = SDK()
    async with connected(sdk) as link:
        sdk.room.change_attributes(Participant("bob", dict(ANNOUNCED)), {"other": "x"})
        sdk.room.change_attributes(Participant("bob"), {"volly": ""})
        sdk.room.change_attributes(Participant(link.identity), ANNOUNCED)
        assert await events(link) == []


@virtual_time()
async def test_announcing_returns_when_the_server_shows_it() -> None:
    sdk = SDK()
    async with connected(sdk) as link:
        await link.announce(b"here I am")
        assert sdk.room.local_participant.attributes == ANNOUNCED
        await link.announce(b"here I am")  # nothing changes, so nothing is heard of it


@virtual_time()
async def test_an_announcement_that_the_server_never_shows_was_refused() -> None:
    sdk = SDK()
    async with connected(sdk) as link:
        sdk.room.local_participant.refuses = "no permission"
        with pytest.raises(TransportError, match="announcement"):
            await link.announce(b"here I am")


@virtual_time()
async def test_what_livekit_refuses_to_send_is_a_transport_error() -> None:
    sdk = SDK()
    async with connected(sdk) as link:
        sdk.room.local_participant.refuses = "engine is closed"
        with pytest.raises(TransportError, match="engine is closed"):
            await link.send(b"frame")


@virtual_time()
async def test_what_livekit_never_takes_is_not_waited_for() -> None:
    sdk = SDK()
    async with connected(sdk) as link:
        sdk.room.local_participant.hangs = True
        with pytest.raises(TransportError, match="10 seconds"):
            await link.send(b"frame")
        assert asyncio.get_running_loop().time() == livekit_native.PATIENCE


@virtual_time()
async def test_a_full_reconnect_reports_all_peers_anew_and_then_that_we_are_back() -> None:
    """The order of events is the one measured with SIMULATE_FULL_RECONNECT."""
    bob = Participant("bob", ANNOUNCED)
    sdk = SDK(bob)
    async with connected(sdk) as link:
        sdk.room.emit("participant_disconnected", bob)
        sdk.room.emit("connection_state_changed", 2)
        sdk.room.emit("reconnecting")
        with pytest.raises(TransportError, match="at the moment"):
            await link.send(b"lost otherwise")
        sdk.room.emit("participant_connected", bob)
        sdk.room.emit("connection_state_changed", 1)
        sdk.room.emit("reconnected")
        assert await events(link) == [
            PeerLeft("bob"),
            LinkChanged(LinkState.RECONNECTING),
            PeerJoined("bob"),
            PeerAnnounced("bob", b"here I am"),
            PeerJoined("bob"),
            PeerAnnounced("bob", b"here I am"),
            LinkChanged(LinkState.CONNECTED),
        ]


@virtual_time()
async def test_after_the_end_a_new_connection_has_its_own_room_and_token() -> None:
    sdk = SDK()
    async with connected(sdk) as link:
        sdk.room.emit("disconnected", 3)
        assert await events(link) == [LinkChanged(LinkState.CLOSED, "The server is shutting down.")]
        await link.connect()
        assert len(sdk.rooms) == 2
        assert link.identity == "identity in token 2"


@virtual_time()
async def test_a_failed_connection_is_a_sentence_and_can_be_tried_again() -> None:
    sdk = SDK()
    async with transport(sdk) as link:
        sdk.failure = "engine: signal failure: Connection refused"
        with pytest.raises(TransportError, match=r"ws://livekit failed.*refused"):
            await link.connect()
        assert link.state is LinkState.CLOSED
        sdk.failure = ""
        await link.connect()
        assert link.state is LinkState.CONNECTED


@virtual_time()
async def test_a_connection_that_nobody_wants_any_more_is_made_and_closed() -> None:
    """Where `connect` of the SDK is cancelled, the native library ends the process some seconds later."""
    sdk = SDK()
    sdk.connect_takes = 5.0
    async with transport(sdk) as link:
        connecting = asyncio.create_task(link.connect())
        await asyncio.sleep(1.0)
        connecting.cancel()
        await asyncio.sleep(1.0)
        connecting.cancel()  # also of a task that was cancelled twice
        with pytest.raises(asyncio.CancelledError):
            await connecting
        assert asyncio.get_running_loop().time() == 2.0
        assert link.state is LinkState.CLOSED
    assert sdk.room.disconnected == 1


@virtual_time()
async def test_closing_waits_a_moment_for_what_was_just_sent() -> None:
    async with connected(SDK()) as link:
        await link.send(b"the last words")
        await link.close()
        assert 0.1 < asyncio.get_running_loop().time() < 0.5
        await link.close()
        assert await events(link) == [LinkChanged(LinkState.CLOSED, "The connection was closed by us.")]
