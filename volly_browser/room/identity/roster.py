"""Who is in the group, in which order, and by which transport identities they can be reached.

The order is a function of the tree alone, by (seniority, member id): two members in the same epoch never disagree on
it.  The first of them sequences; see `sequencer`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from volly_browser.room import labels
from volly_browser.room.identity.credential import MAX_SENIORITY, Identity, IdentityError

IDENTITIES_LIMIT = 4096
"""Transport identities that are kept in mind; whoever has the invite can claim any number."""


class Leaf(Protocol):
    """What MLS says about a member; see `mls.group.Member`."""

    @property
    def leaf_index(self) -> int:
        """Its place in the tree."""
        ...

    @property
    def identity(self) -> bytes:
        """The content of its basic credential."""
        ...

    @property
    def signature_key(self) -> bytes:
        """The public key that its messages are signed with."""
        ...


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A member of the group in the present epoch."""

    member_id: bytes
    seniority: int
    name: str
    leaf_index: int

    @property
    def rank(self) -> tuple[int, bytes]:
        """Sorts members by how long they have been in the group."""
        return self.seniority, self.member_id


class Roster:
    """The members of the present epoch, by rank."""

    def __init__(self) -> None:
        self._pinned: dict[bytes, bytes] = {}
        self._entries: tuple[RosterEntry, ...] = ()
        self._by_id: dict[bytes, RosterEntry] = {}
        self._ranking: tuple[bytes, ...] = ()
        self._by_leaf: dict[tuple[int, bytes, bytes], RosterEntry] = {}

    def update(self, leaves: Iterable[Leaf]) -> None:
        """Take over the members of a new epoch."""
        self._by_leaf = {_key(leaf): self.identify(leaf) for leaf in leaves}
        self._entries = tuple(sorted(self._by_leaf.values(), key=lambda entry: entry.rank))
        self._by_id = {entry.member_id: entry for entry in self._entries}
        self._ranking = tuple(entry.member_id for entry in self._entries)

    @property
    def entries(self) -> tuple[RosterEntry, ...]:
        """All members, the longest in the group first."""
        return self._entries

    @property
    def ranking(self) -> tuple[bytes, ...]:
        """The ids of all members, the longest in the group first."""
        return self._ranking

    @property
    def rank_of_leaf(self) -> dict[int, int]:
        """Each leaf's rank: 0 for the member that has been in the group longest."""
        return {entry.leaf_index: rank for rank, entry in enumerate(self._entries)}

    @property
    def highest_seniority(self) -> int:
        """Of all members; 0 while there are none."""
        return max((entry.seniority for entry in self._entries), default=0)

    def find(self, member_id: bytes) -> RosterEntry | None:
        """The member with an id."""
        return self._by_id.get(member_id)

    def identify(self, leaf: Leaf) -> RosterEntry:
        """The member with a leaf, which may be one of a past epoch; its id is never that of somebody else."""
        return self._by_leaf.get(_key(leaf)) or self._read(leaf)

    def signature_key(self, member_id: bytes) -> bytes | None:
        """The public key of a member; None where nobody in the group has that id."""
        return self._pinned.get(member_id) if member_id in self._by_id else None

    def may_take(self, member_id: bytes, signature_key: bytes) -> bool:
        """Whether the id is free, or belongs to whoever has this key."""
        return self._pinned.get(member_id, signature_key) == signature_key

    def _read(self, leaf: Leaf) -> RosterEntry:
        try:
            identity = Identity.read(leaf.identity)
        except IdentityError:
            identity = Identity(_fingerprint(leaf), MAX_SENIORITY, "")
        if not self.may_take(identity.member_id, leaf.signature_key):
            identity = Identity(_fingerprint(leaf), identity.seniority, identity.name)
        self._pinned.setdefault(identity.member_id, leaf.signature_key)
        return RosterEntry(identity.member_id, identity.seniority, identity.name, leaf.leaf_index)


def _key(leaf: Leaf) -> tuple[int, bytes, bytes]:
    return leaf.leaf_index, leaf.identity, leaf.signature_key


def _fingerprint(leaf: Leaf) -> bytes:
    """The id of a member that gave none, or somebody else's: nobody who can read is left out of the list."""
    return hashlib.sha256(leaf.signature_key).digest()[: labels.MEMBER_ID_LENGTH]


class Reachability:
    """By which transport identities the members can be reached: theirs is what they said at the door."""

    def __init__(self) -> None:
        self._member_of: dict[str, bytes] = {}

    def is_at(self, member_id: bytes, identity: str) -> None:
        """A member can be reached by an identity."""
        if identity in self._member_of or len(self._member_of) < IDENTITIES_LIMIT:
            self._member_of[identity] = member_id

    def left(self, identity: str) -> bytes | None:
        """An identity cannot be reached any more; the member that is gone with it, if one is."""
        member_id = self._member_of.pop(identity, None)
        return None if member_id is None or member_id in self._member_of.values() else member_id

    def forget(self) -> None:
        """The link is down: who can be reached will be told anew."""
        self._member_of.clear()

    @property
    def members(self) -> frozenset[bytes]:
        """All of whom an identity is known."""
        return frozenset(self._member_of.values())

    def identities_of(self, member_id: bytes) -> list[str]:
        """By which identities a member can be reached."""
        return [identity for identity, reached in self._member_of.items() if reached == member_id]

    def member_at(self, identity: str) -> bytes | None:
        """Who is reached by an identity."""
        return self._member_of.get(identity)
