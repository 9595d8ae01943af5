"""Pages that end without another turn: the others read the farewell that was ready, and nobody reads it before."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

import pytest

from tests.unit.room.cast import company as group_of
from tests.unit.room.looks import deciders_of, parts_of, task_of
from tests.unit.room.people import Company, Person, agreed, asleep, calm, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.mls.settings import Settings
from volly_browser.room.content.content import Farewell, Presence
from volly_browser.room.events import MembersRemoved, MessageGap
from volly_browser.room.session.will import Will
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind
from volly_browser.transport.contract import PeerAnnounced
from volly_browser.transport.memory import MemoryNetwork, Weather

TIMING = Timing()
AT_ONCE = 0.3
ME, A, B = b"M" * 16, b"A" * 16, b"B" * 16


def elapsed() -> float:
    return asyncio.get_running_loop().time()


async def end_page(person: Person, *, by_frame: bool = False) -> None:
    """Reloaded, closed, left for another: not one more turn of its event loop."""
    person.transport.end_page(by_frame=by_frame)
    task = task_of(person)._task
    assert task is not None
    task.cancel()
    await asyncio.wait({task})


@contextmanager
def put_aside(person: Person) -> Iterator[None]:
    """The browser keeps the page for a user that comes back to it, and its tasks stand still."""
    back, connect = asyncio.Event(), person.transport.connect

    async def connect_when_back() -> None:
        await back.wait()
        await connect()

    person.transport.connect = connect_when_back  # type: ignore[method-assign]
    with asleep(person):
        person.transport.end_page()
        yield
        back.set()


async def goes(party: Company, person: Person, *rest: Person, by_frame: bool = False) -> float:
    """How long the page of one that ends stays in the lists of the others."""
    before = elapsed()
    await end_page(person, by_frame=by_frame)
    await until(lambda: agreed(*rest))
    assert not any(isinstance(event, MembersRemoved) for other in rest for event in other.happened)
    return elapsed() - before


@pytest.mark.parametrize("by_frame", [False, True], ids=["on display", "in a frame"])
@pytest.mark.parametrize("gone", range(3))
@virtual_time()
async def test_any_member_whose_page_ends_is_gone_at_once(gone: int, *, by_frame: bool) -> None:
    async with company(MemoryNetwork(Weather(delay=(0.01, 0.05)))) as party:
        people = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        person = people.pop(gone)
        assert await goes(party, person, *people, by_frame=by_frame) < AT_ONCE
        [again] = await party.join(person.name)
        await until(lambda: agreed(again, *people))
        assert not any(other.refusals + other.problems for other in people)


@virtual_time()
async def test_also_whose_page_ends_as_soon_as_it_is_in() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        assert await goes(party, bob, alice) < AT_ONCE


@virtual_time()
async def test_also_while_epochs_follow_each_other() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        for number in range(5):
            [guest] = await party.join(f"Guest {number}")
            await until(lambda guest=guest: agreed(alice, bob, guest))  # type: ignore[misc]
            await asyncio.sleep(0.1)
            assert await goes(party, guest, alice, bob) < AT_ONCE
            await asyncio.sleep(0.1)
        assert await goes(party, bob, alice) < AT_ONCE


@virtual_time(2000)
async def test_also_when_nothing_has_happened_for_long_but_signs_of_life() -> None:
    """A key that was passed by is deleted after a minute."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        epoch = alice.room.epoch
        await asyncio.sleep(400)
        assert alice.room.epoch == epoch
        assert await goes(party, bob, alice) < AT_ONCE


@virtual_time()
async def test_also_after_the_link_broke_and_came_back() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        party.network.cut(bob.identity)
        bob.transport._identity = party.network.new_identity()
        await asyncio.sleep(TIMING.first_retry + 1)
        assert agreed(alice, bob)
        assert await goes(party, bob, alice) < AT_ONCE


@virtual_time()
async def test_when_several_pages_end_at_once_those_that_stay_are_together() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.0, 0.05))), policy="classical") as party:
        people = await party.join("Ann", "Ben", "Cy", "Dan", "Eve")
        await calm(*people)
        before = elapsed()
        for person in people[:3]:
            await end_page(person)
        await until(lambda: agreed(*people[3:]))
        assert elapsed() - before < 1


