"""Life in a group: members come, go, talk and refresh their keys."""

import asyncio
import itertools
import random
from dataclasses import replace

import pytest

from tests.unit.mls.party import ENGINE, GROUP_ID, Clock, Party, SlowEngine, bundle, data_of
from volly_browser.mls.errors import (
    CommitFirst,
    FutureEpoch,
    GroupClosed,
    InvalidProposal,
    InvalidWelcome,
    MissingPsk,
    MlsUsageError,
    NotForThisGroup,
    NotForUs,
    OwnMessage,
    PastEpoch,
    SecretReuse,
    StalePending,
    UnexpectedMessage,
)
from volly_browser.mls.events import ApplicationMessage, CommitApplied, ProposalReceived, RemovedFromGroup
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.padding import unpadded
from volly_browser.mls.proposals import Add, ExternalPsk, Remove
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CLASSICAL, HYBRID, POLICIES, TRANSITION, suite_for

INVITE = PskBundle(ExternalPsk(b"invite"), b"\x07" * 32)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("count", [2, 3, 10])
async def test_members_of_every_policy_agree_and_understand_each_other(policy: str, count: int) -> None:
    party = await Party.of(count, suite_for(policy))
    await party.all_talk()
    await party.commit(count - 1)
    await party.commit(0, [Remove(1)] if count > 2 else [])
    await party.all_talk()
    assert len(party[0].members()) == (count - 1 if count > 2 else count)


async def test_a_long_random_history_ends_in_agreement() -> None:
    party = await Party.of(1)
    choices = random.Random(9420)
    for number in range(30):
        by = choices.randrange(len(party.members))
        kind = choices.choice(["add", "add", "remove", "refresh"])
        if kind == "add":
            await party.add(*[await bundle(f"{number}/{copy}") for copy in range(choices.randint(1, 2))], by=by)
        elif kind == "remove" and len(party.members) > 2:
            others = [member.own_leaf_index for member in party.members if member is not party[by]]
            await party.commit(by, [Remove(index) for index in choices.sample(others, choices.randint(1, 2))])
        else:
            await party.commit(by)
        if number % 15 == 14:
            await party.all_talk()


async def test_an_event_names_the_members_that_came_and_went() -> None:
    party = await Party.of(3)
    pending = await party[0].commit([Add((await bundle("new")).key_package), Remove(1)])
    event = await party[2].process(pending.commit)
    assert isinstance(event, CommitApplied)
    assert event.sender.identity == b"member 0"
    assert [member.identity for member in event.added] == [b"new"]
    assert [(member.leaf_index, member.identity) for member in event.removed] == [(1, b"member 1")]
    assert event.epoch == pending.epoch == party[2].epoch
    assert [member.identity for member in pending.added] == [b"new"]
    assert [member.identity for member in party[2].members()] == [b"member 0", b"new", b"member 2"]


async def test_a_message_names_its_sender_and_its_epoch() -> None:
    alice, bob = (await Party.of(2)).members
    await alice.encrypt(b"lost")
    event = await bob.process(await alice.encrypt(b"hello", b"in the clear"))
    assert event == ApplicationMessage(alice.members()[0], b"hello", b"in the clear", alice.epoch, 1)


async def test_making_a_commit_changes_nothing() -> None:
    alice, bob = (await Party.of(2)).members
    epoch, authenticator = alice.epoch, alice.epoch_authenticator
    pending = await alice.commit([Add((await bundle("carol")).key_package)])
    assert (alice.epoch, alice.epoch_authenticator, len(alice.members())) == (epoch, authenticator, 2)
    assert alice.pending == pending
    assert data_of(await bob.process(await alice.encrypt(b"still here"))) == b"still here"
    assert data_of(await alice.process(await bob.encrypt(b"me too"))) == b"me too"
    alice.discard(pending)
    assert alice.pending is None
    with pytest.raises(StalePending):
        alice.merge(pending)


async def test_of_two_commits_for_one_epoch_the_accepted_one_counts() -> None:
    alice, bob, carol = (await Party.of(3)).members
    from_alice, from_bob = await alice.commit(), await bob.commit()
    await alice.process(from_bob.commit)
    await carol.process(from_bob.commit)
    bob.merge(from_bob)
    with pytest.raises(StalePending):
        alice.merge(from_alice)
    with pytest.raises(PastEpoch):
        await bob.process(from_alice.commit)
    assert alice.epoch_authenticator == bob.epoch_authenticator == carol.epoch_authenticator


