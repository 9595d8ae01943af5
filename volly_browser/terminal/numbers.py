"""Short numbers by which people name messages."""

from itertools import count

from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Changed, Timeline


class Numbers:
    """Numbers the messages of a timeline in the order in which they come; none is given twice.

    Args:
        timeline: has the messages.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._next = count(1)
        self._numbers: dict[str, int] = {}
        self._ids: dict[int, str] = {}

    def follow(self, changed: Changed) -> None:
        """Number new messages, and forget those that are gone."""
        new = [entry_id for entry_id in changed if self._is_new(entry_id)]
        for entry_id in sorted(new, key=self._timeline.index):
            number = next(self._next)
            self._numbers[entry_id], self._ids[number] = number, entry_id
        for entry_id in changed & self._numbers.keys():
            if self._timeline.find(entry_id) is None:
                del self._ids[self._numbers.pop(entry_id)]

    def of(self, message_id: str) -> int | None:
        """Return the number of a message; None if it is not here."""
        return self._numbers.get(message_id)

    def message_id(self, number: int) -> str:
        """Return the id of the message of a number; empty if there is none."""
        return self._ids.get(number, "")

    def _is_new(self, entry_id: str) -> bool:
        return entry_id not in self._numbers and isinstance(self._timeline.find(entry_id), Message)
