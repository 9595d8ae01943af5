"""Commits on their way: made, given out, followed, missed."""

import asyncio

import pytest

from tests.unit.room.looks import deciders_of, make_refresh_due, membership_of, parts_of
from tests.unit.room.people import Person, agreed, asleep, calm, company, deaf, never_lost, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room import labels
from volly_browser.room.content.content import Body, Candidate, Order
from volly_browser.room.door.key_packages import KeyPackages
from volly_browser.room.events import RenewalOverdue, WasRemoved
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.group.throttle import Throttle
from volly_browser.room.session import ordering
from volly_browser.room.session.ordering import CANDIDATE_ATTEMPTS, SHOWN_TO
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.structs import Knock

TIMING = Timing()


async def tell(person: Person, body: Body, *to: Person) -> None:
    """A member says something that its page would not say."""
    await parts_of(person).post.send(await membership_of(person).write(body), [other.identity for other in to])


async def ignored(*_: object) -> None: ...


@virtual_time()
async def test_a_member_that_is_possibly_behind_commits_nothing_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its commit would split the group; the orders that it lacks are possibly on their way."""
    monkeypatch.setattr(Throttle, "take_turn", lambda *_, **__: False)
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with deaf(bob):
            [carol] = await party.join("Carol")
        await alice.room.send_text("I am ahead")
        await asyncio.sleep(0.05)
        now = asyncio.get_running_loop().time()
        deciders_of(bob).sequencer.member_silent(bytes.fromhex(alice.room.member_id), now)
        party.network.recorded.clear()
        await asyncio.sleep(TIMING.doubt - 0.2)
        assert bob.identity not in party.senders_of(Order)
        await until(lambda: bob.identity in party.senders_of(Order), limit=1)
        await until(lambda: agreed(alice, bob, carol))


@virtual_time()
async def test_orders_that_were_missed_come_from_any_member_that_has_them() -> None:
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        with deaf(bob):
            [dora] = await party.join("Dora")
        party.network.recorded.clear()
        await until(lambda: agreed(*people, dora))
        asked = party.heard(DoorKind.QUESTION)
        given = [heard for heard in party.heard(Order) if heard.to == (bob.identity,)]
        assert {heard.sender for heard in given} == {asked[-1].to[0]}
        assert given[0].sender in (alice.identity, carol.identity), "who came later was not there"
        assert never_lost(bob)


@virtual_time()
async def test_renewals_are_left_to_the_first_twice_and_then_given_out_by_their_author() -> None:
    """The first member, or the server, possibly keeps one's renewals back, so that its old keys stay of use."""
    async with company(policy="classical") as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        parts_of(alice).ordering.got_candidate = ignored  # type: ignore[method-assign, assignment]
        party.network.recorded.clear()
        make_refresh_due(bob)
        await until(lambda: party.senders_of(Order) == [bob.identity], limit=4 * TIMING.refresh_retry)
        candidates = party.heard(Candidate)
        assert len(candidates) == CANDIDATE_ATTEMPTS
        assert [heard.to for heard in candidates] == [(alice.identity,), None], "the second time to all"
        assert len({heard.content.commit for heard in candidates}) == 1, "within an epoch it is the same one"
        await until(lambda: agreed(*people))
        assert all(map(never_lost, people))


@virtual_time()
async def test_a_renewal_that_is_given_out_after_it_was_thought_lost_is_followed_by_its_author() -> None:
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        with deaf(alice):
            make_refresh_due(bob)
            await until(lambda: len(party.heard(Candidate)) >= 2 and party.senders_of(Candidate)[-1] == bob.identity)
            await asyncio.sleep(0.1)
            first = next(heard for heard in party.heard(Candidate)[::-1] if heard.to)
        epoch = alice.room.epoch
        party.replay(first, alice)
        await until(lambda: alice.room.epoch > epoch and agreed(alice, bob, carol))
        assert never_lost(bob)


@virtual_time()
async def test_whose_turn_it_is_not_gives_nothing_out() -> None:
    async with company(policy="classical") as party:
        people = _, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        party.network.recorded.clear()
        candidate = await membership_of(carol).update()
        await tell(carol, candidate, bob)
        await asyncio.sleep(1)
        assert not party.heard(Order)
        assert not bob.refusals


@virtual_time()
async def test_a_second_order_for_an_epoch_that_has_passed_is_a_sign_of_another_branch() -> None:
    async with company(policy="classical") as party:
        people = _, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        other = await membership_of(carol).commit(Changes())
        make_refresh_due(bob)
        epoch = bob.room.epoch
        await until(lambda: bob.room.epoch > epoch)
        party.network.recorded.clear()
        await parts_of(carol).post.send(other.order, [bob.identity])
        await until(lambda: party.heard(DoorKind.QUESTION), limit=1)
        assert [(heard.sender, heard.to) for heard in party.heard(DoorKind.QUESTION)] == [
            (bob.identity, (carol.identity,))
        ]
        await until(lambda: agreed(*people))
        assert all(map(never_lost, people))


