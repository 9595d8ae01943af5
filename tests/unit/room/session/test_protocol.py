"""What a visit does of itself, from coming to leaving."""

import asyncio

import pytest

from tests.unit.room.looks import count_turns, make_refresh_due, make_silent, membership_of, parts_of
from tests.unit.room.people import Person, agreed, calm, company, deaf, mute, until
from tests.unit.room.split_network import SplitNetwork
from tests.unit.virtual_time import virtual_time
from volly_browser.room.door.key_packages import BUNDLE_LIFE
from volly_browser.room.events import OtherConversation
from volly_browser.room.mimi import ContentError
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.structs import Knock, Notice

RETENTION = 10.0
"""Seconds for which the keys of a past epoch are kept."""

TIMING = Timing()


@virtual_time()
async def test_a_leaving_member_that_has_said_everything_goes_at_once() -> None:
    async with company(policy="classical") as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        before = asyncio.get_running_loop().time()
        await bob.leave()
        assert asyncio.get_running_loop().time() - before < 0.1
        await until(lambda: agreed(alice, carol))


@virtual_time()
async def test_a_leaving_member_whose_messages_are_not_acknowledged_leaves_all_the_same() -> None:
    async with company(policy="classical") as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        with deaf(carol):
            await bob.room.send_text("can you hear me, Carol?")
            before = asyncio.get_running_loop().time()
            await bob.leave()
            assert asyncio.get_running_loop().time() - before < TIMING.last_words + TIMING.farewell
        assert alice.names == ["Alice", "Carol"]


@virtual_time(2000)
async def test_a_quiet_room_sleeps_most_of_the_time() -> None:
    """Each turn costs the page of a phone time and its battery."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        stranger = Notice(bytes(16), 5, bytes(16), 2, 0, 1, 0)
        await alice.room.send_text("hello")
        await party.display(DoorKind.NOTICE, stranger.encode(), alice, "another conversation")
        turns = count_turns(alice)
        await asyncio.sleep(500)
        assert len(turns) < 4 * 500 / TIMING.heartbeat


@virtual_time()
async def test_the_keys_of_past_epochs_are_deleted_in_a_quiet_room_too() -> None:
    """Nothing need happen for it: a stolen device could read what was recorded."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        make_silent(bob)
        make_refresh_due(alice)
        epoch = bob.room.epoch
        await until(lambda: bob.room.epoch > epoch)
        with mute(alice):
            assert membership_of(bob).seconds_to_expiry == pytest.approx(RETENTION, abs=0.02)
            await asyncio.sleep(RETENTION - 0.1)
            assert membership_of(bob).group.next_expiry() is not None
            await asyncio.sleep(0.2)
            assert membership_of(bob).group.next_expiry() is None


@virtual_time()
async def test_key_packages_that_led_nowhere_are_deleted_in_a_quiet_room_too() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        key_packages = parts_of(bob).key_packages
        make_silent(bob)
        with mute(alice):
            await asyncio.sleep(TIMING.heartbeat)
            await key_packages.offer(Knock(bob.identity, b"", bytes(16)), asyncio.get_running_loop().time())
            bob.room.try_now()  # so that its task looks once when to wake again
            await asyncio.sleep(BUNDLE_LIFE + 1)
            assert key_packages.deadline() is None


@virtual_time()
async def test_what_one_peer_makes_fail_keeps_nothing_else_from_being_done() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)

        async def fail(now: float) -> None:
            raise ContentError("a member's fault")

        parts_of(alice).ordering.commit_due = fail  # type: ignore[method-assign]
        await alice.room.send_text("still here")
        await until(lambda: bob.texts)
        assert "a member's fault" in alice.refusals


@virtual_time()
async def test_another_conversation_is_told_to_the_person_and_gone_to_when_it_says_so() -> None:
    network = SplitNetwork()
    async with company(network, policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        carol, dan = party.person("Carol"), party.person("Dan")
        network.split(carol, dan)
        await carol.join()
        await dan.join()
        for speaker, hearer in ((alice, bob), (carol, dan)):
            await until(lambda: agreed(speaker, hearer))  # noqa: B023
            await speaker.room.send_text("hello")
        await until(lambda: bob.texts and dan.texts)
        network.heal()
        people = alice, bob, carol, dan
        await until(lambda: any(proposals(person) for person in people))
        await asyncio.sleep(30)
        goers = [person for person in people if proposals(person)]
        assert len(goers) == 2, "those of one of the two are asked, and of the other nobody"
        for goer in goers:
            [proposal] = proposals(goer)
            assert proposal.members == 2
            goer.room.join_other(proposal.group_id)
        await until(lambda: agreed(*people))


def proposals(person: Person) -> list[OtherConversation]:
    return [event for event in person.happened if isinstance(event, OtherConversation)]
