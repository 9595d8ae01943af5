"""What came and was not read yet, and the line before the first of it.

The page says up to where its user has read, and whether they see at once what comes next.  The line stays until all is
read and they then say something; what comes unseen after all was read moves it.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection

from volly_browser.chat.timeline import ENTRIES_LIMIT

PlaceOf = Callable[[str], int | None]
"""Gives the index of a row by its id; None if it is gone."""


class Unread:
    """Remembers the messages of others that were not read.

    Args:
        place_of: finds rows.
    """

    def __init__(self, place_of: PlaceOf) -> None:
        self._place_of = place_of
        self._rows: OrderedDict[str, None] = OrderedDict()  # in the order in which they came
        self._for_us: set[str] = set()
        self._first: str | None = ""  # None until it is looked for
        self._is_watched = True

    def __len__(self) -> int:
        """How many messages are not read."""
        return len(self._rows)

    @property
    def first(self) -> str:
        """The row before which the line stands; empty if there is none."""
        if self._first is None:
            places = {row_id: self._place_of(row_id) for row_id in self._rows}
            here = {row_id: place for row_id, place in places.items() if place is not None}
            self._first = min(here, key=here.__getitem__, default="")
        return self._first

    @property
    def for_us(self) -> int:
        """How many of them mention the user."""
        return len(self._for_us)

    def came(self, row_id: str, *, is_for_us: bool = False) -> None:
        """Take a message of another member that has come, and whether it mentions the user."""
        if self._is_watched:
            return
        if not self._rows or (self._first is not None and self._is_before(row_id, self._first)):
            self._first = row_id
        self._rows[row_id] = None
        if is_for_us:
            self._for_us.add(row_id)
        if len(self._rows) > ENTRIES_LIMIT:
            self._let_go_of_first()

    def read(self, row_id: str, *, is_watched: bool) -> None:
        """Take up to where the user has read.

        Args:
            row_id: the last row that they have seen as a whole; empty if none is in view.
            is_watched: whether they see at once what comes next.
        """
        self._is_watched = is_watched
        place = self._place_of(row_id)
        while self._rows and place is not None and self._is_up_to(next(iter(self._rows)), place):
            self._let_go_of_first()

    def gone(self, row_ids: Collection[str]) -> None:
        """Take the ids of messages that are not here any more: nobody can read them."""
        for row_id in row_ids:
            self._rows.pop(row_id, None)
            self._for_us.discard(row_id)
            if row_id == self._first:
                self._first = None

    def said_something(self) -> None:
        """Take the line away if all is read."""
        if not self._rows:
            self._first = ""

    def _let_go_of_first(self) -> None:
        row_id, _ = self._rows.popitem(last=False)
        self._for_us.discard(row_id)

    def _is_up_to(self, row_id: str, place: int) -> bool:
        found = self._place_of(row_id)
        return found is None or found <= place

    def _is_before(self, row_id: str, other: str) -> bool:
        """Return whether a row stands before another one, or the other one is gone."""
        place, other_place = self._place_of(row_id), self._place_of(other)
        return other_place is None or (place is not None and place < other_place)
