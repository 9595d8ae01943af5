"""What a hostile server, or a stranger in the room of the server, can send: refused, said, and survived."""

import asyncio
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest

from tests.unit.room.looks import membership_of, parts_of, question_of
from tests.unit.room.people import Person, agreed, calm, company, deaf, never_lost, until
from tests.unit.room.sides import ranking_with
from tests.unit.virtual_time import virtual_time
from volly_browser.mls.proposals import Remove
from volly_browser.room import labels
from volly_browser.room.content.content import SEQUENCE_LIMIT, Base, Body, Candidate, Numbered, Order, Receipt
from volly_browser.room.delivery.chains import START
from volly_browser.room.events import MessageUnreadable
from volly_browser.room.invite import Invite
from volly_browser.room.mimi import PLAIN_TEXT, Content, Disposition, Part
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.frames import Frame, Kind, split
from volly_browser.room.wire.structs import Answer, Notice, PassedEpoch, Question
from volly_browser.transport.contract import FRAME_LIMIT, PeerAnnounced

TIMING = Timing()


async def still_talking(alice: Person, bob: Person) -> None:
    """Whatever happened before, the two go on."""
    await alice.room.send_text("still here?")
    await until(lambda: ("Alice", "still here?") in bob.texts)
    await bob.room.send_text("still here.")
    await until(lambda: ("Bob", "still here.") in alice.texts)
    assert alice.room.shared_secret == bob.room.shared_secret


def notice(group_id: bytes, epoch: int = 5) -> Notice:
    """The notice of a stranger in a group that does not exist."""
    return Notice(group_id, epoch, bytes(16), members=2, lets_in=1, is_settled=0, is_answer=0)


@pytest.mark.parametrize("length", [0, 1, 2, 23, 24, 25, 1000, FRAME_LIMIT, FRAME_LIMIT + 1, 60_000])
@virtual_time()
async def test_random_bytes_are_refused(length: int) -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        party.network.inject(Random(length).randbytes(length), bob.identity, alice.identity)
        await until(lambda: alice.refusals)
        await still_talking(alice, bob)


@pytest.mark.parametrize("kind", sorted(Kind))
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
        for sent in list(party.network.recorded):
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
            frame = Frame(labels.VERSION, Kind.GROUP, number.to_bytes(16, "big"), 0, 70, b"x")
            party.network.inject(frame.encode(), bob.identity, alice.identity)
        claim = bytes([labels.VERSION, Kind.DOOR]) + bytes(20) + b"\xbf\xff\xff\xff"
        party.network.inject(claim, bob.identity, alice.identity)
        await until(lambda: alice.refusals)
        await still_talking(alice, bob)


@virtual_time()
async def test_a_stranger_with_another_invite_gets_nowhere_and_disturbs_no_member() -> None:
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
async def test_everything_replayed_to_all_changes_nothing() -> None:
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
async def test_a_replayed_knock_does_not_bring_back_a_member_that_left() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        knocks = party.heard(DoorKind.HELLO)
        await bob.leave()
        await until(lambda: alice.names == ["Alice"])
        for knock in knocks:
            party.replay(knock, alice)
        await asyncio.sleep(20)
        assert alice.names == ["Alice"]


@virtual_time()
async def test_a_knock_passed_off_as_another_s_is_refused() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        party.replay(party.heard(DoorKind.HELLO)[0], alice, "somebody else")
        await until(lambda: any("door" in refusal for refusal in alice.refusals))
        await still_talking(alice, bob)


@virtual_time()
async def test_forged_knocks_in_the_names_of_all_keep_nobody_out_and_make_nobody_take_over() -> None:
    """A stranger with the invite knocks in the names of all newcomers and members, with a wrong signature."""
    async with company() as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        carol = party.person("Carol")
        coming = asyncio.create_task(carol.join())
        await until(lambda: len(party.heard(DoorKind.HELLO)) > 1)
        for knock in party.heard(DoorKind.HELLO):
            for person in people:  # the identity stands within, so that it has to be the same
                await party.say(DoorKind.HELLO, knock.content[:-10] + bytes(10), person, knock.sender)
        await coming
        await calm(*party.people)
        assert set(party.senders_of(DoorKind.WELCOME)) == {alice.identity}
        assert all(map(never_lost, party.people))
        await still_talking(alice, bob)


