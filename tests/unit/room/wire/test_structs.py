"""What the operator of the network sees: everything is recorded, and searched for what it must not contain."""

import base64
from collections.abc import Iterator

import pytest

from tests.unit.room.looks import membership_of, parts_of
from tests.unit.room.people import Company, agreed, company, until
from tests.unit.room.tap import What
from tests.unit.virtual_time import run, virtual_time
from volly_browser.room.content.content import Order
from volly_browser.room.events import RoomState
from volly_browser.room.invite import POLICY_CODES
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.sealing import BUCKET
from volly_browser.transport.contract import ANNOUNCEMENT_LIMIT, FRAME_LIMIT

NAMES = ("Alexandra Ypsilanti", "Bartholomäus Øre")
TEXTS = ("the treasure lies under the old oak", "überraschung")


async def a_visit(party: Company) -> None:
    """Two people meet, talk and part, and a third one watches the door."""
    alice, bob = await party.join(*NAMES)
    await until(lambda: agreed(alice, bob))
    for text in TEXTS:
        await alice.room.send_text(text)
        await bob.room.send_text(text)
    await until(lambda: len(alice.texts) == len(bob.texts) == len(TEXTS))


def secrets_of(party: Company) -> Iterator[bytes]:
    invite = party.invite
    yield from (invite.secret, invite.door_key, invite.psk, invite.check + invite.secret[:1])
    for person in party.people:
        yield person.room.shared_secret
        yield parts_of(person).key_packages._identity._pair.private_key
        yield membership_of(person).speaker.pair.private_key
        yield bytes.fromhex(person.room.member_id)


def spellings(value: bytes) -> Iterator[bytes]:
    yield value
    yield value.hex().encode()
    for offset in range(3):  # base64 of a longer text that has this within
        coded = base64.b64encode(bytes(offset) + value).rstrip(b"=")
        spelling = coded[-(-offset * 4 // 3) : len(coded) - ((offset + len(value)) % 3 > 0)]
        if len(spelling) >= 8:  # shorter ones also come by chance
            yield spelling


@pytest.mark.parametrize("policy", POLICY_CODES)
@virtual_time()
async def test_no_name_no_text_and_no_secret_is_ever_sent_in_the_clear(policy: str) -> None:
    async with company(policy=policy) as party:
        await a_visit(party)
        everything = b"|".join(sent.data for sent in party.network.recorded)
        words = [word.encode() for text in (*NAMES, *TEXTS) for word in text.split() if len(word) > 3]
        for value in [*words, *secrets_of(party)]:
            for spelling in spellings(value):
                assert spelling not in everything
        assert len(everything) > 1000


def test_the_search_would_find_what_it_looks_for() -> None:
    for name in NAMES:
        for prefix in (b"", b"x", b"xy", b"xyz"):
            everything = base64.b64encode(prefix + name.encode() + b" and more")
            assert any(spelling in everything for spelling in spellings(name.encode()))


@virtual_time()
async def test_frames_and_announcements_keep_to_their_limits() -> None:
    async with company() as party:
        await party.join_at_once(*(f"Guest {number}" for number in range(6)))
        await until(lambda: agreed(*party.people))
        await party.people[0].room.send_text("x" * 64_000)
        await until(lambda: all(person.texts for person in party.people[1:]))
        frames = [sent.data for sent in party.network.recorded]
        assert max(map(len, frames)) <= max(FRAME_LIMIT, ANNOUNCEMENT_LIMIT)


def test_the_length_of_a_name_does_not_show() -> None:
    async def sizes(name: str) -> set[tuple[What, int]]:
        async with company(policy="classical") as party:
            [host] = await party.join("Host")
            party.network.recorded.clear()
            await party.join(name)
            heard = party.heard(Order, DoorKind.WELCOME, DoorKind.HELLO)
            assert host.room.state is RoomState.JOINED
            assert {one.what for one in heard} == {Order, DoorKind.WELCOME, DoorKind.HELLO}
            return {(one.what, len(one.payload)) for one in heard}

    assert run(sizes("A")) == run(sizes("Anna-Lena"))
    assert BUCKET == 256
