"""D and M: what a Welcome cannot do to the one that it is for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from tests.adversary.attackers import (
    LOWEST_GROUP,
    Stranger,
    begin_the_best_group,
    inject,
    notice,
    said_at_the_door,
    stranger,
)
from tests.adversary.checks import still_together
from tests.unit.room.looks import deciders_of, membership_of, parts_of
from tests.unit.room.people import Company, Person, agreed, calm, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.leaf_node import sign_leaf_node
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.proposals import Add
from volly_browser.mls.welcome import Welcome
from volly_browser.room.content.content import Payload, Ranking
from volly_browser.room.events import RoomState
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.credential import Credential
from volly_browser.room.identity.ranking import psk_with, ranking_digest
from volly_browser.room.labels import VERSION
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.frames import Kind
from volly_browser.room.wire.structs import Welcomed
from volly_browser.transport.memory import MemoryNetwork, Weather


@virtual_time()
async def test_a_welcome_into_a_group_with_a_key_that_is_none_ends_no_visit() -> None:
    """Guarded by `usable_keys` in `joining`: every key of the tree is tried before the group is joined."""
    async with company() as party:
        mallory = party.person("Mallory")

        async def begin_badly() -> Group:
            packages = parts_of(mallory).key_packages
            bundle = await packages._bundle()
            leaf = replace(bundle.key_package.leaf_node, encryption_key=b"\xff" * 1216)
            leaf = await sign_leaf_node(packages._engine, packages._suite, leaf, bundle.signature_key.private_key, None)
            bundle = replace(bundle, key_package=replace(bundle.key_package, leaf_node=leaf))
            return await Group.create(
                packages._engine, packages._suite, LOWEST_GROUP, bundle, settings=packages._settings
            )

        task = mallory.room._task
        prepare = task._prepare

        async def prepare_badly():  # type: ignore[no-untyped-def]  # noqa: ANN202
            assembly = await prepare()
            assembly.parts.key_packages.begin = begin_badly  # type: ignore[method-assign]
            assembly.deciders.refresh.deadline = lambda: None  # type: ignore[method-assign]
            return assembly

        task._prepare = prepare_badly
        await mallory.join()
        alice = party.person("Alice")
        coming = asyncio.create_task(alice.join())
        await until(lambda: alice.room.state is RoomState.JOINED, 120)
        await coming
        bob = await party.person("Bob").join()
        assert "Nobody can encrypt" in "".join(alice.refusals)
        await until(lambda: agreed(*party.people), 120)
        assert RoomState.FAILED not in alice.states + bob.states


async def a_welcome_for(mallory: Stranger, bundle: KeyPackageBundle) -> bytes:
    """Into a group that nobody wants."""
    settings = mallory.key_packages._settings
    own = await mallory.key_packages._bundle()
    group = await Group.create(mallory.engine, mallory.suite, LOWEST_GROUP, own, settings=settings)
    pending = await group.commit([Add(bundle.key_package)])
    assert pending.welcome is not None
    return pending.welcome


@virtual_time()
async def test_junk_that_is_called_a_welcome_keeps_no_newcomer_out() -> None:
    """Guarded by `KeyPackages.join`: what is for none of our key packages costs nothing, and counts for nothing."""
    async with company(MemoryNetwork(Weather(delay=(0.1, 0.1))), policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        strangers = [await stranger(party) for _ in range(70)]
        welcome = await a_welcome_for(strangers[0], await strangers[0].key_packages._bundle())
        junk = Welcomed(welcome, bytes(16), b"").encode()

        async def send_junk() -> None:
            while True:
                for mallory in strangers:
                    await mallory.say(DoorKind.WELCOME, junk)
                await asyncio.sleep(0.05)

        flood = asyncio.create_task(send_junk())
        await asyncio.sleep(0.5)
        carol = party.person("Carol")
        coming = asyncio.create_task(carol.join())
        await until(lambda: agreed(alice, bob, carol), 3)
        flood.cancel()
        await coming
        await still_together(alice, bob, carol)


async def answer_knocks(
    party: Company, newcomer: Person, strangers: Sequence[Stranger], answer: Callable[[KeyPackage], Awaitable[bytes]]
) -> None:
    """D: answer each knock from all connections, over a shorter way than that of the members."""
    answered = set[bytes]()
    while True:
        for knock, _ in await said_at_the_door(party, DoorKind.HELLO):
            if knock.sender == newcomer.identity and knock.content not in answered:
                answered.add(knock.content)
                content = await answer(KeyPackage.from_message(knock.content))
                for mallory in strangers:
                    sealed = await mallory.door.seal(DoorKind.WELCOME, content, mallory.identity)
                    inject(party.network, Kind.DOOR, sealed, mallory.identity, newcomer)
        party.network.recorded.clear()
        await asyncio.sleep(0.005)


@virtual_time()
async def test_a_welcome_with_an_order_of_other_members_uses_up_no_key_package() -> None:
    """Guarded by `KeyPackages._joined`: the order is checked before the key package of the true Welcome is gone."""
    async with company(MemoryNetwork(Weather(delay=(0.05, 0.05))), policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        mallory, group_id = await stranger(party), membership_of(alice).group.group_id

        async def answer(package: KeyPackage) -> bytes:
            own, settings = await mallory.key_packages._bundle(), mallory.key_packages._settings
            group = await Group.create(mallory.engine, mallory.suite, group_id, own, settings=settings)
            assert isinstance(package.leaf_node.credential, BasicCredential)
            twice = (Credential.decode(package.leaf_node.credential.identity).member_id,) * 2
            psk = psk_with(party.invite.psk_id, party.invite.psk, ranking_digest(twice))
            pending = await group.commit([Add(package), group.psk_proposal(psk.name)], (psk,))
            group.merge(pending)
            told = await group.encrypt(Payload(VERSION, Ranking(twice)).encode())
            assert pending.welcome is not None
            return Welcomed(pending.welcome, ranking_digest(twice), told).encode()

        carol = party.person("Carol")
        answering = asyncio.create_task(answer_knocks(party, carol, [mallory], answer))
        coming = asyncio.create_task(carol.join())
        await until(lambda: agreed(alice, bob, carol), 2)
        assert any("order of other members" in refusal for refusal in carol.refusals)
        answering.cancel()
        await coming
        await still_together(alice, bob, carol)


@virtual_time()
async def test_bad_welcomes_of_many_senders_keep_no_newcomer_from_opening_a_member_s() -> None:
    """Guarded by `Openings.take_turn`: what a sender has spent is counted for it alone."""
    async with company(MemoryNetwork(Weather(delay=(0.05, 0.05))), policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        strangers = [await stranger(party) for _ in range(70)]

        async def answer(package: KeyPackage) -> bytes:
            bundle = await strangers[0].key_packages._bundle()
            welcome = MLSMessage.decode(await a_welcome_for(strangers[0], replace(bundle, key_package=package)))
            assert isinstance(welcome.body, Welcome)
            junk = replace(welcome, body=replace(welcome.body, encrypted_group_info=bytes(32)))
            return Welcomed(junk.encode(), bytes(16), b"").encode()

        carol = party.person("Carol")
        answering = asyncio.create_task(answer_knocks(party, carol, strangers, answer))
        coming = asyncio.create_task(carol.join())
        await until(lambda: agreed(alice, bob, carol), 2)
        assert len(carol.refusals) >= 64
        answering.cancel()
        await coming
        await still_together(alice, bob, carol)


@virtual_time()
async def test_a_welcome_into_a_group_with_a_copied_key_package_does_not_speak_for_its_owner() -> None:
    """M puts a newcomer that never came on the list of members: texts in its name cannot be had.

    The leaf is true, so that nobody can tell; but nothing can be said in its name, and its silence ends it.
    """
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await alice.room.send_text("hello")
        await until(lambda: bob.texts)
        [*_, (knock, _)] = await said_at_the_door(party, DoorKind.HELLO)
        mallory = await begin_the_best_group(party.person("Mallory"))
        join = parts_of(mallory).key_packages.read(knock.content, knock.sender).join
        await parts_of(mallory).ordering.commit(Changes((join,)), asyncio.get_running_loop().time())
        await until(lambda: "Bob" in mallory.names)
        await until(lambda: mallory.names == ["Mallory"], 60)
        await still_together(alice, bob)


@pytest.mark.parametrize("sender", ["its own", "another"])
@virtual_time()
async def test_a_welcome_that_was_played_again_leads_nowhere(sender: str) -> None:
    """Guarded by `KeyPackages.join`: a key package is deleted when it was used."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        epoch = bob.room.epoch
        for _, sent in await said_at_the_door(party, DoorKind.WELCOME):
            party.network.inject(sent.data, sent.sender if sender == "its own" else "another", bob.identity)
        await asyncio.sleep(5)
        assert bob.room.epoch == epoch
        assert not deciders_of(bob).admission.is_moving
        await still_together(alice, bob)