@virtual_time()
async def test_a_member_s_message_that_was_changed_on_its_way_is_refused_and_comes_again() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        party.network.recorded.clear()
        with deaf(bob):
            await alice.room.send_text("hello")
            await until(lambda: party.heard(Numbered))
            await asyncio.sleep(0.1)
        [message] = party.heard(Numbered)
        changed = message.payload[:-1] + bytes([message.payload[-1] ^ 1])
        for frame in split(Kind.GROUP, changed):
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
        group = membership_of(alice).group
        payload = bytearray(await group.encrypt(b"hello"))
        position = payload.index(group.group_id) + len(group.group_id)
        payload[position : position + 8] = b"\x00" + b"\xff" * 7
        [frame] = split(Kind.GROUP, bytes(payload))
        epoch = alice.room.epoch
        for _ in range(5):
            for person, other in permutations(people, 2):
                party.network.inject(frame, other.identity, person.identity)
            await asyncio.sleep(2)
        assert agreed(*people)
        assert alice.room.epoch == epoch
        assert party.heard(DoorKind.QUESTION)
        assert all(map(never_lost, people))
        await still_talking(alice, bob)
        assert carol.texts


@virtual_time()
async def test_a_stranger_with_the_invite_that_claims_to_be_far_ahead_stops_the_group_for_a_moment_at_most() -> None:
    async with company() as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        claim = notice(membership_of(alice).group.group_id, epoch=1 << 30)
        for person in people:
            await party.say(DoorKind.NOTICE, claim.encode(), person)
        before = asyncio.get_running_loop().time()
        [dora] = await party.join("Dora")
        assert asyncio.get_running_loop().time() - before < TIMING.doubt + 0.5
        await until(lambda: agreed(*people, dora))
        assert all(map(never_lost, people))
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
        for announcement in (b"", b"\x01", b"\x01\x02ab", b"\x02\x02ab", b"\x02\x03ab", bytes(40_000)):
            alice.transport.got_event(PeerAnnounced("a stranger", announcement))
        await until(lambda: alice.refusals)
        await still_talking(alice, bob)


@pytest.mark.parametrize("kind", DoorKind)
@virtual_time()
async def test_nonsense_of_a_stranger_with_the_invite_disturbs_no_member(kind: DoorKind) -> None:
    """Everything that was ever said at this door, cut, changed and sealed again as it should be."""
    async with company(policy="classical") as party:
        random = Random(3)
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with deaf(bob):
            [carol] = await party.join("Carol")
        await until(lambda: agreed(alice, bob, carol))
        claim = notice(membership_of(alice).group.group_id, epoch=1 << 30)
        await party.say(DoorKind.NOTICE, claim.encode(), alice, bob.identity)
        await asyncio.sleep(2)
        said = [heard.content for heard in party.heard(kind)] or [claim.encode()]
        for content in [*said[-6:], *(random.randbytes(length) for length in (0, 1, 20, 300))]:
            for _ in range(30):
                changed = bytearray(content[: random.randint(0, 2 * len(content))])
                for _ in range(random.randint(0, 3) if changed else 0):
                    changed[random.randrange(len(changed))] = random.randrange(256)
                for person in (alice, bob):
                    await party.say(kind, bytes(changed), person)
        await asyncio.sleep(60)
        assert alice.refusals or kind is DoorKind.WELCOME, "nobody opens a Welcome that was not knocked for"
        await until(lambda: agreed(alice, bob, carol))
        await still_talking(alice, bob)


@virtual_time()
async def test_a_notice_that_is_malformed_is_refused() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await party.display(DoorKind.NOTICE, notice(bytes(16)).encode()[:-1], alice)
        await until(lambda: alice.refusals)
        await still_talking(alice, bob)


@virtual_time()
async def test_a_group_that_is_older_and_does_not_exist_is_knocked_at_in_vain() -> None:
    """A stranger with the invite can announce anything; members of a group stay in it."""
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        for person in (alice, bob):
            await party.display(DoorKind.NOTICE, notice(bytes(16)).encode(), person)
        await asyncio.sleep(60)
        await still_talking(alice, bob)


async def _tell(person: Person, body: Body) -> None:
    """A member that does not keep to the protocol."""
    await parts_of(person).post.send(await membership_of(person).write(body))


