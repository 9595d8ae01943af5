import pytest

from tests.unit.room.sides import Side, admit, candidate_with, commit_alone, host, let_in, newcomer, three
from volly_browser.errors import RemoteError
from volly_browser.mls.errors import MlsError, PastEpoch, SecretReuse, UnexpectedMessage
from volly_browser.mls.proposals import Remove
from volly_browser.mls.renewal import LeafRenewal
from volly_browser.room.content.content import Candidate, Farewell, Order
from volly_browser.room.group.commits import Stance
from volly_browser.room.group.membership import Removed
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.group.settings import PAST_EPOCHS
from volly_browser.room.identity.credential import Credential
from volly_browser.room.invite import Invite


def keys_of(side: Side, of: Side) -> tuple[bytes, int]:
    """The leaf key and the renewal of a member, as another one sees it."""
    entry = side.roster.find(of.member_id)
    assert entry is not None
    return entry.leaf_key, entry.renewal


async def test_all_members_agree_on_ranks_secret_and_epoch() -> None:
    sides = await three()
    assert len({side.membership.shared_secret for side in sides}) == 1
    assert len({side.roster.ranking for side in sides}) == 1
    assert len({side.membership.branch for side in sides}) == 1
    assert {side.membership.company.epoch for side in sides} == {2}
    assert sides[0].roster.ranking == tuple(side.member_id for side in sides)


async def test_a_commit_changes_nothing_before_it_is_merged() -> None:
    alice, bob, _ = await three()
    before = alice.membership.shared_secret
    committed = await alice.membership.commit(Changes(removals=(bob.member_id,)))
    assert alice.membership.shared_secret == before
    assert len(alice.roster.entries) == 3
    change = alice.membership.merge(committed)
    assert [entry.name for entry in change.removed] == ["Bob"]
    assert change.by == alice.member_id
    assert alice.membership.shared_secret != before


async def test_adding_a_newcomer_weighs_the_same_however_many_have_just_come() -> None:
    invite = Invite.from_room_name("garden", "hybrid")
    alice = await host("Alice", invite)
    for name in ("Bob", "Carol", "Dora", "Emil", "Frank"):
        await admit(alice, name)
    orders = alice.membership.orders_after(alice.membership.history[:1])
    assert orders is not None
    assert len(orders) == 5
    assert len({len(order) for order in orders}) == 1


async def test_our_keys_are_new_where_a_commit_of_ours_had_to_have_a_path() -> None:
    alice, bob, _ = await three()
    join = await (await newcomer("Dora")).knock()
    for changes, renews_us in (
        (Changes((join,)), False),
        (Changes(removals=(bob.member_id,)), True),
        (Changes((join,), (bob.member_id,)), True),
        (Changes(), True),
    ):
        committed = await alice.membership.commit(changes)
        assert committed.renews_us is renews_us
    assert alice.membership.merge(committed).renews_us


async def test_new_keys_are_new_signature_keys_too_and_the_credential_vouches_for_them() -> None:
    alice, bob, _ = await three()
    key, renewal = keys_of(bob, alice)
    order = await commit_alone(alice)
    assert await bob.follow(order)
    new_key, new_renewal = keys_of(bob, alice)
    assert new_key != key
    assert new_renewal > renewal
    speaker = alice.membership.speaker
    assert speaker.pair.public_key == new_key
    assert Credential.read(bob.rules._suite, speaker.credential).claims.renewal == new_renewal
    assert (await bob.membership.read(await alice.membership.write(Farewell("")))).sender.leaf_key == new_key


async def test_a_member_s_own_update_renews_its_signature_key_when_another_gives_it_out() -> None:
    alice, bob, carol = await three()
    before = keys_of(carol, bob)
    order, _ = await alice.membership.accept(await bob.membership.update())
    assert keys_of(carol, bob) == before
    for side in (bob, carol):
        assert await side.follow(order)
    assert keys_of(carol, bob)[0] != before[0]
    assert bob.membership.speaker.pair.public_key == keys_of(carol, bob)[0]


async def test_a_member_that_lost_its_keys_takes_its_own_place_anew() -> None:
    alice, bob, carol = await three()
    committed = await alice.membership.commit(Changes((await bob.knock(),)))
    change = alice.membership.merge(committed)
    assert [entry.name for entry in change.added] == [entry.name for entry in change.removed] == ["Bob"]
    assert await carol.follow(committed.order)
    assert committed.welcome is not None
    await bob.come_in(alice, committed.welcome)
    assert bob.membership.shared_secret == alice.membership.shared_secret == carol.membership.shared_secret
    assert [entry.name for entry in alice.roster.entries] == ["Alice", "Carol", "Bob"]


