"""The messages of other members: sorted by each sender's order, shown once, and known if they are missing.

Rule: everything that decides when a message is shown, and when one is given up, is in this file.  A gap waits for its
sender to fill it, for as long as the sender is there.

    | a gap is shown if its sender    | and then                                                       |
    |---------------------------------|----------------------------------------------------------------|
    | says that it cannot be filled   | is given up                                                    |
    | has been gone for a while       | is filled late if the sender comes back                        |
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from volly_browser.room.content.content import (
    SEQUENCE_LIMIT,
    SPANS_LIMIT,
    Base,
    Beginning,
    Have,
    Numbered,
    Receipt,
    Span,
)
from volly_browser.room.delivery.chains import Chain, next_chain
from volly_browser.room.machine import Company, Machine
from volly_browser.room.mimi import ContentError
from volly_browser.room.timing import Timing

EARLY_LIMIT = 256
"""Messages of one sender that wait for an earlier one, and gaps that were shown; beyond, messages are not taken and
will be sent again."""

EARLY_BYTES_LIMIT = 512 << 10
"""Bytes of one sender's messages that wait for an earlier one."""

GONE_LIMIT = 256
"""Members that have gone, the latest, whose messages are counted on if they come back; others are counted anew."""

ALL_EARLY_BYTES_LIMIT = 8 << 20
"""Bytes of all senders' messages that wait for an earlier one."""

BEGINNINGS_LIMIT = 8
"""Epochs back to which is compared how many messages a sender had sent when they began."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """The next message of a sender, in the sender's order."""

    sender: bytes
    numbered: Numbered

    @property
    def sequence(self) -> int:
        """The sender's count."""
        return self.numbered.sequence

    @property
    def content(self) -> bytes:
        """The encoded Content."""
        return self.numbered.content


@dataclass(frozen=True, slots=True)
class Missing:
    """Messages of a sender that will not come, from `first` to `last`."""

    sender: bytes
    first: int
    last: int


ReceptionEvent = Arrived | Missing


@dataclass(slots=True)
class _Sender:
    """What is known of one sender's messages.

    Attributes:
        next: the sequence to show next; 0 until we know our base.
        sent: the latest sequence that the sender is known to have sent.
        early: the messages that wait for an earlier one, by sequence.
        passed: the gaps that were shown while the sender was gone, in order.
        gone_since: when it left the group.
        chain: of its messages that were read.
        read: the latest of these.
        beginnings: how many messages it had sent when each epoch began, as it says.
    """

    next: int = 0
    sent: int = 0
    early: dict[int, Numbered] = field(default_factory=dict)
    passed: list[Span] = field(default_factory=list)
    gone_since: float | None = None
    chain: Chain = field(default_factory=Chain)
    read: int = 0
    beginnings: dict[int, int] = field(default_factory=dict)

    @property
    def early_bytes(self) -> int:
        return sum(len(numbered.content) for numbered in self.early.values())

    @property
    def is_full(self) -> bool:
        too_many = len(self.early) + len(self.passed) >= EARLY_LIMIT
        return too_many or self.early_bytes >= EARLY_BYTES_LIMIT

    @property
    def lacks(self) -> bool:
        return bool(self.early or self.passed) or (self.next or 1) <= self.sent

    def have(self, member_id: bytes) -> Have:
        """Return what we have, without passed gaps, or the sender would think that they have arrived."""
        beginning = max(self.beginnings.items(), default=None)
        said = None if beginning is None else Beginning(*beginning)
        following, beyond = self._arrived
        return Have(member_id, following, self.chain.after(self.read), beyond, self.read, said)

    @property
    def _arrived(self) -> tuple[int, tuple[Span, ...]]:
        """The first message that has not arrived, and spans of later ones that have."""
        if not self.passed:
            return self.next, _spans(self.early)
        starts = [span.last + 1 for span in self.passed]
        stops = [*(span.first for span in self.passed[1:]), self.next]
        between = [Span(start, stop - 1) for start, stop in zip(starts, stops, strict=True) if start < stop]
        return self.passed[0].first, (*between, *_spans(self.early))[:SPANS_LIMIT]

    def fill(self, sequence: int) -> bool:
        """Take a sequence out of the passed gaps; return whether it was in one."""
        at = next((at for at, span in enumerate(self.passed) if span.first <= sequence <= span.last), None)
        if at is None:
            return False
        both = Span(self.passed[at].first, sequence - 1), Span(sequence + 1, self.passed[at].last)
        left = [span for span in both if span.first <= span.last]
        if len(left) == len(both) and self.is_full:
            return False
        self.passed[at : at + 1] = left
        return True

    def cannot_fill_before(self, base: int) -> None:
        """Drop the passed gaps before a base: they will not be filled any more."""
        self.passed = [Span(max(span.first, base), span.last) for span in self.passed if span.last >= base]


