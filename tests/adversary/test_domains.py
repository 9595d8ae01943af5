"""S, T, D and M: whatever stands in a field, no visit ends.

Each value that a peer chooses has one domain, checked where it enters; it is that of every field into which it is
written again.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.adversary.attackers import Stranger, inject, notice, said_at_the_door, stranger
from tests.adversary.extremes import extremes
from tests.unit.room.looks import make_refresh_due, membership_of, parts_of
from tests.unit.room.people import Company, Person, agreed, calm, company, never_lost, until, wall_clock
from tests.unit.virtual_time import virtual_time
from volly_browser.mls.errors import GroupClosed
from volly_browser.mls.extensions import Extension
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.proposals import Add
from volly_browser.room import labels
from volly_browser.room.content.content import (
    Base,
    Body,
    Candidate,
    Farewell,
    Have,
    Numbered,
    Order,
    Payload,
    Presence,
    Ranking,
    Receipt,
    Span,
    Typing,
)
from volly_browser.room.delivery.chains import START
from volly_browser.room.events import RoomState
from volly_browser.room.identity.credential import Claims, Credential, CredentialTBS, VouchedKey
from volly_browser.room.identity.ranking import psk_with, ranking_digest
from volly_browser.room.mimi import Expiration, text_content
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.frames import Frame, Kind, split
from volly_browser.room.wire.structs import Answer, Knock, Notice, PassedEpoch, Question, Welcomed
from volly_browser.transport.contract import PeerAnnounced, PeerJoined, PeerLeft
from volly_browser.transport.memory import MemoryNetwork, Weather

GROUP_ID = b"g" * labels.GROUP_ID_LENGTH

NO_NAMES = ["\ud800", "i" * 257, "\u00e9" * 129, "i" * 100_000]
"""What no connection is called."""


async def go_on(*people: Person) -> None:
    """Expect that they are together, and that each hears each."""
    await until(lambda: agreed(*people), 120)
    for person in people:
        await person.room.send_text(f"{person.name} is here")
    for person in people:
        others = [other for other in people if other is not person]
        await until(lambda: all(f"{other.name} is here" in person.texts_of(other.name) for other in others))  # noqa: B023
        assert never_lost(person)


# Names of connections


@pytest.mark.parametrize("name", NO_NAMES)
@virtual_time()
async def test_a_connection_of_any_name_ends_no_visit(name: str) -> None:
    """S: among other things, a message of a later epoch, which leads to a question to its sender.

    Guarded by `is_identity` in `Protocol.got`.
    """
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        sample = MLSMessage.decode(await membership_of(alice).group.encrypt(b"hello"))
        for later in (0, 1):
            epoch = sample.body.epoch + later  # type: ignore[union-attr]
            junk = replace(sample, body=replace(sample.body, epoch=epoch)).encode()  # type: ignore[call-arg]
            inject(party.network, Kind.GROUP, junk, name, bob)
        for event in (PeerJoined(name), PeerAnnounced(name, b""), PeerLeft(name)):
            bob.transport.got_event(event)
        await asyncio.sleep(10)
        assert any("no name" in refusal for refusal in bob.refusals)
        await go_on(alice, bob)


# Groups


async def welcome_into(mallory: Stranger, knock: bytes, group_id: bytes, epoch: int) -> bytes:
    """Make a Welcome for a knock into a group of this id, in the epoch after this one."""
    package = KeyPackage.from_message(knock)
    own, settings = await mallory.key_packages._bundle(), mallory.key_packages._settings
    group = await Group.create(mallory.engine, mallory.suite, group_id, own, settings=settings)
    keys = group._epoch.keys
    object.__setattr__(group._epoch, "keys", replace(keys, context=replace(keys.context, epoch=epoch)))
    leaves = (package.leaf_node, own.key_package.leaf_node)
    ids = tuple(Credential.decode(leaf.credential.identity).member_id for leaf in leaves)  # type: ignore[union-attr]
    psk = psk_with(mallory.invite.psk_id, mallory.invite.psk, ranking_digest(ids))
    pending = await group.commit([Add(package), group.psk_proposal(psk.name)], (psk,), with_path=False)
    group.merge(pending)
    assert pending.welcome is not None
    told = await group.encrypt(Payload(labels.VERSION, Ranking(ids)).encode())
    return Welcomed(pending.welcome, ranking_digest(ids), told).encode()


async def enters(group_id: bytes, epoch: int, policy: str = "classical") -> bool:
    """Whether a newcomer enters a group of D's; afterwards it is in a room and speaks, whether or not it did."""
    async with company(MemoryNetwork(Weather(delay=(0.02, 0.02))), policy=policy) as party:
        mallory = await stranger(party)
        await mallory.show(DoorKind.NOTICE, notice())
        alice = party.person("Alice")
        coming = asyncio.create_task(alice.join())
        await until(lambda: alice.identity in {sent.sender for sent in party.network.recorded})
        await asyncio.sleep(0.1)
        [(knock, _), *_] = await said_at_the_door(party, DoorKind.HELLO)
        welcome = await welcome_into(mallory, knock.content, group_id, epoch)
        await mallory.say(DoorKind.WELCOME, welcome, alice)
        await asyncio.sleep(3)
        has_entered = alice.names == ["Alice", "Mallory"]
        party.network.vanish(mallory.identity)
        await coming
        assert has_entered or any("A Welcome leads into" in refusal for refusal in alice.refusals)
        await alice.room.send_text("hello")
        await until(lambda: not alice.room._task.assembly.deciders.exchange.waiting or alice.names == ["Alice"], 60)  # type: ignore[union-attr]
        bob = await party.person("Bob").join()
        await until(lambda: agreed(alice, bob), 120)
        await bob.room.send_text("who is there?")
        await alice.room.send_text("me")
        await until(lambda: alice.texts_of("Bob") and "me" in bob.texts_of("Alice"))
        return has_entered


