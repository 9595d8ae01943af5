import pytest

from tests.unit.room.sides import admit, three
from volly_browser.errors import RemoteError
from volly_browser.mls.errors import SecretReuse, UnexpectedMessage
from volly_browser.mls.proposals import Remove
from volly_browser.room.admission import Knock
from volly_browser.room.commits import SealedOrder, Verdict
from volly_browser.room.content import Farewell
from volly_browser.room.membership import Membership
from volly_browser.room.sequencer import Changes


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


async def test_who_lost_its_keys_takes_its_own_place_anew() -> None:
    alice, bob, carol = await three()
    hello = await bob.entrance.hello(Knock(b"", 3), 0.0)
    join = await alice.entrance.read(hello, "Bob", alice.roster)
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
