"""Another connection takes our place: that is reported, and nothing is done about it until the user wants it."""

import asyncio

from tests.unit.room.people import agreed, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.events import RoomState
from volly_browser.transport.memory import MemoryNetwork


@virtual_time()
async def test_a_page_whose_place_was_taken_stays_away_until_it_is_told_to_take_it_over() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        before = bob.identity
        party.network.displace(before)
        await asyncio.sleep(60)
        assert bob.room.state is RoomState.DISPLACED
        assert party.network.identities == (alice.identity,)
        writing = asyncio.create_task(bob.room.send_text("still me"))
        bob.room.try_now()
        bob.room.try_now()
        await until(lambda: agreed(alice, bob) and ("Bob", "still me") in alice.texts)
        await writing
        assert bob.identity != before
        assert party.network.identities == (alice.identity, bob.identity)


@virtual_time()
async def test_a_place_that_was_taken_and_taken_back_at_once_costs_nobody_their_membership() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        party.network.displace(bob.identity)
        await until(lambda: bob.room.state is RoomState.DISPLACED)
        bob.room.try_now()
        await until(lambda: bob.room.state is RoomState.JOINED)
        await alice.room.send_text("there you are")
        await until(lambda: ("Alice", "there you are") in bob.texts)
        assert alice.member_lists == [["Alice"], ["Alice", "Bob"]]


@virtual_time()
async def test_a_server_that_is_down_when_the_place_is_taken_over_is_waited_for() -> None:
    network = MemoryNetwork()
    async with company(network) as party:
        [alice] = await party.join("Alice")
        network.displace(alice.identity)
        await until(lambda: alice.room.state is RoomState.DISPLACED)
        network.up = False
        alice.room.try_now()
        await until(lambda: alice.room.state is RoomState.UNREACHABLE)
        network.up = True
        await until(lambda: alice.room.state is RoomState.JOINED)


@virtual_time()
async def test_a_page_whose_place_was_taken_can_be_left() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        party.network.displace(bob.identity)
        await until(lambda: bob.room.state is RoomState.DISPLACED)
        before = asyncio.get_running_loop().time()
        await bob.leave()
        assert asyncio.get_running_loop().time() - before < 1
        assert alice.room.state is RoomState.JOINED
