"""Whole rooms over the memory network: which members get in, which go, and what each reads."""

import asyncio
from random import Random

import pytest

from tests.unit.room.looks import membership_of
from tests.unit.room.people import Person, agreed, calm, company, mute, until
from tests.unit.room.split_network import SplitNetwork
from tests.unit.virtual_time import virtual_time
from volly_browser.room.events import RoomClosed, RoomError, RoomState
from volly_browser.room.invite import POLICY_CODES
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind
from volly_browser.transport.memory import MemoryNetwork, Weather

TIMING = Timing()


def elapsed() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("policy", POLICY_CODES)
@virtual_time()
async def test_two_people_talk(policy: str) -> None:
    async with company(policy=policy) as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        await alice.room.send_text("Hello, quantum world!")
        await bob.room.send_text("Hello back")
        await until(lambda: alice.texts and bob.texts)
        assert bob.texts == [("Alice", "Hello, quantum world!")]
        assert alice.texts == [("Bob", "Hello back")]
        assert alice.room.shared_secret == bob.room.shared_secret
        assert len(alice.room.shared_secret) == 32


@virtual_time()
async def test_joining_takes_no_time_but_the_network_s() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.02, 0.02)))) as party:
        await party.join("Alice")
        assert elapsed() < 0.01
        before = elapsed()
        await party.join("Bob")
        assert elapsed() - before < 0.1


@virtual_time()
async def test_three_people_and_then_ten() -> None:
    async with company() as party:
        people = await party.join("Ann", "Ben", "Cy")
        await until(lambda: agreed(*people))
        people += await party.join_at_once(*(f"Guest {number}" for number in range(7)))
        await until(lambda: agreed(*people))
        for person in people:
            await person.room.send_text(f"I am {person.name}")
        await until(lambda: all(len(person.texts) == 9 for person in people))
        for person in people:
            others = [(other.name, f"I am {other.name}") for other in people if other is not person]
            assert sorted(person.texts) == sorted(others)


@virtual_time()
async def test_many_newcomers_are_let_in_by_few_commits() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.01, 0.01)))) as party:
        [first] = await party.join("First")
        guests = await party.join_at_once(*(f"Guest {number}" for number in range(8)))
        await until(lambda: agreed(first, *guests))
        assert first.room.epoch <= 4


@virtual_time()
async def test_a_newcomer_joins_while_messages_flow() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.001, 0.05)), Random(3))) as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        stop = asyncio.Event()
        counts = {"Alice": 0, "Bob": 0}

        async def talk(person: Person) -> None:
            while not stop.is_set():
                counts[person.name] += 1
                await person.room.send_text(str(counts[person.name]))
                await asyncio.sleep(0.004)

        talking = [asyncio.create_task(talk(person)) for person in (alice, bob)]
        await asyncio.sleep(0.2)
        [carol] = await party.join("Carol")
        await asyncio.sleep(0.3)
        stop.set()
        await asyncio.gather(*talking)
        await until(lambda: len(bob.texts_of("Alice")) == counts["Alice"])
        await until(lambda: len(alice.texts_of("Bob")) == counts["Bob"])
        await until(lambda: all(carol.texts_of(n)[-1:] == [str(counts[n])] for n in counts))
        for name, count in counts.items():
            heard = [int(text) for text in carol.texts_of(name)]
            assert heard == list(range(heard[0], count + 1)), "Carol misses nothing after her first message"
        assert not [person.gaps + person.problems for person in party.people if person.gaps + person.problems]


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("seed", range(6))
@virtual_time()
async def test_people_that_open_a_room_at_the_same_instant_end_in_one_group(count: int, seed: int) -> None:
    weather = Weather(delay=(0.0, 0.08), sees_present=seed % 2 == 0, news_delay=0.3 * (seed % 3))
    async with company(MemoryNetwork(weather, Random(seed))) as party:
        people = await party.join_at_once(*(f"Guest {number}" for number in range(count)))
        await until(lambda: agreed(*people), limit=20)
        await asyncio.sleep(5)
        await until(lambda: agreed(*people), limit=0.2)  # new keys are possibly on their way
        await people[0].room.send_text("All here?")
        await until(lambda: all(person.texts for person in people[1:]))


