"""A member that is stored and read again goes on as if nothing had happened."""

import asyncio
import random
from dataclasses import replace

import pytest

from tests.unit.mls.party import ENGINE, Clock, Party, SlowEngine, bundle, data_of
from volly_browser.crypto.kem import Derive
from volly_browser.mls.errors import (
    CommitFirst,
    GroupClosed,
    MissingPsk,
    PastEpoch,
    SecretReuse,
    StalePending,
)
from volly_browser.mls.events import CommitApplied
from volly_browser.mls.group import ExternalJoin, Group
from volly_browser.mls.proposals import Add, Remove
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CLASSICAL, HYBRID, POLICIES, CipherSuite, UnknownSuite, suite_for

BOTH = pytest.mark.parametrize("suite", [CLASSICAL, HYBRID], ids=lambda suite: suite.name)


async def reloaded(group: Group) -> Group:
    """The same member after a reload; its state is the same to the last bit."""
    state = await group.export_state()
    again = await Group.import_state(ENGINE, state, group.settings)
    assert await again.export_state() == state
    return again


async def reload(party: Party, *numbers: int) -> None:
    """Replace members by themselves, stored and read again."""
    for number in numbers:
        party.members[number] = await reloaded(party[number])
    party.check_agreement()


@pytest.mark.parametrize("policy", POLICIES)
async def test_every_member_can_reload_at_any_time(policy: str) -> None:
    party = await Party.of(4, suite_for(policy))
    await reload(party, 0, 1, 2, 3)
    await party.all_talk()
    for by in (3, 1):
        await party.commit(by)
        await reload(party, 0, 1, 2, 3)
        await party.all_talk()
    await party.commit(2, [Remove(0)])
    await reload(party, *range(len(party.members)))
    await party.all_talk()
    assert len({member.export("label", b"context", 32) for member in party.members}) == 1


async def test_a_long_random_history_with_reloads_ends_in_agreement() -> None:
    party, choices = await Party.of(1), random.Random(9420)
    for number in range(40):
        by = choices.randrange(len(party.members))
        kind = choices.choice(["add", "add", "remove", "refresh", "propose"])
        if kind == "add":
            await party.add(await bundle(f"{number}"), by=by)
        elif kind == "remove" and len(party.members) > 2:
            others = [member.own_leaf_index for member in party.members if member is not party[by]]
            await party.commit(by, [Remove(choices.choice(others))])
        elif kind == "propose" and len(party.members) > 1:
            await party.propose_update((by + 1) % len(party.members))
            await reload(party, *range(len(party.members)))
            await party.commit(by)
        else:
            await party.commit(by)
        await reload(party, choices.randrange(len(party.members)))
    await party.all_talk()


@BOTH
async def test_what_is_late_is_still_read_and_what_was_read_is_not_read_again(suite: CipherSuite) -> None:
    party = await Party.of(3, suite)
    alice, bob, _ = party.members
    old = [await alice.encrypt(bytes([number])) for number in range(4)]
    await bob.process(old[2])
    await party.commit(2)
    new = [await alice.encrypt(bytes([number])) for number in range(4)]
    await bob.process(new[3])
    await bob.process(new[1])
    bob = await reloaded(bob)
    assert [data_of(await bob.process(message)) for message in (old[3], old[0], new[2], new[0])] == [
        b"\3",
        b"\0",
        b"\2",
        b"\0",
    ]
    for message in (*new, old[0], old[2], old[3]):
        with pytest.raises(SecretReuse):
            await bob.process(message)
    assert data_of(await bob.process(old[1])) == b"\1"


async def test_a_message_is_encrypted_with_the_key_after_the_last_one() -> None:
    alice, bob = (await Party.of(2)).members
    first = await alice.encrypt(b"first")
    second = await (await reloaded(alice)).encrypt(b"second")
    assert data_of(await bob.process(second)) == b"second"
    assert data_of(await bob.process(first)) == b"first"


async def test_going_on_twice_from_one_state_is_taken_for_a_replay() -> None:
    alice, bob = (await Party.of(2)).members
    twin = await reloaded(alice)
    await bob.process(await alice.encrypt(b"one"))
    with pytest.raises(SecretReuse):
        await bob.process(await twin.encrypt(b"another with the same key"))


async def test_a_member_that_went_on_from_an_old_state_is_heard_again_after_a_commit() -> None:
    alice, bob = (await Party.of(2)).members
    old = await reloaded(alice)
    await bob.process(await alice.encrypt(b"sent, and not stored"))
    pending = await old.commit()
    await bob.process(pending.commit)
    old.merge(pending)
    assert data_of(await bob.process(await old.encrypt(b"with a new key"))) == b"with a new key"


async def test_a_past_epoch_ends_when_it_would_have_ended() -> None:
    clock = Clock()
    party = await Party.of(2, settings=Settings(clock=clock, past_epoch_seconds=10))
    late, too_late = await party[0].encrypt(b"late"), await party[0].encrypt(b"too late")
    await party.commit(0)
    clock.now += 6
    bob = await reloaded(party[1])
    assert data_of(await bob.process(late)) == b"late"
    state = await bob.export_state()
    clock.now += 6
    again = await Group.import_state(ENGINE, state, bob.settings)
    assert not again._past.message_keys
    for group in (bob, again):
        with pytest.raises(PastEpoch):
            await group.process(too_late)