@pytest.mark.parametrize("policy", ["classical", "hybrid"])
@pytest.mark.parametrize("length", [0, 15, 17, 255, 256, 5000])
@virtual_time()
async def test_a_welcome_into_a_group_of_any_id_ends_no_visit(length: int, policy: str) -> None:
    """Guarded by `_require_nameable`: an id of 256 bytes fits no Notice."""
    assert not await enters(b"g" * length, 0, policy)


@pytest.mark.parametrize("epoch", [labels.EPOCH_LIMIT, (1 << 43) - 1, 1 << 43, 1 << 44, (1 << 62), (1 << 63) - 2])
@virtual_time()
async def test_a_welcome_into_an_epoch_that_no_group_reaches_ends_no_visit(epoch: int) -> None:
    """Guarded by `_require_nameable`: beyond 2^44 the lamport of the first text fits no field."""
    assert not await enters(GROUP_ID, epoch)


@pytest.mark.parametrize("epoch", [0, 1 << 31, labels.EPOCH_LIMIT - 1])
@virtual_time()
async def test_a_group_in_a_high_epoch_is_one_in_which_all_works(epoch: int) -> None:
    assert await enters(GROUP_ID, epoch)


@virtual_time()
async def test_a_group_beyond_the_last_epoch_is_given_up_for_one_that_newcomers_can_enter() -> None:
    """Guarded by `Protocol._let_time_pass`: D could lead all that are together to where nobody can follow."""
    async with company(policy="classical") as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await calm(*people)
        stays = {person: membership_of(person) for person in people}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(labels, "EPOCH_LIMIT", alice.room.epoch)
            make_refresh_due(alice)
            await until(lambda: not any(parts_of(person).seat.membership is stay for person, stay in stays.items()))
        carol = await party.person("Carol").join()
        await until(lambda: agreed(*people, carol), 120)
        assert membership_of(carol).group.group_id != stays[alice].group.group_id
        await bob.room.send_text("where are we?")
        await until(lambda: alice.texts_of("Bob") and carol.texts_of("Bob"))


# Fields at the door


