import asyncio
from random import Random

import pytest

from tests.simulation.device import Device
from tests.simulation.line import Line
from tests.simulation.network import HostileNetwork
from tests.unit.virtual_time import virtual_time
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
from volly_browser.transport.memory import Weather

SOON = 2.0


class Network:
    """Three lines into a room in good weather, and what each was told since last asked."""

    def __init__(self) -> None:
        self.hostile = HostileNetwork(Random(1), Weather(delay=(0.01, 0.02), news_delay=0.5))
        self.lines = [Line(self.hostile, person, Device(Random(person))) for person in range(3)]

    async def connect(self) -> "Network":
        for line in self.lines:
            await line.connect()
            await line.announce(f"I am {line.person}".encode())
        await self.news()
        return self

    async def news(self) -> list[list[TransportEvent]]:
        """What arrived within a while."""
        await asyncio.sleep(SOON)
        return [self._told(line) for line in self.lines]

    async def frames(self) -> list[list[bytes]]:
        """Which frames arrived within a while."""
        return [[event.frame for event in told if isinstance(event, FrameReceived)] for told in await self.news()]

    async def say(self) -> list[list[bytes]]:
        """Let each send its number to all; return which numbers arrive at which identity."""
        for line in self.lines:
            await line.send(bytes([line.person]))
        return [sorted(arrived) for arrived in await self.frames()]

    @staticmethod
    def _told(line: Line) -> list[TransportEvent]:
        inbox = line._inbox
        told = list(inbox._events.values())
        inbox._events.clear()
        inbox._announced.clear()
        return told


ALL = [[b"\1", b"\2"], [b"\0", b"\2"], [b"\0", b"\1"]]


@virtual_time()
async def test_in_peace_all_hear_each_other_and_know_who_is_there() -> None:
    network = Network()
    for line in network.lines:
        await line.connect()
    first, *_ = await network.news()
    identities = [line.identity for line in network.lines]
    assert first[0] == LinkChanged(LinkState.CONNECTED)
    assert set(first[1:]) == {PeerJoined(identity) for identity in identities[1:]}
    await network.lines[1].announce(b"hello")
    assert (await network.news())[0] == [PeerAnnounced(identities[1], b"hello")]
    assert await network.say() == ALL


@pytest.mark.parametrize("noticed", [True, False])
@virtual_time()
async def test_nothing_crosses_between_the_sides_of_a_split_room(noticed: bool) -> None:
    network = await Network().connect()
    network.hostile.split((0, 0, 1), noticed=noticed)
    news = await network.news()
    other = network.lines[2].identity
    assert news[0] == news[1] == ([PeerLeft(other)] if noticed else [])
    await network.lines[2].announce(b"alone")
    assert await network.say() == [[b"\1"], [b"\0"], []]
    network.hostile.reunite()
    found = [PeerAnnounced(other, b"alone")]
    assert (await network.news())[0] == ([PeerJoined(other), *found] if noticed else found)
    assert await network.say() == ALL


@virtual_time()
async def test_a_member_that_leaves_unnoticed_on_another_side_is_gone_when_the_sides_meet() -> None:
    network = await Network().connect()
    network.hostile.split((0, 0, 1), noticed=False)
    await network.lines[2].close()
    assert (await network.news())[0] == []
    network.hostile.reunite()
    assert (await network.news())[0] == [PeerLeft(network.lines[2].identity)]


@virtual_time()
async def test_a_mute_one_is_heard_by_all_others_and_again_after_a_while() -> None:
    network = await Network().connect()
    network.hostile.mute(0, 1, seconds=10.0)
    assert await network.say() == [[b"\1", b"\2"], [b"\2"], [b"\0", b"\1"]]
    await asyncio.sleep(10.0)
    assert await network.say() == ALL


@virtual_time()
async def test_a_lie_is_told_to_one_and_put_right_when_the_network_heals() -> None:
    network = await Network().connect()
    network.hostile.lie(told=0, about=1)
    assert await network.news() == [[PeerLeft(network.lines[1].identity)], [], []]
    assert await network.say() == ALL
    network.hostile.heal()
    identity = network.lines[1].identity
    assert (await network.news())[0] == [PeerJoined(identity), PeerAnnounced(identity, b"I am 1")]


