from dataclasses import replace

import pytest

from tests.unit.room.cast import GROUP, SUITE
from tests.unit.room.sides import ENGINE
from volly_browser.errors import RemoteError
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.room import labels
from volly_browser.room.door.questions import (
    HISTORY_LIMIT,
    OPEN_LIMIT,
    OPEN_SECONDS,
    QuestionRefused,
    Questions,
    Speaker,
)
from volly_browser.room.identity.credential import OwnIdentity
from volly_browser.room.wire.structs import Answer, PassedEpoch, Question, Voucher

HISTORY = tuple(PassedEpoch(epoch, bytes([epoch]) * labels.BRANCH_LENGTH) for epoch in (3, 4, 5))


class Asker:
    """A member that asks and answers, at a connection."""

    def __init__(self, identity: OwnIdentity, speaker: Speaker, at: str, room_id: str) -> None:
        self.member_id = identity.member_id
        self.speaker = speaker
        self.at = at
        self.questions = Questions(ENGINE, SUITE, room_id)

    async def ask(self, other: "Asker", now: float = 0.0, history: tuple[PassedEpoch, ...] = HISTORY) -> Question:
        return await self.questions.ask(self.speaker, GROUP, history, asking=self.at, asked=other.at, now=now)

    async def answer(self, question: Question, other: "Asker") -> Answer:
        return await self.questions.answer(question, self.speaker, HISTORY, answering=self.at, asking=other.at)


async def asker(at: str, room_id: str = "room") -> Asker:
    identity = OwnIdentity(ENGINE, SUITE, room_id, at, await SignatureKeyPair.generate(ENGINE, SUITE))
    vouched = await identity.vouch()
    return Asker(identity, Speaker(vouched.pair, vouched.credential.encode()), at, room_id)


async def two() -> tuple[Asker, Asker]:
    return await asker("alice"), await asker("bob")


async def test_a_question_proves_its_author_and_its_epochs() -> None:
    alice, bob = await two()
    question = await alice.ask(bob)
    assert (question.group_id, question.history) == (GROUP, HISTORY)
    asking = await bob.questions.check(question, "alice", "bob")
    assert asking.member_id == alice.member_id


async def test_an_answer_proves_its_author_and_its_epoch() -> None:
    alice, bob = await two()
    answer = await bob.answer(await alice.ask(bob), alice)
    assert (answer.group_id, answer.history) == (GROUP, HISTORY)
    assert alice.questions.expects(answer, "bob", 1.0)
    assert (await alice.questions.read(answer, "bob", "alice")).member_id == bob.member_id


@pytest.mark.parametrize(("asking", "asked"), [("mallory", "bob"), ("alice", "mallory"), ("bob", "alice")])
async def test_a_question_of_another_connection_or_to_another_is_refused(asking: str, asked: str) -> None:
    """The server, or the member that was asked, can repeat it."""
    alice, bob = await two()
    question = await alice.ask(bob)
    with pytest.raises(QuestionRefused, match="wrong signature"):
        await bob.questions.check(question, asking, asked)


async def test_a_question_of_another_room_is_refused() -> None:
    alice, bob = await asker("alice", "another room"), await asker("bob")
    with pytest.raises(QuestionRefused, match="wrong signature"):
        await bob.questions.check(await alice.ask(bob), "alice", "bob")


async def test_every_field_of_a_question_is_signed() -> None:
    alice, bob = await two()
    question, other = await alice.ask(bob), await bob.ask(alice)
    for forged in (
        replace(question, group_id=b"another group id"),
        replace(question, history=HISTORY[:-1]),
        replace(question, nonce=other.nonce),
        replace(question, voucher=other.voucher),
        replace(question, signature=other.signature),
        replace(question, voucher=Voucher(other.voucher.credential, question.voucher.leaf_key)),
        replace(question, voucher=Voucher(question.voucher.credential, other.voucher.leaf_key)),
    ):
        with pytest.raises(QuestionRefused, match="wrong signature"):
            await bob.questions.check(forged, "alice", "bob")


