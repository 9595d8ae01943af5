"""What a hostile server, or a stranger in the room of the server, can send: refused, said, and survived."""

import asyncio
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from volly_browser.room.door.entrance import Entrance

from tests.unit.room.people import (
    Company,
    Person,
    agreed,
    calm,
    company,
    deaf,
    following,
    never_lost,
    senders_of,
    until,
    wall_clock,
)
from tests.unit.virtual_time import virtual_time
from volly_browser.crypto.native import NativeEngine
from volly_browser.errors import RemoteError
from volly_browser.mls.proposals import Remove
from volly_browser.room.content.content import (
    PLAIN_TEXT,
    SEQUENCE_LIMIT,
    Base,
    Body,
    Content,
    Disposition,
    Numbered,
    Part,
    Receipt,
)
from volly_browser.room.identity.credential import MAX_SENIORITY
from volly_browser.room.invite import Invite
from volly_browser.room.room import Room
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import Door
from volly_browser.room.wire.frames import Assembler, Frame, Kind, split
from volly_browser.room.wire.post import DOOR_KINDS
from volly_browser.room.wire.structs import Candidate, Presence, Resync
from volly_browser.transport.contract import FRAME_LIMIT, PeerAnnounced
from volly_browser.transport.memory import MemoryNetwork, Sent

TIMING = Timing()


async def still_talking(alice: Person, bob: Person) -> None:
    """Whatever happened before, the two go on."""
    await alice.room.send_text("still here?")
    await until(lambda: ("Alice", "still here?") in bob.texts)
    await bob.room.send_text("still here.")
    await until(lambda: ("Bob", "still here.") in alice.texts)
    assert alice.room.shared_secret == bob.room.shared_secret


def of_kind(network: MemoryNetwork, kind: Kind) -> list[Sent]:
    """Everything of a kind that crossed the network, announcements aside."""
    return [sent for sent in network.recorded if sent.data[:2] == bytes([1, kind]) and is_frame(sent.data)]


def is_frame(data: bytes) -> bool:
    try:
        Frame.decode(data)
    except RemoteError:
        return False
    return True


def presence(group_id: bytes) -> Presence:
    """Of somebody who is in a group that does not exist."""
    return Presence(
        group_id, 5, bytes(8), bytes(16), eldest_seniority=0, eldest=bytes(16), members=1, highest_seniority=0
    )


@pytest.mark.parametrize("length", [0, 1, 2, 23, 24, 25, 1000, FRAME_LIMIT, FRAME_LIMIT + 1, 60_000])
@virtual_time()
async def test_random_bytes_are_refused(length: int) -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        party.network.inject(Random(length).randbytes(length), bob.identity, alice.identity)
        await until(lambda: alice.refusals)
        await still_talking(alice, bob)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.TYPING}))
@virtual_time()
async def test_a_well_formed_frame_with_random_content_of_each_kind_is_refused(kind: Kind) -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        for length in (0, 40, 3000):
            for frame in split(kind, Random(length).randbytes(length)):
                party.network.inject(frame, "a stranger", alice.identity)
        await until(lambda: alice.refusals)
        await still_talking(alice, bob)


@virtual_time()
async def test_every_frame_cut_short_anywhere_is_refused() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await alice.room.send_text("hello")
        await until(lambda: bob.texts)
        random = Random(1)
        for sent in [sent for sent in party.network.recorded if sent.data[:1] == b"\x01"]:
            for length in {random.randrange(len(sent.data)) for _ in range(5)}:
                party.network.inject(sent.data[:length], "a stranger", bob.identity)
                party.network.inject(sent.data[:length], alice.identity, bob.identity)
        await asyncio.sleep(1)
        assert bob.refusals
        await still_talking(alice, bob)


@virtual_time()
async def test_a_flipped_bit_anywhere_changes_nothing_but_is_told() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await alice.room.send_text("hello")
        await until(lambda: bob.texts)
        random = Random(2)
        for sent in list(party.network.recorded):
            for _ in range(5):
                changed = bytearray(sent.data)
                changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
                party.network.inject(bytes(changed), sent.sender, bob.identity)
        await asyncio.sleep(20)
        assert bob.texts == [("Alice", "hello")]
        await still_talking(alice, bob)


@virtual_time()
async def test_claims_of_enormous_size_take_no_memory() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        for number in range(200):
            frame = Frame(1, Kind.WELCOME, number.to_bytes(16, "big"), 0, 70, b"x")
            party.network.inject(frame.encode(), bob.identity, alice.identity)
        party.network.inject(b"\x01\x05" + bytes(20) + b"\xbf\xff\xff\xff", bob.identity, alice.identity)
        await until(lambda: alice.refusals)
        await still_talking(alice, bob)


