"""Hostile bytes at every entrance of a room: refused as coming from outside, survived, and bounded.

See `tests/unit/fuzzing/examples.py` for long runs.
"""

import asyncio
import copy
from dataclasses import replace
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fuzzing.alterations import altered
from tests.unit.fuzzing.examples import examples
from tests.unit.fuzzing.mutations import mutated
from tests.unit.fuzzing.structs import values
from tests.unit.room.cast import SUITE, credential, with_others
from tests.unit.room.people import company, until
from tests.unit.room.sides import ENGINE, INVITE, Side, newcomer, three
from tests.unit.virtual_time import virtual_time
from volly_browser.errors import RemoteError
from volly_browser.mls.codec import Uint64
from volly_browser.room.content.content import (
    Base,
    Body,
    Candidate,
    Have,
    Numbered,
    Order,
    Payload,
    Receipt,
    read_payload,
)
from volly_browser.room.delivery.chains import START
from volly_browser.room.delivery.exchange import Exchange
from volly_browser.room.door.questions import Questions
from volly_browser.room.events import RoomEvent
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.credential import Credential, CredentialError
from volly_browser.room.identity.names import clean_name
from volly_browser.room.identity.roster import RosterEntry
from volly_browser.room.invite import Invite, InviteError
from volly_browser.room.labels import NAME_LIMIT
from volly_browser.room.mimi import Content, ContentError, read_content, text_content
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import Door, DoorError, DoorKind
from volly_browser.room.wire.frames import Assembler, FrameError, Kind, split
from volly_browser.room.wire.structs import Announcement, Answer, Question
from volly_browser.transport.contract import PeerAnnounced

ME, OTHER = b"me" * 8, b"it" * 8
SIZES = (0, 40, 20_000, 31_000)


@examples(40)
@given(st.data())
def test_any_frames_leave_the_assembler_bounded_and_the_others_parcels_whole(data: st.DataObject) -> None:
    parcels = [split(Kind.DOOR, Random(size).randbytes(size)) for size in SIZES]
    assembler, honest = Assembler(limit=100_000), split(Kind.GROUP, bytes(20_000))
    assert assembler.add(honest[0], "alice") is None
    frames = [frame for frames in parcels for frame in frames]
    for frame in data.draw(st.lists(mutated(frames) | st.sampled_from(frames), max_size=12)):
        try:
            parcel = assembler.add(frame, "mallory")
        except FrameError:
            continue
        assert parcel is None or len(parcel.payload) <= len(frame) or parcel.payload in map(_payload, parcels)
    assert assembler.size <= 140_000
    whole = assembler.add(honest[1], "alice")
    assert whole is not None
    assert whole.payload == bytes(20_000)


def _payload(frames: list[bytes]) -> bytes:
    assembler = Assembler()
    return next(parcel.payload for frame in frames if (parcel := assembler.add(frame, "alice")))


MESSAGES = [
    Payload(2, Numbered(1, 1, START, (Base(ME, 1),), text_content("hello", bytes(16), 0.0).encode())).encode(),
    Payload(2, Receipt(7, (Base(ME, 3),), (Have(ME, 2, START, ()),))).encode(),
]


@examples(60)
@given(mutated(MESSAGES) | st.binary(max_size=60))
def test_a_message_is_malformed_or_means_what_it_says(data: bytes) -> None:
    try:
        payload = read_payload(data)
        content = payload.body.content if isinstance(payload.body, Numbered) else None
        assert content is None or read_content(content).encode() == content
    except ContentError:
        return
    assert payload.encode() == data


members = st.sampled_from([ME, OTHER])
counts = st.integers(0, 300) | values(Uint64)
bases = st.lists(st.builds(Base, members, counts), max_size=2)
bodies = st.one_of(
    st.builds(
        Numbered, st.integers(0, 600), counts, st.just(START), bases.map(tuple), values(Content).map(Content.encode)
    ),
    st.builds(Receipt, st.integers(0, 600), bases.map(tuple), st.lists(values(Have), max_size=2).map(tuple)),
    values(Numbered),
    values(Receipt).map(lambda receipt: replace(receipt, haves=tuple(replace(h, member_id=ME) for h in receipt.haves))),
)


@examples(60)
@given(st.lists(bodies, max_size=12))
def test_a_member_that_counts_in_any_way_is_survived_and_answered(said: list[Body]) -> None:
    events: list[RoomEvent] = []
    conversation = Exchange("room", ME, Timing(), events.append, chance=lambda: 0.5, clock=lambda: 0.0)
    conversation.epoch_entered(with_others(ME, [OTHER]), 0.0)
    for number in range(3):
        conversation.queue(text_content(str(number), bytes(16), 0.0))
        conversation.sent(0.0)
    member = RosterEntry(OTHER, "Mallory", 1, 1, b"key")
    for now, body in enumerate(said, start=1):
        try:
            if isinstance(body, Numbered):
                conversation.got(member, body, now, epoch=5)
            elif isinstance(body, Receipt):
                conversation.got_receipt(member, body, now, epoch=5)
        except ContentError:
            continue
        finally:
            conversation.tick(now)
            for resend in conversation.resends():
                assert resend.numbered.encode()
                conversation.resent(resend, now)
    receipt = conversation.receipt_due(1e9)
    assert receipt is None or Receipt.decode(receipt.encode()) == receipt