@virtual_time()
async def test_two_groups_that_meet_become_one() -> None:
    network = SplitNetwork()
    async with company(network) as party:
        [alice] = await party.join("Alice")
        await asyncio.sleep(1)
        bob = party.person("Bob")
        network.split(bob)
        await bob.join()
        await asyncio.sleep(5)
        assert (alice.names, bob.names) == (["Alice"], ["Bob"])
        alone = {person.room.shared_secret for person in (alice, bob)}
        stays = min((alice, bob), key=lambda person: membership_of(person).group.group_id)
        network.heal()
        await until(lambda: agreed(alice, bob), limit=2)
        assert alice.room.members[0].name == stays.name
        assert alice.room.shared_secret not in alone
        await bob.room.send_text("found you")
        await until(lambda: alice.texts == [("Bob", "found you")])


@virtual_time()
async def test_a_member_that_leaves_is_removed_at_once() -> None:
    async with company() as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(alice, bob, carol))
        before = elapsed()
        await bob.leave()
        await until(lambda: agreed(alice, carol))
        assert elapsed() - before < 0.5
        assert bob.states[-1] is RoomState.LEFT
        assert alice.member_lists[-1] == carol.member_lists[-1] == ["Alice", "Carol"]


@virtual_time()
async def test_when_the_first_leaves_the_next_one_removes_it() -> None:
    async with company() as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(alice, bob, carol))
        before = elapsed()
        await alice.leave()
        await until(lambda: agreed(bob, carol))
        assert elapsed() - before < 0.5


@virtual_time()
async def test_the_last_one_leaves_without_waiting() -> None:
    async with company() as party:
        [alice] = await party.join("Alice")
        before = elapsed()
        await alice.leave()
        assert elapsed() - before < 0.1
        assert party.network.identities == ()


@virtual_time()
async def test_a_member_that_vanishes_is_removed_after_a_while() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        before = elapsed()
        party.network.vanish(bob.identity)
        await until(lambda: alice.names == ["Alice"])
        assert TIMING.absence <= elapsed() - before < TIMING.absence + 1


@virtual_time()
async def test_a_sequencer_that_vanishes_is_replaced_and_removed() -> None:
    async with company() as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(alice, bob, carol))
        party.network.vanish(alice.identity)
        [dave] = await party.join("Dave")
        before = elapsed()
        await until(lambda: agreed(bob, carol, dave))
        assert elapsed() - before < TIMING.absence + 1


@virtual_time()
async def test_a_newcomer_does_not_wait_for_a_first_member_that_answers_nothing() -> None:
    """The server still shows Alice, but nothing of what is sent to her arrives."""
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        alice.transport.got_event = lambda event: None  # type: ignore[method-assign]
        before = elapsed()
        [carol] = await party.join("Carol")
        await until(lambda: bob.names == carol.names == ["Alice", "Bob", "Carol"])
        assert elapsed() - before < TIMING.takeover + 1


@virtual_time()
async def test_a_member_that_was_cut_off_comes_back_and_what_it_wrote_meanwhile_arrives() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        party.network.up = False
        party.network.cut(bob.identity)
        await until(lambda: bob.room.state in (RoomState.RECONNECTING, RoomState.UNREACHABLE))
        await bob.room.send_text("written offline")
        await bob.room.send_text("and more")
        assert not alice.texts
        await asyncio.sleep(3)
        party.network.up = True
        await until(lambda: alice.texts == [("Bob", "written offline"), ("Bob", "and more")])
        assert agreed(alice, bob)
        await alice.room.send_text("welcome back")
        await until(lambda: bob.texts == [("Alice", "welcome back")])


