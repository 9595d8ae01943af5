"""D: knocks of strangers end no visit, take nobody's place, and cost a bounded amount."""

import asyncio
from dataclasses import replace

import pytest

from tests.adversary.attackers import Stranger, inject, said_at_the_door, stranger
from tests.adversary.checks import still_together
from tests.unit.room.looks import deciders_of, membership_of
from tests.unit.room.people import Company, Person, agreed, calm, company, deaf, never_lost, until
from tests.unit.virtual_time import virtual_time
from volly_browser.crypto.engine import Verify
from volly_browser.crypto.native import NativeEngine
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.credentials import Credential as LeafCredential
from volly_browser.mls.extensions import Extension
from volly_browser.mls.key_package import KEY_PACKAGE_LABEL, KeyPackage
from volly_browser.mls.labels import sign_with_label
from volly_browser.mls.leaf_node import sign_leaf_node
from volly_browser.room.door.key_packages import KEY_PACKAGE_LIMIT
from volly_browser.room.door.knocks import CHECKED_AT_ONCE, JOINS_LIMIT
from volly_browser.room.group.membership import Membership
from volly_browser.room.identity.credential import Credential
from volly_browser.room.wire.door import Door, DoorKind
from volly_browser.room.wire.frames import Kind
from volly_browser.room.wire.structs import Knock

PRIVATE_EXTENSION = 0xF123


async def knock_of(mallory: Stranger, membership: Membership) -> bytes:
    """A good key package."""
    return await mallory.offer(membership.group.group_id, membership.branch)


async def fat_knock(mallory: Stranger, membership: Membership, length: int) -> bytes:
    """A good key package of so many bytes."""
    await knock_of(mallory, membership)
    bundle = mallory.key_packages._bundles[-1][0]
    leaf, private = bundle.key_package.leaf_node, bundle.signature_key.private_key
    capabilities = replace(leaf.capabilities, extensions=(*leaf.capabilities.extensions, PRIVATE_EXTENSION))
    padding = Extension(PRIVATE_EXTENSION, bytes(length - len(bundle.message) - 20))
    leaf = replace(leaf, capabilities=capabilities, extensions=(*leaf.extensions, padding))
    leaf = await sign_leaf_node(mallory.engine, mallory.suite, leaf, private, None)
    package = replace(bundle.key_package, leaf_node=leaf)
    signed = package.to_be_signed()
    signature = await sign_with_label(mallory.engine, mallory.suite, private, KEY_PACKAGE_LABEL, signed)
    return replace(package, signature=signature).message


def forged(knock: bytes) -> bytes:
    """The same with a wrong signature."""
    return KeyPackage.from_message(knock).message[:-10] + bytes(10)


def claimed_later(credential: LeafCredential) -> LeafCredential:
    """The same with a renewal that nobody has seen yet, and a signature that does not fit."""
    assert isinstance(credential, BasicCredential)
    read = Credential.decode(credential.identity)
    return BasicCredential(replace(read, claims=replace(read.claims, renewal=1000)).encode())


