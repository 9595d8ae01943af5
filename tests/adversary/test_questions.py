"""D, T and S: questions and answers prove who speaks to whom, now; their number is bounded."""

import asyncio
from dataclasses import replace

from tests.adversary.attackers import inject, said_at_the_door, stranger
from tests.adversary.checks import still_together
from tests.unit.room.looks import deciders_of, membership_of, parts_of
from tests.unit.room.people import Company, Person, calm, company, deaf, until
from tests.unit.virtual_time import virtual_time
from volly_browser.crypto.native import NativeEngine
from volly_browser.room.door.questions import HISTORY_LIMIT
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.credential import Credential
from volly_browser.room.wire.door import Door, DoorKind
from volly_browser.room.wire.frames import Kind
from volly_browser.room.wire.structs import Answer, PassedEpoch, Question, Voucher

ELSEWHERE = b"elsewhere is she"


def now() -> float:
    return asyncio.get_running_loop().time()


async def ask(asking: Person, asked: str) -> Question:
    """A true question of a member."""
    membership = membership_of(asking)
    return await parts_of(asking).whereabouts._questions.ask(
        membership.speaker,
        membership.group.group_id,
        membership.history,
        asking=asking.identity,
        asked=asked,
        now=now(),
    )


async def answer_of(person: Person, question: Question, to: str, *, last: PassedEpoch) -> Answer:
    """What a member could sign."""
    membership = membership_of(person)
    history = (*membership.history[:-1], last)
    return await parts_of(person).whereabouts._questions.answer(
        question,
        membership.speaker,
        history,
        answering=person.identity,
        asking=to,
    )


async def say_as(party: Company, sender: str, kind: DoorKind, content: bytes, to: Person) -> None:
    """S and D: something at the door in any name."""
    sealed = await Door(NativeEngine(), party.invite).seal(kind, content, sender)
    inject(party.network, Kind.DOOR, sealed, sender, to)


def proofs(person: Person) -> int:
    return len(deciders_of(person).branches._proofs)


@virtual_time()
async def test_an_answer_that_is_passed_on_by_a_man_in_the_middle_proves_nothing() -> None:
    """Guarded by `AnswerTBS.answering`: Alice asks Mallory, who asks Bob the same, and passes on what he says."""
    async with company(policy="classical") as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        mallory = await stranger(party)
        question = await ask(alice, mallory.identity)
        last = PassedEpoch(alice.room.epoch, ELSEWHERE)
        answer = await answer_of(bob, question, mallory.identity, last=last)
        await mallory.say(DoorKind.ANSWER, answer.encode(), alice)
        await until(lambda: "wrong signature" in "".join(alice.refusals))
        assert not proofs(alice)
        await still_together(*people)


@virtual_time()
async def test_an_answer_to_another_question_or_given_twice_or_late_proves_nothing() -> None:
    """Guarded by `Questions.expects`: a nonce is drawn for one connection, counts once, and for ten seconds."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        last = PassedEpoch(alice.room.epoch, ELSEWHERE)
        question = await ask(alice, bob.identity)
        answer = await answer_of(bob, question, alice.identity, last=last)
        await say_as(party, carol.identity, DoorKind.ANSWER, answer.encode(), alice)
        await say_as(party, bob.identity, DoorKind.ANSWER, replace(answer, nonce=bytes(16)).encode(), alice)
        await asyncio.sleep(0.5)
        assert not proofs(alice)
        question = await ask(alice, bob.identity)
        answer = await answer_of(bob, question, alice.identity, last=last)
        await asyncio.sleep(10)
        await say_as(party, bob.identity, DoorKind.ANSWER, answer.encode(), alice)
        await asyncio.sleep(0.5)
        assert not proofs(alice)
        await still_together(*people)


@virtual_time()
async def test_an_answer_that_counts_is_one_that_a_member_has_signed_just_now() -> None:
    """The other side of the tests above: the same answer, given in time, does count, until Bob speaks again."""
    async with company(policy="classical") as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        question = await ask(alice, bob.identity)
        last = PassedEpoch(alice.room.epoch, ELSEWHERE)
        answer = await answer_of(bob, question, alice.identity, last=last)
        await say_as(party, bob.identity, DoorKind.ANSWER, answer.encode(), alice)
        await until(lambda: proofs(alice) == 1)
        await until(lambda: proofs(alice) == 0)
        await still_together(*people)


@virtual_time()
async def test_strangers_that_answer_in_any_number_move_nobody() -> None:
    """Guarded by `Branches.better`: without one that we have met, answers of strangers weigh nothing."""
    async with company(policy="classical") as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        membership = membership_of(alice)
        history = (*membership.history, PassedEpoch(alice.room.epoch + 1, ELSEWHERE))
        strangers = [await stranger(party) for _ in range(20)]
        for mallory in strangers:
            question = await ask(alice, mallory.identity)
            answer = await mallory.questions.answer(
                question,
                await mallory.speaker(),
                history,
                answering=mallory.identity,
                asking=alice.identity,
            )
            await mallory.say(DoorKind.ANSWER, answer.encode(), alice)
        await until(lambda: proofs(alice) == len(strangers))
        assert deciders_of(alice).branches.better(membership.company, now()) is None
        await asyncio.sleep(30)
        assert bob.room.epoch == alice.room.epoch
        await still_together(*people)


@virtual_time()
async def test_a_question_of_a_stranger_gets_no_orders() -> None:
    """Guarded by `Roster.has_met`: what was ordered is sent to those alone that were members."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        mallory, membership = await stranger(party), membership_of(alice)
        question = await mallory.questions.ask(
            await mallory.speaker(),
            membership.group.group_id,
            membership.history[:1],
            asking=mallory.identity,
            asked=alice.identity,
            now=now(),
        )
        await mallory.say(DoorKind.QUESTION, question.encode(), alice)
        await asyncio.sleep(2)
        to_mallory = [sent for sent in party.network.recorded if sent.to == (mallory.identity,)]
        kinds = {sent.data[1] for sent in to_mallory}
        assert kinds == {Kind.DOOR}, "an answer, and no order"
        await still_together(alice, bob)


