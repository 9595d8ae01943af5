import asyncio
from collections import Counter
from random import Random

import pytest

from tests.simulation.device import Device
from tests.simulation.forger import Forger
from tests.simulation.line import Line
from tests.simulation.network import HostileNetwork
from tests.unit.virtual_time import virtual_time
from volly_browser.transport.contract import FrameReceived, PeerAnnounced, PeerJoined, PeerLeft, TransportEvent
from volly_browser.transport.memory import Weather

FRAMES = [bytes([number]) * 50 for number in range(10)]


async def scene() -> tuple[Forger, Line, list[TransportEvent]]:
    """The first of two lines has said and displayed something, that the second has heard; a list of what both hear."""
    network = HostileNetwork(Random(1), Weather())
    lines = [Line(network, person, Device(Random(person))) for person in range(2)]
    for line in lines:
        await line.connect()
    for frame in FRAMES:
        await lines[0].send(frame)
    await lines[0].announce(b"first")
    await lines[0].announce(b"second")
    await asyncio.sleep(5)
    told: list[TransportEvent] = []
    for line in lines:
        line._inbox.put = told.append  # type: ignore[method-assign]
    return Forger(Random(2), network), lines[0], told


@pytest.mark.parametrize("forged", [False, True])
@virtual_time()
async def test_what_was_sent_and_displayed_is_delivered_again_as_it_was_but_for_the_name(forged: bool) -> None:
    forger, first, told = await scene()
    forger.replay(300, forged=forged)
    await asyncio.sleep(1)
    assert len(told) == 300
    assert {event.frame for event in told if isinstance(event, FrameReceived)} == set(FRAMES)
    shown = [event for event in told if isinstance(event, PeerAnnounced)]
    assert {event.announcement for event in shown} == {b"first", b"second"}
    names = {event.sender for event in told if isinstance(event, FrameReceived)}
    assert (names == {first.identity}) is not forged


@virtual_time()
async def test_forgeries_are_of_all_kinds_and_nothing_that_was_sent() -> None:
    forger, _, told = await scene()
    forger.forge(500)
    await asyncio.sleep(1)
    kinds = Counter(type(event) for event in told)
    assert set(kinds) == {FrameReceived, PeerJoined, PeerLeft, PeerAnnounced}
    assert kinds[FrameReceived] > 400
    assert not {event.frame for event in told if isinstance(event, FrameReceived)} & set(FRAMES)


@virtual_time()
async def test_a_forger_that_has_seen_nothing_or_reaches_nobody_forges_nothing() -> None:
    network = HostileNetwork(Random(1), Weather())
    forger = Forger(Random(2), network)
    forger.replay(5, forged=True)
    forger.forge(5)