@pytest.mark.parametrize("public", [False, True])
async def test_a_commit_takes_the_place_of_the_one_before(public: bool) -> None:
    alice, bob = (await Party.of(2)).members
    first, second = await alice.commit(public=public), await alice.commit(public=public)
    assert alice.pending == second
    alice.discard(first)
    with pytest.raises(StalePending):
        alice.merge(first)
    with pytest.raises(OwnMessage):
        await alice.process(first.commit)
    assert alice.pending == second
    await bob.process(second.commit)
    alice.merge(second)
    assert alice.epoch_authenticator == bob.epoch_authenticator
    assert alice.pending is None


async def test_however_many_commits_are_made_the_state_holds_one() -> None:
    alice = (await Party.of(3))[0]
    sizes = set()
    for _ in range(20):
        await alice.commit(padding=unpadded)
        sizes.add(len(await alice.export_state()))
    assert max(sizes) - min(sizes) < 100  # GREASE has no fixed length


async def test_a_commit_that_is_refused_leaves_the_one_before_in_its_place() -> None:
    alice = (await Party.of(2))[0]
    pending = await alice.commit()
    with pytest.raises(InvalidProposal):
        await alice.commit([Remove(7)])
    assert alice.pending == pending


async def test_a_removed_member_notices_and_can_do_nothing_more() -> None:
    alice, bob, carol = (await Party.of(3)).members
    last_words = await bob.encrypt(b"bye")
    pending = await alice.commit([Remove(bob.own_leaf_index)])
    event = await bob.process(pending.commit)
    assert event == RemovedFromGroup(carol.members()[0], pending.epoch)
    assert bob.closed
    for attempt in (bob.encrypt(b"x"), bob.commit(), bob.process(last_words), bob.propose(Remove(0))):
        with pytest.raises(GroupClosed):
            await attempt
    with pytest.raises(GroupClosed):
        bob.export("label", b"", 32)


async def test_a_removed_member_cannot_read_on() -> None:
    alice, bob, carol = (await Party.of(3)).members
    pending = await alice.commit([Remove(bob.own_leaf_index)])
    await carol.process(pending.commit)
    alice.merge(pending)
    with pytest.raises(FutureEpoch):
        await bob.process(await alice.encrypt(b"secret"))


async def test_messages_arrive_in_any_order_and_each_counts_once() -> None:
    alice, bob = (await Party.of(2)).members
    messages = [await alice.encrypt(bytes([number])) for number in range(6)]
    for order in itertools.islice(itertools.permutations(range(6)), 0, 1):
        assert [data_of(await bob.process(messages[number]))[0] for number in reversed(order)] == list(reversed(order))
    for message in messages:
        with pytest.raises(SecretReuse):
            await bob.process(message)


async def test_own_messages_that_come_back_are_recognized() -> None:
    alice, bob = (await Party.of(2)).members
    message = await alice.encrypt(b"echo")
    pending = await alice.commit()
    with pytest.raises(OwnMessage):
        await alice.process(message)
    with pytest.raises(OwnMessage):
        await alice.process(pending.commit)
    with pytest.raises(OwnMessage):
        await bob.process((await bob.commit(public=True)).commit)


async def test_late_messages_are_read_for_a_while() -> None:
    clock = Clock()
    party = await Party.of(2, settings=Settings(clock=clock, past_epochs=2, past_epoch_seconds=10))
    alice, bob = party.members
    late = [await alice.encrypt(bytes([number])) for number in range(3)]
    await party.commit(0)
    clock.now += 9
    event = await bob.process(late[0])
    assert isinstance(event, ApplicationMessage)
    assert event.epoch == bob.epoch - 1
    with pytest.raises(SecretReuse):
        await bob.process(late[0])
    clock.now += 2
    with pytest.raises(PastEpoch):
        await bob.process(late[1])


async def test_keys_of_past_epochs_can_be_deleted_in_quiet_times() -> None:
    clock = Clock()
    party = await Party.of(2, settings=Settings(clock=clock))
    await party.commit(0)
    party[1].forget_expired()
    assert party[1]._past.find(1)
    assert party[1].next_expiry() == clock.now + 10
    clock.now += 10
    party[1].forget_expired()
    assert not party[1]._past.find(1)
    assert party[1].next_expiry() is None


async def test_late_messages_are_read_for_two_epochs_only() -> None:
    party = await Party.of(2)
    alice, bob = party.members
    late = [await alice.encrypt(bytes([number])) for number in (1, 2)]
    await party.commit(0)
    await party.commit(1)
    assert data_of(await bob.process(late[0])) == b"\x01"
    await party.commit(0)
    with pytest.raises(PastEpoch):
        await bob.process(late[1])