async def test_the_removed_one_learns_of_it() -> None:
    alice, bob, _ = await three()
    order = await commit_alone(alice, Changes(removals=(bob.member_id,)))
    assert await bob.follow(order) == Removed(is_readmitted=False)


async def test_an_order_counts_in_the_epoch_that_it_ends_and_nowhere_else() -> None:
    alice, bob, carol = await three()
    by_bob = await commit_alone(bob, Changes(removals=(alice.member_id,)))
    by_alice = await commit_alone(alice, Changes(removals=(bob.member_id,)))
    assert await carol.follow(by_bob)
    with pytest.raises(RemoteError):
        await carol.follow(by_alice)
    assert carol.membership.shared_secret == bob.membership.shared_secret
    assert carol.membership.stance(3, alice.membership.branch) is Stance.FORKED


async def test_what_ended_an_epoch_is_remembered() -> None:
    alice, bob, carol = await three()
    order = await commit_alone(alice, Changes(removals=(carol.member_id,)))
    received = await bob.membership.read(order)
    assert isinstance(received.body, Order)
    assert not bob.membership.was_ended_by(2, received.body.commit)
    await bob.membership.follow(received.body.commit, order, received.sender.leaf_index)
    assert bob.membership.was_ended_by(2, received.body.commit)
    assert alice.membership.was_ended_by(2, received.body.commit)


async def test_an_order_changed_on_its_way_is_refused() -> None:
    alice, bob, carol = await three()
    order = await commit_alone(alice, Changes(removals=(carol.member_id,)))
    with pytest.raises(RemoteError):
        await bob.follow(order[:-1] + bytes([order[-1] ^ 1]))
    assert await bob.follow(order)


async def test_a_member_of_other_epochs_cannot_read_an_order() -> None:
    alice, bob, _ = await three()
    order = await commit_alone(alice, Changes(removals=(bob.member_id,)))
    [dora] = await admit(alice, "Dora")
    with pytest.raises(PastEpoch):
        await dora.membership.read(order)


async def test_messages_are_read_once_and_by_members() -> None:
    alice, bob, carol = await three()
    message = await alice.membership.write(Farewell("bye"))
    for side in (bob, carol):
        received = await side.membership.read(message)
        assert (received.sender.name, received.epoch, received.body) == ("Alice", 2, Farewell("bye"))
        with pytest.raises(SecretReuse):
            await side.membership.read(message)


async def test_a_commit_that_nobody_ordered_is_not_followed() -> None:
    alice, bob, _ = await three()
    candidate = await candidate_with(alice, Remove(2))
    with pytest.raises(UnexpectedMessage):
        await bob.membership.read(candidate.commit)
    assert bob.membership.group.epoch == 2


async def test_a_bare_proposal_is_not_read_and_does_not_block_the_conversation() -> None:
    alice, bob, _ = await three()
    proposal = await alice.membership.group.propose(Remove(bob.membership.group.own_leaf_index))
    with pytest.raises(UnexpectedMessage):
        await bob.membership.read(proposal)
    await bob.membership.write(Farewell(""))


async def test_a_member_s_update_is_given_out_by_another_and_merged_by_its_author() -> None:
    alice, bob, carol = await three()
    before = alice.membership.shared_secret
    candidate = await bob.membership.update()
    assert bob.membership.shared_secret == before
    order, change = await alice.membership.accept(candidate)
    assert (change.added, change.removed, change.renews_us, change.by) == ((), (), False, bob.member_id)
    own = await bob.follow(order)
    assert own is not None
    assert own.renews_us
    assert await carol.follow(order)
    secrets = {side.membership.shared_secret for side in (alice, bob, carol)}
    assert len(secrets) == 1
    assert before not in secrets


async def test_within_an_epoch_an_update_is_always_the_same_commit() -> None:
    """Another one would take its place, and its author could not follow the first if that was given out after all."""
    alice, bob, _ = await three()
    first = await bob.membership.update()
    assert await bob.membership.update() == first
    order, _ = await alice.membership.accept(first)
    assert await bob.follow(order)
    assert await bob.membership.update() != first


async def test_of_two_updates_the_second_is_refused_and_the_next_one_of_the_same_member_taken() -> None:
    alice, bob, carol = await three()
    first, second = await bob.membership.update(), await carol.membership.update()
    order, _ = await alice.membership.accept(first)
    with pytest.raises(RemoteError):
        await alice.membership.accept(second)
    for side in (bob, carol):
        assert await side.follow(order)
    again, _ = await alice.membership.accept(await carol.membership.update())
    assert await carol.follow(again)
    assert carol.membership.shared_secret == alice.membership.shared_secret


