"""M: what a member can do is what it signs as itself; it is not believed of others, and found out if it changes."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from tests.adversary.attackers import said_at_the_door, stranger, tell
from tests.adversary.checks import still_together
from tests.unit.room.looks import deciders_of, membership_of, parts_of
from tests.unit.room.people import Person, agreed, calm, company, until, wall_clock
from tests.unit.room.sides import ranking_with
from tests.unit.virtual_time import virtual_time
from volly_browser.mls.extensions import Extension, ExtensionType
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.proposals import Add, ExternalPsk, GroupContextExtensions, PreSharedKey, Proposal, Remove
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.renewal import LeafRenewal
from volly_browser.room.content.content import (
    SEQUENCE_LIMIT,
    Base,
    Body,
    Candidate,
    Farewell,
    Have,
    Numbered,
    Order,
    Presence,
    Receipt,
    Span,
)
from volly_browser.room.delivery.chains import START
from volly_browser.room.events import MemberMisbehaved, MembersRemoved, MessageReceived, Misbehaviour
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.credential import OwnIdentity
from volly_browser.room.mimi import CONTENT_LIMIT, text_content
from volly_browser.room.wire.door import DoorKind

Forge = Callable[[Person, Person, Group], Coroutine[Any, Any, bytes]]


def psk_of(person: Person, *proposals: Proposal) -> PskBundle:
    return membership_of(person).psk_for(ranking_with(parts_of(person).seat.roster, proposals))


async def commit(
    person: Person, group: Group, *proposals: Proposal, renewal: LeafRenewal | None = None, keyed: bool = True
) -> bytes:
    """A commit that MLS allows."""
    psk = psk_of(person, *proposals)
    wanted = [*proposals, group.psk_proposal(psk.name)] if keyed else list(proposals)
    if renewal is None:
        vouched = await membership_of(person)._identity.vouch()
        renewal = LeafRenewal(vouched.pair, vouched.credential.encode())
    return (await group.commit(wanted, (psk,), renewal=renewal)).commit


async def renewal_as(person: Person, change: Callable[[OwnIdentity], None]) -> LeafRenewal:
    identity = membership_of(person)._identity
    copy = OwnIdentity(identity._engine, identity._suite, identity._room_id, identity.name, identity._pair)
    copy._renewals = identity._renewals
    change(copy)
    vouched = await copy.vouch()
    return LeafRenewal(vouched.pair, vouched.credential.encode())


async def as_another_identity(mallory: Person, _: Person, group: Group) -> bytes:
    identity = membership_of(mallory)._identity
    pair = await SignatureKeyPair.generate(identity._engine, identity._suite)
    return await commit(mallory, group, renewal=await renewal_as(mallory, lambda copy: setattr(copy, "_pair", pair)))


async def with_an_old_renewal(mallory: Person, _: Person, group: Group) -> bytes:
    return await commit(mallory, group, renewal=await renewal_as(mallory, lambda copy: setattr(copy, "_renewals", 0)))


async def without_the_invite_s_key(mallory: Person, _: Person, group: Group) -> bytes:
    return await commit(mallory, group, keyed=False)


async def with_extensions(mallory: Person, _: Person, group: Group) -> bytes:
    return await commit(
        mallory, group, GroupContextExtensions((Extension(ExtensionType.REQUIRED_CAPABILITIES, bytes(3)),))
    )


async def without_effect(mallory: Person, _: Person, group: Group) -> bytes:
    psk = psk_of(mallory)
    return (await group.commit([group.psk_proposal(psk.name)], (psk,), with_path=False)).commit


async def with_data_in_the_clear(mallory: Person, _: Person, group: Group) -> bytes:
    renewal, psk = await renewal_as(mallory, lambda copy: None), psk_of(mallory)
    proposal = group.psk_proposal(psk.name)
    return (await group.commit([proposal], (psk,), renewal=renewal, authenticated_data=b"in the clear")).commit


async def with_the_first_one_s_removal(mallory: Person, alice: Person, group: Group) -> bytes:
    return await commit(mallory, group, Remove(membership_of(alice).group.own_leaf_index))


FORGERIES: tuple[Forge, ...] = (
    as_another_identity,
    with_an_old_renewal,
    without_the_invite_s_key,
    with_extensions,
    without_effect,
    with_data_in_the_clear,
)


@pytest.mark.parametrize("forge", [*FORGERIES, with_the_first_one_s_removal], ids=lambda forge: forge.__name__)
@virtual_time()
async def test_a_commit_that_breaks_a_rule_is_not_given_out_for_a_member(forge: Forge) -> None:
    """Guarded by `CommitRules.judge`, which each member asks."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        epoch = alice.room.epoch
        candidate = Candidate(await forge(mallory, alice, membership_of(mallory).group))
        await tell(mallory, candidate)
        await asyncio.sleep(3)
        assert alice.room.epoch == epoch
        assert any("commit" in refusal.lower() for refusal in alice.refusals)
        await still_together(*people)
        assert bob.names == ["Alice", "Bob", "Mallory"]


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
@virtual_time()
async def test_an_order_that_breaks_a_rule_is_followed_by_nobody(forge: Forge) -> None:
    """Guarded by `CommitRules.judge`; members that refuse it stay in their epoch."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        epoch = alice.room.epoch
        await tell(mallory, Order(await forge(mallory, alice, membership_of(mallory).group)))
        await asyncio.sleep(3)
        assert alice.room.epoch == bob.room.epoch == epoch
        await still_together(*people)


@virtual_time()
async def test_a_name_cannot_be_taken_by_a_commit_and_an_id_by_nothing() -> None:
    """M calls itself Alice in its next credential.

    Guarded by `CommitRules._check_renewals` for the id; a name is a claim, which those that show it mark if it is
    there twice.
    """
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        ids = {member.member_id for member in bob.room.members}
        renewal = await renewal_as(mallory, lambda copy: setattr(copy, "name", "Alice"))
        await tell(mallory, Candidate(await commit(mallory, membership_of(mallory).group, renewal=renewal)))
        await asyncio.sleep(5)
        assert {member.member_id for member in bob.room.members} == ids
        assert bob.room.members[0].member_id == alice.room.member_id, "and rank is by coming, not by claims"


def text(number: int, content: str, *, previous: bytes = START, lamport: int = 1) -> Numbered:
    return Numbered(number, lamport, previous, (), text_content(content, bytes(16), wall_clock()).encode())


@virtual_time()
async def test_two_texts_with_one_number_are_found_out() -> None:
    """Guarded by `Chain`: readers compare by their receipts what each has read."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        bases = tuple(Base(bytes.fromhex(person.room.member_id), 1) for person in (alice, bob))
        await tell(mallory, replace(text(1, "transfer to account 1"), bases=bases), alice)
        await tell(mallory, replace(text(1, "transfer to account 2"), bases=bases), bob)
        for person in (alice, bob):
            await until(lambda person=person: has_misbehaved(person, mallory, Misbehaviour.DIFFERENT_MESSAGES), 30)  # type: ignore[misc]
        assert alice.texts != bob.texts


