"""Questions about the group's epochs, and answers."""

import asyncio

import pytest

from tests.unit.room.looks import deciders_of, membership_of, parts_of, question_of
from tests.unit.room.people import Company, Person, agreed, calm, company, never_lost, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import Order
from volly_browser.room.events import MemberMisbehaved
from volly_browser.room.identity.connections import Connections
from volly_browser.room.identity.credential import Credential
from volly_browser.room.session import whereabouts
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.structs import Answer, Notice, Question

TIMING = Timing()


async def trio(party: Company) -> list[Person]:
    people = await party.join("Alice", "Bob", "Carol")
    await calm(*people)
    await asyncio.sleep(TIMING.heartbeat / 2)
    party.network.recorded.clear()
    return people


def group_of(person: Person) -> bytes:
    return membership_of(person).group.group_id


def claim(person: Person, epoch: int | None = None) -> bytes:
    """A notice of another branch of a person's group."""
    there = person.room.epoch if epoch is None else epoch
    return Notice(group_of(person), there, bytes(16), 2, 0, 1, 0).encode()


@virtual_time()
async def test_a_member_that_is_behind_gets_the_orders_that_it_lacks_one_message_each() -> None:
    async with company(policy="classical") as party:
        alice, bob, _ = await trio(party)
        await party.say(DoorKind.QUESTION, await question_of(bob, alice, epochs_ago=3), alice, bob.identity)
        await until(lambda: len(party.heard(Order)) == 3)
        assert {heard.to for heard in party.heard(Order)} == {(bob.identity,)}
        assert not party.heard(DoorKind.ANSWER)


@virtual_time()
async def test_a_member_ahead_or_in_another_branch_gets_an_answer_and_is_asked_itself() -> None:
    """It is as likely that we are the ones that have to go."""
    async with company(policy="classical") as party:
        alice, bob, _ = await trio(party)
        question = Question.decode(await question_of(bob, alice, epochs_ago=0))
        questions, membership = parts_of(bob).whereabouts._questions, membership_of(bob)
        last = question.history[-1]
        elsewhere = (*question.history[:-1], type(last)(last.epoch, bytes(16)))
        forged = await questions.ask(
            membership.speaker, group_of(bob), elsewhere, asking=bob.identity, asked=alice.identity, now=0.0
        )
        await party.say(DoorKind.QUESTION, forged.encode(), alice, bob.identity)
        await until(lambda: party.heard(DoorKind.ANSWER), limit=1)
        [answer] = party.heard(DoorKind.ANSWER)
        assert answer.to == (bob.identity,)
        assert Answer.decode(answer.content).history == membership_of(alice).history
        await until(lambda: party.heard(DoorKind.QUESTION), limit=1)
        assert party.heard(DoorKind.QUESTION)[0].sender == alice.identity
        assert agreed(alice, bob, party.people[2])


@virtual_time()
async def test_a_question_about_another_group_or_in_no_group_is_not_even_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with company(policy="classical") as party:
        alice, bob, _ = await trio(party)
        question = Question.decode(await question_of(bob, alice))
        other = Question(question.voucher, b"another group id", question.history, question.nonce, bytes(64))
        await party.say(DoorKind.QUESTION, other.encode(), alice, bob.identity)
        await asyncio.sleep(1)
        assert not alice.refusals
        assert not party.heard(Order, DoorKind.ANSWER)


@virtual_time()
async def test_a_stranger_that_can_sign_learns_where_we_are_and_gets_no_orders() -> None:
    """A stranger with the invite has an identity of its own, and vouches for itself."""
    async with company(policy="classical") as party:
        alice, bob, _ = await trio(party)
        deciders_of(alice)
        alices_roster = parts_of(alice).seat.roster
        alices_roster.departed(bytes.fromhex(bob.room.member_id))
        await party.say(DoorKind.QUESTION, await question_of(bob, alice), alice, bob.identity)
        await until(lambda: party.heard(DoorKind.ANSWER), limit=1)
        assert not party.heard(Order)


@virtual_time()
async def test_a_member_is_known_by_its_identity_until_it_says_farewell() -> None:
    """Also if it shows it by a signed question alone, as one of the other half of a split group does."""
    async with company(policy="classical") as party:
        alice, bob, carol = await trio(party)
        catch_up = deciders_of(alice).catch_up
        assert catch_up.knows(bob.identity)
        assert catch_up.knows(carol.identity)
        catch_up._connections = Connections()
        await party.say(DoorKind.QUESTION, await question_of(carol, alice, epochs_ago=3), alice, carol.identity)
        await until(lambda: catch_up.knows(carol.identity), limit=1)
        await asyncio.sleep(TIMING.heartbeat)
        identity = bob.identity
        assert catch_up.knows(identity)
        await bob.room.leave()
        await asyncio.sleep(1)
        assert not catch_up.knows(identity)
        assert catch_up.knows(carol.identity)


@virtual_time()
async def test_an_answer_from_our_own_branch_proves_nothing() -> None:
    async with company(policy="classical") as party:
        alice, bob, carol = await trio(party)
        membership, questions = membership_of(bob), parts_of(bob).whereabouts._questions
        question = await questions.ask(
            membership.speaker,
            group_of(bob),
            membership.history,
            asking=bob.identity,
            asked=alice.identity,
            now=asyncio.get_running_loop().time(),
        )
        answer = await parts_of(alice).whereabouts._questions.answer(
            question,
            membership_of(alice).speaker,
            membership_of(alice).history,
            answering=alice.identity,
            asking=bob.identity,
        )
        await party.say(DoorKind.ANSWER, answer.encode(), bob, alice.identity)
        await asyncio.sleep(1)
        assert not bob.refusals
        assert not deciders_of(bob).branches._proofs
        assert agreed(alice, bob, carol)


@virtual_time()
async def test_claims_that_nobody_proves_move_nobody() -> None:
    """A holder of the invite and the server claim for all members' connections that they are in another branch."""
    async with company(policy="classical") as party:
        people = alice, bob, _ = await trio(party)
        for _ in range(10):
            for person in people:
                for other in people:
                    if other is not person:
                        await party.say(DoorKind.NOTICE, claim(person), person, other.identity)
                        await party.say(DoorKind.NOTICE, claim(person, 1 << 30), person, other.identity)
            await asyncio.sleep(3)
        assert agreed(*people)
        assert all(map(never_lost, people))
        assert not party.heard(DoorKind.HELLO)
        await alice.room.send_text("still here?")
        await until(lambda: bob.texts)


@virtual_time()
async def test_any_number_of_accused_members_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whereabouts, "ACCUSED_LIMIT", 8)
    async with company(policy="classical") as party:
        alice, bob, _ = await trio(party)
        question = Question.decode(await question_of(bob, alice))
        witness, membership = Credential.decode(question.voucher.credential), membership_of(alice)
        for number in range(50):
            monkeypatch.setattr(membership, "split_by", lambda _, number=number: number.to_bytes(16, "big"))
            for _ in range(2):
                parts_of(alice).whereabouts._accuse_of_split(membership, question.history, witness)
        await asyncio.sleep(0.1)
        told = [event for event in alice.happened if isinstance(event, MemberMisbehaved)]
        assert len(told) == 50, "each once"
        assert len(parts_of(alice).whereabouts._accused) == 8
