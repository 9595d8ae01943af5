"""Contents as pages write them, and what a room tells of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from volly_browser.room.events import MessageReceived
from volly_browser.room.mimi import PLAIN_TEXT, Content, Disposition, Part, message_id, text_content

ALICE, BOB, CAROL = (f"{number:032x}" for number in (1, 2, 3))
NAMES = {ALICE: "Alice", BOB: "Bob", CAROL: "Carol"}
NOW = 2000.0


def about(target: str, *parts: Part, answers: str | None = None, salt: int = 0) -> Content:
    """Takes the place of a message, or takes it back."""
    replaces, in_reply_to = bytes.fromhex(target), bytes.fromhex(answers) if answers else None
    return Content(salt.to_bytes(16, "big"), 0, replaces, b"", None, in_reply_to, parts)


def answering(target: str, *parts: Part, salt: int = 0) -> Content:
    return Content(salt.to_bytes(16, "big"), 0, None, b"", None, bytes.fromhex(target), parts)


def text_part(text: str) -> Part:
    return Part(Disposition.RENDER, "", PLAIN_TEXT, text.encode())


def emoji_part(emoji: str) -> Part:
    return Part(Disposition.REACTION, "", PLAIN_TEXT, emoji.encode())


@dataclass
class Talk:
    """Makes what members say, each with a count and a lamport of its own."""

    lamports: Iterator[int] = field(default_factory=lambda: count(1))
    sequences: dict[str, int] = field(default_factory=dict)

    def says(self, sender: str, text: str, content_type: str = PLAIN_TEXT) -> MessageReceived:
        return self.sends(sender, text_content(text, self._salt(), 1000.0, content_type))

    def answers(self, sender: str, target: MessageReceived, text: str) -> MessageReceived:
        return self.sends(sender, answering(target.message_id, text_part(text), salt=self._next()))

    def edits(self, sender: str, target: MessageReceived, text: str) -> MessageReceived:
        return self.sends(sender, about(target.message_id, text_part(text), salt=self._next()))

    def retracts(self, sender: str, target: MessageReceived) -> MessageReceived:
        return self.sends(sender, about(target.message_id, salt=self._next()))

    def reacts(self, sender: str, target: MessageReceived, emoji: str) -> MessageReceived:
        return self.sends(sender, answering(target.message_id, emoji_part(emoji), salt=self._next()))

    def unreacts(self, sender: str, target: MessageReceived, reaction: MessageReceived) -> MessageReceived:
        return self.sends(sender, about(reaction.message_id, answers=target.message_id, salt=self._next()))

    def sends(self, sender: str, content: Content) -> MessageReceived:
        self.sequences[sender] = self.sequences.get(sender, 0) + 1
        sent_id = message_id(bytes.fromhex(sender), "room", content.encode()).hex()
        lamport = next(self.lamports)
        return MessageReceived(
            sender, NAMES[sender], content, self.sequences[sender], 1000.0 + lamport, sent_id, lamport
        )

    def _next(self) -> int:
        return sum(self.sequences.values())

    def _salt(self) -> bytes:
        return self._next().to_bytes(16, "big")