@virtual_time()
async def test_somebody_with_another_invite_gets_nowhere_and_disturbs_nobody() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        stranger = Person(party.network, Invite.create(), "Mallory")
        await stranger.join()
        await asyncio.sleep(40)
        assert stranger.names == ["Mallory"]
        assert alice.names == bob.names == ["Alice", "Bob"]
        assert any("door" in refusal for refusal in alice.refusals)
        assert stranger.refusals
        await still_talking(alice, bob)
        await stranger.leave()


@virtual_time()
async def test_everything_replayed_to_everybody_changes_nothing() -> None:
    async with company() as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await alice.room.send_text("once")
        await until(lambda: bob.texts and carol.texts)
        await calm(alice, bob, carol)
        epoch = alice.room.epoch
        for sent in list(party.network.recorded):
            for person in (alice, bob, carol):
                party.network.inject(sent.data, sent.sender, person.identity)
        await asyncio.sleep(30)
        assert bob.texts == carol.texts == [("Alice", "once")]
        assert agreed(alice, bob, carol)
        assert alice.room.epoch == epoch
        await still_talking(alice, bob)


@virtual_time()
async def test_a_replayed_knock_of_somebody_who_left_brings_nobody_back() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        knock = of_kind(party.network, Kind.HELLO)[0]
        await bob.leave()
        await until(lambda: alice.names == ["Alice"])
        party.network.inject(knock.data, knock.sender, alice.identity)
        await asyncio.sleep(20)
        assert alice.names == ["Alice"]


@virtual_time()
async def test_a_knock_passed_off_as_another_s_is_refused() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        knock = of_kind(party.network, Kind.HELLO)[0]
        party.network.inject(knock.data, "somebody else", alice.identity)
        await until(lambda: any("door" in refusal for refusal in alice.refusals))
        await still_talking(alice, bob)


@virtual_time()
async def test_forged_knocks_in_the_names_of_all_keep_nobody_out_and_make_nobody_take_over() -> None:
    """Somebody with the invite knocks as everybody that it hears of, newcomers and members, with a wrong signature."""
    async with company() as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        door, carol = Door(NativeEngine(), party.invite), party.person("Carol")
        coming = asyncio.create_task(carol.join())
        await until(lambda: len(of_kind(party.network, Kind.HELLO)) > 1)
        for number, sent in enumerate(of_kind(party.network, Kind.HELLO)):
            said = await door.open(Kind.HELLO, Frame.decode(sent.data).body, sent.sender)
            forged = said[:-10] + bytes(10)
            for person in people:
                stranger = f"stranger {number}"
                [frame] = split(Kind.HELLO, await door.seal(Kind.HELLO, forged, stranger))
                party.network.inject(frame, stranger, person.identity)
        await coming
        await calm(*party.people)
        assert "wrong signature" in "".join(alice.refusals)
        assert {sender for sender in senders_of(party.network, Kind.WELCOME)} == {alice.identity}
        assert all(map(never_lost, party.people))
        await still_talking(alice, bob)


@virtual_time()
async def test_a_member_s_message_that_was_changed_on_its_way_is_refused_and_comes_again() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        deliver, bob.transport.got_event = bob.transport.got_event, lambda event: None  # type: ignore[method-assign]
        before = len(of_kind(party.network, Kind.MESSAGE))
        await alice.room.send_text("hello")
        await until(lambda: len(of_kind(party.network, Kind.MESSAGE)) > before)
        await asyncio.sleep(0.1)
        bob.transport.got_event = deliver  # type: ignore[method-assign]
        payload = bytearray(Frame.decode(of_kind(party.network, Kind.MESSAGE)[before].data).body)
        payload[-1] ^= 1
        [frame] = split(Kind.MESSAGE, bytes(payload))
        party.network.inject(frame, alice.identity, bob.identity)
        await until(lambda: bob.refusals)
        assert not bob.texts
        await until(lambda: bob.texts == [("Alice", "hello")])
        assert not bob.gaps + bob.problems
        await still_talking(alice, bob)


