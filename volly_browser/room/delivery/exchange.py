"""Texts: ours on their way out, those of the others on their way to whoever reads the room's events."""

from collections import deque
from collections.abc import Callable, Iterable

from volly_browser.room.content.content import (
    ContentError,
    Have,
    Numbered,
    Receipt,
    message_id,
    read_content,
    text_content,
)
from volly_browser.room.delivery.outbox import RESENDS_AT_ONCE, Outbox, Resend
from volly_browser.room.delivery.receipts import Receipts
from volly_browser.room.delivery.reception import Arrived, Reception, ReceptionEvent
from volly_browser.room.events import (
    MessageDelivered,
    MessageGap,
    MessageReceived,
    MessageSent,
    Problem,
    RoomEvent,
)
from volly_browser.room.identity.roster import RosterEntry
from volly_browser.room.timing import Timing

IDS_LIMIT = 2048
"""Message ids that are remembered for what becomes of them."""


class Exchange:
    """What is said in one room.

    Args:
        room_id: goes into the message ids.
        member_id: ours.
        timing: how long to wait for what.
        emit: takes the events.
        chance: gives a number from 0 to 1, different each time.
    """

    def __init__(
        self,
        room_id: str,
        member_id: bytes,
        timing: Timing,
        emit: Callable[[RoomEvent], None],
        chance: Callable[[], float],
    ) -> None:
        self._room_id = room_id
        self._member_id = member_id
        self._emit = emit
        self._outbox = Outbox(timing)
        self._reception = Reception(timing, member_id)
        self._receipts = Receipts(timing, chance)
        self._waiting_ids: deque[bytes] = deque()
        self._sent_ids: dict[int, bytes] = {}
        self._names: dict[bytes, str] = {}
        self._others: frozenset[bytes] = frozenset()

    # Ours

    def queue(self, text: str, salt: bytes, sent_at: float) -> str:
        """Put a text at the end of what is to be sent; gives its message id.

        Raises:
            TextTooLong, OutboxFull: it does not fit.
        """
        encoded = text_content(text, salt, sent_at).encode()
        self._outbox.add(encoded)
        self._waiting_ids.append(message_id(self._member_id, self._room_id, encoded))
        return self._waiting_ids[-1].hex()

    @property
    def waiting(self) -> int:
        """How many texts wait to be sent."""
        return len(self._outbox)

    @property
    def is_settled(self) -> bool:
        """Whether everything was sent, and everybody who is there has it."""
        return self._outbox.is_settled

    def first(self) -> Numbered | None:
        """What is to be sent next, if anything is."""
        return self._outbox.first()

    def sent(self, now: float) -> None:
        """The first text was handed to the network."""
        sequence, sent_id = self._outbox.sent(now), self._waiting_ids.popleft()
        self._sent_ids[sequence] = sent_id
        if len(self._sent_ids) > IDS_LIMIT:
            del self._sent_ids[next(iter(self._sent_ids))]
        self._receipts.progressed()
        self._receipts.spoke_to_all()
        self._emit(MessageSent(sent_id.hex()))

    def resends(self) -> Iterable[Resend]:
        """What is to be sent again, a bounded number at a time; `resent` after each."""
        for _ in range(RESENDS_AT_ONCE):
            if resend := self._outbox.next_resend():
                yield resend

    def resent(self, resend: Resend, now: float) -> None:
        """A text was handed to the network again."""
        self._outbox.resent(resend, now)

    # Theirs

    def members_are(self, others: Iterable[bytes], now: float) -> None:
        """These are the group's other members from now on."""
        self._others = frozenset(others)
        self._outbox.members_are(self._others, now)
        self._reception.members_are(self._others, now)
        self._receipts.members_are(len(self._others) + 1)

    def got(self, sender: RosterEntry, numbered: Numbered, now: float) -> None:
        """A member's message came.  Raises ContentError where its count makes no sense."""
        self._names[sender.member_id] = sender.name
        self._show(self._reception.got(sender.member_id, numbered, now))
        self._receipts.got_message(sender.member_id, now)

    def got_receipt(self, sender: RosterEntry, receipt: Receipt, now: float) -> None:
        """A member says what it has sent and received.  Raises ContentError where its counts make no sense."""
        self._names[sender.member_id] = sender.name
        self._show(self._reception.told(sender.member_id, receipt, now))
        if have := next((have for have in receipt.haves if have.member_id == self._member_id), None):
            self._acknowledged(sender.member_id, have, now)

    def _acknowledged(self, member_id: bytes, have: Have, now: float) -> None:
        for progress in self._outbox.acknowledged(member_id, have, now):
            self._receipts.progressed()
            if sent_id := self._sent_ids.get(progress.sequence):
                self._emit(MessageDelivered(sent_id.hex(), progress.received, progress.recipients))
        if self._outbox.has_base_for(member_id):
            self._receipts.got_message(member_id, now)

    # What follows

    def tick(self, now: float) -> None:
        """Let time pass."""
        self._outbox.tick(now)
        self._show(self._reception.tick(now))
        self._receipts.lack(self._reception.lacks, now)
        self._receipts.unacknowledged(self._outbox.unacknowledged_since)

    def receipt_due(self, now: float) -> Receipt | None:
        """The receipt to be sent now, if one is due; `receipt_sent` afterwards."""
        due = self._receipts.deadline()
        if due is None or now < due:
            return None
        return Receipt(self._outbox.last, self._outbox.bases, self._reception.haves)

    def receipt_audience(self, now: float) -> frozenset[bytes]:
        """The members that a receipt is for which is sent now; nobody stands for all."""
        return self._receipts.audience(filter(self._reception.lacks_of, self._others), now) & self._others

    def receipt_sent(self, audience: frozenset[bytes]) -> None:
        """It was handed to the network, for these or for all."""
        self._receipts.sent(audience)

    def hurry(self, now: float) -> None:
        """What was sent before may be lost, here and there, and is to be repaired at once."""
        self._receipts.hurry(now)

    def due_at(self) -> float | None:
        """When something is to be said; in the past where something waits."""
        if self._outbox or self._outbox.next_resend():
            return 0.0
        return self._receipts.deadline()

    def deadline(self) -> float | None:
        """When `tick` is to be called."""
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
        try:
            content = read_content(arrived.content)
        except ContentError as error:
            self._emit(Problem(f"A message from {name or 'a member'} could not be read. {error}"))
            return
        if (text := content.text) is None:
            self._emit(Problem(f"{name or 'A member'} sent something that only a newer Volly can show."))
            return
        self._emit(
            MessageReceived(
                arrived.sender.hex(),
                name,
                text,
                arrived.sequence,
                content.sent_at / 1000,
                message_id(arrived.sender, self._room_id, arrived.content).hex(),
                content.in_reply_to.hex() if content.in_reply_to else None,
            )
        )
