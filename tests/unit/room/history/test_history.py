"""What newcomers are told of what was said before they came: whole rooms, on virtual time."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.unit.room.looks import parts_of
from tests.unit.room.people import Company, Person, asleep, company, deaf, until
from tests.unit.virtual_time import virtual_time
from volly_browser.chat.chat import Chat
from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Note
from volly_browser.room.content.history import HistoryRequest, Relayed
from volly_browser.room.events import HistoryReceived, MemberMisbehaved
from volly_browser.room.invite import Invite

SOON = 3.0
"""Seconds within which a newcomer is told, if all is well."""


class Reader:
    """A person with the conversation as it is shown."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.chat = Chat(person.room, person.name, lambda: 1_700_000_100.0)
        self._taken = 0

    def look(self) -> list[Message]:
        for event in self.person.happened[self._taken :]:
            self.chat.take(event)
        self._taken = len(self.person.happened)
        return [entry for entry in self.chat.timeline if isinstance(entry, Message)]

    @property
    def texts(self) -> list[str | None]:
        return [message.text for message in self.look()]

    def id_of(self, text: str) -> str:
        return next(message.message_id for message in self.look() if message.text == text)

    async def says(self, text: str) -> str:
        message_id = await self.chat.send(text)
        await asyncio.sleep(0.5)
        return message_id


def history_of(*people: Person) -> list[HistoryReceived]:
    return [event for person in people for event in person.happened if isinstance(event, HistoryReceived)]


async def come(party: Company, *names: str) -> list[Reader]:
    return [Reader(person) for person in await party.join(*names)]


def with_history(party: Company, history: int) -> None:
    """Let the room be one that tells newcomers so many messages."""
    party.invite = Invite(party.invite.policy, party.invite.secret, history)


async def talk(readers: Sequence[Reader], count: int) -> None:
    for number in range(count):
        await readers[number % len(readers)].says(f"text {number}")


@pytest.mark.parametrize("policy", ["classical", "hybrid"])
@virtual_time()
async def test_a_newcomer_reads_what_was_said_before_in_its_order(policy: str) -> None:
    async with company(policy=policy) as party:
        with_history(party, 50)
        alice, bob = await come(party, "Alice", "Bob")
        await talk((alice, bob), 4)
        (carol,) = await come(party, "Carol")
        await until(lambda: history_of(carol.person), limit=SOON)
        assert carol.texts == alice.texts == [f"text {number}" for number in range(4)]
        assert [message.name for message in carol.look()] == ["Alice", "Bob", "Alice", "Bob"]
        relays = [message.relay for message in carol.look()]
        assert [relay and (relay.name, relay.is_confirmed) for relay in relays] == [
            None,
            ("Alice", True),
            None,
            ("Alice", True),
        ]
        assert not [note for note in carol.chat.timeline if isinstance(note, Note)]
        assert not party.people[-1].refusals


@virtual_time()
async def test_a_room_without_a_history_tells_nothing_and_nobody_asks() -> None:
    async with company(policy="classical") as party:
        alice, bob = await come(party, "Alice", "Bob")
        await talk((alice, bob), 2)
        (carol,) = await come(party, "Carol")
        await asyncio.sleep(40)
        assert carol.texts == []
        assert not party.heard(HistoryRequest, Relayed)
        assert not history_of(carol.person)


def test_such_a_room_does_not_load_what_tells_newcomers() -> None:
    """The page starts sooner."""
    program = "import sys, volly_browser.room.room; print(*(name for name in sys.modules if '.room.history' in name))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == ""


@virtual_time()
async def test_no_more_is_told_than_the_link_says() -> None:
    async with company(policy="classical") as party:
        with_history(party, 3)
        alice, bob = await come(party, "Alice", "Bob")
        await talk((alice, bob), 7)
        (carol,) = await come(party, "Carol")
        await until(lambda: history_of(carol.person), limit=SOON)
        assert carol.texts == ["text 4", "text 5", "text 6"]


@virtual_time()
async def test_edits_and_reactions_come_along_and_what_was_deleted_does_not_come_back() -> None:
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob = await come(party, "Alice", "Bob")
        kept, gone = await alice.says("kept"), await alice.says("gone")
        for act in (
            bob.chat.react(kept, "👍"),
            bob.chat.react(gone, "👍"),
            bob.chat.react(kept, "🎉"),
            alice.chat.edit(kept, "kept, and better"),
            bob.chat.reply(kept, "an answer"),
            alice.chat.delete(gone),
            bob.chat.unreact(kept, "🎉"),
        ):
            await asyncio.sleep(0.5)
            alice.look(), bob.look()
            await act
        await asyncio.sleep(1)
        (carol,) = await come(party, "Carol")
        await until(lambda: history_of(carol.person), limit=SOON)
        first, answer = carol.look()
        assert (first.text, first.edited_at is not None) == ("kept, and better", True)
        assert [(reaction.emoji, len(reaction.senders)) for reaction in first.reactions] == [("👍", 1)]
        assert (answer.text, answer.reply_to) == ("an answer", kept)
        said = [relayed.message.content.text for event in history_of(carol.person) for relayed in event.messages]
        assert "gone" not in said


@virtual_time()
async def test_what_is_changed_at_once_is_changed_for_the_newcomer_as_well() -> None:
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob = await come(party, "Alice", "Bob")
        kept, gone = await alice.says("seven"), await alice.says("gone")
        alice.look()
        (carol,) = await come(party, "Carol")
        await alice.chat.edit(kept, "eight")
        await alice.chat.delete(gone)
        await bob.says("new")
        await until(lambda: history_of(carol.person), limit=SOON)
        await asyncio.sleep(1)
        assert [text for text in carol.texts if text] == ["eight", "new"]
        await carol.chat.react(carol.id_of("eight"), "👍")
        await asyncio.sleep(1)
        assert all(reader.look()[0].reactions for reader in (alice, bob, carol))


