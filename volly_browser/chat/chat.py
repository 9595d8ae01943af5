"""One conversation: what is said in a room, kept in a timeline, and what we say.

chat = Chat(room, "Alice", time.time)
message_id = await chat.send("hello")
async for event in room.events():
    changed = chat.take(event)
"""

from collections.abc import Callable
from typing import Protocol

from volly_browser.chat.contents import Contents
from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Changed, Timeline
from volly_browser.errors import LocalError
from volly_browser.room.events import (
    FrameRefused,
    MembersChanged,
    OtherConversation,
    Problem,
    RoomEvent,
    StateChanged,
    Typing,
)
from volly_browser.room.mimi import Content

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
    def epoch(self) -> int:
        """The number of the group's epoch."""
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

    Attributes:
        timeline: what was said so far.
    """

    def __init__(self, room: ChatRoom, name: str, clock: Callable[[], float]) -> None:
        self._room = room
        self._clock = clock
        self._epoch = 0
        self.timeline = Timeline(name)

    def take(self, event: RoomEvent) -> Changed:
        """Take what happened in the room; gives the ids of what looks different in the timeline."""
        if isinstance(event, MembersChanged) and event.members:
            self._follow(self._room.epoch)
            self.timeline.heard_by(member.member_id for member in event.members if not member.is_self)
        return frozenset() if isinstance(event, _NOT_NOTED) else self.timeline.apply(event, self._clock())

    async def send(self, text: str) -> str:
        """Say something; gives the message id as soon as the message waits to be sent.

        Raises:
            ContentTooLong, OutboxFull, RoomClosed: see `Room.send`.
        """
        return await self._room.send(self._contents.text(text))

    async def reply(self, message_id: str, text: str) -> str:
        """Answer a message; as `send`.  Raises NoSuchMessage, too."""
        self._message(message_id)
        return await self._room.send(self._contents.text(text, message_id))

    async def edit(self, message_id: str, text: str) -> None:
        """Let a message of ours say something else.  Raises NoSuchMessage and NotOurs, and as `send`."""
        self._require_own(message_id)
        await self._room.send(self._contents.edit(message_id, text))

    async def delete(self, message_id: str) -> None:
        """Take a message of ours back.  Raises NoSuchMessage, NotOurs, OutboxFull, RoomClosed."""
        self._require_own(message_id)
        await self._room.send(self._contents.retraction(message_id))

    async def react(self, message_id: str, emoji: str) -> None:
        """Put an emoji of ours under a message, once.  Raises NoSuchMessage, NoEmoji, OutboxFull, RoomClosed."""
        self._message(message_id)
        content = self._contents.reaction(message_id, emoji)
        if not self._own_reactions(message_id, emoji):
            await self._room.send(content)

    async def unreact(self, message_id: str, emoji: str) -> None:
        """Take an emoji of ours away, if it is there.  Raises NoSuchMessage, OutboxFull, RoomClosed."""
        self._message(message_id)
        for reaction in self._own_reactions(message_id, emoji):
            await self._room.send(self._contents.unreaction(message_id, reaction))

    def _follow(self, epoch: int) -> None:
        """Begin a stretch of the conversation if this is another group's epoch: there, places are counted anew."""
        before, self._epoch = self._epoch, epoch
        if epoch < before:
            self.timeline.begin_stretch()

    @property
    def _contents(self) -> Contents:
        return Contents(self._room.new_salt(), self._clock())

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
