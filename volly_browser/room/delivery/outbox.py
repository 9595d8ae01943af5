"""Our own messages: queued, handed to the network, and kept until all their recipients have them.

LiveKit's "reliable" is no delivery, so a message counts as received when its recipient acknowledges it.  Rule:
everything that decides whether a message is sent again is in this file.

    | a message is | because                                                                  |
    |--------------|--------------------------------------------------------------------------|
    | sent again   | a receipt that came a while after its last sending does not have it, and  |
    |              | its author has not asked for too much already                             |
    | kept         | a recipient, present or not, has not acknowledged it                      |
    | given up     | too much is kept, or those that lack it have been gone for long           |

A newcomer is told the first message that it counts (`Base`), until it does.
"""

from collections import deque
from dataclasses import dataclass, field

from volly_browser.errors import LocalError
from volly_browser.room.content.content import SPANS_LIMIT, Base, Have, Numbered
from volly_browser.room.delivery.chains import START, next_chain
from volly_browser.room.delivery.lamports import LamportClock
from volly_browser.room.delivery.resends import ResendBudget
from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing

OUTBOX_LIMIT = 1000
"""Messages that can wait to be sent, and as many that can wait to be acknowledged."""

OUTBOX_BYTES_LIMIT = 8 << 20

RESENDS_AT_ONCE = 16
"""Messages that are sent again before the next event is taken from the network."""


class OutboxFull(LocalError):
    """Too many messages or bytes wait to be sent already."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a message's recipients have it now."""

    sequence: int
    received: int
    recipients: int


@dataclass(frozen=True, slots=True)
class Resend:
    """A message that at least one of these members lacks, and the others have not acknowledged."""

    numbered: Numbered
    members: tuple[bytes, ...]


@dataclass(slots=True)
class _Kept:
    content: bytes = field(repr=False)
    lamport: int
    previous: bytes
    recipients: frozenset[bytes]
    awaited: set[bytes]
    wanted: set[bytes]
    last_sent: float
    received: int = 0


