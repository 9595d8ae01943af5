"""M and S: which members are found out to say different things to others, which are not, and what a receipt costs."""

import asyncio
from dataclasses import replace

import pytest

from tests.adversary.attackers import tell
from tests.adversary.test_members import has_misbehaved
from tests.unit.room.looks import deciders_of
from tests.unit.room.people import Person, agreed, calm, company, deaf, until, wall_clock
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import Base, Have, Numbered, Receipt
from volly_browser.room.delivery.chains import START
from volly_browser.room.delivery.reception import chain_after
from volly_browser.room.delivery.resends import ASKED_A_MINUTE, ASKED_LIMIT
from volly_browser.room.events import MemberMisbehaved, Misbehaviour
from volly_browser.room.mimi import text_content
from volly_browser.transport.contract import TransportError


def text(number: int, words: str, previous: bytes = START, *, before: int = 0) -> Numbered:
    content = text_content(words, bytes([number % 256]) * 16, wall_clock()).encode()
    return Numbered(number, number, previous, (), content, before=before)


def from_the_first(message: Numbered, *people: Person) -> Numbered:
    """As it is told to those that count from it."""
    bases = tuple(Base(bytes.fromhex(person.room.member_id), message.sequence) for person in people)
    return replace(message, bases=bases)


def accused_by(person: Person) -> list[tuple[str, Misbehaviour, str]]:
    told = [event for event in person.happened if isinstance(event, MemberMisbehaved)]
    return [(event.name, event.what, event.witness_name) for event in told]


def say_nothing_else(mallory: Person) -> None:
    """Mallory's own page sends no receipts, which would tell the truth."""
    deciders_of(mallory).exchange.receipt_due = lambda now: None  # type: ignore[method-assign]
    deciders_of(mallory).exchange._receipts.deadline = lambda: None  # type: ignore[method-assign]


# M says different things to different members


@virtual_time()
async def test_different_texts_behind_a_gap_are_found_out() -> None:
    """M leaves a gap, is away until it is shown, and then says different things: guarded by `Have.read`."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        await tell(mallory, from_the_first(text(1, "hello"), alice, bob), alice, bob)
        three = text(3, "back in a minute")
        await tell(mallory, three, alice, bob)
        await asyncio.sleep(1)
        with deaf(mallory):
            party.network.vanish(mallory.identity)
            await until(lambda: alice.gaps and bob.gaps, 120)
        mallory.transport.got_closed("gone")
        await until(lambda: agreed(*people), 90)
        await calm(*people)
        for person in (alice, bob):
            await tell(mallory, text(4, f"to {person.name}", chain_after(three)), person)
        for person in (alice, bob):
            await until(lambda person=person: has_misbehaved(person, mallory, Misbehaviour.DIFFERENT_MESSAGES), 30)  # type: ignore[misc]


@virtual_time()
async def test_one_that_counts_otherwise_for_each_is_found_out() -> None:
    """M numbers what it says to Bob from 1001, so that no number is the same: guarded by `Beginning`."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        say_nothing_else(mallory)
        await tell(mallory, from_the_first(text(1, "let us meet at eight"), alice), alice)
        await tell(mallory, from_the_first(text(1001, "let us meet at nine", before=1000), bob), bob)
        for person in (alice, bob):
            await until(lambda person=person: has_misbehaved(person, mallory, Misbehaviour.DIFFERENT_MESSAGES), 30)  # type: ignore[misc]


@virtual_time()
async def test_one_that_leaves_numbers_out_for_one_member_leaves_a_gap_to_be_seen() -> None:
    """M numbers as above, and says that it has begun with 1: guarded by `Reception._count_from`."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        say_nothing_else(mallory)
        await tell(mallory, from_the_first(text(1, "let us meet at eight"), alice), alice)
        await tell(mallory, from_the_first(text(1001, "let us meet at nine"), bob), bob)
        await until(lambda: bob.texts)
        assert [(gap.name, gap.count) for gap in bob.gaps] == [("Mallory", 1000)]


@virtual_time()
async def test_one_that_is_slandered_first_is_found_out_by_the_honest_witness() -> None:
    """A second page of M's slanders it, so that what the honest ones see would be no news: guarded by `_accuse`."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory, yves = await party.join("Alice", "Bob", "Mallory", "Yves")
        await calm(*people)
        first = from_the_first(text(1, "hello"), alice, bob, yves)
        await tell(mallory, first)
        await asyncio.sleep(3)
        slander = Have(bytes.fromhex(mallory.room.member_id), 2, b"some other chain", (), 1)
        await tell(yves, Receipt(0, (), (slander,)), alice, bob)
        await until(lambda: accused_by(alice) and accused_by(bob))
        await tell(mallory, text(2, "Bob is a thief", chain_after(first)), alice)
        await tell(mallory, text(2, "Alice is a thief", chain_after(first)), bob)
        for person, witness in ((alice, "Bob"), (bob, "Alice")):
            proof = ("Mallory", Misbehaviour.DIFFERENT_MESSAGES, witness)
            await until(lambda person=person, proof=proof: proof in accused_by(person), 30)  # type: ignore[misc]


# S makes nobody look like a liar


@virtual_time()
async def test_a_server_that_denies_a_text_that_it_has_delivered_makes_nobody_seem_to_lie() -> None:
    """Guarded by `Outbox.possibly_sent`; the text's readers acknowledge it, and its author tries again."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        send, deny_until = alice.transport.send, asyncio.get_running_loop().time() + 1.0

        async def denied(frame: bytes, to: tuple[str, ...] | None = None, *, reliable: bool = True) -> None:
            await send(frame, to, reliable=reliable)
            if reliable and asyncio.get_running_loop().time() < deny_until:
                raise TransportError("LiveKit did not take what we sent.")

        alice.transport.send = denied  # type: ignore[method-assign,assignment]
        await alice.room.send_text("hello")
        await asyncio.sleep(20)
        assert bob.texts == carol.texts == [("Alice", "hello")]
        assert deciders_of(alice).exchange.is_settled
        assert [accused_by(person) for person in people] == [[], [], []]


# What a receipt can ask for


@pytest.mark.parametrize(("texts", "size"), [(300, 1000), (60, 30_000)])
@virtual_time(limit=3600)
async def test_one_that_always_lacks_everything_is_sent_a_bounded_amount(texts: int, size: int) -> None:
    """Guarded by `ResendBudget`: without it each receipt of M's costs Alice all that she keeps for M."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        say_nothing_else(mallory)
        for _ in range(texts):
            await alice.room.send_text("x" * size)
        await until(lambda: len(bob.texts) == texts)
        party.network.recorded.clear()
        everything = Receipt(0, (), (Have(bytes.fromhex(alice.room.member_id), 1, START, ()),))
        for _ in range(100):
            await tell(mallory, everything, alice)
            await asyncio.sleep(1.25)
        sent = sum(len(frame.data) for frame in party.network.recorded if frame.sender == alice.identity)
        minutes, overhead = 100 * 1.25 / 60, 100_000  # signs of life, receipts, renewals
        assert sent < ASKED_LIMIT + (minutes + 1) * ASKED_A_MINUTE + overhead
        with deaf(bob):
            await alice.room.send_text("for Bob")
            await asyncio.sleep(0.5)
        await until(lambda: bob.texts_of("Alice")[-1] == "for Bob")  # what M asks for is not charged to Bob
