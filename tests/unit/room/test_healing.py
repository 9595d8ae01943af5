"""Whole rooms in which something goes wrong: commits are missed, people fall silent, and the group splits."""

import asyncio
from random import Random

import pytest

from tests.unit.room.looks import deciders_of, make_refresh_due, parts_of
from tests.unit.room.people import Person, agreed, asleep, calm, company, deaf, mute, never_lost, until
from tests.unit.room.split_network import SplitNetwork
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import Candidate, Order
from volly_browser.room.group.refresh import Refresh
from volly_browser.room.group.throttle import Throttle
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind
from volly_browser.transport.memory import MemoryNetwork, Weather

TIMING = Timing()
SILENCE = TIMING.silences * TIMING.heartbeat


def elapsed() -> float:
    return asyncio.get_running_loop().time()


def refresh_of(person: Person) -> Refresh:
    return deciders_of(person).refresh


def ranked(person: Person) -> list[str]:
    return [entry.name for entry in parts_of(person).seat.roster.entries]


def weight(people: list[Person]) -> tuple[int, int]:
    """Of two branches the heavier one stays."""
    return len(people), -min(int(person.room.member_id, 16) for person in people)


async def talk(*people: Person) -> None:
    """Let each say something new, and all others hear it."""
    said = f"at {elapsed()}"
    for person in people:
        await person.room.send_text(said)
    pairs = [(one, other) for one in people for other in people if one is not other]
    await until(lambda: all(said in hearer.texts_of(speaker.name) for hearer, speaker in pairs))


@virtual_time()
async def test_all_members_soon_get_new_keys_by_way_of_the_first_member() -> None:
    async with company() as party:
        alice, bob, carol = people = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(*people))
        epoch, secret = alice.room.epoch, alice.room.shared_secret
        party.network.recorded.clear()
        await calm(*people)
        assert alice.room.epoch == epoch + 3
        assert alice.room.shared_secret != secret
        assert set(party.senders_of(Order)) == {alice.identity}
        assert set(party.senders_of(Candidate)) == {bob.identity, carol.identity}
        due = [refresh_of(person).deadline() for person in people]
        assert all(time is not None and time > elapsed() + TIMING.refresh_every / 2 for time in due)
        await talk(*people)
        assert all(map(never_lost, people))


@virtual_time()
async def test_of_two_commits_for_one_epoch_one_counts_and_the_other_is_tried_again() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.05, 0.05)))) as party:
        alice, bob, carol = people = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        party.network.recorded.clear()
        epoch = alice.room.epoch
        for person in (bob, carol):
            make_refresh_due(person)
            await person.room.send_text("and now both at once")
        await asyncio.sleep(0.3)
        assert sorted(party.senders_of(Candidate)) == sorted([bob.identity, carol.identity])
        assert agreed(*people)
        assert alice.room.epoch == epoch + 1
        await calm(*people)
        assert alice.room.epoch == epoch + 2
        assert len(party.senders_of(Candidate)) == 3
        assert all(map(never_lost, people))


@virtual_time()
async def test_a_commit_that_was_missed_is_fetched_and_no_keys_are_lost() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        with deaf(bob):
            [carol] = await party.join("Carol")
            await alice.room.send_text("welcome, Carol")
        before = elapsed()
        await alice.room.send_text("can you read this, Bob?")
        await until(lambda: len(bob.texts) == 2 and agreed(alice, bob, carol))
        assert elapsed() - before < 1
        assert bob.texts_of("Alice") == ["welcome, Carol", "can you read this, Bob?"]
        assert never_lost(bob)
        assert not bob.gaps


@virtual_time()
async def test_many_commits_that_were_missed_are_fetched_without_a_word_being_said() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with deaf(bob):
            guests = await party.join(*(f"Guest {number}" for number in range(5)))
            await guests[0].leave()
        await until(lambda: agreed(alice, bob, *guests[1:]), limit=TIMING.heartbeat + TIMING.ask_again)
        assert never_lost(bob)
        await talk(alice, bob, *guests[1:])


