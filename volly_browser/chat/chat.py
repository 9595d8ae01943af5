"""One conversation: what is said in a room, kept in a timeline, and what we say.

chat = Chat(room, "Alice", time.time)
message_id = await chat.send("hello")
async for event in room.events():
    changed = chat.take(event)
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from volly_browser.chat.contents import Contents
from volly_browser.chat.mentions import NOBODY, Mentioned
from volly_browser.chat.message import Message
from volly_browser.chat.settings import News, Settings
from volly_browser.chat.timeline import Changed, Timeline
from volly_browser.errors import LocalError
from volly_browser.room.content.settings import Pin, Value, read_settings
from volly_browser.room.events import (
    FrameRefused,
    MembersChanged,
    MessageQueued,
    MessageReceived,
    MessageSent,
    OtherConversation,
    Problem,
    RoomEvent,
    RoomMember,
    StateChanged,
    Typing,
)
from volly_browser.room.mimi import Content, ContentError

_NOT_NOTED = (FrameRefused, MembersChanged, OtherConversation, Problem, StateChanged, Typing)
"""What says how things stand, and not what happened between two messages."""


class NoSuchMessage(LocalError):
    """There is no message with this id, or not any more."""


class NotOurs(LocalError):
    """Another member has written this message."""


class ChatRoom(Protocol):
    """What a chat needs of a room; see `room.Room`."""

    @property
    def member_id(self) -> str:
        """Ours."""
        ...

    @property
    def members(self) -> Sequence[RoomMember]:
        """All that can read now; empty while in no group."""
        ...

    @property
    def epoch(self) -> int:
        """The number of the group's epoch.  Raises NotInGroup."""
        ...

    async def send(self, content: Content) -> str:
        """Send content to all members; gives its message id."""
        ...

    def new_salt(self) -> bytes:
        """16 random bytes."""
        ...


