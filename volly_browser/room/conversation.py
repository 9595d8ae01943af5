"""Texts: ours on their way out, those of the others on their way to whoever reads the room's events."""

from collections import deque
from collections.abc import Callable

from volly_browser.room.content import ContentError, Numbered, message_id, read_content, text_content
from volly_browser.room.delivery import Arrived, Delivery, Outbox, Reception
from volly_browser.room.events import MessageGap, MessageReceived, MessageSent, Problem, RoomEvent
from volly_browser.room.roster import RosterEntry
from volly_browser.room.timing import Timing


class Conversation:
    """What is said in one room.

    Args:
        room_id: goes into the message ids.
        member_id: ours.
        timing: how long a missing message is waited for.
        emit: takes the events.
    """

    def __init__(self, room_id: str, member_id: bytes, timing: Timing, emit: Callable[[RoomEvent], None]) -> None:
        self._room_id = room_id
        self._member_id = member_id
        self._emit = emit
        self._outbox = Outbox()
        self._ids: deque[bytes] = deque()
        self._reception = Reception(timing)
        self._names: dict[bytes, str] = {}

    def queue(self, text: str, salt: bytes, sent_at: float) -> str:
        """Put a text at the end of what is to be sent; gives its message id.

        Raises:
            TextTooLong, OutboxFull: it does not fit.
        """
        encoded = text_content(text, salt, sent_at).encode()
        self._outbox.add(encoded)
        self._ids.append(message_id(self._member_id, self._room_id, encoded))
        return self._ids[-1].hex()

    @property
    def waiting(self) -> int:
        """How many texts wait to be sent."""
        return len(self._outbox)

    def epoch_entered(self, group_id: bytes, epoch: int) -> None:
        """What is sent from now on is sent in this epoch."""
        self._outbox.entered(group_id, epoch)

    def first(self) -> Numbered | None:
        """What is to be sent next, if anything is."""
        return self._outbox.first()

    def sent(self) -> None:
        """The first text was handed to the network."""
        self._outbox.sent()
        self._emit(MessageSent(self._ids.popleft().hex()))

    def got(self, sender: RosterEntry, numbered: Numbered, now: float) -> None:
        """A member's message came.  Raises ContentError where its count makes no sense."""
        if not 1 <= numbered.epoch_start <= numbered.sequence:
            raise ContentError("A message has a count that makes no sense.")
        self._names[sender.member_id] = sender.name
        self._show(self._reception.got(sender.member_id, numbered, now))

    def finish(self, member_id: bytes) -> None:
        """A member is gone, and what it has not sent will not come."""
        self._show(self._reception.finish(member_id))

    def tick(self, now: float) -> None:
        """Show what has waited long enough for something before it."""
        self._show(self._reception.tick(now))

    def deadline(self) -> float | None:
        """When `tick` is to be called."""
        return self._reception.deadline()

    def _show(self, deliveries: list[Delivery]) -> None:
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
