"""Counting: every sender numbers its messages, every receiver puts them in that order and notices what is missing."""

from collections import deque
from dataclasses import dataclass, field

from volly_browser.errors import LocalError
from volly_browser.room.content import Numbered
from volly_browser.room.timing import Timing

OUTBOX_LIMIT = 1000
"""Messages that may wait to be sent."""

OUTBOX_BYTES_LIMIT = 8 << 20

EARLY_LIMIT = 256
"""Messages of one sender that wait for an earlier one."""


class OutboxFull(LocalError):
    """Too much waits to be sent already."""


class Outbox:
    """Our own messages on their way into the group, in order."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._next = 1
        self._epoch: tuple[bytes, int] | None = None
        self._epoch_start = 1

    def __len__(self) -> int:
        """How many messages wait."""
        return len(self._waiting)

    def add(self, content: bytes) -> None:
        """Queue encoded content.  Raises OutboxFull."""
        if len(self._waiting) >= OUTBOX_LIMIT or self._bytes + len(content) > OUTBOX_BYTES_LIMIT:
            raise OutboxFull(f"{len(self._waiting)} messages wait to be sent already. Please wait for the connection.")
        self._waiting.append(content)
        self._bytes += len(content)

    def entered(self, group_id: bytes, epoch: int) -> None:
        """The messages that follow are sent in this epoch."""
        if self._epoch != (group_id, epoch):
            self._epoch = (group_id, epoch)
            self._epoch_start = self._next

    def first(self) -> Numbered | None:
        """The message to be sent next, or None; it stays until `sent` is called."""
        return Numbered(self._next, self._epoch_start, self._waiting[0]) if self._waiting else None

    def sent(self) -> None:
        """The first message was handed to the network."""
        self._bytes -= len(self._waiting.popleft())
        self._next += 1


@dataclass(frozen=True, slots=True)
class Arrived:
    """The next message of a sender, in its order."""

    sender: bytes
    sequence: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Missing:
    """Messages of a sender that did not come, from `first` to `last`."""

    sender: bytes
    first: int
    last: int


Delivery = Arrived | Missing


@dataclass(slots=True)
class _Sender:
    next: int
    early: dict[int, tuple[bytes, float]] = field(default_factory=dict)


class Reception:
    """The messages of the others, put in each sender's order."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._senders: dict[bytes, _Sender] = {}

    def got(self, sender: bytes, numbered: Numbered, now: float) -> list[Delivery]:
        """A message came; returns what can be shown now.  A duplicate gives nothing.

        Counting begins, for a sender not heard before, with its first message in the epoch that this one is from:
        what it sent before that was not for us.
        """
        state = self._senders.setdefault(sender, _Sender(min(numbered.epoch_start, numbered.sequence)))
        if numbered.sequence >= state.next and numbered.sequence not in state.early:
            state.early[numbered.sequence] = (numbered.content, now)
        arrived = self._arrived(sender, state)
        if len(state.early) > EARLY_LIMIT:
            arrived += self._give_up(sender, state)
        return arrived

    def tick(self, now: float) -> list[Delivery]:
        """What is to be shown because an earlier message was waited for long enough."""
        shown: list[Delivery] = []
        for sender, state in self._senders.items():
            while state.early and self._oldest(state) + self._timing.missing_message <= now:
                shown += self._give_up(sender, state)
        return shown

    def finish(self, sender: bytes) -> list[Delivery]:
        """What is to be shown because nothing more can come from a sender."""
        state = self._senders.get(sender)
        shown: list[Delivery] = []
        while state and state.early:
            shown += self._give_up(sender, state)
        return shown

    def deadline(self) -> float | None:
        """When `tick` has something to show, if nothing comes before."""
        waiting = [self._oldest(state) for state in self._senders.values() if state.early]
        return min(waiting) + self._timing.missing_message if waiting else None

    @staticmethod
    def _oldest(state: _Sender) -> float:
        return min(since for _, since in state.early.values())

    @staticmethod
    def _arrived(sender: bytes, state: _Sender) -> list[Delivery]:
        shown: list[Delivery] = []
        while state.next in state.early:
            content, _ = state.early.pop(state.next)
            shown.append(Arrived(sender, state.next, content))
            state.next += 1
        return shown

    def _give_up(self, sender: bytes, state: _Sender) -> list[Delivery]:
        missing = Missing(sender, state.next, min(state.early) - 1)
        state.next = missing.last + 1
        return [missing, *self._arrived(sender, state)]