async def test_late_handshakes_are_refused() -> None:
    party = await Party.of(3)
    late = await party[1].commit()
    await party.commit(0)
    with pytest.raises(PastEpoch):
        await party[2].process(late.commit)


async def test_a_sender_of_a_past_epoch_is_named_as_it_was_then() -> None:
    party = await Party.of(3)
    alice, bob, carol = party.members
    late = await bob.encrypt(b"from bob")
    pending = await alice.commit([Remove(bob.own_leaf_index), Add((await bundle("dave")).key_package)])
    await carol.process(pending.commit)
    event = await carol.process(late)
    assert isinstance(event, ApplicationMessage)
    assert event.sender.identity == b"member 1"
    assert carol.members()[1].identity == b"dave"


async def test_members_export_the_same_and_every_epoch_another() -> None:
    party = await Party.of(3)
    before = party[0].export("label", b"context", 32)
    assert {member.export("label", b"context", 32) for member in party.members} == {before}
    assert before != party[0].export("label", b"other", 32) != party[0].export("other", b"context", 32)
    await party.commit(2)
    assert party[0].export("label", b"context", 32) == party[1].export("label", b"context", 32) != before


async def test_an_invite_key_is_needed_to_enter_and_to_follow() -> None:
    party = await Party.of(2)
    alice, bob = party.members
    newcomer = await bundle("carol")
    with pytest.raises(MissingPsk):
        await alice.commit([alice.psk_proposal(INVITE.name)])
    pending = await alice.commit([Add(newcomer.key_package), alice.psk_proposal(INVITE.name)], [INVITE])
    assert pending.welcome is not None
    with pytest.raises(MissingPsk):
        await bob.process(pending.commit)
    with pytest.raises(MissingPsk):
        await Group.join(ENGINE, pending.welcome, newcomer)
    with pytest.raises(InvalidWelcome, match="another one"):
        await Group.join(ENGINE, pending.welcome, newcomer, [replace(INVITE, secret=b"wrong")])
    await bob.process(pending.commit, [INVITE])
    alice.merge(pending)
    carol = await Group.join(ENGINE, pending.welcome, newcomer, [INVITE])
    assert alice.epoch_authenticator == bob.epoch_authenticator == carol.epoch_authenticator


async def test_a_commit_without_path_adds_but_cannot_remove() -> None:
    party = await Party.of(3)
    newcomer = await bundle("new")
    with_path = await party[0].commit([Add(newcomer.key_package)])
    without = await party.commit(0, [Add(newcomer.key_package)], with_path=False)
    assert len(without.commit) < len(with_path.commit)
    assert without.welcome is not None
    party.members.append(await Group.join(ENGINE, without.welcome, newcomer, settings=party.settings))
    party.check_agreement()
    await party.commit(1, [Remove(2)], with_path=False)
    await party.commit(2)
    await party.all_talk()


async def test_a_public_commit_is_followed_too() -> None:
    party = await Party.of(3)
    await party.commit(1, [Remove(2)], public=True)
    await party.all_talk()


async def test_a_proposal_is_committed_by_another_member() -> None:
    party = await Party.of(3)
    alice, bob, carol = party.members
    message = await bob.propose(Remove(2))
    event = await alice.process(message)
    assert isinstance(event, ProposalReceived)
    assert event.sender is not None
    assert (event.sender.identity, event.proposal) == (b"member 1", Remove(2))
    await carol.process(message)
    with pytest.raises(CommitFirst):
        await alice.encrypt(b"not yet")
    await party.commit(0)
    assert carol.closed
    assert not alice.has_proposals
    await party.all_talk()


async def test_a_member_asks_to_be_removed() -> None:
    party = await Party.of(3)
    alice, bob, carol = party.members
    message = await carol.propose(Remove(2), public=True)
    await alice.process(message)
    await bob.process(message)
    assert await carol.commit()  # its own removal is left to others
    await party.commit(1)
    assert carol.closed


async def test_a_committers_own_proposal_comes_before_a_waiting_one() -> None:
    party = await Party.of(3)
    for member in party.members[:2]:
        await member.process(await party[2].propose(Remove(2)))
    await party.commit(0, [Remove(2)])
    assert len(party[0].members()) == 2


