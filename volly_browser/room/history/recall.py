"""Decides which members a newcomer asks for what was said before it came, and what it takes of the answers.

    | state     | does                                                      | until                                  |
    |-----------|-----------------------------------------------------------|----------------------------------------|
    | idle      | nothing                                                   | it enters a group with others before it|
    | asking    | asks one of those at a time, first the one that let it in | one has answered, or a few have not    |
    | inquiring | asks the authors that are there which of these messages   | all have answered, or a while passed   |
    |           | still stand                                               |                                        |
    | done      | nothing                                                   | the visit ends                         |

Nothing of it is shown before, so that each message is shown once, with its verdict (see `verdict`).  A relayer that
breaks a rule is not believed in anything, and the next one is asked.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto

from volly_browser.room import labels
from volly_browser.room.content.content import LAMPORT_LIMIT, SEQUENCE_LIMIT
from volly_browser.room.content.history import (
    Inquiry,
    Relayed,
    RelayedMessage,
    StatedMessage,
    Statement,
    Stretch,
    Stretches,
)
from volly_browser.room.history.archive import HISTORY_BYTES_LIMIT, RELATED_LIMIT
from volly_browser.room.history.spoken import Spoken
from volly_browser.room.history.verdict import Verdict, Word
from volly_browser.room.identity.names import clean_name
from volly_browser.room.machine import Company, Machine
from volly_browser.room.mimi import CONTENT_LIMIT, ContentError, message_id, read_content
from volly_browser.room.timing import Timing, crowding

RELAYERS_LIMIT = 4
"""Members that are asked for what was said before, one after the other."""


class _State(Enum):
    IDLE = auto()
    ASKING = auto()
    INQUIRING = auto()
    DONE = auto()


@dataclass(frozen=True, slots=True)
class Judged:
    """A message from before we came.

    Attributes:
        spoken: the message.
        by: the member that has passed it on.
        is_confirmed: whether its author says that it stands.
    """

    spoken: Spoken
    by: bytes
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking.

    Attributes:
        judged: what is to be shown, each message before what was said about it.
        contradictions: members that passed something on as another's, and the authors that say that it is not theirs.
    """

    judged: tuple[Judged, ...]
    contradictions: tuple[tuple[bytes, bytes], ...]


@dataclass(slots=True)
class _Answer:
    """What one member has passed on so far."""

    messages: dict[bytes, Spoken] = field(default_factory=dict)
    texts: int = 0
    cost: int = 0


