"""What a timeline is told besides what a room says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageNotSent:
    """A message of ours will not be sent any more; possibly it was."""

    message_id: str
