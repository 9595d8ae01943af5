import pytest

from tests.unit.room.sides import Side, admit, host, newcomer, three
from volly_browser.errors import RemoteError
from volly_browser.mls.errors import SecretReuse, UnexpectedMessage
from volly_browser.mls.proposals import Remove
from volly_browser.room.content.content import Farewell
from volly_browser.room.door.admission import Knock
from volly_browser.room.group.commits import SealedOrder, Stance, Verdict
from volly_browser.room.group.membership import Membership, OrderRefused
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.invite import Invite
from volly_browser.room.wire.structs import Candidate


async def test_all_members_agree_on_ranks_secret_and_epoch() -> None:
    sides = await three()
    assert len({side.membership.shared_secret for side in sides}) == 1
    assert len({side.roster.ranking for side in sides}) == 1
    assert {side.membership.group.epoch for side in sides} == {2}


async def test_a_commit_changes_nothing_before_it_is_merged() -> None:
    alice, bob, _ = await three()
    before = alice.membership.shared_secret
    committed = await alice.membership.commit(Changes(removals=(bob.entrance.member_id,)))
    assert alice.membership.shared_secret == before
    assert len(alice.roster.entries) == 3
    change = alice.membership.merge(committed)
    assert [entry.name for entry in change.removed] == ["Bob"]
    assert alice.membership.shared_secret != before


async def test_letting_somebody_in_weighs_the_same_however_many_have_just_come() -> None:
    invite = Invite.from_room_name("garden", "hybrid")
    alice = await host("Alice", invite)
    for seniority, name in enumerate(("Bob", "Carol", "Dora", "Emil", "Frank"), start=1):
        await admit(alice, name, seniority=seniority, invite=invite)
    orders = [alice.membership.order_of(epoch) for epoch in range(5)]
    assert len({len(order) for order in orders if order}) == 1
    assert None not in orders


async def test_our_keys_are_new_where_a_commit_of_ours_had_to_have_a_path() -> None:
    alice, bob, _ = await three()
    join = alice.entrance.read(await newcomer("Dora").hello(Knock(b"", 3), 0.0), "Dora", alice.roster)
    for changes, renews_us in (
        (Changes((join,)), False),
        (Changes(removals=(bob.entrance.member_id,)), True),
        (Changes((join,), (bob.entrance.member_id,)), True),
        (Changes(), True),
    ):
        committed = await alice.membership.commit(changes)
        assert committed.renews_us is renews_us
    assert alice.membership.merge(committed).renews_us


async def test_who_lost_its_keys_takes_its_own_place_anew() -> None:
    alice, bob, carol = await three()
    hello = await bob.entrance.hello(Knock(b"", 3), 0.0)
    join = alice.entrance.read(hello, "Bob", alice.roster)
    committed = await alice.membership.commit(Changes((join,)))
    change = alice.membership.merge(committed)
    assert [entry.name for entry in change.added] == [entry.name for entry in change.removed] == ["Bob"]
    assert await carol.follow(committed.payload) is Verdict.FOLLOW
    assert committed.welcome is not None
    group = await bob.entrance.join(committed.welcome)
    again = Membership(bob.entrance.engine, group, bob.roster, bob.entrance.psks)
    assert again.shared_secret == alice.membership.shared_secret == carol.membership.shared_secret
    assert [entry.name for entry in alice.roster.entries] == ["Alice", "Carol", "Bob"]


async def test_the_removed_one_learns_of_it() -> None:
    alice, bob, _ = await three()
    committed = await alice.membership.commit(Changes(removals=(bob.entrance.member_id,)))
    read = await bob.membership.read_order(committed.payload)
    assert read is not None
    assert await bob.membership.follow(read) is None


async def test_two_orders_for_one_epoch_are_settled_alike_by_all() -> None:
    alice, bob, carol = await three()
    by_bob = await bob.membership.commit(Changes(removals=(alice.entrance.member_id,)))
    by_alice = await alice.membership.commit(Changes(removals=(bob.entrance.member_id,)))
    assert await carol.follow(by_bob.payload) is Verdict.FOLLOW
    assert await carol.follow(by_alice.payload) is Verdict.WE_LOST
    bob.membership.merge(by_bob)
    assert await bob.follow(by_alice.payload) is Verdict.WE_LOST
    alice.membership.merge(by_alice)
    assert await alice.follow(by_bob.payload) is Verdict.WE_WON


async def test_an_order_that_comes_again_is_a_duplicate() -> None:
    alice, bob, carol = await three()
    committed = await alice.membership.commit(Changes(removals=(carol.entrance.member_id,)))
    alice.membership.merge(committed)
    assert await bob.follow(committed.payload) is Verdict.FOLLOW
    assert await bob.follow(committed.payload) is Verdict.DUPLICATE
    assert await alice.follow(committed.payload) is Verdict.DUPLICATE


async def test_an_order_changed_on_its_way_is_refused() -> None:
    alice, bob, carol = await three()
    committed = await alice.membership.commit(Changes(removals=(carol.entrance.member_id,)))
    sealed = SealedOrder.decode(committed.payload)
    changed = SealedOrder(sealed.group_id, sealed.epoch, sealed.sealed[:-1] + bytes([sealed.sealed[-1] ^ 1]))
    with pytest.raises(RemoteError):
        await bob.membership.read_order(changed.encode())


async def test_who_was_no_member_then_cannot_read_an_order() -> None:
    alice, bob, _ = await three()
    committed = await alice.membership.commit(Changes(removals=(bob.entrance.member_id,)))
    alice.membership.merge(committed)
    [dora] = await admit(alice, "Dora", seniority=3)
    assert await dora.membership.read_order(committed.payload) is None


