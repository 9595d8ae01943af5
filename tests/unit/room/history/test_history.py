"""What newcomers are told of what was said before they came: whole rooms, on virtual time."""

import asyncio

from tests.unit.room.people import Company, Person, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.chat.chat import Chat
from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Note
from volly_browser.room.events import HistoryReceived
from volly_browser.room.invite import Invite


def with_history(party: Company, history: int) -> None:
    """Let the room be one that tells newcomers so many messages."""
    party.invite = Invite(party.invite.policy, party.invite.secret, history)


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


def told(person: Person) -> bool:
    return any(isinstance(event, HistoryReceived) for event in person.happened)


@virtual_time()
async def test_a_newcomer_reads_what_was_said_before_in_its_order() -> None:
    async with company(policy="classical") as party:
        with_history(party, 50)
        alice, bob = await party.join("Alice", "Bob")
        for number in range(4):
            await (alice, bob)[number % 2].room.send_text(f"text {number}")
            await asyncio.sleep(0.5)
        (carol,) = await party.join("Carol")
        came = asyncio.get_running_loop().time()
        await until(lambda: told(carol))
        print("seconds", asyncio.get_running_loop().time() - came)
        reader = Reader(carol)
        assert reader.texts == [f"text {number}" for number in range(4)]
        assert {message.relay and message.relay.is_confirmed for message in reader.look()} == {None, True}
        assert not [note for note in reader.chat.timeline if isinstance(note, Note)]
