"""D, and S with D: nobody at the door can take members out of a running group."""

import asyncio
from typing import TypeGuard

import pytest

from tests.adversary.attackers import Stranger, begin_the_best_group, notice, said_at_the_door, stranger
from tests.adversary.checks import still_together, was_told_of_others
from tests.adversary.sorting_network import SortingNetwork
from tests.unit.room.looks import deciders_of, membership_of, parts_of
from tests.unit.room.people import calm, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.events import MembersChanged, MessageDelivered, RoomEvent
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind

TIMING = Timing()


@pytest.mark.parametrize("talked", [True, False])
@virtual_time()
async def test_a_better_group_at_the_door_takes_nobody_out_of_a_running_one(talked: bool) -> None:
    """Guarded by `Admission._is_free_for`: a member that has talked, or has company for a while, asks its user."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        if talked:
            await alice.room.send_text("hello")
            await until(lambda: bob.texts and carol.texts)
        else:
            await asyncio.sleep(TIMING.acquaintance)
        group_id = membership_of(alice).group.group_id
        await begin_the_best_group(party.person("Mallory"))
        await asyncio.sleep(120)
        assert {membership_of(person).group.group_id for person in people} == {group_id}
        await still_together(*people)


@virtual_time()
async def test_a_welcome_that_nobody_has_asked_for_takes_nobody_away() -> None:
    """Guarded by `Admission.takes`: the key package of an earlier knock, let in by a stranger at another group."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        knock = (await said_at_the_door(party, DoorKind.HELLO))[-1][0]
        await alice.room.send_text("hello")
        await until(lambda: bob.texts)
        mallory = await begin_the_best_group(party.person("Mallory"))
        join = parts_of(mallory).key_packages.read(knock.content, knock.sender).join
        await parts_of(mallory).ordering.commit(Changes((join,)), asyncio.get_running_loop().time())
        await asyncio.sleep(5)
        await still_together(alice, bob)


@virtual_time()
async def test_the_server_and_a_holder_of_the_invite_cannot_pose_as_the_members_unseen() -> None:
    """S and D, one group for each victim: each of them is shown that the other one has gone, and a namesake come.

    Guarded by `Admission.takes`: while the other one is a member, only those that we have met let us into theirs; and
    by `member_id_of`: an id is a hash of a key.  What was said before is read by nobody else.
    """
    network = SortingNetwork()
    async with company(network, policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        await alice.room.send_text("hello Bob")
        await until(lambda: bob.texts)
        true_bob = bob.room.member_id
        await asyncio.sleep(2)
        network.keep_apart(alice, bob)
        await alice.room.send_text("are you there?")
        as_bob = party.person("Bob")
        network.keep_apart(as_bob, bob)
        await begin_the_best_group(as_bob)
        await until(lambda: as_bob.room.member_id in {member.member_id for member in alice.room.members}, 120)
        await alice.room.send_text("is it you?")
        await until(lambda: as_bob.texts, 120)
        await asyncio.sleep(30)
        lists = [[member.member_id for member in event.members] for event in alice.happened if is_list(event)]
        assert [alice.room.member_id] in lists, "the true one was shown to go before the other one came"
        assert true_bob not in lists[-1]
        assert as_bob.room.member_id in lists[-1], "it was shown to come"
        assert as_bob.texts == [("Alice", "is it you?")], "nothing that was for the true one"
        delivered = [event for event in alice.happened if isinstance(event, MessageDelivered)]
        assert len(delivered) == 2, "the first to Bob, the last to the namesake, the one between to nobody"


def is_list(event: RoomEvent) -> TypeGuard[MembersChanged]:
    return isinstance(event, MembersChanged)


@virtual_time()
async def test_sybils_in_the_best_of_all_groups_take_nobody_away() -> None:
    """D as ten thousand people: what is claimed of a number counts for nothing."""
    async with company(policy="classical") as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        strangers: list[Stranger] = [await stranger(party) for _ in range(30)]
        for mallory in strangers:
            await mallory.show(DoorKind.NOTICE, notice(members=10_000))
        await asyncio.sleep(60)
        assert all(map(was_told_of_others, people))
        assert sum(was_told_of_others(person) for person in people) <= 2
        await still_together(*people)


@virtual_time()
async def test_a_person_is_not_asked_without_end_about_groups_that_are_claimed() -> None:
    """Guarded by `propose_again` and `PROPOSALS_LIMIT`."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        mallory = await stranger(party)
        for number in range(300):
            await mallory.show(DoorKind.NOTICE, notice(number.to_bytes(16, "big")))
            await asyncio.sleep(1)
        asked = [event for event in alice.happened if type(event).__name__ == "OtherConversation"]
        assert 1 <= len(asked) <= 300 / TIMING.propose_again + 1
        assert len(deciders_of(alice).admission._proposed) <= 16
        await still_together(alice, bob)
