"""What became of a message that was sent here, in words."""

from dataclasses import dataclass

from volly_browser.chat.message import Delivery, Stage
from volly_browser.room.events import RoomState


@dataclass(frozen=True, slots=True)
class Fate:
    """A stage on a message's way.

    Attributes:
        look: the name that the style sheet goes by.
        words: two to four of them.
    """

    look: str
    words: str


NONE = Fate("", "")
FOR_SOMEBODY = Fate("queued", "Waiting for somebody")
FOR_KEYS = Fate("queued", "Waiting for keys")
QUEUED = Fate("queued", "Waiting to be sent")
SENT = Fate("sent", "Sent")
FAILED = Fate("failed", "Not sent")
IN_DOUBT = Fate("failed", "Possibly not sent")


def waiting_in(state: RoomState, *, is_alone: bool) -> Fate:
    """Say what a message waits for that is not sent yet.

    Args:
        state: of the room.
        is_alone: whether no other member is there.
    """
    if state is RoomState.WAITING_FOR_KEYS:
        return FOR_KEYS
    return FOR_SOMEBODY if state is RoomState.JOINED and is_alone else QUEUED


def fate_of(delivery: Delivery, waits_as: Fate, *, is_untried: bool) -> Fate:
    """Say what became of a message.

    Args:
        delivery: as the room tells it.
        waits_as: what messages wait for now.
        is_untried: whether it is certain that one which has failed was not sent.
    """
    match delivery.stage:
        case Stage.WAITING:
            return waits_as
        case Stage.FAILED:
            return FAILED if is_untried else IN_DOUBT
    if delivery.readers:
        return _by("Read", len(delivery.readers), max(delivery.recipients, len(delivery.readers)))
    return received_by(delivery.received, delivery.recipients) if delivery.received else SENT


def received_by(received: int, recipients: int) -> Fate:
    """Say how many of its recipients have received a message."""
    return _by("Received", received, recipients)


def _by(done: str, count: int, recipients: int) -> Fate:
    """Say by how many of its recipients something was done."""
    if recipients == 1:
        return Fate(done.lower(), done)
    return Fate(done.lower(), f"{done} by {'all' if count == recipients else f'{count} of {recipients}'}")