@virtual_time()
async def test_when_all_pages_of_a_room_are_reloaded_at_once_all_are_together_again() -> None:
    async with company(MemoryNetwork(Weather(delay=(0.0, 0.05))), policy="classical") as party:
        people = await party.join("Ann", "Ben", "Cy")
        await calm(*people)
        before = elapsed()
        for person in people:
            await end_page(person)
        again = await party.join_at_once("Ann", "Ben", "Cy")
        await until(lambda: agreed(*again))
        assert elapsed() - before < 5


@virtual_time(1000)
async def test_a_farewell_that_is_ready_is_seen_by_nobody_and_changes_nothing() -> None:
    async with company(policy="classical") as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await calm(*people)
        for number in range(60):
            await asyncio.sleep(4)
            await alice.room.send_text(f"number {number}")
        await until(lambda: len(bob.texts) == 60)
        assert not party.heard(DoorKind.FAREWELL, Farewell)
        assert not any(isinstance(event, MessageGap) for event in bob.happened)
        assert not alice.refusals + bob.refusals
        wills = [data for data, (what, _) in party.tap._opened.items() if what is DoorKind.FAREWELL]
        assert len(wills) > 10
        assert not any(will[:100] in sent.data for will in wills for sent in party.network.recorded)


@virtual_time()
async def test_what_was_just_written_still_arrives_after_the_farewell() -> None:
    """LiveKit carries the two on different ways."""
    async with company(MemoryNetwork(Weather(delay=(0.2, 0.3), ordered=False)), policy="classical") as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        party.network.weather = Weather(delay=(0.5, 0.5))
        await bob.room.send_text("I have to go")
        await asyncio.sleep(0.01)
        party.network.weather = Weather()
        await end_page(bob)
        await until(lambda: agreed(alice, carol))
        assert not alice.texts
        await until(lambda: alice.texts == carol.texts == [("Bob", "I have to go")], 2)


@virtual_time()
async def test_a_page_that_is_put_aside_and_is_back_comes_in_anew_and_has_forgotten_nothing() -> None:
    async with company() as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await alice.room.send_text("before")
        await calm(*people)
        member_id = bob.room.member_id
        with put_aside(bob):
            writing = asyncio.create_task(bob.room.send_text("written while nobody heard me"))
            await until(lambda: agreed(alice, carol), AT_ONCE)
            await alice.room.send_text("not for Bob")
            await asyncio.sleep(120)
        await until(lambda: agreed(*people), 5)
        await writing
        assert bob.room.member_id == member_id
        await alice.room.send_text("after")
        await until(lambda: ("Bob", "written while nobody heard me") in carol.texts)
        await until(lambda: bob.texts_of("Alice") == ["before", "after"])


@virtual_time()
async def test_it_is_back_at_once_also_if_the_others_have_not_removed_it_yet() -> None:
    async with company(policy="classical") as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await calm(*people)
        for _ in range(3):
            epoch = alice.room.epoch
            with asleep(alice), put_aside(bob):
                await asyncio.sleep(0.1)
            await until(lambda epoch=epoch: agreed(*people) and alice.room.epoch > epoch, 5)  # type: ignore[misc]
            await asyncio.sleep(40)
            assert agreed(*people)