@virtual_time()
async def test_a_member_that_counts_nonsense_or_sends_nonsense_is_survived() -> None:
    async with company() as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        await bob.room.send_text("hello")
        await until(lambda: alice.texts)
        await _tell(bob, Numbered(0, 1, START, (), b""))
        await _tell(bob, Numbered(2, 2, START, (), b"not content"))
        await _tell(bob, Numbered(3, 3, START, (), Content(bytes(16), 0, None, b"", None, None, ()).encode()))
        part = Part(Disposition.RENDER, "", PLAIN_TEXT, b"\xff\xfe not UTF-8")
        await _tell(bob, Numbered(4, 4, START, (), Content(bytes(16), 0, None, b"", None, None, (part,)).encode()))
        for last in ((1 << 64) - 1, SEQUENCE_LIMIT):
            base = Base(bytes.fromhex(alice.room.member_id), last)
            await _tell(bob, Numbered(last, 5, START, (base,), b"far away"))
            await _tell(bob, Receipt(last, (base,), ()))
        await until(lambda: alice.gaps)
        assert len([refusal for refusal in alice.refusals if "count" in refusal]) == 3
        assert [event.name for event in alice.happened if isinstance(event, MessageUnreadable)] == ["Bob"] * 2
        assert ("Bob", "\ufffd\ufffd not UTF-8") in alice.texts
        await asyncio.sleep(5)
        await alice.room.send_text("still here?")
        await until(lambda: ("Alice", "still here?") in bob.texts)


@virtual_time()
async def test_a_member_that_has_the_first_one_removed_behind_its_back_is_refused() -> None:
    """The first gives out what others have committed, and nothing but new keys of theirs."""
    async with company() as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        group, epoch = membership_of(mallory).group, alice.room.epoch
        psk = membership_of(mallory).psk_for(ranking_with(parts_of(mallory).seat.roster, [Remove(0)]))
        commit = await group.commit([Remove(0), group.psk_proposal(psk.name)], (psk,))
        await _tell(mallory, Candidate(commit.commit))
        await until(lambda: any("does not give it out" in refusal for refusal in alice.refusals))
        assert alice.room.epoch == epoch
        assert agreed(*people)
        await still_talking(alice, bob)


@virtual_time()
async def test_a_stranger_with_the_invite_alone_gets_no_answer_to_questions() -> None:
    """A question has to be signed by the member in whose name it is asked, for the two connections."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        asked = await question_of(bob, alice)
        question = Question.decode(asked)
        forged = replace(question, history=question.history[:1])
        party.network.recorded.clear()
        await party.say(DoorKind.QUESTION, asked, alice, "insider")
        await party.say(DoorKind.QUESTION, asked, carol, bob.identity)
        await party.say(DoorKind.QUESTION, forged.encode(), alice, bob.identity)
        await asyncio.sleep(1)
        assert not party.heard(DoorKind.ANSWER, Order)
        assert len([refusal for refusal in alice.refusals if "wrong signature" in refusal]) == 2
        assert len([refusal for refusal in carol.refusals if "wrong signature" in refusal]) == 1
        await party.say(DoorKind.QUESTION, asked, alice, bob.identity)
        await until(lambda: party.heard(Order))
        await still_talking(alice, bob)


@virtual_time()
async def test_a_flood_of_questions_is_answered_now_and_then() -> None:
    """The server can deliver one as often as it likes."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        asked = await question_of(bob, alice)
        party.network.recorded.clear()
        for _ in range(100):
            await party.say(DoorKind.QUESTION, asked, alice, bob.identity)
            await asyncio.sleep(0.02)
        assert len(party.heard(Order)) == pytest.approx(2 / TIMING.answer_again, abs=1)
        await still_talking(alice, bob)


@virtual_time()
async def test_an_answer_that_nobody_asked_for_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("volly_browser.room.group.commits.ORDERS_BYTES_LIMIT", 0)
    async with company(policy="classical") as party:
        alice, bob, carol = people = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        with deaf(bob):
            [dora] = await party.join("Dora")
        await until(lambda: agreed(*people, dora))
        answer = party.heard(DoorKind.ANSWER)[0]
        forged = replace(Answer.decode(answer.content), history=(PassedEpoch(alice.room.epoch, bytes(16)),))
        refusals = len(bob.refusals)
        party.network.recorded.clear()
        for content in (answer.content, forged.encode()):
            await party.say(DoorKind.ANSWER, content, bob, answer.sender)
        await asyncio.sleep(1)
        assert len(bob.refusals) == refusals
        assert not party.heard(DoorKind.HELLO)
        await still_talking(alice, bob)
        assert agreed(alice, bob, carol, dora)
