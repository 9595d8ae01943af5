"""What becomes of what is typed."""

import pytest

from tests.unit.terminal.telling import Telling
from volly_browser.chat.timeline import Changed
from volly_browser.room.delivery.outbox import OutboxFull
from volly_browser.room.events import MessageQueued, OtherConversation
from volly_browser.room.mimi import Content
from volly_browser.terminal import deeds
from volly_browser.terminal.deeds import Deeds


class Typing:
    """Alice types, after Bob said hello (message 1) and she answered (message 2)."""

    def __init__(self) -> None:
        self.telling = Telling()
        self.telling.hears("hello")
        self.own = self.telling.writes("good morning")
        self.telling.sends(self.own)
        self.asked: list[str] = []
        self.last = 0
        self.shown = ""
        self.has_left = False
        self.deeds = Deeds(self.telling.room, self.telling.chat, self.telling.story, self)

    async def types(self, line: str) -> None:
        await self.deeds.take(line)

    def changed(self, ids: Changed) -> None:
        """What is shown is looked at by the tests."""

    def show_all(self, message_id: str) -> None:
        self.shown = message_id

    def show_last(self, count: int) -> None:
        self.last = count

    def ask_again(self, line: str) -> None:
        self.asked.append(line)

    def leave(self) -> None:
        self.has_left = True

    @property
    def sent(self) -> Content:
        return self.telling.room.contents[-1]

    @property
    def notice(self) -> str:
        return self.telling.story.notice


async def test_a_text_is_said() -> None:
    typing = Typing()
    await typing.types("a text")
    assert typing.sent.text == "a text"


async def test_an_answer_an_edit_and_a_retraction_name_their_message() -> None:
    typing = Typing()
    bobs = typing.telling.story.numbers.message_id(1)
    await typing.types("/reply 1 hello, too")
    assert (typing.sent.in_reply_to, typing.sent.text) == (bytes.fromhex(bobs), "hello, too")
    await typing.types("/edit 2 good evening")
    assert (typing.sent.replaces, typing.sent.text) == (bytes.fromhex(typing.own), "good evening")
    await typing.types("/delete 2")
    assert (typing.sent.replaces, typing.sent.parts) == (bytes.fromhex(typing.own), ())


async def test_a_reaction_is_put_and_taken_away() -> None:
    typing = Typing()
    await typing.types("/react 1 heart")
    assert typing.sent.parts[0].content.decode() == "❤️"
    typing.telling.happens(MessageQueued("f" * 64, typing.telling.room.member_id, typing.sent))
    await typing.types("/unreact 1 heart")
    assert typing.sent.replaces == bytes.fromhex("f" * 64)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/edit 1 not mine", "Only its author"),
        ("/delete 1", "Only its author"),
        ("/reply 9 nothing", "no message 9"),
        ("/react 1 thumbsup", "one emoji"),
        ("/nothing", "no command"),
        ("x" * 64_001, "64001 bytes"),
    ],
)
async def test_what_cannot_be_done_is_said_and_can_be_typed_on(line: str, words: str) -> None:
    typing = Typing()
    await typing.types(line)
    assert words in typing.notice
    assert typing.asked == [line]
    await typing.types("something else")
    assert typing.notice == ""


async def test_an_edit_without_a_text_lets_one_type_on() -> None:
    typing = Typing()
    await typing.types("/edit 2")
    assert typing.asked == ["/edit 2 good morning"]


async def test_earlier_versions_are_shown_on_one_line_each() -> None:
    typing = Typing()
    telling = typing.telling
    message_id = telling.story.numbers.message_id(1)
    telling.receives(telling.contents.edit(message_id, "two\n* Carol came in."))
    telling.receives(telling.contents.edit(message_id, "three"))
    await typing.types("/show 1")
    first, second = telling.drawn()[-2:]
    assert first.endswith(" hello")
    assert second.endswith(" two ⏎ * Carol came in.")
    assert typing.shown == message_id


async def test_people_help_and_history_are_shown() -> None:
    typing = Typing()
    await typing.types("/who")
    assert typing.telling.drawn()[-1] == "* Here are: Alice (you), Bob."
    await typing.types("/help")
    assert any("/reply N TEXT" in line for line in typing.telling.drawn())
    await typing.types("/history 7")
    assert typing.last == 7


async def test_the_room_is_asked_to_try_to_join_and_to_leave() -> None:
    typing = Typing()
    await typing.types("/join")
    assert "No other conversation" in typing.notice
    typing.telling.happens(OtherConversation("aa" * 16, 3))
    assert "/join" in typing.notice
    await typing.types("/join")
    await typing.types("/now")
    await typing.types("/quit")
    room = typing.telling.room
    assert (room.joined_others, room.tries, typing.has_left) == (["aa" * 16], 1, True)


async def test_a_fault_loses_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    typing = Typing()
    typing.telling.room.send_fails = ZeroDivisionError()
    await typing.types("precious")
    assert typing.asked == ["precious"]
    assert "try again" in typing.notice
    await typing.deeds.say("precious")
    assert "ZeroDivisionError" in capsys.readouterr().err


async def test_a_script_waits_while_the_room_has_too_many_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "FULL_PAUSE", 0.0)
    typing = Typing()
    refusals = iter([OutboxFull("Too many."), OutboxFull("Too many.")])
    send = typing.telling.room.send

    async def send_later(content: Content) -> str:
        for refusal in refusals:
            raise refusal
        return await send(content)

    monkeypatch.setattr(typing.telling.room, "send", send_later)
    await typing.deeds.say("patience")
    await typing.deeds.say("   ")
    assert typing.telling.room.sent == ["patience"]


async def test_what_a_script_cannot_say_is_told() -> None:
    typing = Typing()
    await typing.deeds.say("/" * 64_001)
    assert "64001 bytes" in typing.notice