@examples(80)
@given(st.data())
def test_a_link_is_refused_or_the_one_that_was_given(data: st.DataObject) -> None:
    link = f"https://example.org/#{INVITE.fragment}"
    at = data.draw(st.integers(0, len(link)))
    text = link[:at] + data.draw(st.text(max_size=4)) + link[at + data.draw(st.integers(0, 3)) :]
    for tried in (text, data.draw(st.text()), "#v1." + data.draw(st.text("ab-_", min_size=47, max_size=49))):
        try:
            assert Invite.parse(tried) == INVITE
        except InviteError:
            continue


@examples(60)
@given(st.data())
def test_a_name_of_any_letters_is_made_fit_to_be_shown(data: st.DataObject) -> None:
    name = data.draw(st.text())
    shown = clean_name(name)
    assert len(shown) <= NAME_LIMIT
    assert not set(shown) & set("\n\r\t\0\u2028\u2029\u202e\u2066")
    encoded = data.draw(mutated([credential("Bob").encode()]))
    try:
        assert Credential.read(SUITE, encoded).name == clean_name(Credential.decode(encoded).claims.name)
    except CredentialError:
        return


@examples(30)
@given(data=st.data())
async def test_what_is_said_at_the_door_is_refused_or_a_knock(data: st.DataObject) -> None:
    door, host = Door(ENGINE, INVITE), await newcomer("Alice")
    hello = (await (await newcomer("Bob")).knock("bob")).key_package
    announcement = await door.announcement(DoorKind.HELLO, hello, "bob")
    with pytest.raises(DoorError):
        await door.read_announcement(data.draw(mutated([announcement]).filter(lambda it: it != announcement)), "bob")
    sealed = await door.announcement(DoorKind.HELLO, data.draw(mutated([hello])), "bob")
    said = await door.read_announcement(sealed, "bob")
    try:
        join = host.key_packages.read(said.content, "bob").join
    except RemoteError:
        return
    if await host.key_packages.forged([join]):
        return
    assert join.key_package == hello


@virtual_time()
async def test_a_sender_whose_name_is_no_text_is_refused() -> None:
    """A server, or JavaScript, can hand on half of a character."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        for kind in Kind:
            for frame in split(kind, bytes(300)):
                party.network.inject(frame, "\ud800", alice.identity)
        alice.transport.got_event(PeerAnnounced("\ud800", Announcement(2, bytes(99)).encode()))
        await until(lambda: alice.refusals)
        await bob.room.send_text("still here?")
        await until(lambda: alice.texts_of("Bob"))


class Room(NamedTuple):
    """Hostile Alice, Bob, and what Alice could commit."""

    alice: Side
    bob: Side
    commit: bytes
    question: Question
    answer: Answer

    def victim(self) -> Side:
        return copy.deepcopy(self.bob, {id(ENGINE): ENGINE})


@pytest.fixture(scope="module")
def room() -> Room:
    return asyncio.run(_room())


async def _room() -> Room:
    alice, bob, _ = await three()
    group_id, history = alice.membership.group.group_id, alice.membership.history
    speaker = alice.membership.speaker
    questions = Questions(ENGINE, SUITE, INVITE.room_id)
    question = await questions.ask(speaker, group_id, history, asking="alice", asked="bob", now=0.0)
    answer = await questions.answer(question, speaker, history, answering="alice", asking="bob")
    committed = await alice.membership.commit(Changes())
    return Room(alice, bob, committed.pending.commit, question, answer)


async def refuses(side: Side, order: bytes) -> None:
    """An order is not followed, and changes nothing."""
    before = side.membership.shared_secret, side.roster.entries
    with pytest.raises(RemoteError):
        await side.follow(order)
    assert (side.membership.shared_secret, side.roster.entries) == before


@examples(50)
@given(data=st.data())
async def test_an_order_of_any_shape_is_not_followed_and_the_next_one_is(room: Room, data: st.DataObject) -> None:
    bob, membership = room.victim(), room.alice.membership
    mixed = data.draw(mutated([room.commit]).filter(lambda it: it != room.commit))
    await refuses(bob, await membership.write(Order(mixed)))
    order = await membership.write(Order(room.commit))
    await refuses(bob, data.draw(mutated([order]).filter(lambda it: it != order)))
    with pytest.raises(RemoteError):
        await bob.membership.accept(Candidate(mixed))
    assert await bob.follow(order)


@examples(40)
@given(data=st.data())
async def test_a_question_or_an_answer_of_any_shape_is_refused(room: Room, data: st.DataObject) -> None:
    bob = Questions(ENGINE, SUITE, INVITE.room_id)
    question = data.draw(altered(room.question))
    if question != room.question:
        with pytest.raises(RemoteError):
            await bob.check(question, "alice", "bob")
    bob._open[room.answer.nonce] = ("alice", 1.0)
    answer = data.draw(altered(room.answer))
    if answer != room.answer:
        with pytest.raises(RemoteError):
            await bob.read(answer, "alice", "bob")