class Outbox(Machine):
    """One member's messages, in order.

    Args:
        timing: how long to wait for what.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._kept: dict[int, _Kept] = {}
        self._kept_bytes = 0
        self._lacked: set[int] = set()
        self._next = 1
        self._chain = START
        self._clock = LamportClock()
        self._next_lamport: int | None = None  # of the first that waits, after the first attempt to send it
        self._before = 0
        self._me = b""
        self._present: frozenset[bytes] = frozenset()
        self._gone: dict[bytes, float] = {}
        self._bases: dict[bytes, int] = {}
        self._budgets: dict[bytes, ResendBudget] = {}

    def __len__(self) -> int:
        """The number of messages that wait to be sent."""
        return len(self._waiting)

    @property
    def last(self) -> int:
        """The sequence of the latest message that was sent; 0 if there is none."""
        return self._next - 1

    @property
    def possibly_sent(self) -> int:
        """The sequence of the latest message that was handed to the network: one that failed has possibly arrived."""
        return self._next if self._next_lamport else self.last

    @property
    def before(self) -> int:
        """The sequence of the latest message that was handed over when our epoch began."""
        return self._before

    @property
    def bases(self) -> tuple[Base, ...]:
        """The bases of the members that have not confirmed them yet."""
        return tuple(Base(member_id, sequence) for member_id, sequence in sorted(self._bases.items()))

    @property
    def can_send(self) -> bool:
        """Whether a message waits, and another member is there to read it."""
        return bool(self._waiting and self._present)

    @property
    def is_settled(self) -> bool:
        """Whether no message waits for present members, and they have all that were for them."""
        return not self.can_send and self.unacknowledged_since is None

    @property
    def unacknowledged_since(self) -> float | None:
        """When the latest message was sent that a present member has not acknowledged; None if there is none."""
        times = [kept.last_sent for kept in self._kept.values() if kept.awaited & self._present]
        return max(times, default=None)

    # Facts

    def add(self, content: bytes) -> None:
        """Queue encoded content.  Raises OutboxFull."""
        if len(self._waiting) >= OUTBOX_LIMIT or self._waiting_bytes + len(content) > OUTBOX_BYTES_LIMIT:
            raise OutboxFull(f"{len(self._waiting)} messages wait to be sent already. Please wait for the connection.")
        self._waiting.append(content)
        self._waiting_bytes += len(content)

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered an epoch with these members."""
        before, self._present = self._present, company.others
        self._me = company.me
        self._before = self.possibly_sent
        self._clock.epoch_entered(company.epoch)
        for member_id in self._present - before:
            self._gone.pop(member_id, None)
            self._bases[member_id] = self._first_for(member_id, 1)
        for member_id in before - self._present:
            self._gone[member_id] = now
            self._bases.pop(member_id, None)

    def sent(self, now: float) -> Numbered:
        """The network has taken the first message; return it."""
        numbered = self._numbered()
        self._waiting.popleft()
        content, sequence, previous = numbered.content, numbered.sequence, numbered.previous
        self._chain = next_chain(previous, sequence, numbered.lamport, content)
        self._next_lamport = None
        self._waiting_bytes -= len(content)
        self._next += 1
        if self._present:
            self._kept[sequence] = _Kept(
                content, numbered.lamport, previous, self._present, set(self._present), set(), now
            )
            self._kept_bytes += len(content)
            self._make_room()
        return numbered

    def acknowledged(self, member_id: bytes, have: Have, now: float) -> list[Progress]:
        """Note what a member has of our messages; return the progress of each."""
        progress = []
        for sequence, kept in list(self._kept.items()):
            if member_id not in kept.awaited:
                continue
            if _has(have, sequence):
                progress.append(self._received(sequence, kept, member_id))
            elif now - kept.last_sent >= self._timing.resend_after and self._charged(member_id, kept, now):
                kept.wanted.add(member_id)
                self._lacked.add(sequence)
        self._set_base(member_id, have.next)
        return progress

    def read(self, sender: bytes, lamport: int) -> None:
        """A message of another member came; our later ones come after it."""
        self._clock.saw(sender, lamport)

    def has_base_for(self, member_id: bytes) -> bool:
        """Whether a member has still to learn the first message that it counts."""
        return member_id in self._bases

    def tick(self, now: float) -> None:
        """Drop what is kept for members that have been gone for long."""
        for member_id, since in list(self._gone.items()):
            if now - since >= self._timing.forget_gone:
                del self._gone[member_id]
                self._budgets.pop(member_id, None)
                self._give_up_on(member_id)

    # What follows

    def first(self) -> Numbered | None:
        """Return the message to send next, if a member is there to read it; it stays until `sent` is called."""
        return self._numbered() if self.can_send else None

    def next_resend(self) -> Resend | None:
        """Return the first message that a present member lacks; it stays until `resent` is called."""
        for sequence in sorted(self._lacked):
            kept = self._kept[sequence]
            if kept.wanted & self._present:
                # all that have not acknowledged it possibly lack it
                members = sorted(kept.awaited & self._present)
                newcomers = tuple(sorted(self._present - kept.recipients))
                again = Numbered(
                    sequence, kept.lamport, kept.previous, self.bases, kept.content, newcomers, self._before
                )
                return Resend(again, tuple(members))
        return None

    def resent(self, resend: Resend, now: float) -> None:
        """The network has taken a message again."""
        kept = self._kept[resend.numbered.sequence]
        kept.wanted.clear()
        self._lacked.discard(resend.numbered.sequence)
        kept.last_sent = now

    def _numbered(self) -> Numbered:
        """Number the first message that waits."""
        if self._next_lamport is None:  # the same for every attempt
            self._next_lamport = self._clock.next
            self._clock.saw(self._me, self._next_lamport)
        content, lamport = self._waiting[0], self._next_lamport
        return Numbered(self._next, lamport, self._chain, self.bases, content, before=self._before)

    def _charged(self, member_id: bytes, kept: _Kept, now: float) -> bool:
        """Charge a member for a message that it asks for, once until it is sent; return whether it can have it."""
        if member_id in kept.wanted:
            return True
        return self._budgets.setdefault(member_id, ResendBudget()).take(kept.content, now)

    def _received(self, sequence: int, kept: _Kept, member_id: bytes) -> Progress:
        kept.awaited.discard(member_id)
        kept.wanted.discard(member_id)
        kept.received += 1
        if not kept.awaited:
            self._drop(sequence)
        return Progress(sequence, kept.received, len(kept.recipients))

    def _set_base(self, member_id: bytes, waits_for: int) -> None:
        """Give a member a new base if the message that it waits for is not kept any more."""
        base = self._first_for(member_id, waits_for)
        if member_id in self._present and waits_for < base:
            self._bases[member_id] = base
        else:
            self._bases.pop(member_id, None)

    def _first_for(self, member_id: bytes, lowest: int) -> int:
        """Return the first message, from `lowest` on, that a member still has to get."""
        kept = (number for number, kept in self._kept.items() if number >= lowest and member_id in kept.awaited)
        return next(kept, max(self._next, lowest))

    def _make_room(self) -> None:
        """Drop the oldest messages if too many are kept, and let the members that lack them see the gap."""
        while len(self._kept) > OUTBOX_LIMIT or self._kept_bytes > OUTBOX_BYTES_LIMIT:
            oldest = next(iter(self._kept))
            lacking = self._kept[oldest].awaited & self._present
            self._drop(oldest)
            for member_id in lacking:
                self._bases[member_id] = self._first_for(member_id, oldest)

    def _give_up_on(self, member_id: bytes) -> None:
        for sequence, kept in list(self._kept.items()):
            kept.awaited.discard(member_id)
            if not kept.awaited:
                self._drop(sequence)

    def _drop(self, sequence: int) -> None:
        self._kept_bytes -= len(self._kept.pop(sequence).content)
        self._lacked.discard(sequence)


def _has(have: Have, sequence: int) -> bool:
    spans = have.beyond[:SPANS_LIMIT]
    return sequence < have.next or any(span.first <= sequence <= span.last for span in spans)
