"""The exchange of texts: ours to the other members, theirs to the reader of the room's events."""

from collections import deque
from collections.abc import Callable, Iterable

from volly_browser.room import labels
from volly_browser.room.content.content import LAMPORT_LIMIT, Beginning, Have, Numbered, Receipt
from volly_browser.room.content.settings import read_settings
from volly_browser.room.delivery.chains import Chain
from volly_browser.room.delivery.outbox import RESENDS_AT_ONCE, Outbox, Resend
from volly_browser.room.delivery.receipts import Receipts
from volly_browser.room.delivery.reception import Arrived, Reception, ReceptionEvent, chain_after
from volly_browser.room.events import (
    MemberMisbehaved,
    MessageDelivered,
    MessageGap,
    MessageQueued,
    MessageReceived,
    MessageSent,
    MessageUnreadable,
    Misbehaviour,
    RoomEvent,
)
from volly_browser.room.identity.roster import RosterEntry
from volly_browser.room.latest import Latest
from volly_browser.room.machine import Company, Machine
from volly_browser.room.mimi import CONTENT_LIMIT, Content, ContentError, ContentTooLong, message_id, read_content
from volly_browser.room.timing import Timing

WRONG_CLOCK = 60.0
"""Seconds by which a member's clock differs from ours before its times are corrected."""

HAVES_LIMIT = 256
"""Senders in one receipt; those beyond are not read."""

NAMES_LIMIT = 4096
"""Members, present and past, whose names are remembered for what is said of them."""

IDS_LIMIT = 2048
"""Message ids that are remembered, to report their receipts."""

ACCUSED_LIMIT = 1024
"""Misbehaviours that are remembered, so that each is reported once."""

Keep = Callable[[bytes, str, Numbered, bytes, Content], None]
"""Takes the member id and name of a message's author, the message, its id, and what it says."""