async def test_what_has_expired_is_not_stored() -> None:
    clock = Clock()
    party = await Party.of(2, settings=Settings(clock=clock, past_epoch_seconds=10))
    await party.commit(0)
    before = await party[1].export_state()
    clock.now += 11
    assert len(await party[1].export_state()) < len(before) - len(party[1]._current.tree.encode())


async def test_a_clock_that_was_set_back_keeps_no_past_epoch_alive() -> None:
    clock = Clock()
    party = await Party.of(2, settings=Settings(clock=clock, past_epoch_seconds=10))
    late = await party[0].encrypt(b"late")
    await party.commit(0)
    clock.now -= 3600
    bob = await reloaded_at_another_time(party[1])
    clock.now += 11
    with pytest.raises(PastEpoch):
        await bob.process(late)


async def reloaded_at_another_time(group: Group) -> Group:
    return await Group.import_state(ENGINE, await group.export_state(), group.settings)


async def test_past_epochs_may_be_kept_for_ever() -> None:
    party = await Party.of(2, settings=Settings(clock=Clock(), past_epoch_seconds=float("inf")))
    late = await party[0].encrypt(b"late")
    await party.commit(0)
    assert data_of(await (await reloaded(party[1])).process(late)) == b"late"


@BOTH
async def test_proposals_wait_on_and_our_own_update_can_be_committed(suite: CipherSuite) -> None:
    party = await Party.of(4, suite)
    await party.propose_update(1)
    removal = await party[2].propose(Remove(3))
    for number in (0, 1, 3):
        await party[number].process(removal)
    await reload(party, 0, 1, 2, 3)
    with pytest.raises(CommitFirst):
        await party[1].encrypt(b"not yet")
    await party.commit(0)
    assert len(party.members) == 3
    await party.commit(2)
    await party.commit(1)
    await party.all_talk()


async def test_keys_of_earlier_epochs_and_of_this_one_can_be_asked_for() -> None:
    party = await Party.of(2)
    names = [party[0].resumption_psk.name]
    await party.commit(1)
    names.append(party[0].resumption_psk.name)
    await reload(party, 0, 1)
    await party.commit(0, [party[0].psk_proposal(name) for name in names])
    for _ in range(4):
        await party.commit(1)
        await reload(party, 0, 1)
    with pytest.raises(MissingPsk, match="epoch 1"):
        await party[0].commit([party[0].psk_proposal(names[0])])


@BOTH
async def test_a_commit_that_was_accepted_meanwhile_is_merged(suite: CipherSuite) -> None:
    party = await Party.of(3, suite)
    newcomer = await bundle("new", suite)
    pending = await party[0].commit([Add(newcomer.key_package), Remove(1)])
    again = await reloaded(party[0])
    assert again.pending == pending
    await party[2].process(pending.commit)
    again.merge(again.pending)
    assert pending.welcome is not None
    party.members = [again, party[2], await Group.join(ENGINE, pending.welcome, newcomer, settings=party.settings)]
    party.check_agreement()
    await party.commit(1)
    await party.all_talk()


async def test_a_commit_that_was_not_accepted_is_stale() -> None:
    party = await Party.of(3)
    pending = await party[0].commit()
    again = await reloaded(party[0])
    accepted = await party[1].commit()
    assert isinstance(await again.process(accepted.commit), CommitApplied)
    with pytest.raises(StalePending):
        again.merge(pending)


async def test_a_member_that_joined_by_itself_is_stored_like_the_others() -> None:
    party = await Party.of(3)
    info = await party[0].group_info()
    group, commit = await Group.join_external(ENGINE, info, ExternalJoin(await bundle("new")), settings=party.settings)
    group = await reloaded(group)
    for member in party.members:
        await member.process(commit)
    party.members.append(group)
    party.check_agreement()
    await party.commit(3)
    await party.all_talk()


async def test_a_group_of_other_programs_derives_keys_as_before() -> None:
    suite = HYBRID.with_derive(Derive.SHAKE)
    party = await Party.of(3, suite)
    await reload(party, 0, 1, 2)
    assert party[1].suite == suite
    await party.commit(0)
    await party.all_talk()


async def test_a_suite_that_nobody_could_find_again_is_not_stored() -> None:
    group = (await Party.of(1, replace(CLASSICAL, id=0xF0FF)))[0]
    with pytest.raises(UnknownSuite):
        await group.export_state()


async def test_a_member_that_was_removed_has_no_state() -> None:
    party = await Party.of(2)
    await party[1].process((await party[0].commit([Remove(1)])).commit)
    with pytest.raises(GroupClosed):
        await party[1].export_state()


async def test_the_state_is_that_after_the_calls_before() -> None:
    alice, bob = (await Party.of(2)).members
    alice.engine = SlowEngine()
    first, state, second = await asyncio.gather(alice.encrypt(b"1"), alice.export_state(), alice.encrypt(b"2"))
    twin = await Group.import_state(ENGINE, state, alice.settings)
    assert [data_of(await bob.process(message)) for message in (first, await twin.encrypt(b"3"))] == [b"1", b"3"]
    with pytest.raises(SecretReuse):
        await bob.process(second)