@virtual_time()
async def test_a_member_that_cannot_be_given_what_it_missed_is_added_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody keeps the commits, so that they cannot be fetched."""
    monkeypatch.setattr("volly_browser.room.group.commits.ORDERS_BYTES_LIMIT", 0)
    async with company() as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        member_id = bob.room.member_id
        with deaf(bob):
            [dora] = await party.join("Dora")
            await alice.room.send_text("behind Bob's back")
        party.network.recorded.clear()
        people = [alice, bob, carol, dora]
        await until(lambda: agreed(*people))
        assert never_lost(bob), "it stays where it is until it is let in"
        assert bob.identity in party.senders_of(DoorKind.HELLO)
        assert bob.room.member_id == member_id
        assert ranked(alice) == ["Alice", "Carol", "Dora", "Bob"]
        for person in (alice, carol, dora):
            assert all("Bob" in names for names in person.member_lists[2:])
        await until(lambda: bob.texts_of("Alice") == ["behind Bob's back"])
        await talk(*people)
        assert not [person.gaps + person.problems for person in people if person.gaps + person.problems]


@virtual_time()
async def test_a_lost_member_that_gets_no_answer_knocks_like_a_newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("volly_browser.room.group.commits.ORDERS_BYTES_LIMIT", 0)
    monkeypatch.setattr(Throttle, "take_turn", lambda *_, **__: False)
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with deaf(bob):
            [carol] = await party.join("Carol")
        party.network.recorded.clear()
        await until(lambda: agreed(alice, bob, carol))
        assert bob.identity in party.senders_of(DoorKind.HELLO)
        await talk(alice, bob, carol)


@pytest.mark.parametrize("told", [True, False], ids=["told by the server", "by silence"])
@pytest.mark.parametrize("halves", [(2, 2), (1, 2), (2, 1), (1, 3)], ids=str)
@virtual_time()
async def test_halves_that_took_each_other_for_gone_become_one_group_again(halves: tuple[int, int], told: bool) -> None:
    network = SplitNetwork(Weather(delay=(0.0, 0.05)), Random(sum(halves)))
    async with company(network, policy="classical") as party:
        people = await party.join(*("Ann", "Ben", "Cy", "Dan")[: sum(halves)])
        one, other = people[: halves[0]], people[halves[0] :]
        await calm(*people)
        before = ranked(people[0])
        for person in people:
            await person.room.send_text("before")
        network.split(*one, told=told)
        for person in people:
            await person.room.send_text("while all still count")
        await until(lambda: agreed(*one) and agreed(*other), limit=2 * SILENCE)
        for person in people:
            await person.room.send_text("among us")
        await asyncio.sleep(20)
        network.heal()
        await until(lambda: agreed(*people), limit=30)
        await talk(*people)
        staying = max((one, other), key=weight)
        kept = [name for name in before if name in {person.name for person in staying}]
        assert ranked(people[0])[: len(staying)] == kept, "the larger half stays where it is"
        assert all(map(never_lost, people))
        for half, away in ((one, other), (other, one)):
            for person in half:
                for friend in (friend for friend in half if friend is not person):
                    assert person.texts_of(friend.name)[:3] == ["before", "while all still count", "among us"]
                for stranger in away:
                    heard = person.texts_of(stranger.name)
                    assert heard[:2] == ["before", "while all still count"]
                    assert ("among us" in heard) == (len(away) == 1), "one that is alone speaks to those that come"
                gaps = [(stranger.name, 1) for stranger in away if len(away) > 1]
                assert sorted((gap.name, gap.count) for gap in person.gaps) == gaps


@pytest.mark.parametrize("ahead", ["neither", "the senior half", "the junior half"])
@virtual_time()
async def test_halves_that_know_no_common_epoch_any_more_become_one_group_all_the_same(
    ahead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("volly_browser.room.group.commits.EPOCHS_LIMIT", 2)
    network = SplitNetwork()
    async with company(network, policy="classical") as party:
        ann, ben, cy, dan = people = await party.join("Ann", "Ben", "Cy", "Dan")
        await calm(*people)
        network.split(ann, ben)
        await until(lambda: agreed(ann, ben) and agreed(cy, dan))
        far = 8 if ahead == "the senior half" else 3
        await refresh_until(ann.room.epoch + far, ann, ben)
        await refresh_until(ann.room.epoch + (5 if ahead == "the junior half" else 3 - far), cy, dan)
        network.heal()
        await until(lambda: agreed(*people))
        await talk(*people)


async def refresh_until(epoch: int, *people: Person) -> None:
    """Nobody can wait for as many refreshes as it takes to forget an epoch."""
    while people[0].room.epoch < epoch:
        before = people[0].room.epoch
        make_refresh_due(people[0])
        await until(lambda: people[0].room.epoch > before and agreed(*people))  # noqa: B023


@virtual_time()
async def test_a_silent_member_is_removed_after_a_while_and_comes_back_when_it_is_heard() -> None:
    async with company() as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        with mute(carol):
            before = elapsed()
            await until(lambda: alice.names == bob.names == ["Alice", "Bob"])
            assert SILENCE - TIMING.heartbeat <= elapsed() - before <= SILENCE + TIMING.heartbeat + 1
            await asyncio.sleep(10)
            await bob.room.send_text("where is Carol?")
        await until(lambda: agreed(alice, bob, carol))
        await talk(alice, bob, carol)


@virtual_time()
async def test_a_first_member_that_is_silent_is_replaced_removed_and_comes_back() -> None:
    async with company() as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        with mute(alice):
            await until(lambda: bob.names == carol.names == ["Bob", "Carol"], limit=SILENCE + TIMING.heartbeat + 1)
            await asyncio.sleep(10)
        await until(lambda: agreed(alice, bob, carol))
        await talk(alice, bob, carol)


@virtual_time()
async def test_a_member_that_hears_nothing_and_is_heard_stays_and_catches_up() -> None:
    async with company() as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        with deaf(carol):
            await alice.room.send_text("hello")
            await asyncio.sleep(0.9 * SILENCE - TIMING.heartbeat)
        await until(lambda: carol.texts == [("Alice", "hello")])
        assert alice.member_lists[-1] == bob.member_lists[-1] == ["Alice", "Bob", "Carol"]
        assert not carol.gaps


@pytest.mark.parametrize("sleeper", ["Alice", "Bob"])
@virtual_time()
async def test_a_page_that_slept_for_a_minute_removes_nobody_when_it_wakes(sleeper: str) -> None:
    async with company() as party:
        people = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        [sleepy] = [person for person in people if person.name == sleeper]
        awake = [person for person in people if person is not sleepy]
        known = len(sleepy.member_lists)
        with asleep(sleepy):
            await asyncio.sleep(60)
            assert agreed(*awake)
            assert sleeper not in awake[0].names
        await until(lambda: agreed(*people))
        assert all(
            sorted(p.name for p in awake) == [n for n in names if n != sleeper]
            for names in [*sleepy.member_lists[known:], *awake[0].member_lists[2:], *awake[1].member_lists[2:]]
            if names
        )
        await talk(*people)


@virtual_time()
async def test_when_all_pages_sleep_nobody_is_gone_when_they_wake() -> None:
    async with company() as party:
        people = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        lists = [len(person.member_lists) for person in people]
        with asleep(*people):
            await asyncio.sleep(60)
        await asyncio.sleep(60)
        assert agreed(*people)
        assert [len(person.member_lists) for person in people] == lists
        await talk(*people)


@virtual_time()
async def test_what_is_written_just_before_leaving_arrives() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.02, 0.1)))) as party:
        alice, bob, carol = people = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        said = [str(number) for number in range(40)]
        for text in said:
            await bob.room.send_text(text)
        await bob.leave()
        await until(lambda: agreed(alice, carol))
        assert alice.texts_of("Bob") == carol.texts_of("Bob") == said


@pytest.mark.parametrize("seed", range(3))
@virtual_time()
async def test_what_was_lost_of_it_is_sent_again_before_leaving(seed: int) -> None:
    network = MemoryNetwork(Weather(delay=(0.02, 0.1)), Random(seed))
    async with company(network, policy="classical") as party:
        alice, bob, carol = people = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        network.weather = Weather(delay=(0.02, 0.1), loss=0.3)
        said = [str(number) for number in range(10)]
        for text in said:
            await bob.room.send_text(text)
        leaving = asyncio.create_task(bob.leave())
        await asyncio.sleep(0.3)
        assert not alice.texts_of("Bob") == carol.texts_of("Bob") == said
        network.weather = Weather(delay=(0.02, 0.1))
        await leaving
        await until(lambda: agreed(alice, carol))
        assert alice.texts_of("Bob") == carol.texts_of("Bob") == said


@virtual_time()
async def test_a_leaving_member_waits_for_those_that_missed_its_last_messages() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with deaf(alice):
            await bob.room.send_text("farewell, Alice")
            leaving = asyncio.create_task(bob.leave())
            await asyncio.sleep(0.5)
        await leaving
        await until(lambda: alice.texts == [("Bob", "farewell, Alice")])


@virtual_time()
async def test_when_several_leave_at_once_the_others_stay_together() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.0, 0.05))), policy="classical") as party:
        people = await party.join("Ann", "Ben", "Cy", "Dan", "Eve")
        await calm(*people)
        before = elapsed()
        await asyncio.gather(*(person.leave() for person in people[:3]))
        await until(lambda: agreed(*people[3:]))
        assert elapsed() - before < TIMING.last_words + TIMING.takeover
        await talk(*people[3:])


@virtual_time()
async def test_when_all_leave_at_once_each_gets_away() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.0, 0.05))), policy="classical") as party:
        people = await party.join("Ann", "Ben", "Cy", "Dan")
        await calm(*people)
        before = elapsed()
        await asyncio.gather(*(person.leave() for person in people))
        assert elapsed() - before < TIMING.farewell + 1
        assert party.network.identities == ()
