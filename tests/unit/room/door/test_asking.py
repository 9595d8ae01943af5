from dataclasses import replace

import pytest
from volly_browser.room.door.asking import KEYS_LIMIT, AnswerRefused
from volly_browser.room.door.entrance import Entrance

from tests.unit.room.sides import Side, newcomer, three
from volly_browser.errors import RemoteError
from volly_browser.room.invite import POLICY_CODES, Invite
from volly_browser.room.wire.structs import PassedEpoch, Resync

HISTORY = (PassedEpoch(3, b"branch 3"), PassedEpoch(4, b"branch 4"))


async def question(side: Side) -> Resync:
    return await side.entrance.question(b"group", HISTORY, "bob's place")


@pytest.mark.parametrize("policy", POLICY_CODES)
async def test_the_answer_to_a_question_is_read_by_whoever_asked(policy: str) -> None:
    invite = Invite.from_room_name("garden", policy)
    alice, bob = newcomer("Alice", invite), newcomer("Bob", invite)
    asked = await bob.question(b"group", HISTORY, "bob's place")
    assert (asked.group_id, asked.history, asked.member_id) == (b"group", HISTORY, bob.member_id)
    answer = await alice.asking.answer(Resync.decode(asked.encode()), b"group info")
    assert await bob.asking.read_answer(answer) == b"group info"


async def test_whoever_only_has_the_invite_reads_no_answer() -> None:
    alice, bob, _ = await three()
    answer = await alice.entrance.asking.answer(await question(bob), b"group info")
    assert b"group info" not in answer
    eve = newcomer("Eve")
    await eve.question(b"group", HISTORY, "eve's place")
    with pytest.raises(AnswerRefused):
        await eve.asking.read_answer(answer)


async def test_a_member_is_known_by_its_signature() -> None:
    alice, bob, _ = await three()
    assert await is_from_member(alice, await question(bob))


async def test_a_question_carried_to_another_place_is_nobody_s() -> None:
    alice, bob, _ = await three()
    assert not await is_from_member(alice, await question(bob), "eve's place")


@pytest.mark.parametrize(
    "changes",
    [
        {"group_id": b"another"},
        {"history": HISTORY[1:]},
        {"reply_key": bytes(32)},
        {"signature": bytes(64)},
        {"signature": b""},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_a_question_changed_on_its_way_is_nobody_s(changes: dict[str, bytes]) -> None:
    alice, bob, _ = await three()
    assert not await is_from_member(alice, replace(await question(bob), **changes))  # type: ignore[arg-type]


async def test_nobody_asks_as_somebody_else() -> None:
    alice, bob, carol = await three()
    assert not await is_from_member(alice, replace(await question(bob), member_id=carol.entrance.member_id))
    thief: Entrance = newcomer("Bob")
    thief.asking._member_id = bob.entrance.member_id
    assert not await is_from_member(alice, await thief.question(b"group", HISTORY, "bob's place"))


async def test_whoever_is_not_in_the_group_is_not_told() -> None:
    alice, bob, _ = await three()
    stranger = await newcomer("Dora").question(b"group", HISTORY, "bob's place")
    assert not await is_from_member(alice, stranger)
    asked = await question(bob)
    alice.roster.update(member for member in alice.membership.group.members() if b"Bob" not in member.identity)
    assert not await is_from_member(alice, asked)


async def test_the_answers_to_the_latest_questions_are_read_in_any_order() -> None:
    alice, bob, _ = await three()
    answers = []
    for number in range(KEYS_LIMIT + 1):
        answers.append(await alice.entrance.asking.answer(await question(bob), bytes([number])))
    for number in range(KEYS_LIMIT, 0, -1):
        assert await bob.entrance.asking.read_answer(answers[number]) == bytes([number])
    with pytest.raises(AnswerRefused):
        await bob.entrance.asking.read_answer(answers[0])


@pytest.mark.parametrize("answer", [b"", b"nonsense", bytes(500)])
async def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    _, bob, _ = await three()
    await question(bob)
    with pytest.raises(RemoteError):
        await bob.entrance.asking.read_answer(answer)


async def test_a_reply_key_that_is_none_is_refused() -> None:
    alice, bob, _ = await three()
    for key in (b"", bytes(32), bytes(1000)):
        with pytest.raises(RemoteError):
            await alice.entrance.asking.answer(replace(await question(bob), reply_key=key), b"group info")


async def is_from_member(host: Side, asked: Resync, identity: str = "bob's place") -> bool:
    return await host.entrance.asking.is_from_member(asked, identity, host.roster)
