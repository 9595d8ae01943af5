"""Those who knock and wait to be let in.

Everybody hears a knock, and checking it costs two signatures.  So it is checked by whoever is about to commit it, and
by nobody else; until then it is what somebody claims, and takes nothing from anybody:

    | a knock                                   | takes                                                     |
    |-------------------------------------------|-----------------------------------------------------------|
    | from a transport identity with a place    | the place of the knock before it, if of the same member   |
    | in the name of somebody else who waits    | a place behind: whoever was heard first is checked first  |
    | in the name of a member                   | none before it was checked: it says that the member is out|
"""

import hashlib
from dataclasses import dataclass, field

JOINS_LIMIT = 256
"""Newcomers that may wait at once."""

USED_LIMIT = 1024
"""Key packages that are remembered as used."""


@dataclass(frozen=True, slots=True)
class Join:
    """A newcomer's knock, read and found in order but for its signatures.

    Attributes:
        member_id: who it says it is.
        seniority: what its identity says.
        group_id: the group it wants to get into; empty for any.
        key_package: an encoded MLSMessage; to be used once.
        identity: the transport identity that the Welcome goes to.
    """

    member_id: bytes
    seniority: int
    group_id: bytes
    key_package: bytes = field(repr=False)
    identity: str


@dataclass(slots=True)
class _Waiting:
    join: Join
    since: float
    is_checked: bool

    def is_for(self, group_id: bytes) -> bool:
        return self.join.group_id in (b"", group_id)


class Knocks:
    """The latest knock of each transport identity, who was heard first coming first."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}
        self._used: dict[bytes, None] = {}

    # Facts

    def got(self, join: Join, now: float, *, checked: bool) -> None:
        """Somebody knocks, with a key package that was not used before."""
        if self.is_known(join.identity, join.key_package):
            return
        before = self._waiting.get(join.identity)
        if before and before.join.member_id != join.member_id:
            del self._waiting[join.identity]
        if before or len(self._waiting) < JOINS_LIMIT:
            self._waiting[join.identity] = _Waiting(join, now, checked)

    def checked(self, join: Join) -> None:
        """A knock is what it claims to be."""
        if self._is_waiting(join):
            self._waiting[join.identity].is_checked = True

    def refused(self, join: Join) -> None:
        """A key package turned out to be unusable."""
        if self._is_waiting(join):
            del self._waiting[join.identity]
        self._use(join)

    def member_added(self, member_id: bytes, seniority: int) -> None:
        """A commit added a member; a later knock of the same one still waits."""
        for waiting in list(self._waiting.values()):
            if waiting.join.member_id == member_id and waiting.join.seniority <= seniority:
                self.refused(waiting.join)

    def withdrawn(self, identity: str) -> None:
        """Who knocked from this identity does not want to get in any more."""
        self._waiting.pop(identity, None)

    def forget_others(self, group_id: bytes) -> None:
        """Who wants to get into another group than this is not ours to keep in mind."""
        self._waiting = {key: waiting for key, waiting in self._waiting.items() if waiting.is_for(group_id)}

    # What follows

    def is_known(self, identity: str, key_package: bytes) -> bool:
        """Whether a knock from this identity waits already, or its key package was used."""
        waiting = self._waiting.get(identity)
        return (waiting is not None and waiting.join.key_package == key_package) or _digest(key_package) in self._used

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def since(self) -> float | None:
        """Since when somebody waits."""
        return min((waiting.since for waiting in self._waiting.values()), default=None)

    def members(self, group_id: bytes) -> frozenset[bytes]:
        """Who waits for sure to get into this group."""
        waiting = [waiting for waiting in self._waiting.values() if waiting.is_checked and waiting.is_for(group_id)]
        return frozenset(each.join.member_id for each in waiting)

    @property
    def unchecked(self) -> tuple[Join, ...]:
        """What has to be checked next."""
        return tuple(waiting.join for waiting in self._first_of_each() if not waiting.is_checked)

    @property
    def ready(self) -> tuple[Join, ...]:
        """Whom to let in."""
        return tuple(waiting.join for waiting in self._first_of_each() if waiting.is_checked)

    def _first_of_each(self) -> list[_Waiting]:
        """One of those that claim to be the same member: the others follow if it is refused."""
        first: dict[bytes, _Waiting] = {}
        for waiting in self._waiting.values():
            first.setdefault(waiting.join.member_id, waiting)
        return list(first.values())

    def _is_waiting(self, join: Join) -> bool:
        waiting = self._waiting.get(join.identity)
        return waiting is not None and waiting.join == join

    def _use(self, join: Join) -> None:
        self._used[_digest(join.key_package)] = None
        while len(self._used) > USED_LIMIT:
            del self._used[next(iter(self._used))]


def _digest(key_package: bytes) -> bytes:
    return hashlib.sha256(key_package).digest()
