"""The last messages of the room, with what was said about them, as this member can pass them on to newcomers.

Rule: everything that decides what is passed on is in this file.

    | is passed on           | is not                                                                          |
    |------------------------|---------------------------------------------------------------------------------|
    | a message              | one that its author has taken back, or whose time is over; what is set for the  |
    |                        | room, which those that have set it tell themselves                              |
    | an edit, by the author | one of a message that is not passed on                                          |
    | a reaction             | likewise; one that its author has taken back                                    |
    |                        | what takes something back, since that is not there; what nobody vouches for: it |
    |                        | was relayed to us, and its author did not confirm it                            |
"""

from collections import Counter
from collections.abc import Callable, Iterator
from math import inf

from volly_browser.room.history.spoken import Spoken
from volly_browser.room.latest import Latest

RELATED_LIMIT = 1000
"""Edits and reactions that are kept; one of the author of most gives way."""

HISTORY_BYTES_LIMIT = 1 << 20
"""Bytes of all that is kept, and of an answer to a newcomer; the earliest message gives way."""

TAKEN_BACK_LIMIT = 1024
"""What was taken back before it came: so many are remembered."""


class Archive:
    """The latest messages, and what was said about them.

    Args:
        limit: of messages; 0 keeps nothing.
        clock: seconds of any clock that runs evenly: one that is set wrong would let messages go too soon or too late.
    """

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._messages: dict[bytes, Spoken] = {}
        self._related: dict[bytes, Spoken] = {}
        self._over_at: dict[bytes, float] = {}
        self._shares: Counter[bytes] = Counter()  # bytes of what was said about messages, by author
        self._bytes = 0
        self._taken_back = Latest[tuple[bytes, bytes], None](TAKEN_BACK_LIMIT)  # authors, and ids

    @property
    def size(self) -> int:
        """Bytes that all of it counts."""
        return self._bytes

    def take(self, spoken: Spoken) -> None:
        """Keep a message, or note what it says about another one."""
        is_known = spoken.message_id in self._messages or spoken.message_id in self._related
        if (
            self._limit == 0
            or spoken.content.is_setting
            or is_known
            or (spoken.sender, spoken.message_id) in self._taken_back
        ):
            return
        if spoken.content.takes_back is not None:
            self._take_back(spoken.sender, spoken.content.takes_back)
        else:
            self._keep(spoken)
            self._make_room()

    def passed_on(self) -> list[Spoken]:
        """The messages in their order, each with what was said about it behind it."""
        self._forget_what_is_over()
        about: dict[bytes, list[Spoken]] = {}
        for related in sorted(self._related.values(), key=lambda related: related.order):
            about.setdefault(related.content.target or b"", []).append(related)
        passed_on = []
        for message in sorted(self._messages.values(), key=lambda message: message.order):
            passed_on += [message, *_fitting(message, about.get(message.message_id, []))]
        return passed_on

    def left(self, spoken: Spoken) -> float:
        """For how many seconds more a message stays; endless if its time is not measured."""
        return self._over_at.get(spoken.message_id, inf) - self._clock()

    def _keep(self, spoken: Spoken) -> None:
        if spoken.content.target is None:
            self._messages[spoken.message_id] = spoken
        else:
            self._related[spoken.message_id] = spoken
            self._shares[spoken.sender] += spoken.cost
        self._bytes += spoken.cost
        over_at = spoken.over_at(self._clock())
        if over_at is not None:
            self._over_at[spoken.message_id] = over_at

    def _take_back(self, author: bytes, message_id: bytes) -> None:
        """Drop a message or a reaction of this author; do not take it if it comes."""
        self._taken_back[author, message_id] = None
        spoken = self._messages.get(message_id) or self._related.get(message_id)
        if spoken and spoken.sender == author:
            self._drop(spoken)

    def _make_room(self) -> None:
        while len(self._messages) > self._limit:
            self._drop(self._earliest)
        while len(self._related) > RELATED_LIMIT or self._bytes > HISTORY_BYTES_LIMIT:
            is_talked_over = sum(self._shares.values()) > HISTORY_BYTES_LIMIT // 2
            is_too_much = len(self._related) > RELATED_LIMIT or is_talked_over or not self._messages
            self._drop(self._excess if is_too_much else self._earliest)

    @property
    def _earliest(self) -> Spoken:
        return min(self._messages.values(), key=lambda message: message.order)

    @property
    def _excess(self) -> Spoken:
        """The first that was said about a message by the one that has said most."""
        greediest = max(self._shares, key=self._shares.__getitem__)
        return next(related for related in self._related.values() if related.sender == greediest)

    def _forget_what_is_over(self) -> None:
        now = self._clock()
        for message_id in [message_id for message_id, over_at in self._over_at.items() if over_at <= now]:
            if spoken := self._messages.get(message_id) or self._related.get(message_id):
                self._drop(spoken)

    def _drop(self, spoken: Spoken) -> None:
        """Drop a message with all that was said about it, or something that was said about one."""
        if self._related.pop(spoken.message_id, None):
            self._shares[spoken.sender] -= spoken.cost
            if not self._shares[spoken.sender]:
                del self._shares[spoken.sender]
        else:
            del self._messages[spoken.message_id]
            for related in [each for each in self._related.values() if each.content.target == spoken.message_id]:
                self._drop(related)
        self._over_at.pop(spoken.message_id, None)
        self._bytes -= spoken.cost


def _fitting(message: Spoken, related: list[Spoken]) -> Iterator[Spoken]:
    """Yield what counts: an edit by another than the author does not."""
    for each in related:
        if each.content.replaces is None or each.sender == message.sender:
            yield each