async def test_every_field_of_an_answer_is_signed() -> None:
    alice, bob = await two()
    first, second = await alice.ask(bob), await alice.ask(bob)
    answer = await bob.answer(first, alice)
    own = await alice.answer(await bob.ask(alice), bob)
    for forged in (
        replace(answer, group_id=b"another group id"),
        replace(answer, history=HISTORY[:-1]),
        replace(answer, nonce=second.nonce),
        replace(answer, voucher=own.voucher),
        replace(answer, signature=own.signature),
    ):
        alice.questions._open[forged.nonce] = ("bob", 10.0)
        with pytest.raises(QuestionRefused, match="wrong signature"):
            await alice.questions.read(forged, "bob", "alice")


async def test_a_signed_question_cannot_be_passed_off_as_an_answer() -> None:
    alice, bob = await two()
    question = await alice.ask(bob)
    answer = Answer(question.voucher, question.group_id, question.history, question.nonce, question.signature)
    with pytest.raises(QuestionRefused):
        await alice.questions.read(answer, "alice", "bob")


async def test_an_answer_of_another_connection_or_to_another_is_not_taken() -> None:
    alice, bob = await two()
    answer = await bob.answer(await alice.ask(bob), alice)
    assert not alice.questions.expects(answer, "mallory", 1.0)
    with pytest.raises(QuestionRefused, match="wrong signature"):
        await alice.questions.read(answer, "bob", "mallory")


async def test_a_question_is_answered_once_and_within_a_while() -> None:
    alice, bob = await two()
    answer = await bob.answer(await alice.ask(bob, now=5.0), alice)
    assert not alice.questions.expects(answer, "bob", 5.0 + OPEN_SECONDS), "what comes so late says nothing of now"
    assert alice.questions.expects(answer, "bob", 4.9 + OPEN_SECONDS)
    await alice.questions.read(answer, "bob", "alice")
    assert not alice.questions.expects(answer, "bob", 6.0)
    with pytest.raises(QuestionRefused, match="no question"):
        await alice.questions.read(answer, "bob", "alice")


async def test_an_answer_to_nothing_is_not_expected() -> None:
    alice, bob = await two()
    answer = replace(await bob.answer(await alice.ask(bob), alice), nonce=bytes(labels.QUESTION_NONCE_LENGTH))
    assert not alice.questions.expects(answer, "bob", 0.0)


async def test_few_questions_are_open_at_once_the_latest_ones() -> None:
    alice, bob = await two()
    asked = [await alice.ask(bob) for _ in range(OPEN_LIMIT + 2)]
    answers = [await bob.answer(question, alice) for question in (asked[1], asked[2], asked[-1])]
    assert [alice.questions.expects(answer, "bob", 1.0) for answer in answers] == [False, True, True]
    assert len(alice.questions._open) == OPEN_LIMIT


async def test_no_more_history_is_told_than_is_read_and_the_latest_part_of_it() -> None:
    alice, bob = await two()
    long = tuple(PassedEpoch(epoch, bytes(labels.BRANCH_LENGTH)) for epoch in range(3 * HISTORY_LIMIT))
    question = await alice.ask(bob, history=long)
    assert question.history == long[-HISTORY_LIMIT:]
    await bob.questions.check(question, "alice", "bob")
    for history in ((), long[: HISTORY_LIMIT + 1]):
        with pytest.raises(QuestionRefused, match="history"):
            await bob.questions.check(replace(question, history=history), "alice", "bob")


@pytest.mark.parametrize("history", [(), HISTORY * HISTORY_LIMIT])
async def test_an_answer_with_too_little_or_too_much_history_is_refused(history: tuple[PassedEpoch, ...]) -> None:
    alice, bob = await two()
    answer = await bob.answer(await alice.ask(bob), alice)
    with pytest.raises(QuestionRefused, match="history"):
        await alice.questions.read(replace(answer, history=history), "bob", "alice")


async def test_a_voucher_that_is_none_is_refused() -> None:
    alice, bob = await two()
    question = await alice.ask(bob)
    for voucher in (
        replace(question.voucher, credential=b"nonsense"),
        replace(question.voucher, leaf_key=b"short"),
        replace(question.voucher, leaf_key=bytes(5000)),
    ):
        with pytest.raises(RemoteError):
            await bob.questions.check(replace(question, voucher=voucher), "alice", "bob")
