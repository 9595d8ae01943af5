"""The transport of headless members over a real LiveKit server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from livekit import rtc

from volly_browser.room.invite import Invite
from volly_browser.tools.stack import Stack
from volly_browser.transport.contract import (
    FRAME_LIMIT,
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
from volly_browser.transport.posting_native import post_json
from volly_browser.transport.tokens import TokenService

pytestmark = pytest.mark.livekit

PATIENCE = 15.0
ANNOUNCEMENT = bytes(range(256)) * 100


@pytest.fixture
def new_link(stack: Stack) -> Callable[[], NativeLiveKitTransport]:
    """Makes transports to one room."""
    tokens = TokenService(post_json, f"{stack.url}/token", Invite.create().room_id)
    return lambda: NativeLiveKitTransport(tokens)


@asynccontextmanager
async def connected(link: NativeLiveKitTransport) -> AsyncIterator[NativeLiveKitTransport]:
    await link.connect()
    try:
        yield link
    finally:
        await link.close()


async def until(link: NativeLiveKitTransport, event: TransportEvent) -> list[TransportEvent]:
    """All events up to this one."""
    seen: list[TransportEvent] = []
    async with asyncio.timeout(PATIENCE):
        while event not in seen:
            seen.append(await link.receive())
    return seen


async def test_two_see_each_other_and_exchange_frames_of_any_length(
    new_link: Callable[[], NativeLiveKitTransport],
) -> None:
    frames = [b"x", bytes(1_000), bytes(FRAME_LIMIT)]
    async with connected(new_link()) as alice:
        await alice.announce(ANNOUNCEMENT)
        async with connected(new_link()) as bob:
            assert await until(bob, LinkChanged(LinkState.CONNECTED)) == [
                LinkChanged(LinkState.CONNECTING),
                PeerJoined(alice.identity),
                PeerAnnounced(alice.identity, ANNOUNCEMENT),
                LinkChanged(LinkState.CONNECTED),
            ]
            await bob.announce(b"Bob")
            await until(alice, PeerAnnounced(bob.identity, b"Bob"))
            for frame in frames:
                await bob.send(frame)
                await alice.send(frame, [bob.identity])
            for link, other in ((alice, bob), (bob, alice)):
                seen = await until(link, FrameReceived(frames[-1], other.identity))
                assert [event.frame for event in seen if isinstance(event, FrameReceived)] == frames
            await bob.send(b"the last words")
        seen = await until(alice, PeerLeft(bob.identity))
        assert FrameReceived(b"the last words", bob.identity) in seen


async def test_after_a_full_reconnect_everything_is_as_before(new_link: Callable[[], NativeLiveKitTransport]) -> None:
    async with connected(new_link()) as alice, connected(new_link()) as bob:
        await alice.announce(ANNOUNCEMENT)
        await bob.announce(b"Bob")
        await until(alice, PeerAnnounced(bob.identity, b"Bob"))
        await alice._connected_room().simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT)
        await until(alice, LinkChanged(LinkState.RECONNECTING))
        again = await until(alice, LinkChanged(LinkState.CONNECTED))
        assert PeerAnnounced(bob.identity, b"Bob") in again
        async with connected(new_link()) as carol:
            assert PeerAnnounced(alice.identity, ANNOUNCEMENT) in await until(carol, LinkChanged(LinkState.CONNECTED))
        await alice.send(b"back")
        await until(bob, FrameReceived(b"back", alice.identity))


async def test_a_server_that_refuses_our_token_is_a_sentence(stack: Stack) -> None:
    async def post(url: str, body: object) -> object:
        answer = await post_json(url, {"room": Invite.create().room_id})
        return answer._replace(value=answer.value | {"token": answer.value["token"][:-4]})

    link = NativeLiveKitTransport(TokenService(post, f"{stack.url}/token", ""))  # type: ignore[arg-type]
    with pytest.raises(TransportError, match="401"):
        await link.connect()
    assert link.state is LinkState.CLOSED