async def test_messages_are_read_once_and_by_members() -> None:
    alice, bob, carol = await three()
    message = await alice.membership.write(Farewell("bye"))
    for side in (bob, carol):
        received = await side.membership.read(message)
        assert (received.sender.name, received.epoch, received.payload.body) == ("Alice", 2, Farewell("bye"))
        with pytest.raises(SecretReuse):
            await side.membership.read(message)


async def test_a_commit_that_nobody_ordered_is_not_followed() -> None:
    alice, bob, _ = await three()
    leaf_index = next(entry.leaf_index for entry in alice.roster.entries if entry.name == "Carol")
    pending = await alice.membership.group.commit([Remove(leaf_index)])
    with pytest.raises(UnexpectedMessage):
        await bob.membership.read(pending.commit)
    assert bob.membership.group.epoch == 2


async def test_a_bare_proposal_does_not_block_the_conversation() -> None:
    alice, bob, _ = await three()
    proposal = await alice.membership.group.propose(Remove(bob.membership.group.own_leaf_index))
    with pytest.raises(UnexpectedMessage):
        await bob.membership.read(proposal)
    await bob.membership.write(Farewell(""))


def candidate_of(side: Side, commit: bytes) -> Candidate:
    return Candidate(side.membership.group.group_id, side.membership.group.epoch, commit)


async def test_a_member_s_update_is_given_out_by_another_and_merged_by_its_author() -> None:
    alice, bob, carol = await three()
    before = alice.membership.shared_secret
    candidate = await bob.membership.update()
    assert bob.membership.shared_secret == before
    accepted = await alice.membership.accept(candidate)
    assert accepted is not None
    payload, change = accepted
    assert (change.added, change.removed, change.renews_us) == ((), (), False)
    read = await bob.membership.read_order(payload)
    assert read is not None
    own = await bob.membership.follow(read)
    assert own is not None
    assert own.renews_us
    assert await carol.follow(payload) is Verdict.FOLLOW
    secrets = {side.membership.shared_secret for side in (alice, bob, carol)}
    assert len(secrets) == 1
    assert before not in secrets


async def test_of_two_updates_the_second_is_refused_and_the_next_one_of_the_same_member_taken() -> None:
    alice, bob, carol = await three()
    first, second = await bob.membership.update(), await carol.membership.update()
    accepted = await alice.membership.accept(first)
    assert accepted is not None
    with pytest.raises(OrderRefused, match="ends epoch 2; we are in 3"):
        await alice.membership.accept(second)
    for side in (bob, carol):
        assert await side.follow(accepted[0]) is Verdict.FOLLOW
    again = await alice.membership.accept(await carol.membership.update())
    assert again is not None
    assert await carol.follow(again[0]) is Verdict.FOLLOW
    assert carol.membership.shared_secret == alice.membership.shared_secret


async def test_a_candidate_that_removes_whoever_is_to_give_it_out_gives_nothing_out() -> None:
    alice, _, carol = await three()
    pending = await carol.membership.group.commit([Remove(alice.membership.group.own_leaf_index)])
    assert await alice.membership.accept(candidate_of(alice, pending.commit)) is None
    assert alice.membership.group.closed


async def test_a_candidate_that_is_no_commit_is_refused() -> None:
    alice, bob, carol = await three()
    proposal = await bob.membership.group.propose(Remove(alice.membership.group.own_leaf_index))
    for message in (b"", proposal, await carol.membership.write(Farewell(""))):
        with pytest.raises(RemoteError):
            await alice.membership.accept(candidate_of(alice, message))
    assert alice.membership.group.epoch == 2


async def test_whoever_missed_orders_follows_them_one_after_the_other() -> None:
    alice, bob, carol = await three()
    for _ in range(3):
        committed = await alice.membership.commit(Changes())
        alice.membership.merge(committed)
        await bob.follow(committed.payload)
    for teller in (alice, bob):
        assert teller.membership.orders_after(carol.membership.history) == alice.membership.orders_after(
            carol.membership.history
        )
    for order in alice.membership.orders_after(carol.membership.history) or ():
        assert await carol.follow(order) is Verdict.FOLLOW
    assert carol.membership.shared_secret == alice.membership.shared_secret
    assert alice.membership.orders_after(carol.membership.history) == []


async def test_members_of_two_branches_see_that_they_are_and_by_which_orders() -> None:
    alice, bob, carol = await three()
    ours = await alice.membership.commit(Changes(removals=(carol.entrance.member_id,)))
    theirs = await carol.membership.commit(Changes(removals=(alice.entrance.member_id,)))
    alice.membership.merge(ours)
    carol.membership.merge(theirs)
    assert alice.membership.stance(3, carol.membership.branch) is Stance.FORKED
    assert alice.membership.stance(2, bob.membership.branch) is Stance.SHARED
    assert alice.membership.order_of(2) == ours.payload
    assert alice.membership.orders_after(carol.membership.history) == [ours.payload]
    assert await carol.follow(ours.payload) is Verdict.WE_LOST


async def test_only_whoever_was_there_can_tell_what_came_later() -> None:
    alice, bob, carol = await three()
    assert alice.membership.precedes(bob.membership.history)
    assert bob.membership.precedes(bob.membership.history)
    early = bob.membership.history[:1]
    assert bob.membership.precedes(early)
    assert not carol.membership.precedes(early)
    assert carol.membership.precedes(()), "who has no history asks for the way back only"