async def test_a_candidate_that_removes_the_member_that_is_to_give_it_out_is_refused() -> None:
    alice, _, carol = await three()
    with pytest.raises(RemoteError, match="does not give it out"):
        await alice.membership.accept(await candidate_with(carol, Remove(alice.membership.group.own_leaf_index)))
    assert not alice.membership.group.closed
    assert alice.membership.company.epoch == 2


async def test_a_candidate_that_is_no_commit_is_refused() -> None:
    alice, bob, carol = await three()
    proposal = await bob.membership.group.propose(Remove(alice.membership.group.own_leaf_index))
    for message in (b"", proposal, await carol.membership.write(Farewell(""))):
        with pytest.raises(RemoteError):
            await alice.membership.accept(Candidate(message))
    assert alice.membership.group.epoch == 2


async def test_a_commit_without_the_secret_of_the_invite_is_refused() -> None:
    alice, bob, carol = await three()
    vouched = await bob.identity.vouch()
    renewal = LeafRenewal(vouched.pair, vouched.credential.encode())
    pending = await bob.membership.group.commit([], renewal=renewal)
    with pytest.raises(RemoteError, match="pre-shared key"):
        await alice.membership.accept(Candidate(pending.commit))
    order = await bob.membership.write(Order(pending.commit))
    with pytest.raises(RemoteError, match="pre-shared key"):
        await carol.follow(order)
    assert {side.membership.company.epoch for side in (alice, carol)} == {2}


async def test_a_member_that_missed_orders_follows_them_one_after_the_other() -> None:
    alice, bob, carol = await three()
    for _ in range(3):
        assert await bob.follow(await commit_alone(alice))
    missed = alice.membership.orders_after(carol.membership.history)
    assert missed is not None
    assert missed == bob.membership.orders_after(carol.membership.history)
    for order in missed:
        assert await carol.follow(order)
    assert carol.membership.shared_secret == alice.membership.shared_secret
    assert alice.membership.orders_after(carol.membership.history) == []


async def test_members_of_two_branches_see_that_they_are() -> None:
    alice, bob, carol = await three()
    await commit_alone(alice, Changes(removals=(carol.member_id,)))
    await commit_alone(carol, Changes(removals=(alice.member_id,)))
    assert alice.membership.stance(3, carol.membership.branch) is Stance.FORKED
    assert alice.membership.stance(2, bob.membership.branch) is Stance.SHARED
    assert bob.membership.stance(3, alice.membership.branch) is Stance.AHEAD
    assert bob.membership.knows(bob.membership.branch)
    assert not bob.membership.knows(alice.membership.branch)


async def test_only_a_member_of_that_epoch_can_tell_what_came_later() -> None:
    alice, bob, carol = await three()
    early = bob.membership.history[:1]
    assert alice.membership.orders_after(early)
    assert carol.membership.orders_after(early) is None


async def test_the_keys_of_past_epochs_are_deleted_after_a_while() -> None:
    alice, bob, carol = await three()
    assert carol.membership.seconds_to_expiry is None, "a newcomer has none"
    bob.clock[0] += 10.0
    bob.membership.forget_expired()
    late = await alice.membership.write(Farewell("late"))
    too_late = await alice.membership.write(Farewell("too late"))
    order = await commit_alone(alice)
    assert await bob.follow(order)
    retention = bob.membership.seconds_to_expiry
    assert retention == 10.0
    bob.clock[0] += retention - 0.1
    bob.membership.forget_expired()
    assert (await bob.membership.read(late)).body == Farewell("late")
    bob.clock[0] += 0.1
    bob.membership.forget_expired()
    assert bob.membership.seconds_to_expiry is None
    with pytest.raises(PastEpoch):
        await bob.membership.read(too_late)


async def test_the_keys_of_few_past_epochs_are_kept_however_soon_one_follows_the_other() -> None:
    alice, bob, _ = await three()
    letters = []
    for number in range(PAST_EPOCHS + 1):
        letters.append(await alice.membership.write(Farewell(str(number))))
        assert await bob.follow(await commit_alone(alice))
    with pytest.raises(PastEpoch):
        await bob.membership.read(letters[0])
    for number, letter in enumerate(letters[1:], 1):
        assert (await bob.membership.read(letter)).body == Farewell(str(number))


async def test_a_newcomer_that_cannot_be_added_leaves_everything_as_it_was() -> None:
    alice, bob, _ = await three()
    join = await bob.knock()
    with pytest.raises(MlsError):
        await alice.membership.commit(Changes((join, join)))
    assert alice.membership.company.epoch == 2
    await let_in(alice, (bob, join))
