"""Reading and writing in the group, and what else it tells."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.unit.room.looks import deciders_of, membership_of, parts_of
from tests.unit.room.people import Person, agreed, calm, company, deaf, mute, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import Numbered, Receipt
from volly_browser.room.delivery.receipts import RECEIPTS_TO_ALL
from volly_browser.room.events import ConnectionsLost, MembersRemoved
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.mimi import text_content
from volly_browser.room.session.inside import SENDS_AT_ONCE
from volly_browser.room.timing import Timing
from volly_browser.transport.contract import FrameReceived, PeerLeft, TransportEvent

TIMING = Timing()
SILENCE = TIMING.silences * TIMING.heartbeat


@virtual_time()
async def test_a_member_that_talks_is_there_though_none_of_its_other_signs_of_life_arrives() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        send = bob.transport.send

        async def send_reliably(frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
            if reliable:
                await send(frame, to)

        bob.transport.send = send_reliably  # type: ignore[method-assign]
        known = len(alice.member_lists)
        for _ in range(5):
            await asyncio.sleep(SILENCE / 2)
            await bob.room.send_text("still here")
        assert len(alice.member_lists) == known


@virtual_time()
async def test_whose_connection_is_gone_is_told_at_once_and_stays_a_member_for_a_while() -> None:
    async with company(policy="classical") as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        assert lost(alice) == []
        with mute(bob):
            party.network.vanish(bob.identity)
            await until(lambda: lost(alice) == [(bob.room.member_id,)], 0.1)
            assert "Bob" in alice.names
            await until(lambda: "Bob" not in alice.names, 20)
        await until(lambda: lost(alice)[1:] == [()], 6)


@virtual_time()
async def test_whose_connection_is_there_again_is_not_lost_any_more() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with mute(bob):
            alice.transport.got_event(PeerLeft(bob.identity))
            await asyncio.sleep(2)
        await until(lambda: lost(alice) == [(bob.room.member_id,), ()], 6)
        assert agreed(alice, bob)


def lost(person: Person) -> list[tuple[str, ...]]:
    """All that was told of connections that are gone."""
    return [event.member_ids for event in person.happened if isinstance(event, ConnectionsLost)]


@virtual_time()
async def test_many_messages_are_a_reason_for_new_keys() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        epoch = alice.room.epoch
        for _ in range(TIMING.refresh_messages - 1):
            await bob.room.send_text("and so on")
        await asyncio.sleep(20)
        assert alice.room.epoch == epoch
        await bob.room.send_text("and so on")
        await until(lambda: alice.room.epoch == epoch + 1, limit=20)
        await until(lambda: agreed(alice, bob))


@virtual_time()
async def test_what_was_said_before_a_newcomer_came_is_no_news_to_it() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        await alice.room.send_text("between us")
        await until(lambda: bob.texts)
        early = party.heard(Numbered)[-1]
        [carol] = await party.join("Carol")
        party.replay(early, carol)
        await calm(alice, bob, carol)
        assert not carol.refusals + carol.problems
        assert not carol.texts


@virtual_time()
async def test_what_comes_long_after_its_epoch_is_refused_and_was_sent_again_before() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        await alice.room.send_text("hello")
        await until(lambda: bob.texts)
        late = party.heard(Numbered)[-1]
        for name in ("Carol", "Dora", "Emil"):
            await party.join(name)
        await until(lambda: agreed(*party.people))
        await asyncio.sleep(20)
        party.replay(late, bob)
        await until(lambda: any("is over" in refusal for refusal in bob.refusals))
        assert bob.texts == [("Alice", "hello")]


@virtual_time()
async def test_what_is_sent_again_goes_to_nobody_where_those_that_lack_it_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with deaf(bob):
            await alice.room.send_text("before Carol came")
            [carol] = await party.join("Carol")
        read: list[object] = []
        carols, got = deciders_of(carol).exchange, deciders_of(carol).exchange.got
        monkeypatch.setattr(carols, "got", lambda *message: (read.append(message), got(*message)))
        with monkeypatch.context() as unreachable:
            reachability = deciders_of(alice).reachability
            unreachable.setattr(reachability, "identities_of", lambda member_id: [])
            await until(lambda: agreed(alice, bob, carol))
            await asyncio.sleep(10)
            assert not bob.texts
        await until(lambda: bob.texts == [("Alice", "before Carol came")])
        assert not read


@virtual_time()
async def test_in_a_large_room_acknowledgements_go_to_the_sender() -> None:
    async with company(policy="classical") as party:
        people = await party.join(*(f"Person {number}" for number in range(RECEIPTS_TO_ALL + 1)))
        await calm(*people)
        speaker, *others = people
        party.network.recorded.clear()
        await speaker.room.send_text("hello, all of you")
        await asyncio.sleep(5)
        acknowledged = party.heard(Receipt)
        assert {sent.to for sent in acknowledged} == {(speaker.identity,)}
        assert {sent.sender for sent in acknowledged} == {person.identity for person in others}


@virtual_time()
async def test_what_is_lost_in_a_large_room_is_sent_again() -> None:
    async with company(policy="classical") as party:
        people = await party.join(*(f"Person {number}" for number in range(RECEIPTS_TO_ALL + 1)))
        await calm(*people)
        speaker, deafened, *_ = people
        with deaf(deafened):
            await speaker.room.send_text("can you hear me?")
        await until(lambda: len(deafened.texts) == 1, limit=10)


def removals(person: Person) -> list[tuple[str, tuple[str, ...]]]:
    return [(event.by_name, event.names) for event in person.happened if isinstance(event, MembersRemoved)]


@virtual_time()
async def test_a_member_that_is_put_out_by_another_though_it_is_there_is_told_of() -> None:
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        committed = await membership_of(mallory).commit(Changes(removals=(bytes.fromhex(bob.room.member_id),)))
        await parts_of(mallory).post.send(committed.order)
        await until(lambda: removals(alice), limit=TIMING.last_word + 1)
        assert removals(alice) == [("Mallory", ("Bob",))]


@virtual_time()
async def test_a_member_that_leaves_or_falls_silent_is_put_out_without_further_words() -> None:
    async with company(policy="classical") as party:
        people = alice, bob, carol, dora = await party.join("Alice", "Bob", "Carol", "Dora")
        await calm(*people)
        await bob.leave()
        with mute(carol):
            await until(lambda: alice.names == dora.names == ["Alice", "Dora"])
        assert not removals(alice) + removals(dora)


@virtual_time()
async def test_nobody_is_accused_of_removing_one_that_leaves_if_its_farewell_comes_after_the_order() -> None:
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        deliver, loop = carol.transport.got_event, asyncio.get_running_loop()

        def late(event: TransportEvent) -> None:
            is_bobs = isinstance(event, FrameReceived) and event.sender == bob.identity
            loop.call_later(TIMING.last_word / 2 if is_bobs else 0.0, deliver, event)

        carol.transport.got_event = late  # type: ignore[method-assign]
        await bob.leave()
        await until(lambda: alice.names == carol.names == ["Alice", "Carol"], limit=1)
        await asyncio.sleep(2 * TIMING.last_word)
        assert not removals(alice) + removals(carol)
        carol.transport.got_event = deliver  # type: ignore[method-assign]


@virtual_time()
async def test_a_member_with_much_to_say_listens_in_between() -> None:
    async with company(policy="classical") as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await calm(*people)
        exchange = deciders_of(bob).exchange
        for number in range(3 * SENDS_AT_ONCE):
            exchange.queue(text_content(str(number), bytes(16), 0.0))
        await parts_of(bob).inside.send_due(asyncio.get_running_loop().time())
        assert exchange.waiting == 2 * SENDS_AT_ONCE
        await until(lambda: len(alice.texts) == 3 * SENDS_AT_ONCE, limit=1)