@virtual_time()
async def test_histories_of_any_length_are_refused_before_they_cost_anything() -> None:
    """Guarded by `_check_history`, before any signature is looked at, and by the throttle before that."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        mallory, group_id = await stranger(party), membership_of(alice).group.group_id
        huge = tuple(PassedEpoch(number, bytes(16)) for number in range(100 * HISTORY_LIMIT))
        for history in (huge, ()):
            question = Question(Voucher(b"", b""), group_id, history, bytes(16), b"")
            await mallory.say(DoorKind.QUESTION, question.encode(), alice)
            await asyncio.sleep(1)
        assert sum("A history has" in refusal for refusal in alice.refusals) == 2
        await still_together(alice, bob)


@virtual_time()
async def test_a_flood_of_questions_keeps_no_member_outside_for_long() -> None:
    """D with many connections.

    Guarded by `Throttle`; one that is not answered since others are asked too much hears nobody, and comes in anew.
    """
    async with company(policy="classical") as party:
        people = alice, _, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        strangers = [await stranger(party) for _ in range(12)]
        group_id = membership_of(alice).group.group_id
        junk = Question(Voucher(b"", b""), group_id, (), bytes(16), b"").encode()

        async def flood() -> None:
            while True:
                for mallory in strangers:
                    await mallory.say(DoorKind.QUESTION, junk)
                await asyncio.sleep(0.1)

        flooding = asyncio.create_task(flood())
        await asyncio.sleep(20)
        with deaf(carol):
            await parts_of(alice).ordering._commit(membership_of(alice), Changes(), now())
            await asyncio.sleep(0.2)
        await alice.room.send_text("Carol, where are you?")
        checked = 0
        check = parts_of(alice).whereabouts._questions.check

        async def counted(question: Question, asking: str, asked: str) -> Credential:
            nonlocal checked
            checked += 1
            return await check(question, asking, asked)

        parts_of(alice).whereabouts._questions.check = counted  # type: ignore[method-assign]
        await until(lambda: carol.texts == [("Alice", "Carol, where are you?")], 10)
        checked = 0
        await asyncio.sleep(10)
        flooding.cancel()
        assert checked <= 10 * 120 / 60 + 1
        await still_together(*people)


@virtual_time()
async def test_questions_that_are_played_again_are_answered_to_their_author_alone() -> None:
    """S.  Guarded by `QuestionTBS`: a question names the connections of both, and a replayer learns nothing."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        question = await ask(carol, alice.identity)
        before = len(party.network.recorded)
        await say_as(party, carol.identity, DoorKind.QUESTION, question.encode(), bob)
        await say_as(party, "a stranger", DoorKind.QUESTION, question.encode(), alice)
        await asyncio.sleep(2)
        answered = [sent for sent in party.network.recorded[before:] if sent.to]
        assert "a stranger" not in {identity for sent in answered for identity in sent.to}
        assert not [said for said, _ in await said_at_the_door(party, DoorKind.ANSWER) if said.sender == bob.identity]
        assert "wrong signature" in "".join(alice.refusals + bob.refusals)
        await still_together(*people)
