import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.unit.bridge.fake_browser import JsException, JsObject, Uint8Array, browser
from tests.unit.transport import fake_livekit
from tests.unit.transport.fake_livekit import LiveKit, LocalParticipant, RemoteParticipant
from tests.unit.virtual_time import virtual_time
from volly_browser.errors import LocalError
from volly_browser.transport.contract import (
    ANNOUNCEMENT_LIMIT,
    FRAME_LIMIT,
    FrameReceived,
    LinkChanged,
    LinkState,
    PeerAnnounced,
    PeerJoined,
    PeerLeft,
    TransportError,
    TransportEvent,
    TransportRefused,
    WillShown,
)
from volly_browser.transport.tokens import Grant

if TYPE_CHECKING:
    from volly_browser.transport.livekit import LiveKitTransport

URL = "ws://livekit"
ANNOUNCED = base64.b64encode(b"here I am").decode()
NOT_ANNOUNCED = [
    *("*** not base64 ***", "\u00e9", "\ud800", "\0", "a", "aGk=aGk="),
    base64.b64encode(bytes(ANNOUNCEMENT_LIMIT + 1)).decode(),
]
"""Attributes that are no announcement: no base64, or too long."""


class Grants:
    """A token service: a fresh token each time."""

    def __init__(self) -> None:
        self.count = 0
        self.failure: TransportError | None = None

    async def __call__(self) -> Grant:
        if self.failure:
            raise self.failure
        self.count += 1
        return Grant(URL, f"token {self.count}")


@asynccontextmanager
async def transport(livekit: LiveKit, grants: Grants | None = None) -> "AsyncIterator[LiveKitTransport]":
    """A transport that is closed at the end; fails if a proxy is alive after that."""
    with browser() as page:
        livekit.window = page.window
        from volly_browser.transport.livekit import LiveKitTransport

        made = LiveKitTransport(livekit, grants or Grants())
        try:
            yield made
        finally:
            await made.close()
    assert all(not room.listeners for room in livekit.rooms)


async def events(link: "LiveKitTransport") -> list[TransportEvent]:
    return [await link.receive() for _ in range(len(link._inbox._events))]


@asynccontextmanager
async def connected(livekit: LiveKit) -> "AsyncIterator[LiveKitTransport]":
    async with transport(livekit) as link:
        await link.connect()
        await events(link)
        yield link


@virtual_time()
async def test_connecting_reports_the_peers_and_then_that_we_are_connected() -> None:
    livekit = LiveKit(RemoteParticipant("alice", volly=ANNOUNCED), RemoteParticipant("bob"))
    async with transport(livekit) as link:
        assert link.state is LinkState.CLOSED
        await link.connect()
        assert link.identity == "identity in token 1"
        assert link.state is LinkState.CONNECTED
        assert await events(link) == [
            LinkChanged(LinkState.CONNECTING),
            PeerJoined("alice"),
            PeerAnnounced("alice", b"here I am"),
            PeerJoined("bob"),
            LinkChanged(LinkState.CONNECTED),
        ]


@virtual_time()
async def test_no_stun_server_is_asked_and_no_track_subscribed() -> None:
    livekit = LiveKit()
    async with connected(livekit):
        assert livekit.room.connected_with is not None
        url, token, options = livekit.room.connected_with
        assert (url, token) == (URL, "token 1")
        assert options.rtcConfig == JsObject(iceServers=[])
        assert options.autoSubscribe is False


@virtual_time()
async def test_frames_are_published_reliably_to_all_or_to_those_named() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        await link.send(b"to all")
        await link.send(b"to one", ["bob"], reliable=False)
        await link.send(b"to nobody", ())
        assert livekit.room.localParticipant.published == [
            (b"to all", JsObject(reliable=True, destinationIdentities=[])),
            (b"to one", JsObject(reliable=False, destinationIdentities=["bob"])),
        ]


@virtual_time()
async def test_an_announcement_becomes_an_attribute() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        await link.announce(b"here I am")
        assert livekit.room.localParticipant.attributes == {"volly": ANNOUNCED}