def has_misbehaved(person: Person, by: Person, what: Misbehaviour) -> bool:
    accused = [event for event in person.happened if isinstance(event, MemberMisbehaved)]
    return any((event.member_id, event.what) == (by.room.member_id, what) for event in accused)


@virtual_time()
async def test_a_text_that_is_sent_again_otherwise_is_found_out() -> None:
    """Guarded by `Reception.contradicts`."""
    async with company(policy="classical") as party:
        alice, mallory = await party.join("Alice", "Mallory")
        await calm(alice, mallory)
        await tell(mallory, text(1, "yes"), alice)
        await until(lambda: alice.texts)
        await tell(mallory, text(1, "no"), alice)
        await until(lambda: has_misbehaved(alice, mallory, Misbehaviour.CHANGED_MESSAGE))
        assert alice.texts == [("Mallory", "yes")]


@virtual_time()
async def test_a_receipt_for_what_was_never_sent_is_found_out_and_delivers_nothing() -> None:
    """Guarded by `Exchange._acknowledged`."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        await alice.room.send_text("hello")
        await until(lambda: bob.texts)
        me = bytes.fromhex(alice.room.member_id)
        await tell(mallory, Receipt(0, (), (Have(me, 1000, b"some other chain", ()),)))
        await until(lambda: has_misbehaved(alice, mallory, Misbehaviour.FALSE_RECEIPT))
        await still_together(*people)


@virtual_time()
async def test_a_member_that_slanders_another_is_named_beside_it() -> None:
    """What one says of another is told with the name of the witness: possibly that one lies."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        await bob.room.send_text("hello")
        await until(lambda: alice.texts and mallory.texts)
        await tell(
            mallory, Receipt(0, (), (Have(bytes.fromhex(bob.room.member_id), 2, b"some other chain", (), 1),)), alice
        )
        await until(lambda: has_misbehaved(alice, bob, Misbehaviour.DIFFERENT_MESSAGES))
        [told] = [event for event in alice.happened if isinstance(event, MemberMisbehaved)]
        assert told.witness == mallory.room.member_id
        await still_together(*people)