async def test_a_committer_cannot_remove_itself_or_a_blank_leaf() -> None:
    party = await Party.of(2)
    for index in (0, 2, 3, 0xFFFFFFFF):
        with pytest.raises(InvalidProposal):
            await party[0].commit([Remove(index)])


async def test_the_same_client_is_not_added_twice() -> None:
    party = await Party.of(1)
    newcomer = await bundle("bob")
    with pytest.raises(InvalidProposal, match="twice"):
        await party[0].commit([Add(newcomer.key_package), Add(newcomer.key_package)])
    await party.add(newcomer)
    with pytest.raises(InvalidProposal, match="already"):
        await party[0].commit([Add(newcomer.key_package)])


async def test_a_member_can_be_replaced_in_one_commit() -> None:
    party = await Party.of(3)
    old = party[1]
    again = await bundle("member 1")
    pending = await party.commit(0, [Remove(1), Add(again.key_package)])
    assert old.closed
    assert pending.welcome is not None
    party.members.append(await Group.join(ENGINE, pending.welcome, again, settings=party.settings))
    party.check_agreement()
    await party.all_talk()


async def test_a_newcomer_finds_its_key_package_among_several() -> None:
    party = await Party.of(1)
    ours = [await bundle(f"device {number}") for number in range(3)]
    pending = await party[0].commit([Add(KeyPackage.from_message(ours[1].message))])
    assert pending.welcome is not None
    joined = await Group.join(ENGINE, pending.welcome, ours)
    assert joined.epoch == 1
    with pytest.raises(NotForUs):
        await Group.join(ENGINE, pending.welcome, [ours[0], ours[2]])


async def test_messages_for_elsewhere_are_told_apart_from_broken_ones() -> None:
    party, other = await Party.of(2), await Party.of(2)
    elsewhere = await Group.create(ENGINE, CLASSICAL, b"another group", await bundle())
    with pytest.raises(NotForThisGroup):
        await party[0].process(await elsewhere.encrypt(b"x"))
    newcomer = await bundle()
    for message in (newcomer.message, await other[0].group_info()):
        with pytest.raises(UnexpectedMessage):
            await party[0].process(message)
        with pytest.raises(UnexpectedMessage):
            await Group.join(ENGINE, message, newcomer)
    with pytest.raises(UnexpectedMessage):
        KeyPackage.from_message(await other[0].group_info())


async def test_calls_made_at_once_run_one_after_the_other() -> None:
    alice, bob = (await Party.of(2)).members
    alice.engine = bob.engine = SlowEngine()
    messages = await asyncio.gather(*[alice.encrypt(bytes([number])) for number in range(20)])
    events = await asyncio.gather(*[bob.process(message) for message in messages])
    assert [data_of(event)[0] for event in events] == list(range(20))
    generations = [event.generation for event in events if isinstance(event, ApplicationMessage)]
    assert generations == list(range(20))


async def test_a_merge_during_a_wait_leaves_one_epoch() -> None:
    """A commit of ours is accepted while another one is being processed: the latter is refused, not mixed in."""
    alice, bob = (await Party.of(2)).members
    ours, theirs = await alice.commit(), await bob.commit()
    alice.engine = SlowEngine()
    processing = asyncio.ensure_future(alice.process(theirs.commit))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    alice.merge(ours)
    with pytest.raises(PastEpoch):
        await processing
    await bob.process(ours.commit)
    assert alice.epoch_authenticator == bob.epoch_authenticator


async def test_a_removal_that_comes_too_late_does_not_close_the_group() -> None:
    alice, bob, carol = (await Party.of(3)).members
    ours, theirs = await alice.commit(), await bob.commit([Remove(alice.own_leaf_index)])
    alice.engine = SlowEngine()
    processing = asyncio.ensure_future(alice.process(theirs.commit))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    alice.merge(ours)
    with pytest.raises(PastEpoch):
        await processing
    await carol.process(ours.commit)
    assert alice.epoch_authenticator == carol.epoch_authenticator


async def test_a_group_is_only_made_with_a_leaf_of_its_suite() -> None:
    with pytest.raises(MlsUsageError):
        await Group.create(ENGINE, HYBRID, GROUP_ID, await bundle(suite=TRANSITION))


async def test_a_bundle_shows_no_private_key() -> None:
    made = await bundle()
    shown = repr(made) + repr(await Group.create(ENGINE, CLASSICAL, GROUP_ID, made))
    for secret in (made.init_private_key, made.encryption_private_key, made.signature_key.private_key):
        assert repr(secret) not in shown
    assert replace(made).reference == made.reference