class Reception(Machine):
    """The messages of all others.

    Args:
        timing: how long to wait for what.
        member_id: ours.
    """

    def __init__(self, timing: Timing, member_id: bytes) -> None:
        self._timing = timing
        self._me = member_id
        self._present: frozenset[bytes] = frozenset()
        self._senders: dict[bytes, _Sender] = {}

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered an epoch with these members."""
        self._present = company.others
        for member_id, sender in self._senders.items():
            if member_id in self._present:
                sender.gone_since = None
            elif sender.gone_since is None:
                sender.gone_since = now
        self._forget_long_gone()

    def group_left(self) -> None:
        """We have left the group, or a branch of it; the next one has other epochs, possibly with the same numbers."""
        for sender in self._senders.values():
            sender.beginnings.clear()

    def got(self, member_id: bytes, numbered: Numbered, now: float) -> list[ReceptionEvent]:
        """Take a message; return what can be shown now, nothing for a duplicate.  Raises ContentError."""
        _check_counts(numbered.sequence, 1, numbered.before, numbered.bases)
        sender = self._sender(member_id, now)
        shown = self._count_from(member_id, sender, numbered)
        sender.sent = max(sender.sent, numbered.sequence, numbered.before)
        if self._me in numbered.newcomers:
            return shown  # a server can deliver it to members that it was not addressed to
        if sender.fill(numbered.sequence):
            return [*shown, Arrived(member_id, numbered)]
        fits = numbered.sequence == sender.next or not (sender.is_full or self._is_full)
        if numbered.sequence >= sender.next and fits:
            sender.early.setdefault(numbered.sequence, numbered)
        return shown + self._arrived(member_id, sender)

    def took(self, arrived: Arrived) -> bool:
        """A message was shown; return whether the chain that it carries is the one that we have."""
        numbered, sender = arrived.numbered, self._senders[arrived.sender]
        sender.read = max(sender.read, numbered.sequence)
        return sender.chain.took(numbered.sequence, numbered.previous, chain_after(numbered))

    def began(self, member_id: bytes, beginning: Beginning) -> bool:
        """Note how many messages a member says it had sent when an epoch began; return whether it always says so."""
        sender = self._senders[member_id]
        known = sender.beginnings.setdefault(beginning.epoch, beginning.before)
        if len(sender.beginnings) > BEGINNINGS_LIMIT:
            del sender.beginnings[min(sender.beginnings)]
        return known == beginning.before

    def told(self, member_id: bytes, receipt: Receipt, now: float) -> list[ReceptionEvent]:
        """Take how many messages a member says that it has sent; return what can be shown now.  Raises ContentError."""
        _check_counts(receipt.sent, 0, receipt.before, receipt.bases)
        sender = self._sender(member_id, now)
        shown = self._count_from(member_id, sender, receipt)
        sender.sent = max(sender.sent, receipt.sent, receipt.before)
        return shown + self._arrived(member_id, sender)

    def tick(self, now: float) -> list[ReceptionEvent]:
        """Return what can be shown now because its sender has been gone for too long to fill the gap before it."""
        shown: list[ReceptionEvent] = []
        for member_id, sender in self._senders.items():
            if sender.gone_since is not None and now >= sender.gone_since + self._timing.gone_sender:
                shown += self._pass_gaps(member_id, sender)
        return shown

    def _forget_long_gone(self) -> None:
        """Forget the members that have been gone for longest, but for those of which something is still to be shown."""
        gone = {key: sender.gone_since for key, sender in self._senders.items() if not sender.early}
        for member_id, _ in sorted(
            ((key, since) for key, since in gone.items() if since is not None), key=lambda item: item[1]
        )[:-GONE_LIMIT]:
            del self._senders[member_id]

    # What follows

    def contradicts(self, member_id: bytes, sequence: int, chain: bytes) -> bool:
        """Whether this chain contradicts what we have read of a member up to a message."""
        sender = self._senders.get(member_id)
        return sender is not None and sequence > 0 and not sender.chain.agrees(sequence, chain)

    def differs(self, have: Have) -> bool:
        """Whether another member was told otherwise by a member than we, as it says."""
        sender, said = self._senders.get(have.member_id), have.beginning
        if sender and said and sender.beginnings.get(said.epoch, said.before) != said.before:
            return True
        return self.contradicts(have.member_id, have.read, have.chain)

    @property
    def _is_full(self) -> bool:
        return sum(sender.early_bytes for sender in self._senders.values()) >= ALL_EARLY_BYTES_LIMIT

    @property
    def lacks(self) -> bool:
        """Whether we know of a missing message of a member that is there."""
        return any(sender.lacks for sender in self._senders.values() if sender.gone_since is None)

    def lacks_of(self, member_id: bytes) -> bool:
        """Whether we know of a missing message of this member."""
        sender = self._senders.get(member_id)
        return sender is not None and sender.lacks

    @property
    def haves(self) -> tuple[Have, ...]:
        """What we have of each member that is there."""
        present = ((key, sender) for key, sender in self._senders.items() if sender.gone_since is None)
        return tuple(sender.have(member_id) for member_id, sender in present)

    def deadline(self) -> float | None:
        """Return when `tick` has something to show, if nothing comes before."""
        gone = [sender.gone_since for sender in self._senders.values() if sender.early]
        since = min((time for time in gone if time is not None), default=None)
        return None if since is None else since + self._timing.gone_sender

    def _sender(self, member_id: bytes, now: float) -> _Sender:
        gone_since = None if member_id in self._present else now
        return self._senders.setdefault(member_id, _Sender(gone_since=gone_since))

    def _count_from(self, member_id: bytes, sender: _Sender, said: Numbered | Receipt) -> list[ReceptionEvent]:
        """Take our base if the sender names it; return what can be shown now."""
        base = next((base.sequence for base in said.bases if base.member_id == self._me), 0)
        sender.cannot_fill_before(base)
        if base <= sender.next:
            return []
        if sender.next == 0:
            sender.next = min(base, said.before + 1)  # what is said in an epoch is for all its members, so for us
            sender.early = {number: early for number, early in sender.early.items() if number >= sender.next}
        return self._skip_to(member_id, sender, base)

    def _pass_gaps(self, member_id: bytes, sender: _Sender) -> list[ReceptionEvent]:
        """Show all that waits, with its gaps, which can still be filled."""
        shown: list[ReceptionEvent] = []
        while sender.early:
            shown += self._skip_to(member_id, sender, min(sender.early))
        sender.passed += [Span(delivery.first, delivery.last) for delivery in shown if isinstance(delivery, Missing)]
        return shown

    def _skip_to(self, member_id: bytes, sender: _Sender, sequence: int) -> list[ReceptionEvent]:
        """Show everything before `sequence`, with its gaps."""
        shown: list[ReceptionEvent] = []
        sender.next = sender.next or min(sender.early, default=sequence)
        while sender.next < sequence:
            stop = min([sequence, *sender.early])
            if stop > sender.next:
                shown.append(Missing(member_id, sender.next, stop - 1))
                sender.next = stop
            shown += self._arrived(member_id, sender)
        return shown + self._arrived(member_id, sender)

    @staticmethod
    def _arrived(member_id: bytes, sender: _Sender) -> list[ReceptionEvent]:
        shown: list[ReceptionEvent] = []
        while sender.next in sender.early:
            shown.append(Arrived(member_id, sender.early.pop(sender.next)))
            sender.next += 1
        return shown


def chain_after(numbered: Numbered) -> bytes:
    """Compute the sender's chain after a message."""
    return next_chain(numbered.previous, numbered.sequence, numbered.lamport, numbered.content)


def _check_counts(sequence: int, lowest: int, before: int, bases: Iterable[Base]) -> None:
    highest = max(sequence, before, *(base.sequence for base in bases))
    if sequence < lowest or highest > SEQUENCE_LIMIT:
        raise ContentError("A message has a count that makes no sense.")


def _spans(early: Iterable[int]) -> tuple[Span, ...]:
    """Join sequences into spans, the lowest first."""
    spans: list[Span] = []
    for sequence in sorted(early):
        if spans and spans[-1].last == sequence - 1:
            spans[-1] = Span(spans[-1].first, sequence)
        else:
            spans.append(Span(sequence, sequence))
    return tuple(spans[:SPANS_LIMIT])