@virtual_time()
async def test_a_member_that_gives_two_orders_for_one_epoch_is_found_out() -> None:
    """Guarded by the givers in each history: those that were split compare whose orders they have followed."""
    async with company(policy="classical") as party:
        people = mallory, alice, bob = await party.join("Mallory", "Alice", "Bob")
        await calm(*people)
        for person in (alice, bob):
            await tell(mallory, Order(await commit(mallory, membership_of(mallory).group)), person)
        for person in (alice, bob):
            await until(lambda person=person: has_misbehaved(person, mallory, Misbehaviour.TWO_ORDERS), 30)  # type: ignore[misc]
        [told] = [event for event in alice.happened if isinstance(event, MemberMisbehaved)]
        assert (told.name, told.witness_name) == ("Mallory", "Bob")
        await until(lambda: agreed(alice, bob) or agreed(*people), 90)


@virtual_time()
async def test_two_orders_that_reach_one_member_are_found_out_without_a_witness() -> None:
    """Guarded by `Ordering._accuse_if_twice`."""
    async with company(policy="classical") as party:
        people = mallory, alice, bob = await party.join("Mallory", "Alice", "Bob")
        await calm(*people)
        orders = [Order(await commit(mallory, membership_of(mallory).group)) for _ in range(2)]
        for order in orders:
            await tell(mallory, order, alice)
        await until(lambda: has_misbehaved(alice, mallory, Misbehaviour.TWO_ORDERS), 30)
        [told] = [event for event in alice.happened if isinstance(event, MemberMisbehaved)]
        assert not told.witness
        await until(lambda: agreed(alice, bob) or agreed(*people), 90)


@virtual_time(limit=900)
async def test_early_messages_take_a_bounded_memory() -> None:
    """Guarded by `CONTENT_LIMIT`, `EARLY_LIMIT` and `EARLY_BYTES_LIMIT`."""
    async with company(policy="classical") as party:
        alice, mallory = await party.join("Alice", "Mallory")
        await calm(alice, mallory)
        big = bytes(CONTENT_LIMIT)
        for number in range(2, 60):
            await tell(mallory, Numbered(number, 1, START, (), big), alice)
            await tell(mallory, Numbered(1000 + number, 1, START, (), bytes(1 << 20)), alice)
            await asyncio.sleep(0.05)
        [sender] = deciders_of(alice).exchange._reception._senders.values()
        assert sender.early_bytes <= 600_000
        assert len(sender.early) <= 256
        assert any("longer than" in refusal for refusal in alice.refusals)


def nonsense(alice: Person) -> list[Body]:
    me, huge = bytes.fromhex(alice.room.member_id), (1 << 64) - 1
    return [
        Numbered(0, 1, START, (), b""),
        Numbered(huge, huge, START, (Base(me, huge),), b"far away"),
        Numbered(SEQUENCE_LIMIT, 0, START, (Base(me, SEQUENCE_LIMIT),), b"further than all"),
        Receipt(huge, (Base(me, huge),), ()),
        Receipt(SEQUENCE_LIMIT, (), tuple(Have(bytes([n]) * 16, huge, bytes(16), ()) for n in range(255))),
        Receipt(0, (), (Have(me, huge, bytes(16), tuple(Span(0, huge) for _ in range(500))),)),
        Receipt(0, (), (Have(me, 0, bytes(16), tuple(Span(huge, 0) for _ in range(500))),)),
        Presence("\0" * 256, huge),
        Presence("nobody", huge),
        Order(b""),
        Order(bytes(100_000)),
        Candidate(b"\xff" * 1000),
    ]


