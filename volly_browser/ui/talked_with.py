"""With whom one has talked, and whether none of them is here any more though others are."""

from collections.abc import Iterable

REMEMBERED = 500
"""Members with whom one has talked: so many are kept, the latest."""


class TalkedWith:
    """Those that have written something, or could read something that was written."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def these(self, member_ids: Iterable[str]) -> None:
        """A text went to these, or came from one of them."""
        for member_id in member_ids:
            self._ids.pop(member_id, None)
            self._ids[member_id] = None
        for member_id in list(self._ids)[:-REMEMBERED]:
            del self._ids[member_id]

    def have_all_gone(self, present: Iterable[str]) -> bool:
        """Whether all who are here are others; true once, until one has talked with these."""
        here = set(present)
        gone = bool(self._ids and here) and not self._ids.keys() & here
        if gone:
            self._ids.clear()
        return gone
