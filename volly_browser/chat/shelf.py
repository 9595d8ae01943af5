"""Which message of a room lies at which place of a store, and which gives way when there is no more room."""

from dataclasses import dataclass

SHELF_MESSAGES_LIMIT = 2000
"""Messages of a room that are kept; the one that was kept first gives way."""

SHELF_BYTES_LIMIT = 8 << 20
"""Bytes of them, before they are sealed; likewise."""


@dataclass(frozen=True, slots=True)
class Put:
    """What is to be done to the store for a message.

    Attributes:
        position: the place at which it is written, over what is there.
        gone: places whose messages give way.
    """

    position: int
    gone: tuple[int, ...] = ()


class Shelf:
    """The messages of one room in a store.

    A place is used once: another message gets the next one, so that an old record can never stand for a new one.
    """

    def __init__(self) -> None:
        self._positions: dict[str, int] = {}  # in their order
        self._sizes: dict[str, int] = {}
        self._bytes = 0
        self._next = 0

    def __len__(self) -> int:
        return len(self._positions)

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._positions

    def found(self, position: int, message_id: str, size: int) -> bool:
        """Note a message that the store has; gives False if it has it twice, or the places are in no order.

        Args:
            position: its place, from 0; higher than those that were found before.
            message_id: its id.
            size: its bytes.
        """
        if message_id in self._positions or position < self._next:
            return False
        self._set(message_id, position, size)
        return True

    def put(self, message_id: str, size: int) -> Put:
        """Find a place for a message of so many bytes: its own if it has one."""
        self._set(message_id, self._positions.get(message_id, self._next), size)
        return Put(self._positions[message_id], tuple(self._made_room()))

    def take_out(self, message_id: str) -> int | None:
        """Forget a message; gives its place, None if it has none."""
        position = self._positions.pop(message_id, None)
        self._bytes -= self._sizes.pop(message_id, 0)
        return position

    def _set(self, message_id: str, position: int, size: int) -> None:
        self._bytes += size - self._sizes.get(message_id, 0)
        self._positions[message_id] = position
        self._sizes[message_id] = size
        self._next = max(self._next, position + 1)

    def _made_room(self) -> list[int]:
        """Let the first go until the bounds hold; the last stays, however large it is."""
        gone = []
        while len(self) > 1 and (len(self) > SHELF_MESSAGES_LIMIT or self._bytes > SHELF_BYTES_LIMIT):
            position = self.take_out(next(iter(self._positions)))
            gone += [] if position is None else [position]
        return gone