@virtual_time()
async def test_a_farewell_that_the_server_kept_does_not_send_away_a_member_that_is_back() -> None:
    """Guarded by `Roster.is_here`: keys of the epoch before are still there, and so is the member."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        epoch, announce, kept = alice.room.epoch, party.network.announce, list[tuple[str, bytes]]()
        party.network.announce = lambda identity, words: kept.append((identity, words))  # type: ignore[method-assign]
        with put_aside(bob):
            party.network.announce = announce  # type: ignore[method-assign]
        await until(lambda: agreed(*people) and alice.room.epoch > epoch)
        lists = [len(person.member_lists) for person in (alice, carol)]
        for person in (alice, carol):
            for identity, words in kept:
                person.transport.got_event(PeerAnnounced(identity, words))
        await asyncio.sleep(30)
        assert agreed(*people)
        assert [len(person.member_lists) for person in (alice, carol)] == lists
        assert not deciders_of(alice).sequencer._leaving


@virtual_time()
async def test_a_farewell_says_nothing_of_another_connection_than_its_own() -> None:
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        alice.transport.got_event(PeerAnnounced(carol.identity, bob.transport._will[0]))
        await asyncio.sleep(30)
        assert alice.refusals
        assert agreed(*people)


@virtual_time()
async def test_a_farewell_that_comes_too_late_to_be_opened_is_no_sign_of_another_branch() -> None:
    async with company(policy="classical") as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(*people))
        await asyncio.sleep(1)
        identity, (early, _) = bob.identity, bob.transport._will
        await calm(*people)
        questions = len(party.heard(DoorKind.QUESTION))
        alice.transport.got_event(PeerAnnounced(identity, early))
        await asyncio.sleep(30)
        assert len(party.heard(DoorKind.QUESTION)) == questions
        assert agreed(*people)


@virtual_time()
async def test_a_stranger_says_farewell_for_nobody() -> None:
    async with company(policy="classical") as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await calm(*people)
        sign = [heard for heard in party.heard(Presence) if heard.sender == bob.identity][-1]
        for content in (b"", b"nothing", sign.payload, sign.payload[:-1] + b"?"):
            await party.display(DoorKind.FAREWELL, content, alice)
            await party.say(DoorKind.FAREWELL, content, alice, bob.identity)
            await asyncio.sleep(0.1)
        await asyncio.sleep(30)
        assert len(alice.refusals) >= 6
        assert agreed(*people)


@virtual_time()
async def test_a_member_that_is_alone_or_has_left_has_no_farewell_ready() -> None:
    async with company(policy="classical") as party:
        [alice] = await party.join("Alice")
        await asyncio.sleep(2)
        assert not any(alice.transport._will)
        [bob] = await party.join("Bob")
        await calm(alice, bob)
        assert all(alice.transport._will)
        assert all(bob.transport._will)
        await bob.leave()
        await until(lambda: alice.names == ["Alice"])
        await asyncio.sleep(0.1)
        assert not any(alice.transport._will)


@virtual_time()
async def test_without_a_farewell_a_page_that_has_ended_stays_for_ten_seconds() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        parts_of(bob).post.revoke_will()
        assert TIMING.absence <= await goes(party, bob, alice) < TIMING.absence + 1


def machine(*others: bytes) -> Will:
    will = Will(TIMING)
    will.link_up(0.0)
    will.epoch_entered(group_of(ME, ME, *others), 0.0)
    return will


def test_the_first_is_made_at_once_and_only_if_there_are_others() -> None:
    assert machine(A).is_due(0.0)
    assert machine().deadline() is None


def test_another_epoch_gets_its_own_soon_but_not_each_of_very_many() -> None:
    will = machine(A)
    will.written(0.0)
    will.epoch_entered(group_of(ME, ME, A, epoch=6), 10.0)
    assert (will.stands, will.deadline()) == (True, 10.0 + TIMING.will)
    for number in range(100):
        will.epoch_entered(group_of(ME, ME, A, epoch=7 + number), 10.0 + 0.1 * number)
    assert will.deadline() == 10.0 + TIMING.will
    will.written(15.0)
    assert will.deadline() == 15.0 + TIMING.will_again


def test_in_a_crowd_each_makes_fewer_but_none_too_late() -> None:
    will = machine(*(bytes([number]) * 16 for number in range(199)))
    will.written(0.0)
    will.epoch_entered(group_of(ME, ME, *(bytes([number]) * 16 for number in range(199)), epoch=6), 10.0)
    assert will.deadline() == 10.0 + TIMING.stale_will


@pytest.mark.parametrize("end", ["alone", "elsewhere", "outside", "no link"])
def test_it_holds_for_one_group_and_one_connection(end: str) -> None:
    will = machine(A)
    will.written(0.0)
    if end == "alone":
        will.epoch_entered(group_of(ME, ME, epoch=6), 1.0)
    elif end == "elsewhere":
        will.epoch_entered(group_of(ME, ME, A, group_id=b"another one"), 1.0)
    elif end == "outside":
        will.group_left()
    else:
        will.link_down()
    assert not will.stands


def test_after_a_link_came_up_it_is_made_anew() -> None:
    will = machine(A)
    will.written(0.0)
    will.link_down()
    will.link_up(5.0)
    assert will.is_due(5.0)


def test_others_can_open_it_for_as_long_as_it_stands() -> None:
    seconds = {item.name: item.default for item in fields(Settings)}
    assert 2 * TIMING.stale_will <= seconds["past_epoch_seconds"]
    assert 1.5 * TIMING.will_again < seconds["skipped_key_seconds"]
