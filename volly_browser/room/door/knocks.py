"""Newcomers that have knocked and wait to be added.

Every member hears a knock, and checking it costs three signatures.  So only the member that is about to commit it
checks it; until then it is a claim, and takes no place from another:

    | a knock                                   | takes                                                      |
    |-------------------------------------------|------------------------------------------------------------|
    | from a transport identity with a place    | the place of the knock before it, if of the same member    |
    | in the name of another that waits         | a place behind: the one that was heard first is checked first|
    | in the name of a member                   | none before it was checked: it says that the member is out |
    | when too many wait, or too many bytes     | none                                                       |
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field

from volly_browser.room.latest import Latest

JOINS_LIMIT = 256
"""Newcomers that can wait at once."""

JOINS_BYTES_LIMIT = 6 << 20
"""Bytes of their key packages; a hybrid one has some 17,000."""

CHECKED_AT_ONCE = 32
"""Knocks whose signatures are checked, and newcomers that are added, at once."""

REFUSED_LIMIT = 1024
"""Key packages that are remembered as refused."""


@dataclass(frozen=True, slots=True)
class Join:
    """A newcomer's knock, checked except for its signatures.

    Attributes:
        member_id: of the identity that it names, 16 bytes.
        renewal: of its credential.
        key_package: an encoded MLSMessage; to be used once.
        identity: the transport identity for the Welcome.
    """

    member_id: bytes
    renewal: int
    key_package: bytes = field(repr=False)
    identity: str


@dataclass(slots=True)
class _Waiting:
    join: Join
    since: float
    is_checked: bool


class Knocks:
    """The latest knock of each transport identity, in the order in which these first knocked."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}
        self._bytes = 0
        self._refused = Latest[bytes, None](REFUSED_LIMIT)

    # Facts

    def got(self, join: Join, now: float, *, checked: bool) -> None:
        """A newcomer knocks."""
        if self.is_known(join.identity, join.key_package):
            return
        before = self._waiting.get(join.identity)
        freed = len(before.join.key_package) if before else 0
        if self._bytes - freed + len(join.key_package) > JOINS_BYTES_LIMIT:
            return
        if before and before.join.member_id != join.member_id:
            self._drop(join.identity)
        since = self._waiting[join.identity].since if join.identity in self._waiting else now
        if before or len(self._waiting) < JOINS_LIMIT:
            self._bytes += len(join.key_package) - (freed if join.identity in self._waiting else 0)
            self._waiting[join.identity] = _Waiting(join, since, checked)

    def checked(self, join: Join) -> None:
        """The signatures of a knock are valid."""
        if self._is_waiting(join):
            self._waiting[join.identity].is_checked = True

    def refused(self, join: Join) -> None:
        """A key package turned out to be unusable."""
        if self._is_waiting(join):
            self._drop(join.identity)
        self._refused[_digest(join.key_package)] = None

    def member_added(self, member_id: bytes, renewal: int) -> None:
        """A commit added a member; a later knock of the same one still waits."""
        for waiting in list(self._waiting.values()):
            if waiting.join.member_id == member_id and waiting.join.renewal <= renewal:
                self._drop(waiting.join.identity)

    def withdrawn(self, identity: str) -> None:
        """The newcomer at this identity needs to be added no more."""
        if identity in self._waiting:
            self._drop(identity)

    def keep_only(self, members: Collection[bytes]) -> None:
        """Drop the knocks of all but these members."""
        for waiting in list(self._waiting.values()):
            if waiting.join.member_id not in members:
                self._drop(waiting.join.identity)

    def clear(self) -> None:
        """Forget all knocks: we are in no group."""
        self._waiting.clear()
        self._bytes = 0

    # What follows

    def is_known(self, identity: str, key_package: bytes) -> bool:
        """Whether a knock from this identity waits already, or its key package was refused."""
        waiting = self._waiting.get(identity)
        return (waiting is not None and waiting.join.key_package == key_package) or (
            _digest(key_package) in self._refused
        )

    def __len__(self) -> int:
        """The number of newcomers that wait."""
        return len(self._waiting)

    @property
    def size(self) -> int:
        """Bytes of the key packages that wait."""
        return self._bytes

    @property
    def since(self) -> float | None:
        """When the one that has waited longest knocked; None if none waits."""
        return min((waiting.since for waiting in self._waiting.values()), default=None)

    @property
    def members(self) -> frozenset[bytes]:
        """The ids of the newcomers whose knock was checked."""
        return frozenset(waiting.join.member_id for waiting in self._waiting.values() if waiting.is_checked)

    @property
    def unchecked(self) -> tuple[Join, ...]:
        """The knocks to check next."""
        return tuple(waiting.join for waiting in self._first_of_each() if not waiting.is_checked)[:CHECKED_AT_ONCE]

    @property
    def ready(self) -> tuple[Join, ...]:
        """The newcomers to add next."""
        return tuple(waiting.join for waiting in self._first_of_each() if waiting.is_checked)[:CHECKED_AT_ONCE]

    def _first_of_each(self) -> list[_Waiting]:
        """Return the first of all knocks in the name of one member; the others follow if it is refused."""
        first: dict[bytes, _Waiting] = {}
        for waiting in self._waiting.values():
            first.setdefault(waiting.join.member_id, waiting)
        return list(first.values())

    def _is_waiting(self, join: Join) -> bool:
        waiting = self._waiting.get(join.identity)
        return waiting is not None and waiting.join == join

    def _drop(self, identity: str) -> None:
        self._bytes -= len(self._waiting.pop(identity).join.key_package)


def _digest(key_package: bytes) -> bytes:
    return hashlib.sha256(key_package).digest()
