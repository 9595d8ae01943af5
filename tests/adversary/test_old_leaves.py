"""D and M: leaves that were used before.  What some remember of them, and others do not, splits nobody."""

import asyncio

from tests.adversary.attackers import begin_the_best_group, keep_keys, said_at_the_door, stranger, tamper, tell
from tests.adversary.checks import still_together
from tests.unit.room.looks import deciders_of, membership_of, parts_of
from tests.unit.room.people import Company, Person, agreed, calm, company, deaf, until
from tests.unit.virtual_time import virtual_time
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.proposals import Add, Remove
from volly_browser.room.content.content import Payload, Ranking, Typing
from volly_browser.room.door.knocks import Join
from volly_browser.room.events import MemberMisbehaved, Misbehaviour
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.credential import OwnIdentity, member_id_of
from volly_browser.room.identity.ranking import psk_with, ranking_digest
from volly_browser.room.labels import VERSION
from volly_browser.room.session.assembly import Assembly
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.structs import Welcomed

MANY_RENEWALS = 1_000_000


def one_more_page(party: Company, name: str, renewals: int, pair: SignatureKeyPair | None = None) -> Person:
    """A page that has renewed its leaf so often; with a key pair, of the same identity as an earlier page."""

    def change(assembly: Assembly) -> None:
        own = assembly.parts.key_packages._identity
        own._renewals = renewals
        if pair is None:
            return
        own._pair, own.member_id = pair, member_id_of(pair.public_key)
        assembly.protocol._member_id = own.member_id
        assembly.deciders.sequencer._me = own.member_id
        assembly.deciders.exchange._member_id = own.member_id
        assembly.deciders.exchange._reception._me = own.member_id

    page = party.person(name)
    tamper(page, change)
    return page


def identity_of(person: Person) -> OwnIdentity:
    return parts_of(person).key_packages._identity


async def gone(party: Company, person: Person) -> None:
    """A page leaves, and is not one of the company any more."""
    await person.leave()
    party.people.remove(person)


def was_told_of_old_keys(person: Person, member_id: str) -> bool:
    told = [event for event in person.happened if isinstance(event, MemberMisbehaved)]
    return (member_id, Misbehaviour.OLD_KEYS) in [(event.member_id, event.what) for event in told]


@virtual_time()
async def test_one_that_comes_again_with_an_old_leaf_puts_nobody_out_who_remembers_a_newer_one() -> None:
    """Guarded by `CommitRules._check_newcomers`, which asks only what all members of the epoch know."""
    async with company(policy="classical") as party:
        [alice] = await party.join("Alice")
        x = await one_more_page(party, "X", MANY_RENEWALS).join()
        await calm(alice, x)
        member_id, pair = x.room.member_id, identity_of(x)._pair
        await gone(party, x)
        await until(lambda: alice.names == ["Alice"])
        bob, carol = await party.join("Bob", "Carol")
        await calm(alice, bob, carol)
        x = await one_more_page(party, "X", 10, pair).join()
        await calm(alice, bob, carol, x)
        await still_together(alice, bob, carol, x)
        assert was_told_of_old_keys(alice, member_id)
        assert not was_told_of_old_keys(bob, member_id), "who has met nobody has nothing to tell"


@virtual_time()
async def test_one_that_has_spoken_with_a_newer_leaf_elsewhere_keeps_nobody_out_of_a_group() -> None:
    """Guarded by `CommitRules.judge_members`, which asks nothing of what a newcomer remembers."""
    async with company(policy="classical") as party:
        alice, x = await party.join("Alice", "X")
        await calm(alice, x)
        other = one_more_page(party, "X", MANY_RENEWALS, identity_of(x)._pair)
        await begin_the_best_group(other)
        bob = party.person("Bob")
        coming = asyncio.create_task(bob.join())
        await until(lambda: "Bob" in other.names)
        await tell(other, Typing())
        await asyncio.sleep(1)
        assert parts_of(bob).seat.roster.used_renewal_of(bytes.fromhex(x.room.member_id)) > MANY_RENEWALS
        await gone(party, other)
        await coming
        await calm(alice, bob, x)
        assert not any("group" in refusal for refusal in bob.refusals), "no Welcome was refused for what it leads into"
        await still_together(alice, bob, x)


@virtual_time()
async def test_a_knock_that_led_in_before_puts_a_ghost_on_the_list_which_is_told_and_removed() -> None:
    """M plays the knock of one that has left.  Guarded by `Roster.is_outdated`, and `Attendance`: it says nothing."""
    async with company(policy="classical") as party:
        *people, carol = alice, bob, mallory, _ = await party.join("Alice", "Bob", "Mallory", "Carol")
        await calm(*people, carol)
        carol_id, identity = carol.room.member_id, carol.identity
        knocks = await said_at_the_door(party, DoorKind.HELLO)
        [knock, *_] = [said.content for said, _ in knocks if said.sender == identity]
        await gone(party, carol)
        await until(lambda: agreed(*people))
        join = Join(bytes.fromhex(carol_id), 1, knock, identity)
        await parts_of(mallory).ordering.commit(Changes((join,)), asyncio.get_running_loop().time())
        await until(lambda: "Carol" in alice.names)
        for person in (alice, bob):
            assert was_told_of_old_keys(person, carol_id)
        await until(lambda: agreed(*people), 120)
        await still_together(alice, bob, mallory)


@virtual_time()
async def test_a_thief_of_an_old_leaf_s_key_is_let_in_by_nobody_who_has_heard_a_newer_one() -> None:
    """Guarded by `Doorway._take`: each decides for itself whom it adds."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        carol = await one_more_page(party, "Carol", MANY_RENEWALS).join()
        await calm(alice, bob, carol)
        pair = identity_of(carol)._pair
        await gone(party, carol)
        await until(lambda: agreed(alice, bob))
        thief = one_more_page(party, "Carol", 10, pair)
        coming = asyncio.create_task(thief.join())
        await asyncio.sleep(30)
        assert alice.names == bob.names == ["Alice", "Bob"]
        assert not deciders_of(bob).sequencer._knocks
        await still_together(alice, bob)
        coming.cancel()


@virtual_time()
async def test_a_thief_of_an_old_state_lets_nobody_in_who_has_heard_a_newer_leaf() -> None:
    """It answers the knock of one that was put out, as a member.  Guarded by `Roster.has_replaced`."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        stolen = (await keep_keys(bob)).group
        await calm(alice, bob)
        thief, old_leaf = await stranger(party), membership_of(alice).group.own_leaf_index
        party.network.recorded.clear()
        with deaf(bob):
            parts_of(alice).inside.removed(asyncio.get_running_loop().time())
            alice.room.typing()  # wakes the page
            await until(lambda: alice.identity in party.senders_of(DoorKind.HELLO))
            [(knock, _), *_] = await said_at_the_door(party, DoorKind.HELLO)
            ids = tuple(bytes.fromhex(person.room.member_id) for person in (bob, alice))
            psk = psk_with(party.invite.psk_id, party.invite.psk, ranking_digest(ids))
            add = Add(KeyPackage.from_message(knock.content))
            pending = await stolen.commit([Remove(old_leaf), add, stolen.psk_proposal(psk.name)], (psk,))
            stolen.merge(pending)
            assert pending.welcome
            ranking = await stolen.encrypt(Payload(VERSION, Ranking(ids)).encode())
            welcomed = Welcomed(pending.welcome, ranking_digest(ids), ranking)
            await thief.say(DoorKind.WELCOME, welcomed.encode(), alice)
            await until(lambda: any("it has replaced" in refusal for refusal in alice.refusals), 10)
        await until(lambda: agreed(alice, bob))
