"""What became of a message that was sent here, in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fate:
    """A stage on a message's way.

    Attributes:
        look: the name that the style sheet goes by.
        words: two to four of them.
    """

    look: str
    words: str


FOR_SOMEBODY = Fate("queued", "Waiting for somebody")
FOR_KEYS = Fate("queued", "Waiting for keys")
QUEUED = Fate("queued", "Waiting to be sent")
SENT = Fate("sent", "Sent")
FAILED = Fate("failed", "Not sent")
IN_DOUBT = Fate("failed", "Possibly not sent")


def received_by(received: int, recipients: int) -> Fate:
    """Say how many of its recipients have received a message."""
    if recipients == 1:
        return Fate("received", "Received")
    return Fate("received", f"Received by {'all' if received == recipients else f'{received} of {recipients}'}")
