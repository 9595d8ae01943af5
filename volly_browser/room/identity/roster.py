"""The members of the group: in which order, and by which transport identities they can be reached.

The order is that in which they came: each commit puts those that it adds behind all others, and nobody can choose its
place.  A newcomer is told the order with its Welcome, by the member that lets it in.  The first sequences; see
`sequencer`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from volly_browser.errors import RemoteError
from volly_browser.mls.events import Member
from volly_browser.mls.suites import CipherSuite
from volly_browser.room.identity.credential import Credential
from volly_browser.room.machine import Company, Machine

ACQUAINTANCES_LIMIT = 4096
"""Members, present and past, of which the latest renewal is remembered."""


class RankingRefused(RemoteError):
    """A newcomer was told an order of the members that cannot be."""


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A member of the group in the present epoch, or in one that has passed."""

    member_id: bytes
    name: str
    leaf_index: int
    renewal: int
    leaf_key: bytes = field(repr=False)

    @classmethod
    def of(cls, suite: CipherSuite, member: Member) -> "RosterEntry":
        """What MLS knows of a member, read.  Raises CredentialError."""
        credential = Credential.read(suite, member.identity)
        claims = credential.claims
        return cls(
            credential.member_id,
            credential.name,
            member.leaf_index,
            claims.renewal,
            member.signature_key,
        )


class Roster:
    """The members of the present epoch, by rank, and what is remembered of those before.

    Args:
        suite: of the room.
    """

    def __init__(self, suite: CipherSuite) -> None:
        self._suite = suite
        self._entries: tuple[RosterEntry, ...] = ()
        self._by_id: dict[bytes, RosterEntry] = {}
        self._renewals: dict[bytes, int] = {}
        self._used: dict[bytes, int] = {}
        self._departed: set[bytes] = set()
        self._came_with: dict[bytes, int] = {}

    # Facts

    def enter(self, members: Iterable[Member], ranking: Sequence[bytes]) -> None:
        """These are the members of a group that we are in now, in this order.  Raises RankingRefused."""
        by_id = {entry.member_id: entry for entry in map(self.identify, members)}
        if set(ranking) != by_id.keys() or len(ranking) != len(by_id):
            raise RankingRefused("A group is said to have other members than it has.")
        self._came_with.clear()
        self._departed -= by_id.keys()
        self._take(by_id[member_id] for member_id in ranking)

    def advance(self, members: Iterable[Member], added: Sequence[RosterEntry]) -> None:
        """These are the members of the next epoch, of which some were added."""
        by_id = {entry.member_id: entry for entry in map(self.identify, members)}
        new = [entry.member_id for entry in added]
        self._came_with |= {entry.member_id: entry.renewal for entry in added}
        self._departed -= set(new)
        stayed = [entry.member_id for entry in self._entries if entry.member_id not in new]
        self._take(by_id[member_id] for member_id in (*stayed, *new) if member_id in by_id)

    def _take(self, entries: Iterable[RosterEntry]) -> None:
        self._entries = tuple(entries)
        self._by_id = {entry.member_id: entry for entry in self._entries}
        for entry in self._entries:
            self._renewals[entry.member_id] = max(entry.renewal, self._renewals.pop(entry.member_id, 0))
        self._came_with = {key: value for key, value in self._came_with.items() if key in self._by_id}
        while len(self._renewals) > ACQUAINTANCES_LIMIT:
            self._departed.discard(oldest := next(iter(self._renewals)))
            del self._renewals[oldest]

    def spoke(self, entry: RosterEntry) -> None:
        """A member has signed with this leaf: it has replaced those of lower renewals."""
        self._used[entry.member_id] = max(entry.renewal, self._used.pop(entry.member_id, 0))
        while len(self._used) > ACQUAINTANCES_LIMIT:
            del self._used[next(iter(self._used))]

    def departed(self, member_id: bytes) -> None:
        """A member has said farewell: its word on the group does not count any more."""
        self._departed.add(member_id)

    def clear(self) -> None:
        """We are in no group; those that were in it are remembered."""
        self._entries, self._by_id = (), {}

    # What follows

    @property
    def entries(self) -> tuple[RosterEntry, ...]:
        """All members, the longest in the group first."""
        return self._entries

    @property
    def ranking(self) -> tuple[bytes, ...]:
        """The ids of all members, the longest in the group first."""
        return tuple(entry.member_id for entry in self._entries)

    def find(self, member_id: bytes) -> RosterEntry | None:
        """The member with an id."""
        return self._by_id.get(member_id)

    def is_here(self, entry: RosterEntry) -> bool:
        """Whether what this entry says is of a member, and not from before it went and came again."""
        return entry.member_id in self._by_id and entry.renewal >= self._came_with.get(entry.member_id, 0)

    def identify(self, member: Member) -> RosterEntry:
        """The entry of a member, possibly of a past epoch."""
        return RosterEntry.of(self._suite, member)

    def renewal_of(self, member_id: bytes) -> int:
        """The highest renewal that was seen of a member, present or past; 0 if there was none."""
        return self._renewals.get(member_id, 0)

    def used_renewal_of(self, member_id: bytes) -> int:
        """The highest with which a member has spoken; a knock alone, which others possibly let in, replaces nothing."""
        return self._used.get(member_id, 0)

    def has_met(self, member_id: bytes) -> bool:
        """Whether this was a member of a group of ours, and has not said farewell."""
        return member_id in self._renewals and member_id not in self._departed


class Reachability(Machine):
    """By which transport identities the members can be reached: the ones that they have signed."""

    def __init__(self) -> None:
        self._member_of: dict[str, bytes] = {}

    def is_at(self, member_id: bytes, identity: str) -> None:
        """A member can be reached by an identity; it has no other one."""
        if self._member_of.get(identity) != member_id:
            self._member_of = {key: reached for key, reached in self._member_of.items() if reached != member_id}
            self._member_of[identity] = member_id

    def left(self, identity: str) -> bytes | None:
        """An identity cannot be reached any more; gives the member that it was, if it was one."""
        return self._member_of.pop(identity, None)

    def link_down(self) -> None:
        """Who can be reached will be told anew."""
        self._member_of.clear()

    def epoch_entered(self, company: Company, now: float) -> None:
        """Others are no members any more."""
        self._member_of = {key: member for key, member in self._member_of.items() if member in company.others}

    @property
    def members(self) -> frozenset[bytes]:
        """All of whom an identity is known."""
        return frozenset(self._member_of.values())

    def identities_of(self, member_id: bytes) -> list[str]:
        """By which identities a member can be reached."""
        return [identity for identity, reached in self._member_of.items() if reached == member_id]

    def member_at(self, identity: str) -> bytes | None:
        """The member that is reached by an identity."""
        return self._member_of.get(identity)