@virtual_time()
async def test_messages_that_are_written_while_one_comes_are_neither_lost_nor_doubled() -> None:
    async with company(policy="classical") as party:
        with_history(party, 500)
        alice, bob = await come(party, "Alice", "Bob")
        newcomer = party.person("Carol")
        coming = asyncio.create_task(newcomer.join())
        for number in range(60):
            await (alice, bob)[number % 2].chat.send(str(number))
            await asyncio.sleep(0.01)
        await coming
        carol = Reader(newcomer)
        mine = await carol.chat.send("Carol's")
        await until(lambda: history_of(newcomer), limit=SOON)
        await asyncio.sleep(3)
        assert carol.texts == alice.texts == bob.texts
        assert len(carol.texts) == 61
        assert carol.texts[-1] == "Carol's"
        assert mine


@virtual_time()
async def test_if_the_one_that_is_asked_sleeps_the_next_one_tells() -> None:
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob, carol = await come(party, "Alice", "Bob", "Carol")
        await talk((alice, bob), 2)
        await asyncio.sleep(6)
        (dave,) = await party.join("Dave")
        with asleep(alice.person):
            await until(lambda: history_of(dave), limit=20.0)
        reader = Reader(dave)
        assert reader.texts == ["text 0", "text 1"]
        assert {relayed.by_name for event in history_of(dave) for relayed in event.messages} <= {
            "Alice",
            "Bob",
            "Carol",
        }
        await asyncio.sleep(5)
        assert reader.texts == ["text 0", "text 1"]
        assert carol.texts == reader.texts


@virtual_time()
async def test_what_those_who_have_left_said_is_told_and_not_confirmed() -> None:
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob = await come(party, "Alice", "Bob")
        await talk((alice, bob), 2)
        await bob.person.leave()
        await until(lambda: alice.person.names == ["Alice"])
        (carol,) = await come(party, "Carol")
        await until(lambda: history_of(carol.person), limit=SOON)
        first, second = carol.look()
        assert (first.text, first.relay) == ("text 0", None)
        assert (second.text, second.name) == ("text 1", "Bob")
        assert second.relay
        assert (second.relay.name, second.relay.is_confirmed) == ("Alice", False)


@virtual_time()
async def test_what_was_confirmed_is_told_on_and_what_was_not_is_not() -> None:
    """What a liar makes up is told by nobody but itself."""
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob, gone = await come(party, "Alice", "Bob", "Gone")
        await gone.says("by one who has gone")
        await bob.says("by Bob")
        await gone.person.leave()
        await until(lambda: bob.person.names == ["Alice", "Bob"])
        (carol,) = await come(party, "Carol")
        await until(lambda: history_of(carol.person), limit=SOON)
        assert carol.texts == ["by one who has gone", "by Bob"]
        for reader in (alice, bob):
            await reader.person.leave()
        await until(lambda: carol.person.names == ["Carol"])
        (dave,) = await come(party, "Dave")
        await until(lambda: history_of(dave.person), limit=SOON)
        assert dave.texts == ["by Bob"]


@virtual_time()
async def test_a_newcomer_that_hears_nothing_is_told_by_the_next() -> None:
    """The first request is lost, as LiveKit loses what is sent while a connection breaks."""
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob = await come(party, "Alice", "Bob")
        await talk((alice, bob), 2)
        (dave,) = await party.join("Dave")
        with deaf(dave):
            await asyncio.sleep(1)
        await until(lambda: history_of(dave), limit=20.0)
        assert Reader(dave).texts == ["text 0", "text 1"]


@virtual_time()
async def test_a_newcomer_whose_signs_of_life_are_lost_is_told_as_well() -> None:
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob = await come(party, "Alice", "Bob")
        await talk((alice, bob), 2)
        carol = party.person("Carol")
        send = carol.transport.send

        async def send_reliably(frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
            if reliable:
                await send(frame, to)

        carol.transport.send = send_reliably  # type: ignore[method-assign]
        await carol.join()
        await until(lambda: history_of(carol), limit=SOON)
        assert Reader(carol).texts == ["text 0", "text 1"]


@virtual_time()
async def test_many_newcomers_are_all_told() -> None:
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob = await come(party, "Alice", "Bob")
        await talk((alice, bob), 6)
        newcomers = await party.join_at_once(*(f"N{number}" for number in range(12)))
        await until(lambda: all(history_of(newcomer) for newcomer in newcomers), limit=60.0)
        assert all(Reader(newcomer).texts == alice.texts for newcomer in newcomers)


@virtual_time()
async def test_a_newcomer_that_comes_back_in_one_visit_is_told_once() -> None:
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob = await come(party, "Alice", "Bob")
        await talk((alice, bob), 2)
        (carol,) = await come(party, "Carol")
        await until(lambda: history_of(carol.person), limit=SOON)
        parts_of(carol.person).inside.removed(asyncio.get_running_loop().time())
        await until(lambda: carol.person.names == ["Alice", "Bob", "Carol"])
        await asyncio.sleep(20)
        assert len(history_of(carol.person)) == 1
        assert carol.texts == alice.texts
        assert not [event for event in carol.person.happened if isinstance(event, MemberMisbehaved)]
