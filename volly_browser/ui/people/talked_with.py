"""Remembers the members that the user has talked with, to notice when all of them were replaced by others."""

from collections.abc import Iterable

REMEMBERED = 500
"""Members that are remembered, the latest."""


class TalkedWith:
    """The members that have written a text, or could read one of the user's."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def these(self, member_ids: Iterable[str]) -> None:
        """Note that a text went to these members, or came from one of them."""
        for member_id in member_ids:
            self._ids.pop(member_id, None)
            self._ids[member_id] = None
        for member_id in list(self._ids)[:-REMEMBERED]:
            del self._ids[member_id]

    def take_replacement(self, present: Iterable[str]) -> bool:
        """Forget the members talked with if all were replaced by others; return whether they were."""
        here = set(present)
        gone = bool(self._ids and here) and not self._ids.keys() & here
        if gone:
            self._ids.clear()
        return gone