def test_the_largest_announcement_fits_livekit_s_attributes() -> None:
    assert len(base64.b64encode(bytes(ANNOUNCEMENT_LIMIT))) < 60_000


@virtual_time()
async def test_what_happens_is_reported_in_its_order() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        room, bob = livekit.room, RemoteParticipant("bob")
        room.emit("dataReceived", Uint8Array.of(b"early"), None, 0, "", 0, "bob")
        room.emit("participantConnected", bob)
        bob.attributes = JsObject(volly=ANNOUNCED)
        room.emit("participantAttributesChanged", JsObject(volly=ANNOUNCED), bob)
        room.emit("dataReceived", Uint8Array.of(b"later"), bob, 0, "", 0)
        room.emit("participantDisconnected", bob, 1)
        assert await events(link) == [
            FrameReceived(b"early", "bob"),
            PeerJoined("bob"),
            PeerAnnounced("bob", b"here I am"),
            FrameReceived(b"later", "bob"),
            PeerLeft("bob"),
        ]


@virtual_time()
async def test_data_from_the_server_itself_has_no_sender() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        livekit.room.emit("dataReceived", Uint8Array.of(b"frame"))
        assert await events(link) == [FrameReceived(b"frame", "")]


@virtual_time()
async def test_other_attributes_and_our_own_are_no_announcements() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        bob, ourselves = RemoteParticipant("bob"), RemoteParticipant(link.identity, volly=ANNOUNCED)
        livekit.room.emit("participantAttributesChanged", JsObject(other="x"), bob)
        livekit.room.emit("participantAttributesChanged", JsObject(volly=""), bob)
        livekit.room.emit("participantAttributesChanged", JsObject(volly=ANNOUNCED), ourselves)
        assert await events(link) == []


@pytest.mark.parametrize("attribute", NOT_ANNOUNCED)
@virtual_time()
async def test_an_announcement_that_is_no_base64_is_one_that_no_door_opens(attribute: str) -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        bob = RemoteParticipant("bob", volly=attribute)
        livekit.room.emit("participantAttributesChanged", JsObject(volly=attribute), bob)
        assert await events(link) == [PeerAnnounced("bob", b"")]


@pytest.mark.parametrize("attribute", NOT_ANNOUNCED)
@virtual_time()
async def test_an_attribute_of_any_letters_keeps_nobody_from_connecting(attribute: str) -> None:
    """T: all that is needed for it is a token, with which each connection can change its own attributes."""
    bob = RemoteParticipant("bob", volly=attribute)
    livekit = LiveKit(bob)
    async with transport(livekit) as link:
        await link.connect()
        livekit.room.emit("connectionStateChanged", "reconnecting")
        livekit.room.emit("reconnected")
        there = [PeerJoined("bob"), PeerAnnounced("bob", b""), LinkChanged(LinkState.CONNECTED)]
        connecting, reconnecting = LinkChanged(LinkState.CONNECTING), LinkChanged(LinkState.RECONNECTING)
        assert await events(link) == [connecting, *there, reconnecting, *there]


