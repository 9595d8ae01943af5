"""A message with all that its author said of its place, as it is kept for newcomers."""

from dataclasses import dataclass, field

from volly_browser.room.mimi import Content

MESSAGE_COST = 512
"""Bytes that a message counts beside those of its content."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message that was heard from its author, or that its author has confirmed.

    Attributes:
        message_id: 32 bytes.
        sender: the member id of its author.
        name: as its author was called.
        sequence, lamport: as its author gave them.
        content: what it says.
        encoded: the same in bytes.
        left: seconds for which it stays from when we heard it; None for ever.
    """

    message_id: bytes
    sender: bytes
    name: str
    sequence: int
    lamport: int
    content: Content = field(repr=False)
    encoded: bytes = field(repr=False)
    left: float | None = None

    @property
    def order(self) -> tuple[int, bytes, int, bytes]:
        """The same for all."""
        return self.lamport, self.sender, self.sequence, self.message_id

    @property
    def cost(self) -> int:
        """Bytes that it counts."""
        return len(self.encoded) + MESSAGE_COST

    def over_at(self, heard_at: float) -> float | None:
        """When it is to be forgotten, by the clock by which it was heard; None if never."""
        return None if self.left is None else heard_at + self.left