@virtual_time()
async def test_a_full_reconnect_loses_what_is_sent_and_the_others_see_nothing() -> None:
    network = await Network().connect()
    line = network.lines[0]
    reconnecting = asyncio.create_task(line.reconnect(silent=6.0, away=5.0))
    await asyncio.sleep(1.0)
    await line.send(b"gone")
    assert await network.frames() == [[], [], []]
    await network.lines[1].send(b"gone, too")
    assert await network.frames() == [[], [], [b"gone, too"]]
    await asyncio.sleep(2.0)
    with pytest.raises(TransportError):
        await line.send(b"refused")
    await reconnecting
    first, *others = await network.news()
    assert others == [[], []]
    gone, come = [type(event) for event in first[:2]], [type(event) for event in first[3:]]
    assert gone == [PeerLeft, PeerLeft]
    assert first[2] == LinkChanged(LinkState.RECONNECTING)
    assert come == [PeerJoined, PeerAnnounced, PeerJoined, PeerAnnounced, LinkChanged]
    assert await network.say() == ALL


@virtual_time()
async def test_a_link_that_breaks_for_a_moment_loses_nothing() -> None:
    network = await Network().connect()
    breaking = asyncio.create_task(network.lines[0].interrupt(5.0))
    await asyncio.sleep(0)
    with pytest.raises(TransportError):
        await network.lines[0].send(b"refused")
    await network.lines[1].send(b"kept")
    assert await network.frames() == [[], [], [b"kept"]]
    await breaking
    assert (await network.frames())[0] == [b"kept"]
    assert await network.say() == ALL


@virtual_time()
async def test_a_closed_connection_comes_back_under_another_identity_when_the_way_is_free() -> None:
    network = await Network().connect()
    line, before = network.lines[0], network.lines[0].identity
    network.hostile.close_line(0, offline=10.0)
    assert line.state is LinkState.CLOSED
    with pytest.raises(TransportError):
        await line.connect()
    assert (await network.news())[1] == [PeerLeft(before)]
    await asyncio.sleep(10.0)
    await line.connect()
    assert line.identity != before
    assert (await network.news())[1] == [PeerJoined(line.identity)]
    assert await network.say() == ALL


@virtual_time()
async def test_trouble_ends_with_the_connection_that_had_it() -> None:
    network = await Network().connect()
    line = network.lines[0]
    troubles = [asyncio.create_task(line.reconnect(1.0, 60.0))]
    await asyncio.sleep(0.5)
    network.hostile.close_line(0, offline=0.0)
    await line.connect()
    await network.news()
    troubles.append(asyncio.create_task(line.interrupt(60.0)))
    await asyncio.sleep(0.5)
    network.hostile.close_line(0, offline=0.0)
    await line.connect()
    await network.news()
    assert await network.say() == ALL
    await asyncio.wait(troubles)
    assert line.state is LinkState.CONNECTED
    assert await network.say() == ALL


@virtual_time()
async def test_a_server_that_goes_down_closes_everything_for_a_while() -> None:
    network = await Network().connect()
    network.hostile.go_down(5.0)
    assert {line.state for line in network.lines} == {LinkState.CLOSED}
    with pytest.raises(TransportError):
        await network.lines[0].connect()
    await asyncio.sleep(5.0)
    for line in network.lines:
        await line.connect()
    await network.news()
    assert await network.say() == ALL


@virtual_time()
async def test_a_killed_program_sends_and_hears_nothing_and_is_noticed_later() -> None:
    network = await Network().connect()
    line = network.lines[0]
    network.hostile.kill(line, unnoticed=10.0)
    assert await network.say() == [[], [b"\2"], [b"\1"]]
    await line.close()
    assert await network.news() == [[], [], []]
    await asyncio.sleep(10.0)
    assert await network.news() == [[], [PeerLeft(line.identity)], [PeerLeft(line.identity)]]


@virtual_time()
async def test_what_is_refused_arrives_or_does_not() -> None:
    network = await Network().connect()
    network.hostile.refuse(0.5)
    refused = set()
    for number in range(100):
        try:
            await network.lines[0].send(bytes([number]))
        except TransportError:
            refused.add(bytes([number]))
    arrived = set((await network.frames())[1])
    assert {bytes([number]) for number in range(100)} - refused <= arrived
    assert refused & arrived
    assert refused - arrived
    network.hostile.heal()
    assert await network.say() == ALL


@virtual_time()
async def test_a_forged_frame_arrives_in_the_name_that_the_server_gives() -> None:
    network = await Network().connect()
    network.hostile.inject(b"forged", "a stranger", network.lines[0].identity)
    assert (await network.news())[0] == [FrameReceived(b"forged", "a stranger")]


@virtual_time()
async def test_healing_ends_all_of_it() -> None:
    network = await Network().connect()
    network.hostile.weather = Weather(loss=1.0)
    network.hostile.split((0, 1, 2), noticed=True)
    network.hostile.mute(0, 1, 1e9)
    network.hostile.close_line(2, 1e9)
    network.hostile.go_down(1e9)
    network.hostile.heal()
    for line in network.lines:
        await line.connect()
    await network.news()
    assert await network.say() == ALL