@pytest.mark.parametrize("identity", ["\ud800", "i" * 257, "\u00e9" * 129])
@virtual_time()
async def test_a_server_that_names_us_by_what_is_no_name_is_tried_again(
    identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    livekit = LiveKit()
    async with transport(livekit) as link:
        monkeypatch.setattr(fake_livekit, "LocalParticipant", lambda _: LocalParticipant(identity))
        with pytest.raises(TransportError, match="a name that is none"):
            await link.connect()
        assert link.state is LinkState.CLOSED
        monkeypatch.undo()
        await link.connect()
        assert link.identity == "identity in token 2"


@virtual_time()
async def test_a_full_reconnect_reports_all_peers_anew_and_then_that_we_are_back() -> None:
    """The order of events is the one measured with simulateScenario('full-reconnect')."""
    bob = RemoteParticipant("bob", volly=ANNOUNCED)
    livekit = LiveKit(bob)
    async with connected(livekit) as link:
        room = livekit.room
        room.emit("participantDisconnected", bob)
        room.emit("connectionStateChanged", "reconnecting")
        room.emit("reconnecting")
        with pytest.raises(TransportError, match="at the moment"):
            await link.send(b"lost otherwise")
        room.emit("connectionStateChanged", "connected")
        room.emit("reconnected")
        room.emit("participantConnected", bob)
        room.emit("participantActive", bob)
        assert await events(link) == [
            PeerLeft("bob"),
            LinkChanged(LinkState.RECONNECTING),
            PeerJoined("bob"),
            PeerAnnounced("bob", b"here I am"),
            LinkChanged(LinkState.CONNECTED),
            PeerJoined("bob"),
            PeerAnnounced("bob", b"here I am"),
        ]


@virtual_time()
async def test_signal_loss_and_reconnecting_are_one_change() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        livekit.room.emit("connectionStateChanged", "signalReconnecting")
        livekit.room.emit("connectionStateChanged", "reconnecting")
        assert await events(link) == [LinkChanged(LinkState.RECONNECTING)]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (3, "shutting down"),
        (4, "removed us"),
        (5, "deleted"),
        (9, "broke"),
        (77, "ended"),
        (None, "ended"),
    ],
)
@virtual_time()
async def test_the_end_of_a_connection_has_a_reason_in_words(reason: int | None, sentence: str) -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        livekit.room.emit("disconnected", *([] if reason is None else [reason]))
        [change] = await events(link)
        assert isinstance(change, LinkChanged)
        assert change.state is link.state is (LinkState.DISPLACED if reason == 2 else LinkState.CLOSED)
        assert sentence in change.reason


@virtual_time()
async def test_a_place_that_another_connection_took_is_no_connection_that_broke() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        livekit.room.emit("disconnected", 2)
        assert await events(link) == [
            LinkChanged(LinkState.DISPLACED, "The same identity connected from somewhere else.")
        ]
        assert link.state is LinkState.DISPLACED
        with pytest.raises(TransportError, match="no connection"):
            await link.send(b"frame")
        await link.connect()
        assert link.identity == "identity in token 2"


@virtual_time()
async def test_after_the_end_a_new_connection_has_its_own_room_and_token() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        first = livekit.room
        first.emit("disconnected", 9)
        await link.connect()
        assert len(livekit.rooms) == 2
        assert not first.listeners
        assert link.identity == "identity in token 2"
        assert link.livekit_room is livekit.room


@pytest.mark.parametrize(
    ("failure", "error", "says"),
    [
        (JsException("ConnectionError", "nope", 1), TransportError, "ws://livekit cannot be reached"),
        (
            JsException("ConnectionError", "invalid token: eyJh.eyJz.x, error: bad", 0),
            TransportError,
            "our token. invalid token: …, error: bad",
        ),
        (JsException("ConnectionError", "<html>", 0), TransportError, "does not accept our token.$"),
        (JsException("ConnectionError", "error: token is not valid yet", 0), TransportError, "its clock is behind"),
        (JsException("ConnectionError", "error: token is expired", 0), TransportError, "its clock is ahead"),
        (JsException("ConnectionError", "strange", 6), TransportError, "something in between"),
        (JsException("ConnectionError", "slow", 5), TransportError, "too long"),
        (JsException("ConnectionError", "could not establish pc connection", 2), TransportError, "pc connection"),
        (JsException("Error", "LiveKit doesn't seem to be supported on this browser."), TransportRefused, "WebRTC"),
        (JsException("TypeError", "Invalid URL"), TransportError, "Invalid URL"),
    ],
)
@virtual_time()
async def test_a_failed_connection_is_a_sentence_and_can_be_tried_again(
    failure: JsException, error: type[Exception], says: str
) -> None:
    livekit = LiveKit()
    async with transport(livekit) as link:
        livekit.failure = failure
        with pytest.raises(TransportError, match=says) as raised:
            await link.connect()
        assert type(raised.value).__name__ == error.__name__
        assert link.state is LinkState.CLOSED
        assert not livekit.room.listeners
        assert livekit.room.disconnected
        livekit.failure = None
        await link.connect()
        happened = await events(link)
        assert [event.state for event in happened if isinstance(event, LinkChanged)] == [
            LinkState.CONNECTING,
            LinkState.CONNECTING,
            LinkState.CONNECTED,
        ]


