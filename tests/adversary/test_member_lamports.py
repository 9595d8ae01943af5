"""M: what a member cannot do by counting far ahead of all others."""

import asyncio
from collections.abc import Sequence

from tests.adversary.attackers import tell
from tests.unit.room.looks import deciders_of
from tests.unit.room.people import Person, calm, company, until, wall_clock
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import LAMPORT_STEP, Numbered, lamport_limit
from volly_browser.room.delivery.chains import START
from volly_browser.room.events import MessageReceived, MessageSent
from volly_browser.room.mimi import text_content

HIGHEST = (1 << 64) - 1


def count_ahead(lamport: int) -> Numbered:
    return Numbered(1, lamport, START, (), text_content("late", bytes(16), wall_clock()).encode())


async def say_at(mallory: Person, lamport: int, text: str) -> None:
    """Say something at a place that a page would not take."""
    outbox = deciders_of(mallory).exchange._outbox
    outbox._lamport, outbox._lamport_limit = lamport - 1, HIGHEST
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


@virtual_time()
async def test_all_see_one_order_however_far_a_member_counts_ahead() -> None:
    """Guarded by `lamport_limit`, which is the same for a newcomer as for those that have read much."""
    async with company(policy="classical") as party:
        alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(alice, bob, mallory)
        await say_at(mallory, lamport_limit(alice.room.epoch), "as late as can be")
        await until(lambda: alice.texts and bob.texts)
        await alice.room.send_text("beside it")
        carol = await party.person("Carol").join()
        await calm(alice, bob, carol, mallory)
        await bob.room.send_text("after that")
        await until(lambda: carol.texts_of("Bob"))
        await carol.room.send_text("an answer")
        await say_at(mallory, lamport_limit(alice.room.epoch + 3), "later than can be")
        await until(lambda: alice.texts_of("Carol") and mallory.texts_of("Carol"))
        await asyncio.sleep(5)
        assert not places_contradict(party.people)
        *_, after_that, answer = sorted(places_of(alice).values())
        assert lamport_limit(1) < after_that < answer
        assert "later than can be" not in (*alice.texts_of("Mallory"), *carol.texts_of("Mallory"))


@virtual_time()
async def test_a_member_that_counts_far_ahead_keeps_no_newcomer_from_reading_the_others() -> None:
    """Guarded by `lamport_limit`: a newcomer takes over at once what the others have come to."""
    async with company(policy="classical") as party:
        alice, mallory = await party.join("Alice", "Mallory")
        await calm(alice, mallory)
        for times in range(1, 4):
            await say_at(mallory, times * (LAMPORT_STEP - 1), "up")
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
    """Guarded by `lamport_limit`: without it one message with the highest number leaves none for those after it."""
    async with company(policy="classical") as party:
        alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(alice, bob, mallory)
        await tell(mallory, count_ahead(HIGHEST))
        await alice.room.send_text("after that")
        await until(lambda: bob.texts_of("Alice") == ["after that"])
        shown = [event.lamport for event in bob.happened if isinstance(event, MessageReceived)]
        assert max(shown) <= lamport_limit(alice.room.epoch)
        assert any("than there can be" in refusal for refusal in bob.refusals)