async def stand_at_the_door(party: Company, alice: Person, length: int = 0) -> None:
    """Seventy knocks, each of so many bytes, or as long as they are by themselves."""
    membership = membership_of(alice)
    for _ in range(70):
        mallory = await stranger(party)
        knock = await (fat_knock(mallory, membership, length) if length else knock_of(mallory, membership))
        await mallory.say(DoorKind.HELLO, knock)
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("length", [KEY_PACKAGE_LIMIT + 100, 31_900])
@virtual_time()
async def test_seventy_knocks_that_are_too_long_end_no_visit(length: int) -> None:
    """Guarded by `KEY_PACKAGE_LIMIT`: none of them even waits."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        await stand_at_the_door(party, alice, length)
        await asyncio.sleep(60)
        assert "too long" in "".join(alice.refusals)
        assert not deciders_of(bob).sequencer._knocks
        await still_together(*people)
        assert len(carol.member_lists[-1]) == len(people)


@virtual_time()
async def test_seventy_knocks_at_once_end_no_visit() -> None:
    """Guarded by `CHECKED_AT_ONCE`: seventy at once would make a commit and a Welcome of more than a parcel holds.

    They are let in, as all that have the invite, and removed again since they never speak.
    """
    async with company() as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        await stand_at_the_door(party, alice)
        await until(lambda: len(bob.room.members) == 73)
        await until(lambda: agreed(*people), 300)
        await still_together(*people)
        assert carol.room.epoch - 70 / CHECKED_AT_ONCE < 40


@virtual_time()
async def test_knocks_in_the_names_of_members_put_none_of_them_out() -> None:
    """Guarded by `Doorway._take`, which checks what says that a member is out, and by MLS when it is to be added."""
    async with company(policy="classical") as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        mallory = await stranger(party)
        for said, _sent in await said_at_the_door(party, DoorKind.HELLO):
            package = KeyPackage.from_message(said.content)
            membership = membership_of(alice)
            knock = Knock(mallory.identity, membership.group.group_id, membership.branch)
            extension = replace(package.extensions[0], extension_data=knock.encode())
            leaf = replace(package.leaf_node, credential=claimed_later(package.leaf_node.credential))
            await mallory.say(DoorKind.HELLO, replace(package, leaf_node=leaf, extensions=(extension,)).message)
            await asyncio.sleep(1)
            assert not deciders_of(bob).sequencer._knocks.members
        await asyncio.sleep(20)
        await still_together(*people)


@virtual_time()
async def test_a_copy_of_a_newcomer_s_identity_takes_its_place_from_nobody() -> None:
    """Guarded by `Credential.verification`: an id is a hash of a key, and its owner signs for this leaf."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        mallory, carol = await stranger(party), party.person("Carol")
        with deaf(alice), deaf(bob):
            coming = asyncio.create_task(carol.join())
            await until(lambda: carol.identity in {sent.sender for sent in party.network.recorded})
            await asyncio.sleep(0.1)
        copied = [said for said, _ in await said_at_the_door(party, DoorKind.HELLO) if said.sender == carol.identity]
        victim = KeyPackage.from_message(copied[0].content).leaf_node.credential
        membership = membership_of(alice)
        await mallory.offer(membership.group.group_id, membership.branch)
        bundle = mallory.key_packages._bundles[-1][0]
        private = bundle.signature_key.private_key
        leaf = replace(bundle.key_package.leaf_node, credential=victim)
        leaf = await sign_leaf_node(mallory.engine, mallory.suite, leaf, private, None)
        package = replace(bundle.key_package, leaf_node=leaf)
        signature = await sign_with_label(
            mallory.engine, mallory.suite, private, KEY_PACKAGE_LABEL, package.to_be_signed()
        )
        await mallory.say(DoorKind.HELLO, replace(package, signature=signature).message)
        await coming
        welcomed = [sent.to for _, sent in await said_at_the_door(party, DoorKind.WELCOME)]
        assert (mallory.identity,) not in welcomed
        await calm(*party.people)
        await still_together(alice, bob, carol)


@virtual_time()
async def test_a_knock_of_another_is_of_no_use_at_one_s_own_connection() -> None:
    """Guarded by `Knock.identity`, which the key package signs: a Welcome goes to its owner alone."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        mallory = await stranger(party)
        [*_, (said, _)] = await said_at_the_door(party, DoorKind.HELLO)
        await mallory.say(DoorKind.HELLO, said.content)
        await until(lambda: "made for another connection" in "".join(alice.refusals))
        await still_together(alice, bob)


@virtual_time()
async def test_forged_knocks_in_any_number_keep_no_newcomer_out_for_long() -> None:
    """Guarded by `Knocks.refused` and `CHECKED_AT_ONCE`: the one that is about to commit checks, and drops them."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        mallory, door = await stranger(party), Door(NativeEngine(), party.invite)
        membership = membership_of(alice)
        for number in range(2 * JOINS_LIMIT):
            name = f"invented {number}"
            package = await mallory.key_packages.offer(Knock(name, membership.group.group_id, membership.branch), 0.0)
            inject(party.network, Kind.DOOR, await door.seal(DoorKind.HELLO, forged(package), name), name, alice, bob)
        carol = await party.person("Carol").join()
        await until(lambda: agreed(alice, bob, carol))
        assert len(deciders_of(bob).sequencer._knocks) <= JOINS_LIMIT
        assert all(map(never_lost, (alice, bob)))
        await still_together(alice, bob, carol)


@virtual_time()
async def test_what_a_knock_costs_those_that_do_not_let_in_is_no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guarded by `Knocks`: a knock is checked by the one member that is about to commit it."""
    async with company(policy="classical") as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        mallory, membership = await stranger(party), membership_of(alice)
        knocks = [forged(await mallory.offer(membership.group.group_id, membership.branch)) for _ in range(50)]
        checked = 0
        run = NativeEngine.run

        async def counted(engine: NativeEngine, operations: list[object]) -> list[object]:
            nonlocal checked
            checked += sum(isinstance(operation, Verify) for operation in operations)
            return await run(engine, operations)  # type: ignore[arg-type]

        monkeypatch.setattr(bob.room._engine, "run", lambda operations: counted(bob.room._engine, operations))  # type: ignore[arg-type]
        for knock in knocks:
            await mallory.say(DoorKind.HELLO, knock, bob)
        await asyncio.sleep(0.5)
        assert checked <= 3, "signs of life of the others, meanwhile"
        await still_together(*people)