@virtual_time()
async def test_a_connection_that_ends_before_it_is_seen_is_none() -> None:
    livekit = LiveKit()
    async with transport(livekit) as link:
        livekit.ends_at_once = True
        with pytest.raises(TransportError, match="as soon as it was there"):
            await link.connect()
        assert link.state is LinkState.CLOSED
        assert await events(link) == [LinkChanged(LinkState.CONNECTING)]
        livekit.ends_at_once = False
        await link.connect()
        assert link.state is LinkState.CONNECTED


@virtual_time()
async def test_a_token_that_cannot_be_had_is_no_connection() -> None:
    grants, livekit = Grants(), LiveKit()
    grants.failure = TransportError("The token service cannot be reached.")
    async with transport(livekit, grants) as link:
        with pytest.raises(TransportError, match="token service"):
            await link.connect()
        assert not livekit.rooms
        assert link.state is LinkState.CLOSED


@virtual_time()
async def test_what_livekit_refuses_to_send_is_a_transport_error() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        livekit.room.localParticipant.refuses = JsException("PublishDataError", "too slow")
        with pytest.raises(TransportError, match="too slow"):
            await link.send(b"frame")
        livekit.room.localParticipant.refuses = JsException("SignalRequestError", "no permission")
        with pytest.raises(TransportError, match="no permission"):
            await link.announce(b"announcement")


@virtual_time()
async def test_what_is_too_long_is_refused_before_livekit_sees_it() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        with pytest.raises(LocalError, match="longer"):
            await link.send(bytes(FRAME_LIMIT + 1))
        with pytest.raises(LocalError, match="longer"):
            await link.announce(bytes(ANNOUNCEMENT_LIMIT + 1))
        assert not livekit.room.localParticipant.published


@virtual_time()
async def test_closing_waits_a_moment_for_what_was_just_sent_and_only_then() -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    async with connected(LiveKit()) as link:
        await link.close()
        assert loop.time() == 0.0
    async with connected(LiveKit()) as link:
        await link.send(b"the last words")
        await link.close()
        assert 0.1 < loop.time() < 0.5
        await link.close()
        assert (await events(link))[-1] == LinkChanged(LinkState.CLOSED, "The connection was closed by us.")


@virtual_time()
async def test_nothing_can_be_sent_without_a_connection() -> None:
    async with transport(LiveKit()) as link:
        with pytest.raises(TransportError, match="no connection"):
            await link.send(b"frame")
        with pytest.raises(TransportError, match="no connection"):
            await link.announce(b"announcement")
        assert link.livekit_room is None


@virtual_time()
async def test_a_page_that_ends_leaves_at_once_with_its_last_words() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        link.set_will(b"farewell", b"the same in a frame")
        livekit.window.emit("pagehide")
        [(words, frame)] = livekit.room.parted_with
        assert words == JsObject(volly=base64.b64encode(b"farewell").decode())
        assert frame is not None
        assert frame.to_bytes() == b"the same in a frame"
        assert link.state is LinkState.CLOSED
        assert await events(link) == [WillShown(), LinkChanged(LinkState.CLOSED, "The page ended, or was put aside.")]
        with pytest.raises(TransportError):
            await link.send(b"one more thing")


@virtual_time()
async def test_a_page_that_ends_without_last_words_leaves_all_the_same() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        livekit.window.emit("pagehide")
        assert livekit.room.parted_with == [(None, None)]
        assert WillShown() not in await events(link)


