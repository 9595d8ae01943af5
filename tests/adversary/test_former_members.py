"""F: with all that a former member can keep, nothing can be done to those that stay."""

import asyncio

from tests.adversary.attackers import keep_keys, stranger, tell_in
from tests.adversary.checks import still_together
from tests.unit.room.looks import deciders_of, membership_of, parts_of
from tests.unit.room.people import agreed, calm, company, until, wall_clock
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import Farewell, Numbered, Order, Presence, text_content
from volly_browser.room.delivery.chains import START
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.structs import PassedEpoch


@virtual_time()
async def test_a_former_member_gives_no_orders() -> None:
    """Guarded by `Ordering.got_order`, which asks where an order of another epoch comes from, and by MLS after it."""
    async with company(policy="classical") as party:
        people = alice, _, _, mallory = await party.join("Alice", "Bob", "Carol", "Mallory")
        await calm(*people)
        former = await keep_keys(mallory)
        pending = await former.group.commit()
        forger = party.network.transport()
        await mallory.leave()
        rest = people[:3]
        await until(lambda: agreed(*rest))
        await forger.connect()
        await tell_in(former.group, Order(pending.commit), forger)
        await tell_in(former.group, Order(b"no commit at all"), forger)
        await asyncio.sleep(30)
        await still_together(*rest)
        assert alice.names == ["Alice", "Bob", "Carol"]


@virtual_time()
async def test_a_former_member_sends_nobody_away_and_says_nothing_to_those_that_stay() -> None:
    """Guarded by MLS: the keys of the next epoch are not to be had by the one that it removes."""
    async with company(policy="classical") as party:
        people = alice, _, _, mallory = await party.join("Alice", "Bob", "Carol", "Mallory")
        await calm(*people)
        former = await keep_keys(mallory)
        await mallory.leave()
        rest = people[:3]
        await until(lambda: agreed(*rest))
        await asyncio.sleep(15)
        forger = party.network.transport()
        await forger.connect()
        text = text_content("I am still here", bytes(16), wall_clock()).encode()
        for body in (Farewell(""), Presence(forger.identity, 0), Numbered(1, 1, START, (), text)):
            await tell_in(former.group, body, forger)
        await asyncio.sleep(10)
        assert not alice.texts_of("Mallory")
        await still_together(*rest)
        assert alice.names == ["Alice", "Bob", "Carol"]


@virtual_time()
async def test_a_former_member_that_has_said_farewell_is_asked_and_answered_in_vain() -> None:
    """Guarded by `Roster.departed`: its word on where the group is does not count any more."""
    async with company(policy="classical") as party:
        people = alice, _, _, mallory = await party.join("Alice", "Bob", "Carol", "Mallory")
        await calm(*people)
        former = await keep_keys(mallory)
        mallory_id = bytes.fromhex(mallory.room.member_id)
        await mallory.leave()
        rest = people[:3]
        await until(lambda: agreed(*rest))
        assert not parts_of(alice).seat.roster.has_met(mallory_id)
        ghost = await stranger(party)
        membership = membership_of(alice)
        elsewhere = (PassedEpoch(membership.group.epoch, bytes(16)),)
        question = await ghost.questions.ask(
            former.speaker, membership.group.group_id, elsewhere, asking=ghost.identity, asked=alice.identity, now=0.0
        )
        await ghost.say(DoorKind.QUESTION, question.encode(), alice)
        await asyncio.sleep(30)
        await still_together(*rest)
        assert alice.names == ["Alice", "Bob", "Carol"]


@virtual_time()
async def test_a_stolen_leaf_key_is_of_no_use_after_the_next_renewal() -> None:
    """Stolen, renewed, played again.  Guarded by `Whereabouts._proved`: an older renewal proves nothing."""
    async with company(policy="classical") as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(*people))
        stolen = membership_of(bob).speaker
        await calm(*people)
        membership = membership_of(alice)
        thief = await stranger(party)
        history = (*membership.history[:-1], PassedEpoch(membership.group.epoch, b"elsewhere is she"))
        whereabouts, now = parts_of(alice).whereabouts, asyncio.get_running_loop().time()
        question = await whereabouts._questions.ask(
            membership.speaker,
            membership.group.group_id,
            membership.history,
            asking=alice.identity,
            asked=thief.identity,
            now=now,
        )
        answer = await thief.questions.answer(
            question, stolen, history, answering=thief.identity, asking=alice.identity
        )
        await thief.say(DoorKind.ANSWER, answer.encode(), alice)
        await asyncio.sleep(1)
        assert not deciders_of(alice).branches._proofs
        await still_together(*people)


@virtual_time()
async def test_an_order_from_a_stolen_state_is_of_no_use_after_the_next_renewal() -> None:
    """A copy of a member's whole state of an epoch that is over gives no order, and reads nothing of the next."""
    async with company(policy="classical") as party:
        people = _, bob, _ = await party.join("Alice", "Bob", "Carol")
        await until(lambda: agreed(*people))
        copy = (await keep_keys(bob)).group
        await calm(*people)
        thief = party.network.transport()
        await thief.connect()
        await tell_in(copy, Order((await copy.commit()).commit), thief)
        await tell_in(copy, Farewell(""), thief)
        await asyncio.sleep(30)
        await still_together(*people)