@virtual_time()
async def test_talk_of_epochs_that_do_not_exist_costs_a_question_and_no_more() -> None:
    """Which epoch a message is from stands in the clear, and the server can write anything there."""
    async with company() as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        membership = alice.room._inside.membership
        assert membership is not None
        payload = bytearray(await membership.group.encrypt(b"hello"))
        position = payload.index(membership.group.group_id) + len(membership.group.group_id)
        payload[position : position + 8] = b"\x00" + b"\xff" * 7
        [frame] = split(Kind.MESSAGE, bytes(payload))
        epoch = alice.room.epoch
        for _ in range(5):
            for person, other in permutations(people, 2):
                party.network.inject(frame, other.identity, person.identity)
            await asyncio.sleep(2)
        assert agreed(*people)
        assert alice.room.epoch == epoch
        assert of_kind(party.network, Kind.RESYNC)
        assert all(map(never_lost, people))
        await still_talking(alice, bob)
        assert carol.texts


@virtual_time()
async def test_somebody_with_the_invite_that_claims_to_be_far_ahead_breaks_the_group_up_for_a_while_at_most() -> None:
    async with company() as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        membership = alice.room._inside.membership
        assert membership is not None
        claim = replace(presence(membership.group.group_id), epoch=1 << 40)
        door = Door(NativeEngine(), party.invite)
        [frame] = split(Kind.PRESENCE, await door.seal(Kind.PRESENCE, claim.encode(), "insider"))
        for person in people:
            party.network.inject(frame, "insider", person.identity)
        await asyncio.sleep(TIMING.missing_commit + TIMING.heartbeat)
        await until(lambda: agreed(*people))
        await still_talking(alice, bob)


@virtual_time()
async def test_a_flood_does_not_stop_the_conversation() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        random = Random(7)
        for number in range(5000):
            party.network.inject(random.randbytes(40), f"stranger {number}", bob.identity)
            if number % 500 == 0:
                await alice.room.send_text(str(number))
        await until(lambda: len(bob.texts) == 10)
        assert bob.texts_of("Alice") == [str(number) for number in range(0, 5000, 500)]


@virtual_time()
async def test_announcements_that_do_not_open_are_refused() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        for announcement in (b"", b"\x01", b"\x01\x01\x02ab", b"\x01\x03\x02ab", b"\x02\x01\x02ab", bytes(40_000)):
            alice.transport.got_event(PeerAnnounced("a stranger", announcement))
        await until(lambda: alice.refusals)
        await still_talking(alice, bob)