@virtual_time()
async def test_a_page_that_was_put_aside_connects_again_when_it_is_shown_again_and_not_before() -> None:
    livekit, grants = LiveKit(), Grants()
    async with transport(livekit, grants) as link:
        await link.connect()
        livekit.window.emit("pagehide")
        back = asyncio.ensure_future(link.connect())
        await asyncio.sleep(20)
        assert (grants.count, len(livekit.rooms)) == (1, 1)
        livekit.window.emit("pageshow")
        await back
        assert (grants.count, len(livekit.rooms)) == (2, 2)
        assert link.state is LinkState.CONNECTED
    assert livekit.window.listeners == []


@virtual_time()
async def test_a_page_that_ends_before_it_is_connected_has_nothing_to_leave() -> None:
    livekit, grants = LiveKit(), Grants()
    grants.failure = TransportError("down")
    async with transport(livekit, grants) as link:
        with pytest.raises(TransportError):
            await link.connect()
        livekit.window.emit("pagehide")


ENDING = 10.0
COME_BACK = 3.0


@virtual_time()
async def test_a_connection_that_breaks_as_the_page_is_asked_to_end_is_left_with_the_last_words() -> None:
    """Firefox closes it then; a page that was not to end after all, but to download something, is back soon."""
    livekit, grants = LiveKit(), Grants()
    async with transport(livekit, grants) as link:
        await link.connect()
        link.set_will(b"farewell", b"frame")
        livekit.window.emit("beforeunload")
        assert not livekit.room.parted_with
        await asyncio.sleep(ENDING / 2)
        livekit.room.emit("signalBroken")
        [(words, _)] = livekit.room.parted_with
        assert words is not None
        began = asyncio.get_running_loop().time()
        await link.connect()
        assert asyncio.get_running_loop().time() - began == COME_BACK


@virtual_time()
async def test_a_connection_that_breaks_while_the_user_stays_is_no_end_of_the_page() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        link.set_will(b"farewell", b"frame")
        livekit.room.emit("signalBroken")
        livekit.window.emit("beforeunload")
        await asyncio.sleep(ENDING + 1)
        livekit.room.emit("signalBroken")
        assert not livekit.room.parted_with


@virtual_time()
async def test_last_words_are_said_once() -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        link.set_will(b"farewell", b"frame")
        for event in ("beforeunload", "pagehide", "pagehide"):
            livekit.window.emit(event)
        assert [words is not None for words, _ in livekit.room.parted_with] == [True, False]


async def test_last_words_are_as_short_as_an_announcement() -> None:
    async with transport(LiveKit()) as link:
        with pytest.raises(LocalError):
            link.set_will(bytes(ANNOUNCEMENT_LIMIT + 1), b"")
        with pytest.raises(LocalError):
            link.set_will(b"", bytes(FRAME_LIMIT + 1))


REFUSED = JsException("ConnectionError", "token is not valid yet", 0)


@virtual_time()
async def test_a_fresh_token_that_is_refused_twice_is_not_asked_for_for_ever() -> None:
    livekit = LiveKit()
    async with transport(livekit) as link:
        livekit.failure = REFUSED
        with pytest.raises(TransportError) as first:
            await link.connect()
        assert type(first.value) is TransportError
        with pytest.raises(TransportRefused, match="operator of this site"):
            await link.connect()


@pytest.mark.parametrize("failure", [REFUSED, JsException("Error", "no WebRTC")])
@virtual_time()
async def test_what_has_worked_once_is_tried_for_as_long_as_it_takes(failure: JsException) -> None:
    livekit = LiveKit()
    async with connected(livekit) as link:
        livekit.room.emit("disconnected", 9)
        livekit.failure = failure
        for _ in range(5):
            with pytest.raises(TransportError) as raised:
                await link.connect()
            assert type(raised.value) is TransportError


@virtual_time()
async def test_a_client_that_never_comes_to_an_end_is_given_up() -> None:
    livekit = LiveKit()
    livekit.never_ends = True
    async with transport(livekit) as link:
        with pytest.raises(TransportError, match="cannot be reached within 20 seconds"):
            await link.connect()
        assert link.state is LinkState.CLOSED
        assert livekit.room.disconnected
