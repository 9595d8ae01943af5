import asyncio
from collections.abc import Sequence

from tests.unit.room.people import Company, Person, agreed, calm, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content import content
from volly_browser.room.content.content import Presence
from volly_browser.room.events import Typing
from volly_browser.room.presence.typing import SHOWN_FOR, OwnTyping, Typists
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind

TIMING = Timing()


def notices(person: Person) -> list[Typing]:
    return [event for event in person.happened if isinstance(event, Typing)]


async def gathered(party: Company, *names: str) -> list[Person]:
    people = await party.join(*names)
    await until(lambda: agreed(*people))
    return people


# What decides


def test_the_others_are_told_again_after_a_while_and_not_before() -> None:
    typing = OwnTyping(Timing(typing=3.0))
    told = []
    for now in (0.0, 0.2, 2.9, 3.0, 3.1, 5.9, 6.0, 100.0):
        if typing.is_news(now):
            typing.told(now)
            told.append(now)
    assert told == [0.0, 3.0, 6.0, 100.0]


def test_a_writer_is_shown_for_a_while_after_each_notice() -> None:
    typists = Typists()
    assert typists.deadline() is None
    typists.writes("alice", 10.0)
    typists.writes("bob", 11.0)
    typists.writes("alice", 13.0)
    assert typists.at(13.0) == ("alice", "bob"), "in the order in which they began"
    assert typists.deadline() == 11.0 + SHOWN_FOR
    assert typists.at(11.0 + SHOWN_FOR) == ("alice",)
    assert typists.at(13.0 + SHOWN_FOR) == ()
    assert typists.deadline() is None


def test_a_member_that_goes_on_writing_is_shown_without_a_break() -> None:
    assert Timing().typing < SHOWN_FOR


def test_a_member_that_has_written_or_is_gone_does_not_write() -> None:
    typists = Typists()
    for member_id in ("alice", "bob", "carol"):
        typists.writes(member_id, 0.0)
    typists.finished_writing("alice")
    typists.finished_writing("nobody")
    typists.members_are({"alice", "carol"})
    assert typists.at(1.0) == ("carol",)


# In a room


@virtual_time()
async def test_the_others_learn_that_a_member_is_writing() -> None:
    async with company() as party:
        alice, bob, carol = await gathered(party, "Alice", "Bob", "Carol")
        alice.room.typing()
        await asyncio.sleep(1)
        assert notices(bob) == notices(carol) == [Typing(alice.room.member_id, "Alice")]
        assert notices(alice) == []


@virtual_time()
async def test_every_key_may_be_told_and_few_notices_are_sent_in_passing_and_once() -> None:
    async with company(policy="classical") as party:
        alice, bob = await gathered(party, "Alice", "Bob")
        reliably: list[bool] = []
        send = alice.transport.send

        async def watched(frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
            reliably.append(reliable)
            await send(frame, to, reliable=reliable)

        await asyncio.sleep(TIMING.heartbeat / 2)
        party.network.recorded.clear()
        alice.transport.send = watched  # type: ignore[method-assign]
        for _ in range(100):
            alice.room.typing()
            await asyncio.sleep(0.1)
        told = party.heard(content.Typing)
        assert len(told) == 4, "within ten seconds"
        others = party.senders_of(Presence, DoorKind.NOTICE).count(alice.identity)
        assert reliably.count(False) == len(told) + others
        assert all(len(heard.frames) == 1 for heard in told)
        assert len(notices(bob)) == 4


@virtual_time()
async def test_nothing_is_said_alone_or_outside() -> None:
    async with company() as party:
        alice = party.person("Alice")
        alice.room.typing()
        await alice.join()
        alice.room.typing()
        await asyncio.sleep(5)
        [bob] = await party.join("Bob")
        await until(lambda: agreed(alice, bob))
        party.network.displace(alice.identity)
        await asyncio.sleep(0)
        alice.room.typing()
        await alice.leave()
        alice.room.typing()
        assert party.heard(content.Typing) == []


@virtual_time()
async def test_a_notice_that_is_lost_is_not_sent_again_and_says_nothing_of_the_link() -> None:
    async with company() as party:
        alice, bob = await gathered(party, "Alice", "Bob")
        party.network.vanish(bob.identity)
        alice.room.typing()
        await asyncio.sleep(2)
        assert len(party.heard(content.Typing)) == 1
        assert notices(bob) == []


@virtual_time()
async def test_a_notice_that_the_server_keeps_back_or_repeats_is_shown_once_and_in_its_time_only() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        alice.room.typing()
        await asyncio.sleep(1)
        [told] = party.heard(content.Typing)
        party.replay(told, bob)
        await asyncio.sleep(1)
        assert len(notices(bob)) == 1
        assert any("used" in refusal or "again" in refusal for refusal in bob.refusals)
