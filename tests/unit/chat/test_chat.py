"""People who write, answer, edit, take back and react, in a room of the memory network."""

import pytest

from tests.unit.room.people import Company, Person, agreed, company, until, wall_clock
from tests.unit.ui.fake_room import ALICE, BOB, FakeRoom
from tests.unit.virtual_time import virtual_time
from volly_browser.chat.chat import Chat, NoSuchMessage, NotOurs
from volly_browser.chat.contents import Contents, NoEmoji
from volly_browser.chat.message import Delivery, Message, Stage
from volly_browser.chat.settings import VERSIONS
from volly_browser.room.content.settings import Pin, Setting, Timer, Title, read_settings
from volly_browser.room.events import MembersChanged, MessageReceived, MessageUnreadable, RoomEvent
from volly_browser.room.mimi import SETTINGS, Content, Disposition, Part


class Chatting:
    """A person with a chat, which takes all that happens to the person."""

    def __init__(self, person: Person) -> None:
        self.chat = Chat(person.room, person.name, wall_clock)
        self._person = person
        self._taken = 0

    @property
    def messages(self) -> list[Message]:
        for event in self._news():
            self.chat.take(event)
        return [entry for entry in self.chat.timeline if isinstance(entry, Message)]

    @property
    def texts(self) -> list[str | None]:
        return [message.text for message in self.messages]

    def _news(self) -> list[RoomEvent]:
        news = self._person.happened[self._taken :]
        self._taken += len(news)
        return news


async def two(party: Company) -> tuple[Chatting, Chatting]:
    alice, bob = await party.join("Alice", "Bob")
    await until(lambda: agreed(alice, bob))
    return Chatting(alice), Chatting(bob)


@virtual_time()
async def test_what_is_said_answered_edited_taken_back_and_reacted_to_looks_alike_to_both() -> None:
    async with company() as party:
        alice, bob = await two(party)
        first = await alice.chat.send("hallo")
        await until(lambda: bob.texts == ["hallo"])
        answer = await bob.chat.reply(first, "hello yourself")
        await until(lambda: len(alice.messages) == 2)
        await alice.chat.edit(first, "hello")
        await bob.chat.react(first, "👍🏽")
        await bob.chat.react(first, "👍")
        await alice.chat.react(answer, "❤️")
        slip = await bob.chat.send("a slip")
        await until(lambda: len(alice.messages) == len(bob.messages) == 3)
        await bob.chat.delete(slip)
        await until(lambda: alice.messages[2].is_deleted and bob.messages[0].edited_at is not None)
        await until(lambda: bob.messages[1].reactions != () and alice.messages[0].reactions != ())
        for chatting in (alice, bob):
            hello, yourself, gone = chatting.messages
            assert (hello.text, hello.name, hello.versions[0].text) == ("hello", "Alice", "hallo")
            assert (yourself.text, yourself.reply_to) == ("hello yourself", first)
            assert [(reaction.emoji, len(reaction.senders)) for reaction in hello.reactions] == [("👍🏽", 1)]
            assert [reaction.emoji for reaction in yourself.reactions] == ["❤️"]
            assert (gone.text, gone.is_deleted) == (None, True)
        await bob.chat.unreact(first, "👍🏿")
        await until(lambda: alice.messages[0].reactions == bob.messages[0].reactions == ())


@virtual_time()
async def test_what_became_of_a_message_is_seen() -> None:
    async with company() as party:
        (alone,) = await party.join("Alice")
        alice = Chatting(alone)
        await alice.chat.send("is anybody here?")
        await until(lambda: len(alice.messages) == 1)
        assert alice.messages[0].delivery == Delivery(Stage.WAITING)
        (bob,) = [Chatting(person) for person in await party.join("Bob")]
        await until(lambda: bob.texts == ["is anybody here?"])
        await until(lambda: alice.messages[0].delivery == Delivery(Stage.SENT, 1, 1))
        assert bob.messages[0].delivery is None


@virtual_time()
async def test_what_is_not_allowed_is_refused_and_changes_nothing() -> None:
    async with company() as party:
        alice, bob = await two(party)
        first = await alice.chat.send("mine")
        await until(lambda: bob.texts == ["mine"])
        with pytest.raises(NotOurs):
            await bob.chat.edit(first, "Bob's")
        with pytest.raises(NotOurs):
            await bob.chat.delete(first)
        with pytest.raises(NoEmoji):
            await bob.chat.react(first, "no emoji")
        for nothing in (bob.chat.reply("ff" * 32, "?"), bob.chat.react("note 1", "❤"), bob.chat.edit("", "?")):
            with pytest.raises(NoSuchMessage):
                await nothing
        await bob.chat.send("done")
        await until(lambda: alice.texts == ["mine", "done"])
        await alice.chat.delete(first)
        await until(lambda: bob.messages[0].is_deleted)
        with pytest.raises(NoSuchMessage):
            await bob.chat.reply(first, "to what?")


