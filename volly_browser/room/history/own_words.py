"""What an author can state of its own messages: which of them still stand."""

from collections.abc import Callable
from dataclasses import dataclass

from volly_browser.room.content.history import STATED_LIMIT, StatedMessage, StatedMessages, Statement, Stretch
from volly_browser.room.history.spoken import Spoken


@dataclass(frozen=True, slots=True)
class _Word:
    message_id: bytes
    lamport: int
    target: bytes | None
    over_at: float | None


class OwnWords:
    """Our latest messages, without those that we have taken back, and without those whose time is over.

    Args:
        clock: seconds of any clock that runs evenly.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._standing: dict[int, _Word] = {}
        self._first = 1
        self._sent = 0

    def take(self, spoken: Spoken) -> None:
        """Note a message that we have sent."""
        self._sent = spoken.sequence
        content = spoken.content
        if content.takes_back is not None:
            self._take_back(content.takes_back, with_what_is_about_it=content.takes_back == content.target)
            return
        over_at = spoken.over_at(self._clock())
        self._standing[spoken.sequence] = _Word(spoken.message_id, spoken.lamport, content.target, over_at)
        while len(self._standing) > STATED_LIMIT:
            earliest = next(iter(self._standing))
            del self._standing[earliest]
            self._first = earliest + 1

    def statement(self, to: bytes, asked: Stretch) -> Statement:
        """Say which of our messages in a stretch still stand."""
        now = self._clock()
        stated = tuple(
            StatedMessage(sequence, word.lamport, word.message_id)
            for sequence, word in self._standing.items()
            if asked.first <= sequence <= asked.last and (word.over_at is None or word.over_at > now)
        )
        return Statement(to, self._sent, self._first, StatedMessages(stated).encode())

    def _take_back(self, message_id: bytes, *, with_what_is_about_it: bool) -> None:
        self._standing = {
            sequence: word
            for sequence, word in self._standing.items()
            if word.message_id != message_id and not (with_what_is_about_it and word.target == message_id)
        }
