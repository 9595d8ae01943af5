import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.room.people import Company, Person, agreed, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.crypto.native import NativeEngine
from volly_browser.room import labels
from volly_browser.room.events import RoomEvent, Typing
from volly_browser.room.presence.typing import SHOWN_FOR, OwnTyping, Typists, read_typing, seal_typing
from volly_browser.room.timing import Timing
from volly_browser.room.wire.frames import Kind, split
from volly_browser.room.wire.sealing import SealBroken, seal

ONE_DATAGRAM = 1_300
"""Bytes that LiveKit advises for what is sent without being sent again."""

ENGINE = NativeEngine()


@dataclass
class FakeGroup:
    """As much of a group as a notice needs."""

    group_id: bytes = b"garden"
    epoch: int = 7
    secret: bytes = bytes(32)

    def export(self, label: str, context: bytes, length: int) -> bytes:
        assert (label, context, length) == (labels.TYPING_KEY, b"", 32)
        return self.secret


def notices(person: Person) -> list[Typing]:
    return [event for event in person.happened if isinstance(event, Typing)]


def frames_of_typing(party: Company) -> list[Any]:
    return [sent for sent in party.network.recorded if sent.data[:2] == bytes([labels.VERSION, Kind.TYPING])]


async def gathered(party: Company, *names: str) -> list[Person]:
    people = await party.join(*names)
    await until(lambda: agreed(*people))
    return people


# What decides


def test_the_others_are_told_again_after_a_while_and_not_before() -> None:
    typing = OwnTyping(Timing(typing=3.0))
    told = [now for now in (0.0, 0.2, 2.9, 3.0, 3.1, 5.9, 6.0, 100.0) if typing.is_news(now)]
    assert told == [0.0, 3.0, 6.0, 100.0]


def test_who_writes_is_shown_for_a_while_after_each_notice() -> None:
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


def test_who_goes_on_writing_is_shown_without_a_break() -> None:
    assert Timing().typing < SHOWN_FOR


def test_who_has_written_or_is_gone_does_not_write() -> None:
    typists = Typists()
    for member_id in ("alice", "bob", "carol"):
        typists.writes(member_id, 0.0)
    typists.has_written("alice")
    typists.has_written("nobody")
    typists.members_are({"alice", "carol"})
    assert typists.at(1.0) == ("carol",)


# What is sealed


async def test_a_notice_opens_in_its_group_its_epoch_and_from_its_sender() -> None:
    sealed = await seal_typing(ENGINE, FakeGroup(), b"m" * 16, "alice")  # type: ignore[arg-type]
    assert await read_typing(ENGINE, FakeGroup(), sealed, "alice") == b"m" * 16  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("group", "sender"),
    [
        (FakeGroup(group_id=b"other"), "alice"),
        (FakeGroup(epoch=8), "alice"),
        (FakeGroup(secret=bytes(31) + b"\x01"), "alice"),
        (FakeGroup(), "bob"),
    ],
)
async def test_a_notice_opens_nowhere_else(group: Any, sender: str) -> None:  # noqa: ANN401 - half a group
    sealed = await seal_typing(ENGINE, FakeGroup(), b"m" * 16, "alice")  # type: ignore[arg-type]
    with pytest.raises(SealBroken):
        await read_typing(ENGINE, group, sealed, sender)


async def test_a_notice_of_another_length_is_not_even_opened() -> None:
    sealed = await seal(ENGINE, bytes(32), b"", bytes(300))
    with pytest.raises(SealBroken, match="long"):
        await read_typing(ENGINE, FakeGroup(), sealed, "alice")  # type: ignore[arg-type]


# In a room


@virtual_time()
async def test_the_others_learn_who_is_writing() -> None:
    async with company() as party:
        alice, bob, carol = await gathered(party, "Alice", "Bob", "Carol")
        alice.room.typing()
        await asyncio.sleep(1)
        assert notices(bob) == notices(carol) == [Typing(alice.room.member_id, "Alice")]
        assert notices(alice) == []


@virtual_time()
async def test_every_key_may_be_told_and_few_notices_are_sent_each_in_one_datagram_and_once() -> None:
    async with company() as party:
        alice, bob = await gathered(party, "Alice", "Bob")
        asked: list[bool] = []
        send = alice.transport.send

        async def watched(frame: bytes, to: Sequence[str] = (), *, reliable: bool = True) -> None:
            if frame[1] == Kind.TYPING:
                asked.append(reliable)
            await send(frame, to, reliable=reliable)

        alice.transport.send = watched  # type: ignore[method-assign]
        for _ in range(100):
            alice.room.typing()
            await asyncio.sleep(0.1)
        assert asked == [False] * 4, "within ten seconds"
        assert {len(sent.data) < ONE_DATAGRAM for sent in frames_of_typing(party)} == {True}
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
        assert frames_of_typing(party) == []


@virtual_time()
async def test_a_notice_that_is_lost_is_not_sent_again_and_says_nothing_of_the_link() -> None:
    async with company() as party:
        alice, bob = await gathered(party, "Alice", "Bob")
        party.network.vanish(bob.identity)
        alice.room.typing()
        await asyncio.sleep(2)
        assert len(frames_of_typing(party)) == 1
        assert notices(bob) == []


@virtual_time()
async def test_what_does_not_open_is_dropped_without_a_word() -> None:
    async with company() as party:
        alice, bob, carol = await gathered(party, "Alice", "Bob", "Carol")
        alice.room.typing()
        await asyncio.sleep(1)
        before: list[RoomEvent] = list(bob.happened)
        [frame] = [sent.data for sent in frames_of_typing(party)]
        party.network.inject(frame, carol.identity, bob.identity)
        for length in (0, 16, 284, 5000):
            for part in split(Kind.TYPING, bytes(length)):
                party.network.inject(part, alice.identity, bob.identity)
        await party.join("Dave")
        await until(lambda: "Dave" in bob.names)
        party.network.inject(frame, alice.identity, bob.identity)
        await asyncio.sleep(1)
        assert [event for event in bob.happened[len(before) :] if isinstance(event, Typing)] == []
        assert bob.refusals == []


@virtual_time()
async def test_who_is_named_in_a_notice_is_a_member_and_somebody_else() -> None:
    async with company() as party:
        alice, bob = await gathered(party, "Alice", "Bob")
        group = alice.room._membership.group
        for member_id in (bytes(16), bytes.fromhex(bob.room.member_id), b"", bytes(200)):
            notice = await seal_typing(ENGINE, group, member_id, alice.identity)
            party.network.inject(split(Kind.TYPING, notice)[0], alice.identity, bob.identity)
        await asyncio.sleep(1)
        assert notices(bob) == []