class Recall(Machine):
    """Asks for what was said before we came, once in a visit.

    Args:
        room_id: goes into the message ids.
        limit: of messages in this room; 0 asks nobody.
        timing: how long to wait for what.
    """

    def __init__(self, room_id: str, limit: int, timing: Timing) -> None:
        self._room_id = room_id
        self._limit = limit
        self._timing = timing
        self._state = _State.IDLE
        self._company = Company(b"", 0, b"", (b"",))
        self._elders: list[bytes] = []
        self._asked: list[bytes] = []
        self._disbelieved: set[bytes] = set()
        self._answers: dict[bytes, _Answer] = {}
        self._inquiry: Inquiry | None = None
        self._awaited: set[bytes] = set()
        self._words: dict[bytes, Word] = {}
        self._due = self._end = 0.0

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered an epoch; if it is one of another group, then with those that were there before us."""
        is_new, self._company = company.group_id != self._company.group_id, company
        if is_new and self._state is _State.IDLE and self._limit:
            before_us = company.ranking[: company.ranking.index(company.me)]
            self._elders = [elder for elder in before_us if elder not in self._asked]  # each answers once
            if self._elders:
                self._state, self._due = _State.ASKING, now
                self._end = now + self._timing.recall_at_most * crowding(company.size)
        self._without_those_that_have_gone(now)

    def let_in_by(self, member_id: bytes) -> None:
        """This member has let us in: it is there, and we know how to reach it."""
        if member_id in self._elders:
            self._elders.remove(member_id)
            self._elders.insert(0, member_id)

    def group_left(self) -> None:
        """We have left the group: no author can be asked any more."""
        self._company = Company(b"", 0, self._company.me, (self._company.me,))
        self._elders = []
        self._awaited.clear()
        if self._state is _State.ASKING:
            self._state = _State.INQUIRING if self._answers else _State.IDLE

    def asked(self, member_id: bytes, now: float) -> None:
        """We have asked a member for what was said before."""
        self._elders.remove(member_id)
        self._asked.append(member_id)
        self._due = now + self._patience

    def got_relayed(self, member_id: bytes, relayed: Relayed, now: float) -> None:
        """Take a part of a member's answer.  Raises ContentError if it breaks a rule: then nothing of it is taken."""
        if self._state is not _State.ASKING or member_id not in self._asked or member_id in self._disbelieved:
            return
        answer = self._answers.setdefault(member_id, _Answer())
        try:
            for message in relayed.read():
                self._add(answer, message)
        except ContentError:
            self._disbelieve(member_id, now)
            raise
        self._due = now + self._patience
        if relayed.is_last:
            self._inquire(now)

    def inquired(self) -> None:
        """We have asked the authors which of their messages still stand."""
        self._inquiry = None

    def got_statement(self, author: bytes, statement: Statement) -> None:
        """Take an author's word.  Raises ContentError if it is malformed: then it has said nothing."""
        if self._state is _State.INQUIRING and author in self._awaited:
            self._awaited.discard(author)
            self._words[author] = Word.of(statement, statement.read())

    def tick(self, now: float) -> None:
        """Let time pass."""
        is_over = now >= self._end or (now >= self._due and not self._may_ask)  # parts are not waited for without end
        if self._state is _State.ASKING and is_over:
            self._inquire(now)

    # What follows

    def member_to_ask(self, reachable: Collection[bytes], now: float) -> bytes | None:
        """The member to ask now for what was said before."""
        if self._state is not _State.ASKING or now < self._due or not self._may_ask:
            return None
        return next((elder for elder in self._elders if elder in reachable), None)

    @property
    def inquiry(self) -> Inquiry | None:
        """What to ask the authors now."""
        return self._inquiry

    def take_outcome(self, now: float) -> Outcome | None:
        """What came of it, once, as soon as nothing more is waited for."""
        if self._state is not _State.INQUIRING or (self._awaited and now < self._due):
            return None
        self._state = _State.DONE
        outcome = self._judge()
        self._answers.clear()
        self._words.clear()
        self._inquiry = None
        return outcome

    def deadline(self, now: float) -> float | None:
        """When there is something to do, if nothing comes before."""
        if self._state is _State.ASKING:
            return self._due if now < self._due else self._end
        if self._state is _State.INQUIRING:
            return now if self._inquiry or not self._awaited else self._due
        return None

    # What is passed on

    def _add(self, answer: _Answer, message: RelayedMessage) -> None:
        spoken = self._read(message)
        if spoken.message_id in answer.messages or spoken.sender == self._company.me:
            return
        if spoken.left == 0 or spoken.content.is_setting:  # its time is over; or no message
            return
        answer.messages[spoken.message_id] = spoken
        answer.texts += spoken.content.target is None
        answer.cost += spoken.cost
        related = len(answer.messages) - answer.texts
        if answer.texts > self._limit or related > RELATED_LIMIT or answer.cost > HISTORY_BYTES_LIMIT:
            raise ContentError("A member passes on more than this room allows.")

    def _read(self, message: RelayedMessage) -> Spoken:
        """Read a message that was passed on.  Raises ContentError if no author can have sent it."""
        is_placed = 1 <= message.sequence <= SEQUENCE_LIMIT and message.lamport <= LAMPORT_LIMIT
        if not is_placed or len(message.content) > CONTENT_LIMIT:
            raise ContentError("A member passes on a message that nobody can have sent.")
        content = read_content(message.content)
        if content.takes_back is not None or len((content.text or "").encode()) > labels.TEXT_BYTES_LIMIT:
            raise ContentError("A member passes on what cannot be passed on.")
        known_as = message_id(message.sender, self._room_id, message.content)
        name = clean_name(message.name)
        lifetime = content.lifetime
        left = None if lifetime is None else min(lifetime, message.left)
        return Spoken(known_as, message.sender, name, message.sequence, message.lamport, content, message.content, left)

    def _disbelieve(self, member_id: bytes, now: float) -> None:
        """Take nothing of a member that breaks a rule, and ask the next one."""
        self._disbelieved.add(member_id)
        del self._answers[member_id]
        self._due = now

    # What the authors say

    def _inquire(self, now: float) -> None:
        """Ask the authors that are there, but for what each has passed on itself."""
        self._state, self._due = _State.INQUIRING, now + self._timing.inquiry * crowding(self._company.size)
        sequences: dict[bytes, list[int]] = {}
        for by, spoken in self._passed_on():
            if spoken.sender != by and spoken.sender in self._company.others:
                sequences.setdefault(spoken.sender, []).append(spoken.sequence)
        self._awaited = set(sequences)
        if sequences:
            stretches = (Stretch(author, min(numbers), max(numbers)) for author, numbers in sorted(sequences.items()))
            self._inquiry = Inquiry(Stretches(tuple(stretches)).encode())

    def _judge(self) -> Outcome:
        judged: dict[bytes, Judged] = {}
        contradictions: dict[tuple[bytes, bytes], None] = {}
        taken: set[tuple[bytes, int]] = set()
        for by, spoken in sorted(
            self._passed_on(), key=lambda each: (each[1].content.target is not None, each[1].order)
        ):
            verdict = self._verdict(by, spoken)
            if verdict is Verdict.CONTRADICTED:
                contradictions[by, spoken.sender] = None
            is_shown = verdict in (Verdict.CONFIRMED, Verdict.UNCONFIRMED)
            if is_shown and (spoken.sender, spoken.sequence) not in taken:
                taken.add((spoken.sender, spoken.sequence))
                judged[spoken.message_id] = Judged(spoken, by, verdict is Verdict.CONFIRMED)
        return Outcome(tuple(judged.values()), tuple(contradictions))

    def _verdict(self, by: bytes, spoken: Spoken) -> Verdict:
        if spoken.sender == by:
            return Verdict.CONFIRMED
        word = self._words.get(spoken.sender)
        if word is None:
            return Verdict.UNCONFIRMED
        return word.on(StatedMessage(spoken.sequence, spoken.lamport, spoken.message_id))

    def _passed_on(self) -> list[tuple[bytes, Spoken]]:
        return [(by, spoken) for by, answer in self._answers.items() for spoken in answer.messages.values()]

    # How it stands

    @property
    def _patience(self) -> float:
        return self._timing.recall * crowding(self._company.size)

    @property
    def _may_ask(self) -> bool:
        return bool(self._elders) and len(self._asked) < RELAYERS_LIMIT

    def _without_those_that_have_gone(self, now: float) -> None:
        others = self._company.others
        self._elders = [elder for elder in self._elders if elder in others]
        self._awaited &= others
        if self._state is _State.ASKING and self._asked and self._asked[-1] not in others:
            self._due = min(self._due, now)
