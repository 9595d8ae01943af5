import asyncio
from random import Random

import pytest

from tests.unit.virtual_time import run, virtual_time
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
)
from volly_browser.transport.memory import MemoryNetwork, MemoryTransport, Weather


async def connected(network: MemoryNetwork, count: int) -> list[MemoryTransport]:
    transports = [network.transport() for _ in range(count)]
    for transport in transports:
        await transport.connect()
    await asyncio.sleep(1)
    return transports


async def events(transport: MemoryTransport, count: int) -> list[TransportEvent]:
    return [await transport.receive() for _ in range(count)]


async def frames(transport: MemoryTransport, count: int) -> list[bytes]:
    received = []
    while len(received) < count:
        event = await transport.receive()
        if isinstance(event, FrameReceived):
            received.append(event.frame)
    return received


@virtual_time()
async def test_a_connection_is_told_of_its_peers_before_it_is_connected() -> None:
    network = MemoryNetwork()
    first, second = network.transport(), network.transport()
    await first.connect()
    await first.announce(b"here I am")
    await second.connect()
    assert await events(second, 3) == [
        PeerJoined(first.identity),
        PeerAnnounced(first.identity, b"here I am"),
        LinkChanged(LinkState.CONNECTED),
    ]
    assert await events(first, 2) == [LinkChanged(LinkState.CONNECTED), PeerJoined(second.identity)]


@virtual_time()
async def test_a_frame_reaches_all_others_or_those_named() -> None:
    first, second, third = await connected(MemoryNetwork(), 3)
    await first.send(b"to all")
    await first.send(b"to one", [third.identity])
    await first.send(b"to nobody there", ["a stranger"])
    await first.send(b"to nobody", [])
    await second.send(b"back")
    assert await frames(second, 1) == [b"to all"]
    assert sorted(await frames(third, 3)) == [b"back", b"to all", b"to one"]
    assert await frames(first, 1) == [b"back"]


@pytest.mark.parametrize("ordered", [True, False])
@virtual_time()
async def test_frames_keep_their_order_only_where_the_weather_says_so(ordered: bool) -> None:
    network = MemoryNetwork(Weather(delay=(0.0, 1.0), ordered=ordered), Random(1))
    first, second = await connected(network, 2)
    sent = [bytes([number]) for number in range(50)]
    for frame in sent:
        await first.send(frame)
    received = await frames(second, 50)
    assert sorted(received) == sent
    assert (received == sent) is ordered


@virtual_time()
async def test_loss_and_duplication_happen_as_often_as_asked() -> None:
    network = MemoryNetwork(Weather(loss=0.2, duplication=0.5), Random(1))
    first, second = await connected(network, 2)
    for _ in range(1000):
        await first.send(b"frame")
    await asyncio.sleep(1)
    received = len(second._inbox._events) - 1
    assert 1100 < received < 1300


def test_the_same_seed_gives_the_same_run() -> None:
    async def scenario(seed: int) -> list[bytes]:
        network = MemoryNetwork(Weather(delay=(0.0, 1.0), ordered=False, loss=0.1), Random(seed))
        first, second = await connected(network, 2)
        for number in range(50):
            await first.send(bytes([number]))
        return await frames(second, 30)

    assert run(scenario(1)) == run(scenario(1))
    assert run(scenario(1)) != run(scenario(2))


@virtual_time()
async def test_leaving_and_vanishing_look_the_same_to_the_others() -> None:
    network = MemoryNetwork()
    first, second, third = await connected(network, 3)
    await second.close()
    await second.close()
    network.vanish(third.identity)
    await asyncio.sleep(1)
    assert (await events(first, 5))[-2:] == [PeerLeft(second.identity), PeerLeft(third.identity)]
    assert second.state is LinkState.CLOSED
    assert third.state is LinkState.CONNECTED


@virtual_time()
async def test_a_connection_that_was_cut_can_be_made_again() -> None:
    network = MemoryNetwork()
    first, second = await connected(network, 2)
    network.cut(first.identity, "The cable broke.")
    assert (await events(first, 3))[-1] == LinkChanged(LinkState.CLOSED, "The cable broke.")
    with pytest.raises(TransportError):
        await first.send(b"frame")
    await first.connect()
    await first.send(b"again")
    assert await frames(second, 1) == [b"again"]


@virtual_time()
async def test_a_place_that_was_taken_is_taken_under_a_new_name() -> None:
    network = MemoryNetwork()
    first, second = await connected(network, 2)
    name = first.identity
    network.displace(name)
    assert (await events(first, 3))[-1] == LinkChanged(LinkState.DISPLACED, "Another connection has our identity.")
    assert first.state is LinkState.DISPLACED
    with pytest.raises(TransportError):
        await first.send(b"frame")
    await first.connect()
    assert first.identity != name
    await asyncio.sleep(1)
    assert await events(second, 3) == [
        PeerJoined(name),
        LinkChanged(LinkState.CONNECTED),
        PeerJoined(first.identity),
    ], "nobody is told of the loss"


@virtual_time()
async def test_a_network_that_is_down_says_so() -> None:
    transport = MemoryNetwork(up=False).transport()
    with pytest.raises(TransportError, match="down"):
        await transport.connect()
    with pytest.raises(TransportError, match="no connection"):
        await transport.announce(b"")


@virtual_time()
async def test_what_is_too_long_is_refused() -> None:
    [transport] = await connected(MemoryNetwork(), 1)
    with pytest.raises(LocalError, match="longer"):
        await transport.send(bytes(FRAME_LIMIT + 1))
    with pytest.raises(LocalError, match="longer"):
        await transport.announce(bytes(ANNOUNCEMENT_LIMIT + 1))


@virtual_time()
async def test_the_operator_sees_and_forges_everything() -> None:
    network = MemoryNetwork()
    first, second = await connected(network, 2)
    await first.send(b"frame", [second.identity])
    await first.announce(b"announcement")
    assert [(sent.sender, sent.data) for sent in network.recorded] == [
        (first.identity, b"frame"),
        (first.identity, b"announcement"),
    ]
    network.inject(b"forged", "nobody", second.identity)
    assert await frames(second, 1) == [b"forged"]
