"""Commits that were missed, and the questions about them."""

import asyncio

import pytest

from tests.unit.room.people import agreed, calm, company, deaf, following, senders_of, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.events import RoomState
from volly_browser.room.timing import Timing
from volly_browser.room.wire.frames import Kind

TIMING = Timing()


@virtual_time()
async def test_whoever_is_behind_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its commit would split the group; who knocks is told where the group is by those who know."""
    monkeypatch.setattr("volly_browser.room.group.throttle.ASKERS_LIMIT", 0)
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with deaf(bob):
            [carol] = await party.join("Carol")
        knock = next(sent for sent in party.network.recorded if (sent.sender, sent.data[1]) == (carol.identity, 1))
        party.network.inject(knock.data, knock.sender, bob.identity)
        await alice.room.send_text("I am ahead")
        party.network.recorded.clear()
        await asyncio.sleep(TIMING.missing_commit)
        assert bob.identity not in senders_of(party.network, Kind.COMMIT)
        await until(lambda: agreed(alice, bob, carol))


@virtual_time()
async def test_a_newcomer_leaves_questions_about_what_was_before_it_to_the_others() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        history = following(bob).history
        [carol] = await party.join("Carol")
        await calm(alice, bob, carol)
        party.network.recorded.clear()
        question = await bob.room._entrance.question(following(bob).group.group_id, history, bob.identity)
        for asked in (carol, alice):
            await bob.room._inside._post.send(Kind.RESYNC, question.encode(), [asked.identity])
        await asyncio.sleep(1)
        answers = {sent.sender for sent in party.network.recorded if sent.to == (bob.identity,)}
        assert answers == {alice.identity}


@virtual_time()
async def test_whoever_misses_nothing_is_told_so_at_once() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        party.network.recorded.clear()
        await bob.room._task._protocol._ordering._ask(alice.identity, following(bob))
        await asyncio.sleep(0.1)
        assert alice.identity in senders_of(party.network, Kind.PRESENCE)


@virtual_time()
async def test_a_commit_that_comes_when_it_was_given_up_already_leads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("volly_browser.room.group.throttle.ASKERS_LIMIT", 0)
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        before = len(party.network.recorded)
        with deaf(bob):
            [carol] = await party.join("Carol")
        commit = next(sent for sent in party.network.recorded[before:] if sent.data[:2] == bytes([1, Kind.COMMIT]))
        await until(lambda: bob.room.state is RoomState.WAITING_FOR_KEYS)
        party.network.recorded.clear()
        party.network.inject(commit.data, commit.sender, bob.identity)
        await until(lambda: agreed(alice, bob, carol))
        await asyncio.sleep(TIMING.rejoin)
        assert bob.room.state is RoomState.JOINED
        assert bob.identity not in senders_of(party.network, Kind.HELLO)