@pytest.mark.parametrize("kind", sorted(DOOR_KINDS))
@virtual_time()
async def test_whoever_has_the_invite_can_send_nonsense_and_disturbs_nobody(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that was ever said at this door, cut, changed and sealed again as it should be."""
    monkeypatch.setattr("volly_browser.room.group.commits.ORDERS_BYTES_LIMIT", 0)
    async with company(policy="classical") as party:
        door, random = Door(NativeEngine(), party.invite), Random(3)
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with deaf(bob):
            [carol] = await party.join("Carol")
        await until(lambda: agreed(alice, bob, carol))
        assembler = Assembler()
        parcels = [assembler.add(sent.data, sent.sender) for sent in of_kind(party.network, kind)]
        said = [await door.open(kind, parcel.payload, parcel.sender) for parcel in parcels if parcel]
        assert said
        for content in [*said[-6:], *(random.randbytes(length) for length in (0, 1, 20, 300))]:
            for _ in range(30):
                changed = bytearray(content[: random.randint(0, 2 * len(content))])
                for _ in range(random.randint(0, 3) if changed else 0):
                    changed[random.randrange(len(changed))] = random.randrange(256)
                for frame in split(kind, await door.seal(kind, bytes(changed), "insider")):
                    party.network.inject(frame, "insider", alice.identity)
                    party.network.inject(frame, "insider", bob.identity)
        await asyncio.sleep(60)
        assert alice.refusals or kind is Kind.GROUP_INFO, "an answer that nobody asked for is not even read"
        await still_talking(alice, bob)


@virtual_time()
async def test_a_presence_with_a_malformed_group_id_is_refused() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        door = Door(NativeEngine(), party.invite)
        announcement = await door.announcement(Kind.PRESENCE, presence(b"short").encode(), "insider")
        alice.transport.got_event(PeerAnnounced("insider", announcement))
        await until(lambda: any("group id" in refusal for refusal in alice.refusals))
        await still_talking(alice, bob)


@virtual_time()
async def test_a_group_that_is_older_and_does_not_exist_is_knocked_at_in_vain() -> None:
    """Somebody with the invite can announce anything; those who are in a group stay in it."""
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        door = Door(NativeEngine(), party.invite)
        announcement = await door.announcement(Kind.PRESENCE, presence(bytes(24)).encode(), "insider")
        for person in (alice, bob):
            person.transport.got_event(PeerAnnounced("insider", announcement))
        await asyncio.sleep(60)
        await still_talking(alice, bob)


async def _tell(room: Room, body: Body) -> None:
    """A member that does not keep to the protocol."""
    membership = room._inside.membership
    assert membership is not None
    await room._inside._post.send(Kind.MESSAGE, await membership.write(body))


@virtual_time()
async def test_a_member_that_counts_nonsense_or_sends_nonsense_is_survived() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        await bob.room.send_text("hello")
        await until(lambda: alice.texts)
        await _tell(bob.room, Numbered(0, (), b""))
        await _tell(bob.room, Numbered(2, (), b"not content"))
        await _tell(bob.room, Numbered(3, (), Content(bytes(16), 0, None, b"", None, None, ()).encode()))
        part = Part(Disposition.RENDER, "", PLAIN_TEXT, b"\xff\xfe not UTF-8")
        await _tell(bob.room, Numbered(4, (), Content(bytes(16), 0, None, b"", None, None, (part,)).encode()))
        for last in ((1 << 64) - 1, SEQUENCE_LIMIT):
            base = Base(bytes.fromhex(alice.room.member_id), last)
            await _tell(bob.room, Numbered(last, (base,), b"far away"))
            await _tell(bob.room, Receipt(last, (base,), ()))
        await until(lambda: alice.gaps)
        assert len(alice.problems) >= 6
        assert ("Bob", "\ufffd\ufffd not UTF-8") in alice.texts
        await asyncio.sleep(5)
        await alice.room.send_text("still here?")
        await until(lambda: ("Alice", "still here?") in bob.texts)


@virtual_time()
async def test_a_member_that_removes_the_first_one_behind_its_back_ends_nobody_s_visit() -> None:
    """The first gives out what others have committed, and learns only by reading it that it is removed itself."""
    async with company() as party:
        alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(alice, bob, mallory)
        membership = mallory.room._inside.membership
        assert membership is not None
        commit = (await membership.group.commit([Remove(0)])).commit
        candidate = Candidate(membership.group.group_id, membership.group.epoch, commit)
        await mallory.room._inside._post.send(Kind.CANDIDATE, candidate.encode())
        await until(lambda: agreed(alice, bob, mallory) and alice.room.members[0].name == "Bob")
        await still_talking(alice, bob)


async def _ask(party: Company, asked: Resync, of: Person) -> None:
    """Somebody who has the invite, and a transport identity, asks a member for what it has missed."""
    door = Door(NativeEngine(), party.invite)
    [frame] = split(Kind.RESYNC, await door.seal(Kind.RESYNC, asked.encode(), "insider"))
    party.network.inject(frame, "insider", of.identity)


@virtual_time()
async def test_whoever_only_has_the_invite_is_not_told_who_is_in_the_group() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        insider = Entrance(NativeEngine(), party.invite, "Bob", wall_clock)
        insider.asking._member_id = bytes.fromhex(bob.room.member_id)
        await _ask(party, await insider.question(b"", (), "insider"), alice)
        await asyncio.sleep(5)
        assert not of_kind(party.network, Kind.GROUP_INFO)
        await still_talking(alice, bob)


@virtual_time()
async def test_a_flood_of_questions_is_answered_now_and_then() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        bobs = following(bob)
        asked = await bob.room._entrance.question(bobs.group.group_id, bobs.history[:1], "insider")
        for _ in range(100):
            await _ask(party, asked, alice)
            await asyncio.sleep(0.02)
        answers = [sent for sent in of_kind(party.network, Kind.COMMIT) if sent.to == ("insider",)]
        missed = len(bobs.history) - 1
        assert len(answers) / missed == pytest.approx(2 / TIMING.answer_again, abs=1)
        await still_talking(alice, bob)


@virtual_time()
async def test_a_newcomer_that_claims_to_come_last_of_all_keeps_nobody_else_out_and_ends_no_visit() -> None:
    """Everyone who comes later claims more than all members, and there is a number that has no successor."""
    async with company() as party:
        alice = await party.person("Alice").join()
        mallory = party.person("Mallory")
        mallory.room._task._protocol._machines.admission._knocked_seniority = MAX_SENIORITY
        await mallory.join()
        bob = await party.person("Bob").join()
        await until(lambda: agreed(alice, bob, mallory))
        await alice.leave()
        await mallory.leave()
        await until(lambda: bob.names == ["Bob"])
        carol = await party.person("Carol").join()
        await until(lambda: agreed(bob, carol))
        await bob.room.send_text("hello")
        await until(lambda: carol.texts == [("Bob", "hello")])
