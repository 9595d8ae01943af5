"""M: what a member cannot do by counting far ahead of all others."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.adversary.attackers import tell
from tests.unit.room.looks import deciders_of, membership_of
from tests.unit.room.people import Person, calm, company, until, wall_clock
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import LAMPORT_LIMIT, Numbered
from volly_browser.room.delivery.chains import START
from volly_browser.room.delivery.lamports import LAMPORT_STEP
from volly_browser.room.events import MessageReceived, MessageSent
from volly_browser.room.identity.roster import RosterEntry
from volly_browser.room.mimi import text_content

HIGHEST = (1 << 64) - 1

TALK = (("Shall I delete the backup?", "No!"), ("Shall we have dinner then?", "Yes."), ("And shall I pay?", "Never."))
"""Questions, and answers that must not stand above them."""


def count_ahead(lamport: int) -> Numbered:
    return Numbered(1, lamport, START, (), text_content("late", bytes(16), wall_clock()).encode())


async def say_at(mallory: Person, lamport: int, text: str) -> None:
    """Say something at a place that a page would not take."""
    deciders_of(mallory).exchange._outbox._next_lamport = lamport
    await mallory.room.send_text(text)
    await until(lambda: not deciders_of(mallory).exchange.waiting)


def places_of(person: Person) -> dict[str, int]:
    """Where each text stands that a member has sent or read."""
    told = [event for event in person.happened if isinstance(event, MessageReceived | MessageSent)]
    return {event.message_id: event.lamport for event in told}


def places_contradict(people: Sequence[Person]) -> list[tuple[int, int]]:
    all_places = [places_of(person) for person in people]
    return [
        (places[message_id], others[message_id])
        for places in all_places
        for others in all_places
        for message_id in places.keys() & others.keys()
        if places[message_id] != others[message_id]
    ]


def as_shown(person: Person) -> list[str]:
    """What a page shows of the others' texts, in their order."""
    received = [event for event in person.happened if isinstance(event, MessageReceived)]
    return [event.text for event in sorted(received, key=lambda event: (event.lamport, event.sender, event.sequence))]


async def talk(asker: Person, answerer: Person) -> list[str]:
    """Two ask and answer; return their texts in the order in which these make sense."""
    for question, answer in TALK:
        await asker.room.send_text(question)
        await until(lambda question=question: question in answerer.texts_of(asker.name))  # type: ignore[misc]
        await asyncio.sleep(1)
        await answerer.room.send_text(answer)
        await until(lambda answer=answer: answer in asker.texts_of(answerer.name))  # type: ignore[misc]
        await asyncio.sleep(1)
    return [text for pair in TALK for text in pair]


@virtual_time()
async def test_all_see_one_order_however_far_a_member_counts_ahead() -> None:
    """Guarded by `LAMPORT_LIMIT`, which is the same for a newcomer as for those that have read much."""
    async with company(policy="classical") as party:
        alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(alice, bob, mallory)
        await say_at(mallory, LAMPORT_LIMIT, "as late as can be")
        await until(lambda: alice.texts and bob.texts)
        await alice.room.send_text("before it")
        carol = await party.person("Carol").join()
        await calm(alice, bob, carol, mallory)
        await bob.room.send_text("after that")
        await until(lambda: carol.texts_of("Bob"))
        await carol.room.send_text("an answer")
        await say_at(mallory, LAMPORT_LIMIT + 1, "later than can be")
        await until(lambda: alice.texts_of("Carol") and mallory.texts_of("Carol"))
        await asyncio.sleep(5)
        assert not places_contradict(party.people)
        *_, after_that, answer, latest = sorted(places_of(alice).values())
        assert after_that < answer < latest == LAMPORT_LIMIT
        assert "later than can be" not in (*alice.texts_of("Mallory"), *carol.texts_of("Mallory"))


@pytest.mark.parametrize("times", [1, 20])
@virtual_time()
async def test_a_member_puts_its_own_texts_late_and_jumbles_those_of_nobody_else(times: int) -> None:
    """Guarded by `LAMPORT_REACH`: one that claims the highest place leads nobody there."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        for _ in range(times):
            await say_at(mallory, LAMPORT_LIMIT, "hm")
        await until(lambda: len(bob.texts) == len(alice.texts) == times)
        asker, answerer = sorted((alice, bob), key=lambda person: person.room.member_id, reverse=True)
        sensible = await talk(asker, answerer)
        assert as_shown(mallory) == sensible
        assert as_shown(alice)[-times:] == as_shown(bob)[-times:] == ["hm"] * times


@pytest.mark.parametrize("epoch", [1 << 43, 1 << 63])
@virtual_time()
async def test_one_that_was_in_a_group_of_a_very_high_epoch_jumbles_nothing_in_another(epoch: int) -> None:
    """D draws a newcomer for a moment into a group that says to be very old, and says something there.

    Guarded by `LamportClock.epoch_entered`.
    """
    async with company(policy="classical") as party:
        alice, bob, dan = await party.join("Alice", "Bob", "Dan")
        await calm(alice, bob, dan)
        exchange, ours = deciders_of(dan).exchange, membership_of(dan).company
        mallory = RosterEntry(bytes(16), "Mallory", 1, 1, b"key")
        exchange.epoch_entered(replace(ours, group_id=bytes(16), epoch=epoch, ranking=(bytes(16), ours.me)), 0.0)
        exchange.got(mallory, count_ahead(LAMPORT_LIMIT), 0.0, epoch=epoch)
        exchange.epoch_entered(ours, 0.0)
        await dan.room.send_text("hi")
        await until(lambda: alice.texts and bob.texts)
        asker, answerer = sorted((alice, bob), key=lambda person: person.room.member_id, reverse=True)
        sensible = await talk(asker, answerer)
        assert as_shown(dan) == sensible
        assert max(places_of(dan).values()) < LAMPORT_STEP * (dan.room.epoch + 1)


@virtual_time()
async def test_a_member_that_counts_far_ahead_keeps_no_newcomer_from_reading_the_others() -> None:
    """Guarded by `LAMPORT_REACH`: no member comes to where no newcomer would follow."""
    async with company(policy="classical") as party:
        alice, mallory = await party.join("Alice", "Mallory")
        await calm(alice, mallory)
        for times in range(1, 4):
            await say_at(mallory, times * LAMPORT_STEP, "up")
            await asyncio.sleep(1)
        bob = await party.person("Bob").join()
        await calm(alice, bob, mallory)
        await alice.room.send_text("hello Bob")
        await until(lambda: bob.texts == [("Alice", "hello Bob")])
        await bob.room.send_text("hello Alice")
        await until(lambda: "hello Alice" in alice.texts_of("Bob"))
        assert not places_contradict(party.people)


@virtual_time()
async def test_a_member_cannot_make_the_lamports_of_others_run_out() -> None:
    """Guarded by `LAMPORT_LIMIT` and `LAMPORT_REACH`: else one highest number would leave none for those after it."""
    async with company(policy="classical") as party:
        alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(alice, bob, mallory)
        await tell(mallory, count_ahead(HIGHEST))
        await alice.room.send_text("after that")
        await until(lambda: bob.texts_of("Alice") == ["after that"])
        shown = [event.lamport for event in bob.happened if isinstance(event, MessageReceived)]
        assert max(shown) < LAMPORT_STEP * (alice.room.epoch + 1)
        assert any("than there can be" in refusal for refusal in bob.refusals)
