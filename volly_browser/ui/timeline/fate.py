"""What became of a message that was sent here, in words."""

from dataclasses import dataclass

from volly_browser.chat.message import Delivery, Stage


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
    return received_by(delivery.received, delivery.recipients) if delivery.received else SENT


def received_by(received: int, recipients: int) -> Fate:
    """Say how many of its recipients have received a message."""
    if recipients == 1:
        return Fate("received", "Received")
    return Fate("received", f"Received by {'all' if received == recipients else f'{received} of {recipients}'}")