@virtual_time()
async def test_a_commit_that_two_members_have_given_out_is_no_sign_of_another_branch() -> None:
    """Its author possibly gives it out just when the first does."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        candidate = await membership_of(carol).update()
        again = await membership_of(carol).write(Order(candidate.commit))
        epoch = bob.room.epoch
        await tell(carol, candidate, alice)
        await until(lambda: bob.room.epoch > epoch)
        party.network.recorded.clear()
        await parts_of(carol).post.send(again, [bob.identity])
        await asyncio.sleep(0.5)
        assert not party.heard(DoorKind.QUESTION)
        assert agreed(*people)


@virtual_time()
async def test_one_unusable_newcomer_among_several_keeps_the_others_out_for_no_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its signatures are right, and still it cannot be added."""
    async with company(policy="classical") as party:
        [alice] = await party.join("Alice")
        membership = membership_of(alice)
        commit, bad = membership.commit, party.person("Mallory")

        async def refuse_the_bad(changes: Changes):  # noqa: ANN202 - as it is
            if any(join.identity == bad.identity for join in changes.joins):
                await membership.group.process(b"")  # raises what a commit could raise
            return await commit(changes)

        monkeypatch.setattr(membership, "commit", refuse_the_bad)
        coming = asyncio.create_task(bad.join())
        good = await party.join_at_once("Bob", "Carol")
        await until(lambda: agreed(alice, *good))
        assert alice.refusals
        coming.cancel()


@virtual_time()
async def test_a_knock_with_a_wrong_signature_is_told_and_not_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    async with company(policy="classical") as party:
        [alice] = await party.join("Alice")

        async def all_forged(key_packages: KeyPackages, joins: list[object]) -> list[object]:
            return list(joins)

        monkeypatch.setattr(KeyPackages, "forged", all_forged)
        coming = asyncio.create_task(party.person("Bob").join())
        await until(lambda: any("wrong signature" in refusal for refusal in alice.refusals))
        assert alice.names == ["Alice"]
        coming.cancel()


@virtual_time(2000)
async def test_keys_that_could_not_be_renewed_for_long_are_told_of_once() -> None:
    async with company(policy="classical") as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await calm(*people)

        async def try_in_vain(now: float) -> None:
            refresh = deciders_of(bob).refresh
            if refresh.is_due(now):
                refresh.attempted(now)

        parts_of(bob).ordering.refresh = try_in_vain  # type: ignore[method-assign]
        await asyncio.sleep(TIMING.refresh_overdue + 200)
        [overdue] = [event for event in bob.happened if isinstance(event, RenewalOverdue)]
        assert overdue.seconds >= TIMING.refresh_overdue
        assert not [event for event in alice.happened if isinstance(event, RenewalOverdue)]


@virtual_time()
async def test_as_many_are_let_in_at_once_as_one_parcel_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "PARCEL_LIMIT", 150_000)
    async with company() as party:
        [alice] = await party.join("Alice")
        with asleep(alice):
            guests = [party.person(f"Guest {number}") for number in range(8)]
            coming = [asyncio.create_task(guest.join()) for guest in guests]
            await asyncio.sleep(1)
        await asyncio.gather(*coming)
        orders = [len(membership_of(alice).orders_after(membership_of(alice).history[:1]) or [])]
        assert orders == [2]
        await until(lambda: agreed(alice, *guests))
        assert not alice.refusals


@pytest.mark.parametrize("besides", [0, 1 << 20])
@virtual_time()
async def test_a_newcomer_that_no_parcel_takes_is_refused_and_nobody_else_suffers(
    besides: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Members can make their leaves long, all of which are in every Welcome."""
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        monkeypatch.setattr(ordering, "WELCOME_BESIDES", besides)
        monkeypatch.setattr(labels, "PARCEL_LIMIT", 20_000 + besides // 2)
        coming = asyncio.create_task(party.person("Carol").join())
        await until(lambda: any("too long to be sent" in refusal for refusal in alice.refusals), limit=10)
        assert agreed(alice, bob)
        await bob.room.send_text("still here")
        await until(lambda: alice.texts == [("Bob", "still here")])
        coming.cancel()


@virtual_time()
async def test_the_order_that_removes_a_member_is_shown_to_few_others_and_told() -> None:
    async with company(policy="classical") as party:
        people = alice, *_, eve, fred = await party.join("Alice", "Bob", "Carol", "Dan", "Eve", "Fred")
        await calm(*people)
        party.network.recorded.clear()
        now = asyncio.get_running_loop().time()
        await parts_of(alice).ordering.commit(Changes(removals=(bytes.fromhex(fred.room.member_id),)), now)
        await until(lambda: WasRemoved(alice.room.member_id, "Alice") in fred.happened)
        await until(lambda: agreed(*people))
        [shown] = [heard for heard in party.heard(Order) if heard.sender == fred.identity]
        assert len(shown.to) == SHOWN_TO
        assert not {alice.identity, eve.identity} & set(shown.to), "to the first in rank, and not to its giver"
        assert not any(isinstance(event, WasRemoved) for person in people[:-1] for event in person.happened)


@virtual_time()
async def test_a_member_that_is_added_again_at_its_own_wish_or_has_left_was_not_removed_by_another() -> None:
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        party.network.recorded.clear()
        knock = Knock(bob.identity, membership_of(bob).group.group_id, membership_of(bob).branch)
        await parts_of(bob).post.say(DoorKind.HELLO, await parts_of(bob).key_packages.offer(knock, 0.0))
        await until(lambda: alice.identity in party.senders_of(DoorKind.WELCOME))
        await until(lambda: agreed(*people), limit=120)
        await carol.leave()
        for person in people:
            assert not any(isinstance(event, WasRemoved) for event in person.happened)
        assert {bob.identity, carol.identity}.isdisjoint(
            heard.sender for heard in party.heard(Order) if heard.to and len(heard.to) <= SHOWN_TO
        )
