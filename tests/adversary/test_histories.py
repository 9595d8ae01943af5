"""M: a member that tells newcomers of the past puts no words into the mouths of those that are there.

Mallory is the first in the room, lets the newcomers in, and is asked first; what it passes on is up to it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.adversary.attackers import tell
from tests.adversary.checks import still_together
from tests.unit.room.history.talk import passed
from tests.unit.room.history.test_history import SOON, Reader, history_of, with_history
from tests.unit.room.looks import membership_of, parts_of
from tests.unit.room.people import Company, Person, asleep, calm, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import Payload
from volly_browser.room.content.history import (
    RELAYED_BYTES_LIMIT,
    HistoryRequest,
    Inquiry,
    Relayed,
    RelayedMessages,
    StatedMessage,
    StatedMessages,
    Statement,
    Stretch,
    Stretches,
)
from volly_browser.room.events import MemberMisbehaved, Misbehaviour
from volly_browser.room.history.archive import Archive
from volly_browser.room.history.spoken import Spoken
from volly_browser.room.labels import VERSION
from volly_browser.room.mimi import Content, message_id, text_content
from volly_browser.room.session.historian import Historian
from volly_browser.room.timing import Timing

Lie = Callable[[list[Spoken]], list[Spoken]]
LIMIT = 10


@asynccontextmanager
async def with_a_liar() -> AsyncIterator[tuple[Company, Person, Reader, Reader]]:
    """Mallory, Alice and Bob in a room that tells newcomers; each of the two has said something."""
    async with company(policy="classical") as party:
        with_history(party, LIMIT)
        mallory, alice, bob = await party.join("Mallory", "Alice", "Bob")
        readers = Reader(alice), Reader(bob)
        await readers[0].says("Alice's words")
        await readers[1].says("Bob's words")
        yield party, mallory, *readers


def historian_of(person: Person) -> Historian:
    past = parts_of(person).past
    assert isinstance(past, Historian)
    return past


def archive_of(person: Person) -> Archive:
    return historian_of(person)._archive


def lets_pass(mallory: Person, lie: Lie) -> None:
    """M: pass something else on than was said."""
    archive = archive_of(mallory)
    passed_on = archive.passed_on
    archive.passed_on = lambda: lie(passed_on())  # type: ignore[method-assign]


def otherwise(mallory: Person, spoken: Spoken, text: str) -> Spoken:
    """A message with other words, as a member would read it."""
    return saying(mallory, spoken, text_content(text, spoken.content.salt, spoken.content.sent_at / 1000))


def saying(mallory: Person, spoken: Spoken, content: Content) -> Spoken:
    encoded = content.encode()
    known_as = message_id(spoken.sender, historian_of(mallory)._recall._room_id, encoded)
    return replace(spoken, message_id=known_as, content=content, encoded=encoded)


def accusations(person: Person) -> list[tuple[str, str]]:
    found = [event for event in person.happened if isinstance(event, MemberMisbehaved)]
    assert all(event.what is Misbehaviour.FALSE_HISTORY for event in found)
    return [(event.name, event.witness_name) for event in found]


async def newcomer(party: Company, name: str = "Carol", limit: float = SOON) -> Reader:
    """One more, that was told of the past."""
    (person,) = await party.join(name)
    await until(lambda: history_of(person), limit=limit)
    return Reader(person)


@virtual_time()
async def test_the_words_of_those_that_are_there_cannot_be_changed() -> None:
    """Guarded by `Word.on`: an author states the ids of its messages, which are hashes of what it said."""
    async with with_a_liar() as (party, mallory, *_):
        lets_pass(mallory, lambda said: [otherwise(mallory, said[0], "I give you all my money"), *said[1:]])
        carol = await newcomer(party)
        assert carol.texts == ["Bob's words"]
        assert accusations(carol.person) == [("Mallory", "Alice")]


@virtual_time()
async def test_those_that_are_there_cannot_be_made_to_have_spoken() -> None:
    """Guarded by `Word.on`: an author states how many messages it has sent."""
    async with with_a_liar() as (party, mallory, *_):

        def invent(said: list[Spoken]) -> list[Spoken]:
            return [*said, replace(otherwise(mallory, said[0], "I said so"), sequence=2, lamport=said[1].lamport + 1)]

        lets_pass(mallory, invent)
        carol = await newcomer(party)
        assert carol.texts == ["Alice's words", "Bob's words"]
        assert accusations(carol.person) == [("Mallory", "Alice")]


@virtual_time()
async def test_what_one_that_is_there_has_deleted_does_not_come_back() -> None:
    """Guarded by `Word.on` and `OwnWords.take`: what is not among what an author states is withdrawn."""
    async with with_a_liar() as (party, mallory, alice, _):
        before = archive_of(mallory).passed_on()
        await alice.chat.delete(alice.id_of("Alice's words"))
        await asyncio.sleep(1)
        lets_pass(mallory, lambda said: before)
        carol = await newcomer(party)
        assert carol.texts == ["Bob's words"]
        assert accusations(carol.person) == []


@virtual_time()
async def test_those_that_are_there_cannot_be_put_into_another_order() -> None:
    """Guarded by `Word.on`: an author states the place of each message."""
    async with with_a_liar() as (party, mallory, *_):

        def swap(said: list[Spoken]) -> list[Spoken]:
            one, other = said
            return [replace(one, lamport=other.lamport), replace(other, lamport=one.lamport)]

        lets_pass(mallory, swap)
        (carol,) = await party.join("Carol")
        await until(lambda: len(accusations(carol)) == 2, limit=SOON)
        assert Reader(carol).texts == []


@virtual_time()
async def test_what_one_that_has_left_is_said_to_have_said_is_marked() -> None:
    """The most that a liar can do.  Guarded by `Recall._verdict`."""
    async with with_a_liar() as (party, mallory, alice, bob):
        await bob.person.leave()
        await until(lambda: alice.person.names == ["Alice", "Mallory"])
        lets_pass(mallory, lambda said: [said[0], otherwise(mallory, said[1], "What Bob never said")])
        carol = await newcomer(party)
        first, second = carol.look()
        assert first.relay
        assert first.relay.is_confirmed
        assert (second.text, second.name) == ("What Bob never said", "Bob")
        assert second.relay
        assert (second.relay.name, second.relay.is_confirmed) == ("Mallory", False)


@virtual_time()
async def test_what_a_liar_made_up_is_told_on_by_nobody_else() -> None:
    """Guarded by `Historian._show`, which keeps what was confirmed only."""
    async with with_a_liar() as (party, mallory, alice, bob):
        await bob.person.leave()
        await until(lambda: alice.person.names == ["Alice", "Mallory"])
        lets_pass(mallory, lambda said: [said[0], otherwise(mallory, said[1], "What Bob never said")])
        carol = await newcomer(party)
        for person in (mallory, alice.person):
            await person.leave()
        await until(lambda: carol.person.names == ["Carol"])
        dave = await newcomer(party, "Dave")
        assert dave.texts == ["Alice's words"]


@virtual_time()
async def test_what_was_heard_is_not_changed_by_what_a_liar_tells_of_it() -> None:
    """An edit, in the name of one that has left, of what the newcomer has heard itself.  Guarded by `Record.take`."""
    async with with_a_liar() as (party, mallory, alice, bob):
        historian_of(mallory)._relay._timing = Timing(relay=3.0)

        def edit(said: list[Spoken]) -> list[Spoken]:
            heard = said[-1]
            parts = text_content("What Bob never said", bytes(16), 0.0).parts
            edit = Content(bytes(16), 0, heard.message_id, b"", None, None, parts)
            return [said[0], replace(saying(mallory, heard, edit), sequence=9, lamport=heard.lamport + 1)]

        lets_pass(mallory, edit)
        (carol,) = await party.join("Carol")
        await bob.chat.send("heard by Carol")
        await asyncio.sleep(0.5)
        await bob.person.leave()
        await until(lambda: history_of(carol), limit=5)
        assert "Bob" not in alice.person.names
        assert Reader(carol).texts == ["Alice's words", "heard by Carol"]


@virtual_time()
async def test_a_liar_cannot_put_what_it_makes_up_behind_what_was_heard() -> None:
    """Guarded by `Timeline._add`: what is from before stands before."""
    async with with_a_liar() as (party, mallory, alice, bob):
        await bob.person.leave()
        await until(lambda: "Bob" not in alice.person.names)
        lets_pass(mallory, lambda said: [replace(said[1], lamport=1 << 35)])
        carol = await newcomer(party)
        await alice.says("new")
        assert carol.texts == ["Bob's words", "new"]


@virtual_time()
async def test_what_is_told_twice_is_shown_once() -> None:
    """Guarded by `Recall._add`."""
    async with with_a_liar() as (party, mallory, *_):
        lets_pass(mallory, lambda said: [*said, *said, *said])
        carol = await newcomer(party)
        (event,) = history_of(carol.person)
        assert [each.message.text for each in event.messages] == ["Alice's words", "Bob's words"]


@virtual_time()
async def test_one_that_tells_more_than_the_room_allows_is_not_believed_and_the_next_one_tells() -> None:
    """Guarded by `Recall._add`."""
    async with with_a_liar() as (party, mallory, alice, bob):

        def flood(said: list[Spoken]) -> list[Spoken]:
            return [
                replace(otherwise(mallory, said[0], f"flood {number}"), sequence=number, lamport=number)
                for number in range(1, LIMIT + 2)
            ]

        lets_pass(mallory, flood)
        carol = await newcomer(party, limit=20)
        assert carol.texts == ["Alice's words", "Bob's words"]
        relays = {event.relay.name for event in carol.look() if event.relay}
        assert "Mallory" not in relays
        await still_together(mallory, alice.person, bob.person, carol.person)


@virtual_time()
async def test_parts_that_are_too_large_are_refused_before_they_are_read() -> None:
    """Guarded by the type of `Relayed.messages`, which our own page does not write either."""
    async with with_a_liar() as (party, mallory, alice, bob):
        (carol,) = await party.join("Carol")
        parts = Relayed(membership_of(carol).company.me, False, bytes(RELAYED_BYTES_LIMIT))
        payload = Payload(VERSION, parts).encode()
        length = (0x8000_0000 | RELAYED_BYTES_LIMIT).to_bytes(4, "big")
        assert payload.count(length) == 1
        too_long = payload.replace(length, (0x8000_0001 + RELAYED_BYTES_LIMIT).to_bytes(4, "big")) + b"\0"
        message = await membership_of(mallory).group.encrypt(too_long)
        await parts_of(mallory).post.send(message, [carol.identity])
        await until(lambda: any("too long" in refusal for refusal in carol.refusals), limit=1)
        await still_together(mallory, alice.person, bob.person, carol)


@virtual_time()
async def test_what_nobody_asked_for_is_not_taken() -> None:
    """Guarded by `Recall.got_relayed` and `Recall.got_statement`."""
    async with with_a_liar() as (party, mallory, alice, bob):
        lets_pass(mallory, lambda said: [])
        (carol,) = await party.join("Carol")
        await asyncio.sleep(2)
        before = [len(history_of(person)) for person in (alice.person, bob.person, carol)]
        spoken = next(spoken for spoken in archive_of(alice.person).passed_on() if spoken.name == "Bob")
        for person in (alice.person, bob.person, carol):
            await tell(mallory, relayed(person, otherwise(mallory, spoken, "made up")), person)
            await tell(mallory, statement(person, spoken), person)
        await asyncio.sleep(10)
        for person in (alice.person, bob.person, carol):
            assert "made up" not in Reader(person).texts
        assert [len(history_of(person)) for person in (alice.person, bob.person, carol)] == before
        await still_together(mallory, alice.person, bob.person, carol)


@virtual_time()
async def test_nobody_else_can_state_what_an_author_has_said() -> None:
    """Mallory states its invention in its own name, before the author does.  Guarded by `Recall.got_statement`."""
    async with with_a_liar() as (party, mallory, alice, bob):
        forged: list[Spoken] = []

        def change(said: list[Spoken]) -> list[Spoken]:
            forged[:] = [otherwise(mallory, said[0], "What Alice never said")]
            return [*forged, said[1]]

        lets_pass(mallory, change)
        carol = party.person("Carol")
        await carol.join()
        with asleep(alice.person, bob.person):
            await until(lambda: forged)
            await asyncio.sleep(0.3)
            await tell(mallory, statement(carol, forged[0]), carol)
            await asyncio.sleep(0.3)
        await until(lambda: history_of(carol), limit=SOON)
        assert Reader(carol).texts == ["Bob's words"]
        assert accusations(carol) == [("Mallory", "Alice")]


@virtual_time()
async def test_a_member_that_asks_without_end_is_answered_once() -> None:
    """Guarded by `Relay._take_turn`."""
    async with company(policy="classical") as party:
        with_history(party, LIMIT)
        alice, bob = await party.join("Alice", "Bob")
        await Reader(alice).says("hello")
        (mallory,) = await party.join("Mallory")
        await calm(alice, bob, mallory)
        before = len(party.senders_of(Relayed)), len(party.senders_of(Statement))
        stretches = Stretches((Stretch(membership_of(bob).company.me, 1, 1 << 50),))
        for _ in range(50):
            for person in (alice, bob):
                await tell(mallory, HistoryRequest(membership_of(person).company.me), person)
            await tell(mallory, Inquiry(stretches.encode()))
        await asyncio.sleep(10)
        assert len(party.senders_of(Relayed)) - before[0] <= 1  # Alice has told it before
        assert len(party.senders_of(Statement)) - before[1] <= 1
        await still_together(alice, bob, mallory)


def relayed(to: Person, *said: Spoken) -> Relayed:
    return Relayed(membership_of(to).company.me, True, RelayedMessages(tuple(map(passed, said))).encode())


def statement(to: Person, *standing: Spoken) -> Statement:
    stated = tuple(StatedMessage(each.sequence, each.lamport, each.message_id) for each in standing)
    return Statement(membership_of(to).company.me, 99, 1, StatedMessages(stated).encode())
