"""D: with claims at the door nobody can keep newcomers out, nor apart."""

import asyncio
from collections.abc import Callable

import pytest

from tests.adversary.attackers import Stranger, notice, said_at_the_door, stranger
from tests.adversary.checks import still_together
from tests.unit.room.looks import membership_of
from tests.unit.room.people import Company, Person, agreed, calm, company, deaf, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room import labels
from volly_browser.room.door.admission import SEEN_OF_FULL
from volly_browser.room.events import RoomState
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind

TIMING = Timing()
Claim = Callable[[int], bytes]


async def claim_again(mallory: Stranger, claim: Claim, pause: float = 2.0) -> None:
    """Put one claim on display after the other."""
    for number in range(1000):
        await mallory.show(DoorKind.NOTICE, claim(number))
        await asyncio.sleep(pause)


async def seconds_to_get_in(party: Company, name: str, *people: Person) -> float:
    loop = asyncio.get_running_loop()
    began, newcomer = loop.time(), party.person(name)
    coming = asyncio.create_task(newcomer.join())
    await until(lambda: agreed(newcomer, *people), 300.0)
    await coming
    return loop.time() - began


@pytest.mark.parametrize(
    "claim",
    [
        lambda _: notice(),
        lambda number: notice(bytes([0, number % 256]) * 8, epoch=number),
        lambda number: notice(members=labels.ROOM_LIMIT, epoch=number),
        lambda number: notice(members=10_000, epoch=(1 << 32) - number),
    ],
    ids=["one group", "another group each time", "a full one", "ten thousand people"],
)
@virtual_time(limit=900)
async def test_claims_of_better_groups_keep_no_newcomer_from_the_group_that_is_there(claim: Claim) -> None:
    """Guarded by `Admission._note_silence`: what a peer claims comes last once a knock at it was in vain."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        mallory = await stranger(party)
        claiming = asyncio.create_task(claim_again(mallory, claim))
        await asyncio.sleep(1)
        assert await seconds_to_get_in(party, "Carol", alice, bob) < 3 * TIMING.unanswered_hello
        claiming.cancel()
        await still_together(*party.people)


@virtual_time(limit=900)
async def test_a_false_branch_of_the_true_group_keeps_no_newcomer_out() -> None:
    """Guarded by `Doorway._correct`, which answers those that we never met, and by `Admission._note_silence`."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        mallory, group_id = await stranger(party), membership_of(alice).group.group_id
        claim = lambda number: notice(group_id, epoch=(1 << 30) + number, branch=bytes([number % 255 + 1]) * 16)  # noqa: E731
        claiming = asyncio.create_task(claim_again(mallory, claim))
        await asyncio.sleep(1)
        assert await seconds_to_get_in(party, "Carol", alice, bob) < 1.0
        claiming.cancel()
        await still_together(*party.people)


@virtual_time(limit=900)
async def test_a_flood_of_answers_that_nobody_gave_keeps_no_newcomer_out() -> None:
    """Guarded by `CORRECTIONS_LIMIT`: without it each answer makes a newcomer knock anew, at the one that gave it."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        strangers = [await stranger(party) for _ in range(10)]
        group_id = membership_of(alice).group.group_id

        async def answer_all_the_time() -> None:
            for number in range(2000):
                for mallory in strangers:
                    answer = notice(group_id, epoch=1 << 30, branch=number.to_bytes(16, "big"), is_answer=True)
                    await mallory.say(DoorKind.NOTICE, answer)
                await asyncio.sleep(0.1)

        answering = asyncio.create_task(answer_all_the_time())
        await asyncio.sleep(1)
        with deaf(alice), deaf(bob):
            coming = asyncio.create_task(party.person("Carol").join())
            await asyncio.sleep(5)
        await until(lambda: agreed(*party.people), len(strangers) * 4.0)
        await coming
        answering.cancel()
        hellos = await said_at_the_door(party, DoorKind.HELLO)
        knocks = [said for said, _ in hellos if said.sender == party.people[-1].identity and not said.announced]
        assert len(knocks) <= 8 + 2 * len(strangers)
        await still_together(*party.people)


@virtual_time(limit=900)
async def test_a_group_that_lets_nobody_in_keeps_two_newcomers_apart_for_a_minute_at_most() -> None:
    """Guarded by `Admission._note_silence`; before, both went on to knock where nobody answered."""
    async with company(policy="classical") as party:
        mallory = await stranger(party)
        claiming = asyncio.create_task(claim_again(mallory, lambda number: notice(epoch=number)))
        await asyncio.sleep(1)
        coming = [asyncio.create_task(party.person(name).join()) for name in ("Alice", "Bob")]
        await until(lambda: agreed(*party.people), TIMING.closed_group + 3 * TIMING.unanswered_hello)
        claiming.cancel()
        await asyncio.gather(*coming)
        await still_together(*party.people)


@virtual_time(limit=900)
async def test_a_room_that_is_said_to_be_full_is_waited_for_no_longer_than_any_other() -> None:
    """Guarded by `Admission._full_groups`: a peer that says so has to show as many connections as a full room has."""
    async with company(policy="classical") as party:
        strangers = [await stranger(party) for _ in range(5)]
        claim = lambda number: notice(members=labels.ROOM_LIMIT, epoch=number)  # noqa: E731
        claiming = [asyncio.create_task(claim_again(mallory, claim)) for mallory in strangers]
        await asyncio.sleep(1)
        alice = party.person("Alice")
        coming = asyncio.create_task(alice.join())
        await until(lambda: alice.room.state is RoomState.JOINED, TIMING.closed_group + 1)
        assert RoomState.FULL not in alice.states
        for claims in claiming:
            claims.cancel()
        await coming


@virtual_time(limit=1500)
async def test_a_room_that_is_seen_to_be_full_for_ever_is_waited_for_once() -> None:
    """Guarded by `Admission._create_at`, whose limit counts from our coming and not from their last word."""
    async with company(policy="classical") as party:
        strangers = [await stranger(party) for _ in range(SEEN_OF_FULL)]
        for mallory in strangers:
            await mallory.show(DoorKind.NOTICE, notice(members=labels.ROOM_LIMIT))
        claiming = asyncio.create_task(
            claim_again(strangers[0], lambda number: notice(members=labels.ROOM_LIMIT, epoch=number))
        )
        alice = party.person("Alice")
        coming = asyncio.create_task(alice.join())
        await until(lambda: RoomState.FULL in alice.states, 1)
        await until(lambda: alice.room.state is RoomState.JOINED, TIMING.full_room + 1)
        claiming.cancel()
        await coming


@virtual_time()
async def test_connections_that_come_without_end_keep_nobody_from_beginning() -> None:
    """T.  Guarded by `Admission._create_at`, whose limit does not depend on when others came."""
    async with company(policy="classical") as party:

        async def come_and_come() -> None:
            while True:
                connection = party.network.transport()
                await connection.connect()
                await asyncio.sleep(0.7)

        coming_and_going = asyncio.create_task(come_and_come())
        alice = party.person("Alice")
        coming = asyncio.create_task(alice.join())
        await until(lambda: alice.room.state is RoomState.JOINED, TIMING.closed_group + 1)
        coming_and_going.cancel()
        await coming
