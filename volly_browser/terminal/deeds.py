"""Does what people want: says, answers, changes, shows."""

import asyncio
from typing import Protocol

from volly_browser.chat.chat import Chat, NoSuchMessage
from volly_browser.chat.message import Message, Version
from volly_browser.chat.timeline import Changed
from volly_browser.errors import VollyError
from volly_browser.room.content.settings import Timer, Title, Topic
from volly_browser.room.delivery.outbox import OutboxFull
from volly_browser.terminal import commands
from volly_browser.terminal.cleaning import clean
from volly_browser.terminal.commands import Intent
from volly_browser.terminal.lines import LINE_END, time_of
from volly_browser.terminal.story import Story
from volly_browser.ui import wording
from volly_browser.ui.faults import report
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.rooms.room_to_show import RoomToShow

FULL_PAUSE = 0.2
"""Seconds until a text is offered again to a room that has too many."""


class Shows(Protocol):
    """What shows a story to its user."""

    def changed(self, ids: Changed) -> None:
        """Show entries that look different."""
        ...

    def show_all(self, message_id: str) -> None:
        """Show all of a message, however long it is."""
        ...

    def show_last(self, count: int) -> None:
        """Show the last so many messages."""
        ...

    def ask_again(self, line: str) -> None:
        """Let the user go on with a line."""
        ...

    def leave(self) -> None:
        """End."""
        ...


class Deeds:
    """Does what the user wants of a room.

    Args:
        room: the room.
        chat: of the room.
        story: of the chat.
        shows: shows what comes of it.
    """

    def __init__(self, room: RoomToShow, chat: Chat, story: Story, shows: Shows) -> None:
        self._room = room
        self._chat = chat
        self._story = story
        self._shows = shows

    async def take(self, line: str) -> None:
        """Do what a line asks for; what goes wrong is a notice, and the line can be typed on.  Never raises."""
        self._story.notice = ""
        try:
            intent = commands.intent_of(line)
            if intent:
                await self._do(intent)
        except VollyError as error:
            self._story.notice = str(error)
            self._shows.ask_again(line)
        except Exception as fault:
            report(fault)
            self._story.notice = wording.NOT_TAKEN
            self._shows.ask_again(line)

    async def say(self, text: str) -> None:
        """Say a text as soon as there is place for it; what goes wrong is a notice.  Never raises."""
        if not text.strip():
            return
        try:
            self._story.said(await self._sent(text))
        except VollyError as error:
            self._story.notice = str(error)
        except Exception as fault:
            report(fault)
            self._story.notice = wording.NOT_TAKEN

    async def _sent(self, text: str) -> str:
        while True:
            try:
                return await self._chat.send(text, self._story.mentioned)
            except OutboxFull:
                await asyncio.sleep(FULL_PAUSE)

    async def _do(self, intent: Intent) -> None:
        match intent:
            case commands.Say(text):
                await self._chat.send(text, self._story.mentioned)
            case commands.Reply(number, text):
                await self._chat.reply(self._id(number), text, self._story.mentioned)
            case commands.Edit(number, ""):
                text = Naming(self._story.company.met).text(self._message(number))
                self._shows.ask_again(f"/edit {number} {text}")
            case commands.Edit(number, text):
                await self._chat.edit(self._id(number), text, self._story.mentioned)
            case commands.Delete(number):
                await self._chat.delete(self._id(number))
            case commands.React(number, emoji):
                await self._chat.react(self._id(number), emoji)
            case commands.Set() | commands.Pin():
                await self._set(intent)
            case commands.Unreact(number, emoji):
                await self._chat.unreact(self._id(number), emoji)
            case _:
                self._show(intent)

    async def _set(self, intent: commands.Set | commands.Pin) -> None:
        match intent:
            case commands.Set("title", text):
                await self._chat.set(Title(text))
            case commands.Set("topic", text):
                await self._chat.set(Topic(text))
            case commands.Set(_, text):
                await self._chat.set(Timer(commands.TIMERS[text]))
            case commands.Pin(number, is_pinned):
                await (self._chat.pin if is_pinned else self._chat.unpin)(self._id(number))

    def _show(self, intent: Intent) -> None:
        match intent:
            case commands.Show(number):
                self._show_all(number)
            case commands.History(count):
                self._shows.show_last(count)
            case commands.Who():
                self._remark(f"Here are: {', '.join(self._people())}.")
            case commands.Room():
                self._remark("\n".join(self._story.room_lines()))
            case commands.TryNow():
                self._room.try_now()
            case commands.JoinOther() if self._story.other:
                self._room.join_other(self._story.other)
            case commands.JoinOther():
                self._story.notice = "No other conversation was found in this room."
            case commands.Help():
                self._remark(commands.help_text())
            case commands.Leave():
                self._shows.leave()

    def _show_all(self, number: int) -> None:
        message = self._message(number)
        before = [f"{time_of(version.sent_at)} {_on_one_line(version)}" for version in message.versions]
        said = [f"Message {number} said before:", *before] if before else [f"Message {number} was never changed."]
        self._shows.show_all(message.message_id)
        self._remark("\n".join(said))

    def _people(self) -> list[str]:
        here = self._story.company.here.values()
        return [f"{person.in_a_sentence}{' (you)' if person.is_self else ''}" for person in here] or ["you"]

    def _remark(self, text: str) -> None:
        self._shows.changed(self._story.remark(text))

    def _id(self, number: int) -> str:
        return self._message(number).message_id

    def _message(self, number: int) -> Message:
        message = self._story.timeline.find(self._story.numbers.message_id(number))
        if not isinstance(message, Message):
            raise NoSuchMessage(f"There is no message {number} here.")
        return message


def _on_one_line(version: Version) -> str:
    return clean(version.text or wording.ONLY_NEWER).replace("\n", LINE_END)
