"""What became of a message of ours, in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """A stage on a message's way.

    Attributes:
        look: the name that the style sheet goes by.
        words: two to four of them.
    """

    look: str
    words: str


FOR_SOMEBODY = Delivery("queued", "Waiting for somebody")
FOR_KEYS = Delivery("queued", "Waiting for keys")
QUEUED = Delivery("queued", "Waiting to be sent")
SENT = Delivery("sent", "Sent")
FAILED = Delivery("failed", "Not sent")


def received_by(received: int, recipients: int) -> Delivery:
    """So many of those whom a message was for have it."""
    if recipients == 1:
        return Delivery("received", "Received")
    return Delivery("received", f"Received by {'all' if received == recipients else f'{received} of {recipients}'}")