class Chat:
    """A room's conversation.

    Args:
        room: carries what is said.
        name: ours.
        clock: seconds since 1970.
        now: seconds of a clock that runs evenly.

    Attributes:
        timeline: what was said so far.
        settings: what is set for the room.
    """

    def __init__(
        self, room: ChatRoom, name: str, clock: Callable[[], float], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._room = room
        self._name = name
        self._clock = clock
        self._epoch = 0
        self._here: tuple[str, ...] = ()
        self._was_here: frozenset[str] = frozenset()
        self._news: list[News] = []
        self.timeline = Timeline(name, now)
        self.settings = Settings()

    def take(self, event: RoomEvent) -> Changed:
        """Take what happened in the room; gives the ids of what looks different in the timeline."""
        match event:
            case MembersChanged(members, epoch) if members:
                self._follow(epoch)
                self._here = tuple(member.member_id for member in members)
                self.timeline.heard_by(member.member_id for member in members if not member.is_self)
            case MessageReceived() | MessageQueued() if event.content.is_setting:
                self._set(event)
                return frozenset()
            case MessageSent(message_id):
                self._note_epoch()
                self._news += self.settings.sent(message_id)
        return frozenset() if isinstance(event, _NOT_NOTED) else self.timeline.apply(event, self._clock())

    def take_news(self) -> list[News]:
        """Take what was set since this was called last."""
        news, self._news = self._news, []
        return news

    def take_newcomers(self) -> bool:
        """Whether members came since this was called last, whom we possibly have to tell what is set."""
        before, self._was_here = self._was_here, frozenset(self._here)
        return bool(before) and not self._was_here <= before

    def _set(self, event: MessageReceived | MessageQueued) -> None:
        """Take what a member sets, or we do; what is malformed sets nothing."""
        try:
            settings = read_settings(event.content)
        except ContentError:
            return
        self._note_epoch()
        if isinstance(event, MessageQueued):
            self._news += self.settings.queued(event.message_id, event.sender, self._name, settings)
        else:
            self._news += self.settings.received(event.sender, event.name, settings, self._here)

    async def set(self, *values: Value) -> None:
        """Set something for the room, if it is not so already.  Raises TooManyPins, OutboxFull, RoomClosed."""
        self._note_epoch()
        settings = tuple(filter(None, map(self.settings.change, values)))
        if settings:
            await self._room.send(self._contents().settings(settings))

    async def pin(self, message_id: str) -> None:
        """Pin a message.  Raises NoSuchMessage, and as `set`."""
        await self.set(Pin(bytes.fromhex(self._message(message_id).message_id), 1))

    async def unpin(self, message_id: str) -> None:
        """Take a message down that is pinned, also one that is not here.  Raises as `set`."""
        if self.settings.is_pinned(message_id):
            await self.set(Pin(bytes.fromhex(message_id), 0))

    async def tell_settings(self) -> None:
        """Tell those that have come what we have set, and as the longest here, what those have that left.

        Raises OutboxFull, RoomClosed.
        """
        here, me = self._here, self._room.member_id
        told = self.settings.told_by(me, here, is_first=here[:1] == (me,)) if me in here and len(here) > 1 else ()
        if told:
            await self._room.send(self._contents().settings(told))

    async def send(self, text: str, mentioned: Mentioned = NOBODY) -> str:
        """Say something; gives the message id as soon as the message waits to be sent.

        Args:
            text: what to say.
            mentioned: ids of members by the words that stand for them in the text.

        Raises:
            ContentTooLong, OutboxFull, RoomClosed: see `Room.send`.
        """
        return await self._room.send(self._contents(mentioned, self.settings.lifetime).text(text))

    async def reply(self, message_id: str, text: str, mentioned: Mentioned = NOBODY) -> str:
        """Answer a message; as `send`.  Raises NoSuchMessage, too."""
        self._message(message_id)
        return await self._room.send(self._contents(mentioned, self.settings.lifetime).text(text, message_id))

    async def edit(self, message_id: str, text: str, mentioned: Mentioned = NOBODY) -> None:
        """Let a message of ours say something else.  Raises NoSuchMessage and NotOurs, and as `send`."""
        self._require_own(message_id)
        await self._room.send(self._contents(mentioned).edit(message_id, text))

    async def delete(self, message_id: str) -> None:
        """Take a message of ours back.  Raises NoSuchMessage, NotOurs, OutboxFull, RoomClosed."""
        self._require_own(message_id)
        await self._room.send(self._contents().retraction(message_id))

    async def react(self, message_id: str, emoji: str) -> None:
        """Put an emoji of ours under a message, once.  Raises NoSuchMessage, NoEmoji, OutboxFull, RoomClosed."""
        self._message(message_id)
        content = self._contents().reaction(message_id, emoji)
        if not self._own_reactions(message_id, emoji):
            await self._room.send(content)

    async def unreact(self, message_id: str, emoji: str) -> None:
        """Take an emoji of ours away, if it is there.  Raises NoSuchMessage, OutboxFull, RoomClosed."""
        self._message(message_id)
        for reaction in self._own_reactions(message_id, emoji):
            await self._room.send(self._contents().unreaction(message_id, reaction))

    def _follow(self, epoch: int) -> None:
        """Begin a stretch of the conversation if this is another group's epoch: there, places are counted anew."""
        before, self._epoch = self._epoch, epoch
        if epoch < before:
            self.timeline.begin_stretch()
            self.settings.begin_stretch()
        self.settings.epoch_is(epoch)

    def _note_epoch(self) -> None:
        """Let what is set lie in the present epoch; one of another group begins when its members are told."""
        if self._room.members:
            self.settings.epoch_is(self._room.epoch)

    def _contents(self, mentioned: Mentioned = NOBODY, lifetime: int | None = None) -> Contents:
        return Contents(self._room.new_salt(), self._clock(), mentioned, lifetime)

    def _own_reactions(self, message_id: str, emoji: str) -> list[str]:
        return self.timeline.reactions_of(message_id, self._room.member_id, emoji)

    def _message(self, message_id: str) -> Message:
        message = self.timeline.find(message_id)
        if not isinstance(message, Message) or message.is_deleted:
            raise NoSuchMessage("This message is not here, or was deleted.")
        return message

    def _require_own(self, message_id: str) -> None:
        if not self._message(message_id).is_own:
            raise NotOurs("Only its author can change a message.")