async def knock_with(mallory: Stranger, knock: bytes) -> bytes:
    """A key package, signed, that says this for what it was made."""
    return (await mallory.key_packages._bundle(Extension(labels.KNOCK_EXTENSION, knock))).message


async def with_voucher(mallory: Stranger, said: Question | Answer, to: Person, label: bytes) -> bytes:
    """A question or an answer, signed in D's name."""
    speaker = await mallory.speaker()
    history, nonce = said.history, said.nonce
    if label == labels.QUESTION:
        made = await mallory.questions.ask(
            speaker, said.group_id, history, asking=mallory.identity, asked=to.identity, now=0.0
        )
        return made.encode()
    parts_of(to).whereabouts._questions._open[nonce] = mallory.identity, float("inf")
    question = Question(speaker.voucher, said.group_id, history, nonce, b"")
    answer = await mallory.questions.answer(question, speaker, history, answering=mallory.identity, asking=to.identity)
    return answer.encode()


def histories() -> Iterator[tuple[PassedEpoch, ...]]:
    """Of any numbers, in any order."""
    numbers = [0, 1, 1 << 32, 1 << 44, (1 << 64) - 1]
    for number in numbers:
        yield (PassedEpoch(number, bytes(16)),)
        yield (PassedEpoch(number, b"\xff" * 16, b"\xff" * 16), PassedEpoch(0, bytes(16)))
    yield tuple(PassedEpoch(number, bytes(16)) for number in numbers) * 12


async def at_the_door(party: Company, mallory: Stranger, alice: Person) -> Sequence[tuple[DoorKind, bytes]]:
    """Everything that D says."""
    membership = membership_of(alice)
    group_id, passed = membership.group.group_id, PassedEpoch(3, bytes(16))
    question = await mallory.questions.ask(
        await mallory.speaker(), group_id, (passed, passed), asking=mallory.identity, asked=alice.identity, now=0.0
    )
    answer = Answer(question.voucher, group_id, question.history, question.nonce, question.signature)
    welcomes = [Welcomed.decode(said.content) for said, _ in await said_at_the_door(party, DoorKind.WELCOME)]
    unsigned = {
        DoorKind.NOTICE: [Notice(group_id, 3, bytes(16), 2, True, True, False)],
        DoorKind.WELCOME: welcomes[-1:],
        DoorKind.QUESTION: [question],
        DoorKind.ANSWER: [answer],
        DoorKind.FAREWELL: [MLSMessage.decode(await membership.group.encrypt(b""))],
        DoorKind.HELLO: [MLSMessage.decode(await mallory.offer(group_id, membership.branch))],
    }
    said = [(kind, extreme) for kind, structs in unsigned.items() for one in structs for extreme in extremes(one)]
    for knock in extremes(Knock(mallory.identity, group_id, membership.branch)):
        said.append((DoorKind.HELLO, await knock_with(mallory, knock)))
    for history in histories():
        for label, kind in ((labels.QUESTION, DoorKind.QUESTION), (labels.ANSWER, DoorKind.ANSWER)):
            said.append((kind, await with_voucher(mallory, replace(answer, history=history), alice, label)))
    return said


@virtual_time(600)
async def test_nothing_that_is_said_at_the_door_ends_a_visit() -> None:
    async with company(policy="classical") as party:
        people = alice, _ = await party.join("Alice", "Bob")
        await calm(*people)
        mallory = await stranger(party)
        for kind, content in await at_the_door(party, mallory, alice):
            await mallory.say(kind, content)
            await asyncio.sleep(0.025)  # few knocks are read in a moment
        for content in extremes(Notice(membership_of(alice).group.group_id, 3, bytes(16), 2, True, True, False)):
            await mallory.show(DoorKind.NOTICE, content)
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)
        party.network.vanish(mallory.identity)
        await go_on(*people)


