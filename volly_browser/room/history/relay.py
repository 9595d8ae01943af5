"""Decides what we tell newcomers of the past, and when: the messages that we pass on, and what we state of our own.

    | a newcomer                 | gets                      | in a visit | when                                     |
    |----------------------------|---------------------------|------------|------------------------------------------|
    | asks for what was said     | the archive, in parts     | once       | a moment after it came, so that what was |
    |                            |                           |            | under way when it was let in is there    |
    | asks which of our messages | those in the stretch that | once       | soon                                     |
    | still stand                | it asks about             |            |                                          |

A newcomer is a member that came after us.  All of them together are served at a pace: each part goes to one member
alone, so that the others have to skip its message key (`secret_tree`), and a member must not be kept busy by a crowd.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from volly_browser.room.content.history import (
    RELAYED_BYTES_LIMIT,
    Inquiry,
    Relayed,
    RelayedMessage,
    RelayedMessages,
    Statement,
    Stretch,
)
from volly_browser.room.history.archive import Archive
from volly_browser.room.history.own_words import OwnWords
from volly_browser.room.history.spoken import Spoken
from volly_browser.room.latest import Latest
from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding

NEWCOMERS_LIMIT = 64
"""Newcomers that wait for the past, and as many for a statement; the others ask another member, or go without."""

SERVED_LIMIT = 4096
"""Newcomers that are remembered as served."""

PART_PAUSE = 0.1
"""Seconds between two parts; longer in a crowd, as signs of life are: some 40 parts stand between two that all get."""

PART_RATE = 250_000
"""Bytes of parts in a second."""

MOST_SECONDS = (1 << 32) - 1
"""Seconds for which a message that is told can stay, which is for ever if it has no time of its own."""

_LENGTHS = 16
"""The most bytes of the lengths in a message and in a list of them."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a newcomer is to be told next."""

    to: bytes
    body: Relayed | Statement


class Relay(Machine):
    """Tells newcomers of the past.

    Args:
        archive: what we can pass on.
        own_words: what we can state.
        timing: how long to wait for what.
        passes_on: whether we pass anything on; what we said ourselves we state in any case, for what others pass on.
    """

    def __init__(self, archive: Archive, own_words: OwnWords, timing: Timing, *, passes_on: bool) -> None:
        self._archive = archive
        self._own_words = own_words
        self._timing = timing
        self._answers = {Relayed, Statement} if passes_on else {Statement}
        self._came: dict[bytes, float] = {}
        self._requests: dict[bytes, float] = {}
        self._inquiries: dict[bytes, Stretch] = {}
        self._me = b""
        self._parts: deque[Telling] = deque()
        self._served = Latest[tuple[type, bytes], None](SERVED_LIMIT)
        self._rest_until = 0.0
        self._crowding = 1.0

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered an epoch; those that stand behind us in the ranking came after us."""
        self._me, self._crowding = company.me, crowding(company.size)
        later = company.ranking[company.ranking.index(company.me) + 1 :]
        self._came = {member_id: self._came.get(member_id, now) for member_id in later}
        self._requests = {member_id: due for member_id, due in self._requests.items() if member_id in self._came}
        self._inquiries = {asker: asked for asker, asked in self._inquiries.items() if asker in self._came}
        self._parts = deque(part for part in self._parts if part.to in self._came)

    def group_left(self) -> None:
        """We have left the group: nobody is to be told anything."""
        self._came.clear()
        self._requests.clear()
        self._inquiries.clear()
        self._parts.clear()

    def got_request(self, member_id: bytes, now: float) -> None:
        """A member asks for what was said before it came."""
        if len(self._requests) < NEWCOMERS_LIMIT and self._take_turn(Relayed, member_id):
            self._requests[member_id] = max(now, self._came[member_id] + self._timing.relay)

    def got_inquiry(self, member_id: bytes, inquiry: Inquiry) -> None:
        """A member asks which of our messages still stand, if it asks us.  Raises ContentError."""
        if len(self._inquiries) < NEWCOMERS_LIMIT and self._take_turn(Statement, member_id):
            for stretch in inquiry.read():
                if stretch.author == self._me:
                    self._inquiries[member_id] = stretch

    def told(self, telling: Telling, now: float) -> None:
        """The network has taken what `next_telling` gave."""
        if self._parts and self._parts[0] is telling:
            self._parts.popleft()
        else:
            self._inquiries.pop(telling.to, None)
        self._rest_until = now + max(PART_PAUSE * self._crowding, len(telling.body.messages) / PART_RATE)

    # What follows

    def next_telling(self, now: float) -> Telling | None:
        """What to send now, if anything; it stays until `told` is called."""
        due = self.deadline()
        if due is None or now < due:
            return None
        for asker, asked in self._inquiries.items():
            return Telling(asker, self._own_words.statement(asker, asked))
        if not self._parts:
            newcomer = min(self._requests, key=self._requests.__getitem__)
            del self._requests[newcomer]
            self._parts.extend(Telling(newcomer, part) for part in self._parts_for(newcomer))
        return self._parts[0]

    def _parts_for(self, newcomer: bytes) -> list[Relayed]:
        return _parts(newcomer, ((spoken, self._archive.left(spoken)) for spoken in self._archive.passed_on()))

    def deadline(self) -> float | None:
        """When something is to be sent; in the past if it waits."""
        if self._inquiries or self._parts:
            return self._rest_until
        return max(self._rest_until, min(self._requests.values())) if self._requests else None

    def _take_turn(self, answer: type, member_id: bytes) -> bool:
        """Take a member's turn for this kind of answer, if it has one: each has one in a visit."""
        if answer not in self._answers or member_id not in self._came or (answer, member_id) in self._served:
            return False
        self._served[answer, member_id] = None
        return True


def _parts(to: bytes, passed_on: Iterable[tuple[Spoken, float]]) -> list[Relayed]:
    """Split an answer into parts, the last of which says so; without messages it is one that is empty."""
    *others, last = list(_lists(passed_on)) or [()]
    return [
        *(Relayed(to, False, RelayedMessages(messages).encode()) for messages in others),
        Relayed(to, True, RelayedMessages(last).encode()),
    ]


def _lists(passed_on: Iterable[tuple[Spoken, float]]) -> Iterator[tuple[RelayedMessage, ...]]:
    messages: list[RelayedMessage] = []
    size = _LENGTHS
    for spoken, left in passed_on:
        seconds = int(max(0.0, min(left, MOST_SECONDS)))
        message = RelayedMessage(spoken.sender, spoken.name, spoken.sequence, spoken.lamport, spoken.encoded, seconds)
        length = len(message.encode())
        if messages and size + length > RELAYED_BYTES_LIMIT:
            yield tuple(messages)
            messages, size = [], _LENGTHS
        messages.append(message)
        size += length
    if messages:
        yield tuple(messages)
