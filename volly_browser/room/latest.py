"""Dicts of a bounded size, for what peers can make any number of."""

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Latest(dict[Key, Value]):
    """Keeps the entries that were set last; an entry that is set again is the latest once more.

    Args:
        limit: entries that are kept at most.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: Key, value: Value) -> None:
        """Set an entry, and forget the oldest beyond the limit."""
        self.pop(key, None)
        super().__setitem__(key, value)
        if len(self) > self._limit:
            del self[next(iter(self))]