@virtual_time()
async def test_numbers_and_names_without_sense_end_nothing() -> None:
    """Sequences, spans, clocks, commits at and beyond their limits, said by a member."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        for body in nonsense(alice):
            await tell(mallory, body)
            await asyncio.sleep(0.5)
        await asyncio.sleep(5)
        await until(lambda: agreed(alice, bob, mallory))
        await alice.room.send_text("still here?")
        await until(lambda: ("Alice", "still here?") in bob.texts)


@virtual_time()
async def test_a_clock_that_shows_any_time_puts_no_text_into_the_future_or_before_all_time() -> None:
    """Guarded by `Exchange._time_of`."""
    async with company(policy="classical") as party:
        alice, mallory = await party.join("Alice", "Mallory")
        await calm(alice, mallory)
        for number, clock in enumerate((0, (1 << 64) - 1), start=1):
            await tell(mallory, Presence(mallory.identity, clock))
            content = replace(text_content("when?", bytes(16), 0.0), sent_at=(1 << 64) - 1 - clock)
            await tell(mallory, Numbered(number, 1, START, (), content.encode()))
            await asyncio.sleep(1)
        times = [event.sent_at for event in alice.happened if isinstance(event, MessageReceived)]
        assert len(times) >= 1
        assert all(0 <= time <= wall_clock() for time in times), times


@virtual_time()
async def test_a_member_says_farewell_for_itself_alone() -> None:
    """Guarded by MLS: a farewell is signed; its sender can be back with a fresh knock."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        await tell(mallory, Farewell(bob.room.member_id))
        await until(lambda: agreed(alice, bob))
        assert alice.names == ["Alice", "Bob"]
        await still_together(alice, bob)


@virtual_time()
async def test_a_member_that_removes_others_is_shown_to_have_done_so() -> None:
    """Guarded by `Removals.removed`; the one that it removed comes back by itself."""
    async with company(policy="classical") as party:
        people = mallory, alice, bob = await party.join("Mallory", "Alice", "Bob")
        await calm(*people)
        membership, now = membership_of(mallory), asyncio.get_running_loop().time()
        await parts_of(mallory).ordering.commit(Changes(removals=(bytes.fromhex(bob.room.member_id),)), now)
        await until(lambda: any(isinstance(event, MembersRemoved) for event in alice.happened))
        [told] = [event for event in alice.happened if isinstance(event, MembersRemoved)]
        assert (told.by, told.names) == (mallory.room.member_id, ("Bob",))
        assert membership is membership_of(mallory)
        await until(lambda: agreed(*people), 60)


@virtual_time()
async def test_a_member_that_gives_orders_out_of_turn_all_the_time_keeps_nobody_from_talking() -> None:
    """Each is a valid renewal of its own; texts of epochs that went by come again in the present one."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)

        async def order_all_the_time() -> None:
            while True:
                await parts_of(mallory).ordering._commit(
                    membership_of(mallory), Changes(), asyncio.get_running_loop().time()
                )
                await asyncio.sleep(0.2)

        ordering = asyncio.create_task(order_all_the_time())
        for number in range(10):
            await alice.room.send_text(str(number))
            await asyncio.sleep(1)
        await until(lambda: bob.texts_of("Alice") == list(map(str, range(10))), 60)
        ordering.cancel()
        await still_together(*people)


@virtual_time()
async def test_a_member_cannot_add_a_member_nor_a_newcomer_by_an_old_knock() -> None:
    """Guarded by `CommitRules._check_newcomers`: who is there is added only in its own place, with a newer leaf."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        epoch = alice.room.epoch
        for said, _ in await said_at_the_door(party, DoorKind.HELLO):
            package = KeyPackage.from_message(said.content)
            group = membership_of(mallory).group
            try:
                again = await commit(mallory, group, Add(package))
            except Exception:  # MLS refuses it already
                continue
            await tell(mallory, Order(again))
        await asyncio.sleep(3)
        assert alice.room.epoch == bob.room.epoch == epoch
        await still_together(*people)


@virtual_time()
async def test_a_member_mixes_in_no_key_that_others_do_not_have() -> None:
    """Guarded by `CommitRules.judge`: exactly the invite's pre-shared key; and no member that lacks one can follow."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        await stranger(party)
        epoch, group = alice.room.epoch, membership_of(mallory).group
        other = PskBundle(ExternalPsk(b"another"), bytes(32))
        proposal = group.psk_proposal(other.name)
        assert isinstance(proposal, PreSharedKey)
        psk = psk_of(mallory)
        pending = await group.commit([proposal, group.psk_proposal(psk.name)], (psk, other))
        await tell(mallory, Order(pending.commit))
        await asyncio.sleep(3)
        assert alice.room.epoch == bob.room.epoch == epoch
        await still_together(*people)