@virtual_time(600)
async def test_no_frame_ends_a_visit() -> None:
    """T."""
    async with company(policy="classical") as party:
        people = await party.join("Alice", "Bob")
        await calm(*people)
        mallory = party.network.transport()
        await mallory.connect()
        for kind in Kind:
            frame = Frame.decode(split(kind, b"hello")[0])
            for extreme in extremes(frame):
                await mallory.send(extreme)
        await asyncio.sleep(5)
        await go_on(*people)


# What stands in a leaf


async def vouched(mallory: Stranger, claims: bytes) -> VouchedKey:
    """A leaf key of an identity that claims this."""
    key = await mallory.own.vouch()
    tbs = CredentialTBS(mallory.invite.room_id, key.pair.public_key, Claims(1, "")).encode()
    signed = tbs[: -len(Claims(1, "").encode())] + claims
    signature = await mallory.sign(labels.LEAF, signed)
    return replace(key, credential=replace(key.credential, claims=Claims.decode(claims), signature=signature))


@virtual_time(900)
async def test_no_claim_of_a_newcomer_ends_a_visit() -> None:
    """D: comes in with any name and any renewal."""
    claims = [Claims(1, name) for name in ("", "\0", "\u202e" * 64, "\u0301" * 128, "\U0001f469\u200d" * 32, "i" * 256)]
    claims += [Claims(renewal, "Mallory") for renewal in (0, 1 << 31, (1 << 32) - 1)]
    async with company(policy="classical") as party:
        people = alice, _ = await party.join("Alice", "Bob")
        await calm(*people)
        for claimed in claims:
            mallory = await stranger(party)
            key = await vouched(mallory, claimed.encode())

            async def vouch(key: VouchedKey = key) -> VouchedKey:
                return key

            mallory.own.vouch = vouch  # type: ignore[method-assign]
            membership = membership_of(alice)
            await mallory.say(DoorKind.HELLO, await mallory.offer(membership.group.group_id, membership.branch))
            await asyncio.sleep(2)
            assert (len(alice.names) > 2) == bool(claimed.renewal)
            party.network.vanish(mallory.identity)
            await until(lambda: alice.names == ["Alice", "Bob"], 60)
        await go_on(*people)


# What members say


def said_inside(alice: Person) -> Iterable[Body]:
    """One of each body, with something in each of its fields; the farewell last."""
    member_id = bytes.fromhex(alice.room.member_id)
    base, content = Base(member_id, 1), text_content("hello", bytes(16), wall_clock())
    yield Numbered(1, 1, START, (base,), content.encode(), (bytes(16),))
    yield Receipt(1, (base,), (Have(member_id, 1, START, (Span(2, 3),)),))
    yield Presence("somewhere", 0)
    yield Typing()
    yield Candidate(b"a commit")
    yield Order(b"a commit")
    yield Ranking((member_id,))
    yield Farewell("bye")


def contents() -> Iterator[bytes]:
    """Texts with something in each field."""
    content = text_content("hello", bytes(16), wall_clock())
    return extremes(replace(content, replaces=bytes(32), expires=Expiration(1, 1), in_reply_to=bytes(32)))


@virtual_time(2000)
async def test_nothing_that_a_member_says_ends_a_visit() -> None:
    async with company(policy="classical") as party:
        *people, mallory = await party.join("Alice", "Bob", "Carol", "Mallory")
        await calm(*people, mallory)
        membership, post = membership_of(mallory), parts_of(mallory).post
        for number, content in enumerate(contents(), 1):
            numbered = Numbered(number, number, START, (), content)
            await post.send(await membership.write(numbered))
        for extreme in extremes(MLSMessage.decode(await membership.group.encrypt(b"hello"))):
            await post.send(extreme)
        with suppress(GroupClosed):  # a farewell was taken for one
            for body in said_inside(people[0]):
                for payload in extremes(Payload(labels.VERSION, body)):
                    await post.send(await membership.group.encrypt(payload))
                    await asyncio.sleep(0.01)
        await asyncio.sleep(5)
        party.network.vanish(mallory.identity)
        await until(lambda: "Mallory" not in people[0].names, 120)
        await go_on(*people)
        assert all(RoomState.FAILED not in person.states for person in people)