class Exchange(Machine):
    """Sends, receives and acknowledges the texts of one room.

    Args:
        room_id: goes into the message ids.
        member_id: ours.
        timing: how long to wait for what.
        emit: takes the events.
        chance: returns a number from 0 to 1, different each time.
        clock: seconds since 1970.
        keep: takes each message that was sent or shown, for newcomers.
    """

    def __init__(
        self,
        room_id: str,
        member_id: bytes,
        timing: Timing,
        emit: Callable[[RoomEvent], None],
        *,
        chance: Callable[[], float],
        clock: Callable[[], float],
        keep: Keep = lambda *message: None,
    ) -> None:
        self._room_id = room_id
        self._member_id = member_id
        self._emit = emit
        self._clock = clock
        self._keep = keep
        self._ahead: dict[bytes, float] = {}
        self._outbox = Outbox(timing)
        self._reception = Reception(timing, member_id)
        self._receipts = Receipts(timing, chance)
        self._waiting_ids: deque[bytes] = deque()
        self._sent_ids = Latest[int, bytes](IDS_LIMIT)
        self._names = Latest[bytes, str](NAMES_LIMIT)
        self._others: frozenset[bytes] = frozenset()
        self._own_chain = Chain()
        self._accused = Latest[tuple[bytes, Misbehaviour, bytes], None](ACCUSED_LIMIT)

    # Our texts

    def queue(self, content: Content) -> str:
        """Queue content; return its message id.

        Raises:
            ContentTooLong, OutboxFull: it does not fit.
        """
        encoded = content.encode()
        if len(encoded) > CONTENT_LIMIT:
            raise ContentTooLong(f"A message of {len(encoded)} bytes is longer than {CONTENT_LIMIT}.")
        self._outbox.add(encoded)
        queued = message_id(self._member_id, self._room_id, encoded)
        self._waiting_ids.append(queued)
        self._emit(MessageQueued(queued.hex(), self._member_id.hex(), content))
        return queued.hex()

    @property
    def waiting(self) -> int:
        """The number of texts that wait to be sent."""
        return len(self._outbox)

    @property
    def is_settled(self) -> bool:
        """Whether all texts were sent, and all members that are there have them."""
        return self._outbox.is_settled

    def first(self) -> Numbered | None:
        """Return the message to hand to the network next, or None."""
        if numbered := self._outbox.first():  # from now on it has possibly been said, whatever the network tells
            self._own_chain.took(numbered.sequence, numbered.previous, chain_after(numbered))
        return numbered

    def sent(self, now: float) -> None:
        """The network has taken the first text."""
        numbered, sent_id = self._outbox.sent(now), self._waiting_ids.popleft()
        self._sent_ids[numbered.sequence] = sent_id
        self._receipts.progressed()
        self._receipts.spoke_to_all()
        self._emit(MessageSent(sent_id.hex(), numbered.lamport))
        self._keep(self._member_id, "", numbered, sent_id, read_content(numbered.content))

    def resends(self) -> Iterable[Resend]:
        """Yield the messages to send again, a bounded number at a time; call `resent` after each."""
        for _ in range(RESENDS_AT_ONCE):
            if resend := self._outbox.next_resend():
                yield resend

    def resent(self, resend: Resend, now: float) -> None:
        """The network has taken a text again."""
        self._outbox.resent(resend, now)

    # Texts of others

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered an epoch with these members."""
        self._others = company.others
        self._ahead = {member_id: ahead for member_id, ahead in self._ahead.items() if member_id in self._others}
        for machine in (self._outbox, self._reception, self._receipts):
            machine.epoch_entered(company, now)

    def group_left(self) -> None:
        """We have left the group, or enter another one."""
        self._reception.group_left()

    def got(self, sender: RosterEntry, numbered: Numbered, now: float, *, epoch: int) -> None:
        """A member's message came, of an epoch of our group.

        Raises:
            ContentError: its counts make no sense, or it is too long.
        """
        if len(numbered.content) > CONTENT_LIMIT:
            raise ContentError(f"A message of {len(numbered.content)} bytes is longer than {CONTENT_LIMIT}.")
        if numbered.lamport > LAMPORT_LIMIT:
            raise ContentError("A message claims to come after more others than there can be.")
        self._names[sender.member_id] = sender.name
        if self._reception.contradicts(sender.member_id, numbered.sequence, chain_after(numbered)):
            self._accuse(sender.member_id, Misbehaviour.CHANGED_MESSAGE)
        self._show(self._reception.got(sender.member_id, numbered, now))
        self._outbox.read(sender.member_id, numbered.lamport)
        self._receipts.got_message(sender.member_id, now)
        self._began(sender.member_id, Beginning(epoch, numbered.before))

    def got_receipt(self, sender: RosterEntry, receipt: Receipt, now: float, *, epoch: int) -> None:
        """Take a member's receipt, of an epoch of our group.  Raises ContentError if its counts are impossible."""
        self._names[sender.member_id] = sender.name
        self._show(self._reception.told(sender.member_id, receipt, now))
        self._began(sender.member_id, Beginning(epoch, receipt.before))
        haves = {have.member_id: have for have in reversed(receipt.haves[:HAVES_LIMIT])}  # one of each
        for have in haves.values():
            if have.member_id == self._member_id:
                self._acknowledged(sender.member_id, have, now)
            elif self._reception.differs(have):
                self._accuse(have.member_id, Misbehaviour.DIFFERENT_MESSAGES, sender.member_id)

    def _began(self, member_id: bytes, beginning: Beginning) -> None:
        if not self._reception.began(member_id, beginning):
            self._accuse(member_id, Misbehaviour.CHANGED_MESSAGE)

    def _acknowledged(self, member_id: bytes, have: Have, now: float) -> None:
        highest = max(have.next - 1, have.read)
        if highest > self._outbox.possibly_sent or not self._own_chain.agrees(have.read, have.chain):
            return self._accuse(member_id, Misbehaviour.FALSE_RECEIPT)
        for progress in self._outbox.acknowledged(member_id, have, now):
            self._receipts.progressed()
            if sent_id := self._sent_ids.get(progress.sequence):
                self._emit(MessageDelivered(sent_id.hex(), progress.received, progress.recipients))
        if self._outbox.has_base_for(member_id):
            self._receipts.got_message(member_id, now)
        return None

    def _accuse(self, member_id: bytes, what: Misbehaviour, other: bytes = b"") -> None:
        """Report a misbehaviour, each kind of a member once from each witness: one that lies silences no other."""
        if (member_id, what, other) not in self._accused:
            self._accused[member_id, what, other] = None
            name, other_name = self._names.get(member_id, ""), self._names.get(other, "")
            self._emit(MemberMisbehaved(member_id.hex(), name, what, other.hex(), other_name))

    def clock_shows(self, member_id: bytes, clock: float) -> None:
        """Note what a member claims its clock shows now, in seconds since 1970."""
        self._ahead[member_id] = clock - self._clock()

    def _time_of(self, member_id: bytes, sent_at: float) -> float:
        """Return when a text was sent, in seconds since 1970, corrected if the sender's clock is known to be wrong.

        It is never in the future.
        """
        ahead = self._ahead.get(member_id, 0.0)
        return max(0.0, min(sent_at - (ahead if abs(ahead) > WRONG_CLOCK else 0.0), self._clock()))

    # What follows

    def tick(self, now: float) -> None:
        """Let time pass."""
        self._outbox.tick(now)
        self._show(self._reception.tick(now))
        self._receipts.lack(self._reception.lacks, now)
        self._receipts.unacknowledged(self._outbox.unacknowledged_since)

    def receipt_due(self, now: float) -> Receipt | None:
        """Return the receipt to send now, if one is due; call `receipt_sent` afterwards."""
        due = self._receipts.deadline()
        if due is None or now < due:
            return None
        return Receipt(
            self._outbox.possibly_sent, self._outbox.bases, self._reception.haves, before=self._outbox.before
        )

    def receipt_audience(self, now: float) -> frozenset[bytes]:
        """Return the members for which a receipt is that is sent now; an empty set stands for all."""
        return self._receipts.audience(filter(self._reception.lacks_of, self._others), now) & self._others

    def receipt_sent(self, audience: frozenset[bytes]) -> None:
        """The network has taken a receipt, for these members or, if there are none, for all."""
        self._receipts.sent(audience)

    def hurry(self, now: float) -> None:
        """Exchange receipts at once, since messages were possibly lost in both directions."""
        self._receipts.hurry(now)

    def due_at(self) -> float | None:
        """Return when something is to be sent; in the past if something waits."""
        if self._outbox.can_send or self._outbox.next_resend():
            return 0.0
        return self._receipts.deadline()

    def deadline(self) -> float | None:
        """Return when `tick` is to be called."""
        return self._reception.deadline()

    def _show(self, deliveries: list[ReceptionEvent]) -> None:
        for delivery in deliveries:
            name = self._names.get(delivery.sender, "")
            if isinstance(delivery, Arrived):
                self._show_content(delivery, name)
            else:
                count = delivery.last - delivery.first + 1
                self._emit(MessageGap(delivery.sender.hex(), name, count))

    def _show_content(self, arrived: Arrived, name: str) -> None:
        if not self._reception.took(arrived):
            self._accuse(arrived.sender, Misbehaviour.CHANGED_MESSAGE)
        try:
            content = read_content(arrived.content)
            read_settings(content)
        except ContentError:
            return self._emit(MessageUnreadable(arrived.sender.hex(), name))
        if len((content.text or "").encode()) > labels.TEXT_BYTES_LIMIT:
            return self._emit(MessageUnreadable(arrived.sender.hex(), name))
        known_as = message_id(arrived.sender, self._room_id, arrived.content)
        self._emit(
            MessageReceived(
                arrived.sender.hex(),
                name,
                content,
                arrived.sequence,
                self._time_of(arrived.sender, content.sent_at / 1000),
                known_as.hex(),
                arrived.numbered.lamport,
            )
        )
        return self._keep(arrived.sender, name, arrived.numbered, known_as, content)
