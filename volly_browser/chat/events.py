"""What a timeline is told besides what a room says."""

from dataclasses import dataclass

from volly_browser.room.mimi import Content


@dataclass(frozen=True, slots=True)
class Queued:
    """A message of ours waits to be sent.

    Attributes:
        message_id: 64 hexadecimal digits.
        sender: our member id.
        name: ours.
        content: what it says.
    """

    message_id: str
    sender: str
    name: str
    content: Content


@dataclass(frozen=True, slots=True)
class NotSent:
    """A message of ours will not be sent any more, or possibly was not."""

    message_id: str