@virtual_time()
async def test_a_member_that_was_away_for_too_long_was_removed_and_comes_back_with_fresh_keys() -> None:
    async with company() as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(alice, bob, carol))
        await alice.room.send_text("hello all")
        await until(lambda: bob.texts)
        party.network.up = False
        party.network.cut(bob.identity)
        await until(lambda: alice.names == ["Alice", "Carol"])
        await alice.room.send_text("Bob is gone")
        party.network.up = True
        await until(lambda: len(bob.names) == 3 and agreed(alice, bob, carol))
        await alice.room.send_text("welcome back")
        await until(lambda: ("Alice", "welcome back") in bob.texts)
        assert [gap.count for gap in bob.gaps] == [1], "what was said behind his back is shown as missing"
        await bob.room.send_text("here I am")
        await until(lambda: ("Bob", "here I am") in carol.texts)


@virtual_time()
async def test_a_server_that_is_down_at_the_start_is_waited_for() -> None:
    network = MemoryNetwork(up=False)
    async with company(network) as party:
        alice = party.person("Alice")
        joining = asyncio.create_task(alice.join())
        await until(lambda: alice.room.state is RoomState.UNREACHABLE)
        await asyncio.sleep(20)
        network.up = True
        await asyncio.wait_for(joining, TIMING.longest_retry + 1)
        assert alice.states == [RoomState.CONNECTING, RoomState.UNREACHABLE, RoomState.JOINED]


@virtual_time()
async def test_what_is_written_before_joining_is_sent_afterwards_in_order() -> None:
    network = MemoryNetwork()
    async with company(network) as party:
        [alice] = await party.join("Alice")
        network.up = False
        bob = party.person("Bob")
        joining = asyncio.create_task(bob.join())
        await until(lambda: bob.room.state is RoomState.UNREACHABLE)
        for number in range(40):
            await bob.room.send_text(str(number))
        network.up = True
        await joining
        await until(lambda: len(alice.texts) == 40)
        assert alice.texts_of("Bob") == [str(number) for number in range(40)]


@virtual_time()
async def test_two_members_that_take_each_other_for_gone_are_settled_by_rank() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.05, 0.05)))) as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(alice, bob, carol))
        bob.transport.got_event(_left(alice))
        guests = await party.join_at_once("Dora", "Emil")
        await until(lambda: agreed(alice, bob, carol, *guests), limit=30)
        await bob.room.send_text("still one room")
        await until(lambda: all(("Bob", "still one room") in p.texts for p in (alice, carol, *guests)))


def _left(person: Person):  # noqa: ANN202
    from volly_browser.transport.contract import PeerLeft

    return PeerLeft(person.identity)


@virtual_time()
async def test_a_room_cannot_be_joined_twice_nor_used_after_leaving() -> None:
    async with company() as party:
        [alice] = await party.join("Alice")
        with pytest.raises(RoomError, match="begun before"):
            await alice.room.join()
        await alice.leave()
        await alice.leave()
        with pytest.raises(RoomClosed):
            await alice.room.send_text("too late")
        with pytest.raises(RoomError, match="begun before"):
            await alice.room.join()
        assert alice.room.members == []


@virtual_time()
async def test_leaving_while_joining_ends_the_joining() -> None:
    async with company(MemoryNetwork(up=False)) as party:
        alice = party.person("Alice")
        joining = asyncio.create_task(alice.join())
        await until(lambda: alice.room.state is RoomState.UNREACHABLE)
        writing = asyncio.create_task(alice.room.send_text("never"))
        await asyncio.sleep(0)
        await alice.leave()
        with pytest.raises(RoomClosed):
            await joining
        await asyncio.gather(writing, return_exceptions=True)


@virtual_time()
async def test_a_room_that_was_never_joined_can_be_left() -> None:
    async with company() as party:
        alice = party.person("Alice")
        await alice.leave()
        assert alice.states == [RoomState.LEFT]


@virtual_time()
async def test_a_knock_is_sent_to_the_eldest_alone_and_seen_by_all() -> None:
    async with company() as party:
        alice, bob, _ = people = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(*people))
        party.network.recorded.clear()
        dan = party.person("Dan")
        coming = asyncio.create_task(dan.join())
        with mute(alice):
            await until(lambda: party.heard(DoorKind.HELLO))
            [knock] = party.heard(DoorKind.HELLO)
            assert knock.to == (alice.identity,)
            await coming
        assert party.senders_of(DoorKind.WELCOME)[0] == bob.identity, "who takes over has seen it, too"
        await calm(*party.people)