@virtual_time()
async def test_claims_of_a_group_without_the_invite_s_key_lead_nowhere() -> None:
    """Guarded by `Group.join` with the invite's pre-shared key: a door key alone, which could leak, is not enough."""
    async with company(policy="classical") as party:
        mallory = await stranger(party)
        await mallory.show(DoorKind.NOTICE, notice())
        alice = party.person("Alice")
        coming = asyncio.create_task(alice.join())
        await until(lambda: alice.identity in {sent.sender for sent in party.network.recorded})
        await asyncio.sleep(0.1)
        [(knock, _), *_] = await said_at_the_door(party, DoorKind.HELLO)
        package = KeyPackage.from_message(knock.content)
        bundle, settings = await mallory.key_packages._bundle(), mallory.key_packages._settings
        group = await Group.create(mallory.engine, mallory.suite, LOWEST_GROUP, bundle, settings=settings)
        pending = await group.commit([Add(package)])
        assert pending.welcome is not None
        await mallory.say(DoorKind.WELCOME, Welcomed(pending.welcome, bytes(16), b"").encode(), alice)
        await until(lambda: "pre-shared key" in "".join(alice.refusals))
        await until(lambda: alice.room.state is RoomState.JOINED, 60)
        assert alice.names == ["Alice"]
        assert membership_of(alice).group.group_id != LOWEST_GROUP
        await coming


