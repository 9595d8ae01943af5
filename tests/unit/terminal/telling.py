"""A story over a room in which everything happens when the test says so."""

from collections.abc import Iterator, Sequence
from itertools import count

from tests.unit.ui.fake_room import ALICE, BOB, CAROL, FakeRoom
from volly_browser.chat.chat import Chat
from volly_browser.chat.contents import Contents
from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Changed
from volly_browser.room.events import (
    HistoryReceived,
    MembersChanged,
    MessageDelivered,
    MessageQueued,
    MessageReceived,
    MessageSent,
    RelayedMessage,
    RoomEvent,
    RoomMember,
    RoomState,
    StateChanged,
)
from volly_browser.room.mimi import Content
from volly_browser.terminal.lines import Line, Lines
from volly_browser.terminal.story import Story

NOW = 1_700_000_000.0


class Telling:
    """Alice's story; Bob is in the room, or others."""

    def __init__(self, others: Sequence[RoomMember] = (BOB,), policy: str = "hybrid", history: int = 0) -> None:
        self.room = FakeRoom()
        self.now = 0.0
        self.chat = Chat(self.room, "Alice", lambda: NOW + self.now)
        self.story = Story(self.room, self.chat, policy, lambda: NOW + self.now, lambda: self.now, history=history)
        self.lines = Lines(self.story)
        self._ids = (f"{number:064x}" for number in count(1))
        self._lamports = count(1)
        self.is_in(RoomState.JOINED)
        self.members(*others)

    def happens(self, event: RoomEvent) -> Changed:
        return self.story.take(event)

    def is_in(self, state: RoomState, sentence: str = "So it is.") -> Changed:
        self.room.state = state
        return self.happens(StateChanged(state, sentence))

    def members(self, *others: RoomMember) -> Changed:
        self.room.members = (ALICE, *others)
        self.room.epoch += 1
        return self.happens(MembersChanged(self.room.members, self.room.epoch))

    def hears(self, text: str, member: RoomMember = BOB, reply_to: str | None = None, sent_at: float = NOW) -> str:
        return self.receives(self.contents.text(text, reply_to), member, sent_at)

    def receives(self, content: Content, member: RoomMember = BOB, sent_at: float = NOW) -> str:
        message_id, lamport = next(self._ids), next(self._lamports)
        self.happens(MessageReceived(member.member_id, member.name, content, lamport, sent_at, message_id, lamport))
        return message_id

    def is_told(self, content: Content, sender: RoomMember, by: RoomMember = BOB, *, is_confirmed: bool = False) -> str:
        """Bob tells of a message from before Alice came, or another does."""
        message_id, lamport = next(self._ids), next(self._lamports)
        said = MessageReceived(sender.member_id, sender.name, content, lamport, NOW, message_id, lamport)
        self.happens(HistoryReceived((RelayedMessage(said, by.member_id, by.name, is_confirmed),)))
        return message_id

    def writes(self, text: str) -> str:
        message_id = next(self._ids)
        self.happens(MessageQueued(message_id, ALICE.member_id, self.contents.text(text)))
        return message_id

    def sends(self, message_id: str, received: int = 0, recipients: int = 1) -> None:
        self.happens(MessageSent(message_id, next(self._lamports)))
        if received:
            self.happens(MessageDelivered(message_id, received, recipients))

    @property
    def contents(self) -> Contents:
        return Contents(bytes(16), NOW)

    def message(self, message_id: str) -> Message:
        message = self.story.timeline.find(message_id)
        assert isinstance(message, Message)
        return message

    def drawn(self, width: int = 80) -> list[str]:
        """All lines, without those that name a day."""
        return [line for line in self._all(width) if not line.startswith("──")]

    def _all(self, width: int) -> Iterator[str]:
        before = None
        for entry in self.story.timeline:
            yield from map(text_of, self.lines.of(entry, before, width))
            before = entry


def text_of(line: Line) -> str:
    return "".join(piece.text for piece in line)


__all__ = ["ALICE", "BOB", "CAROL", "NOW", "Telling", "text_of"]