def test_what_is_said_in_a_group_of_a_lower_epoch_stands_behind_what_was_said_in_another() -> None:
    room = FakeRoom()
    chat = Chat(room, "Alice", lambda: 0.0)
    for epoch, lamport, text in ((9, 900, "before"), (10, 1000, "before, too"), (2, 3, "after")):
        chat.take(MembersChanged((ALICE, BOB), epoch))
        chat.take(MembersChanged(()))
        content = Contents(bytes(16), 0.0).text(text)
        chat.take(MessageReceived(BOB.member_id, "Bob", content, lamport, 0.0, f"{lamport:064x}", lamport))
    assert [entry.text for entry in chat.timeline if isinstance(entry, Message)] == ["before", "before, too", "after"]


def test_in_a_group_of_a_lower_epoch_what_is_set_replaces_what_was_set_in_another() -> None:
    room = FakeRoom()
    chat = Chat(room, "Alice", lambda: 0.0)
    for epoch, text in ((9, "old"), (2, "new")):
        room.members, room.epoch = (ALICE, BOB), epoch
        chat.take(MembersChanged((ALICE, BOB), epoch))
        content = Contents(bytes(16), 0.0).settings((Setting(Title(text), epoch * VERSIONS + 1),))
        chat.take(MessageReceived(BOB.member_id, "Bob", content, epoch, 0.0, f"{epoch:064x}", epoch))
    assert chat.settings.title_text == "new"


async def test_what_is_set_lies_in_the_present_epoch_of_the_room_though_nobody_has_come_since() -> None:
    room = FakeRoom()
    chat = Chat(room, "Alice", lambda: 0.0)
    chat.take(MembersChanged((ALICE, BOB), 2))
    room.members, room.epoch = (ALICE, BOB), 7
    await chat.set(Title("Tea"))
    assert [each.version for each in read_settings(room.contents[-1])] == [7 * VERSIONS + 1]
    content = Contents(bytes(16), 0.0).settings((Setting(Title("Bob's"), 8 * VERSIONS - 1),))
    chat.take(MessageReceived(BOB.member_id, "Bob", content, 1, 0.0, "1" * 64, 1))
    assert chat.settings.change(Title("Tea")) == Setting(Title("Tea"), 8 * VERSIONS - 1)


@virtual_time()
async def test_what_is_set_is_the_same_for_those_that_are_there_and_for_those_that_come_later() -> None:
    async with company() as party:
        (first,) = await party.join("Alice")
        alice = Chatting(first)
        await alice.chat.set(Title("Tea"), Timer(300))
        await until(lambda: bool(alice.messages or alice.chat.settings.title))
        assert alice.chat.settings.lifetime == 300
        (bob,) = [Chatting(person) for person in await party.join("Bob")]
        await alice.chat.send("soon gone")
        await until(lambda: bob.texts == ["soon gone"])
        assert bob.messages[0].lifetime == alice.messages[0].lifetime == 300
        assert bob.chat.settings.title == alice.chat.settings.title
        await bob.chat.pin(bob.messages[0].message_id)
        await until(lambda: alice.texts == ["soon gone"] and len(alice.chat.settings.pins) == 1)
        alice.chat.take_newcomers()
        (carol,) = [Chatting(person) for person in await party.join("Carol")]
        await until(lambda: (alice.messages, alice.chat.take_newcomers())[1])
        for chatting in (alice, bob):
            assert chatting.messages
            await chatting.chat.tell_settings()
        await until(lambda: carol.texts == [] and len(carol.chat.settings.pins) == 1)
        news = carol.chat.take_news()
        assert {(type(each.change.value), each.is_from_before, each.change.is_first_hand) for each in news} == {
            (kind, True, True) for kind in (Title, Timer, Pin)
        }
        assert carol.chat.settings.title == bob.chat.settings.title


@virtual_time()
async def test_what_a_member_sets_that_is_malformed_sets_nothing() -> None:
    async with company() as party:
        alice, bob = await two(party)
        part = Part(Disposition.UNSPECIFIED, "", SETTINGS, b"\x01")
        room = alice.chat._room
        await room.send(Content(room.new_salt(), 0, None, b"", None, None, (part,)))
        await alice.chat.send("hello")
        await until(lambda: bob.texts == ["hello"])
        assert bob.chat.settings.title is None
        assert [type(event) for event in bob._person.happened].count(MessageUnreadable) == 1, "it is told"