@pytest.mark.parametrize("is_digest_true", [True, False])
@virtual_time()
async def test_a_newcomer_is_told_no_wrong_order_of_the_members(is_digest_true: bool) -> None:
    """M lets Carol in, and tells her that she comes first, so that she would commit beside the true first for ever.

    Guarded by the digest of the order in the name of the invite's key: with another one there are other keys.
    """
    async with company(policy="classical") as party:
        people = mallory, _, _ = await party.join("Mallory", "Alice", "Bob")
        await calm(*people)
        membership = membership_of(mallory)
        welcomed, told = membership.welcomed, []

        async def lie(welcome: bytes) -> Welcomed:
            true, ranking = await welcomed(welcome), membership.company.ranking[::-1]
            told.append(ranking)
            digest = true.digest if is_digest_true else ranking_digest(ranking)
            return Welcomed(welcome, digest, await membership.write(Ranking(ranking)))

        membership.welcomed = lie  # type: ignore[method-assign]
        carol = party.person("Carol")
        coming = asyncio.create_task(carol.join())
        await until(lambda: len(told) > 1, 10)
        assert carol.room.state is RoomState.WAITING_FOR_KEYS
        assert any("order" in refusal or "pre-shared key" in refusal for refusal in carol.refusals)
        await coming
        assert len({membership_of(person).company.ranking for person in (*people, carol)}) == 1
        await still_together(*people, carol)


@virtual_time()
async def test_a_member_that_lets_in_with_welcomes_that_are_no_good_keeps_nobody_out_for_long() -> None:
    """M is the first, and adds each newcomer that knocks, so that nobody takes over; but its Welcomes lead nowhere.

    Guarded by `Admission._hello`: what was in vain twice is said to one of the others alone.
    """
    async with company(policy="classical") as party:
        people = mallory, _, _ = await party.join("Mallory", "Alice", "Bob")
        await calm(*people)
        say = parts_of(mallory).post.say

        async def say_no_good(
            kind: DoorKind, content: bytes, to: Sequence[str] | None = None, *, reliable: bool = True
        ) -> None:
            await say(kind, bytes(500) if kind is DoorKind.WELCOME else content, to, reliable=reliable)

        parts_of(mallory).post.say = say_no_good  # type: ignore[method-assign]
        carol = party.person("Carol")
        coming = asyncio.create_task(carol.join())
        await until(lambda: agreed(*people, carol), 60)
        await coming
        await still_together(*people, carol)
