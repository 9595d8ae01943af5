"""The members of the group: their order, and the transport identities by which they can be reached.

The order is that in which they came: each commit puts those that it adds behind all others, and nobody can choose its
place.  A newcomer is told the order with its Welcome, which leads nowhere if it is another one (see `ranking`).  The
first sequences; see `sequencer`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from volly_browser.errors import RemoteError
from volly_browser.mls.events import Member
from volly_browser.mls.suites import CipherSuite
from volly_browser.room.identity.credential import Credential
from volly_browser.room.identity.ranking import ranking_after
from volly_browser.room.latest import Latest
from volly_browser.room.machine import Company, Machine

ACQUAINTANCES_LIMIT = 4096
"""Members, present and past, whose latest renewal is remembered."""


class RankingRefused(RemoteError):
    """The order of members that a newcomer was sent is not one of the group's members."""


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
        """Read what MLS knows of a member.  Raises CredentialError."""
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
    """The members of the present epoch, by rank, and the renewals of earlier ones.

    Args:
        suite: of the room.
    """

    def __init__(self, suite: CipherSuite) -> None:
        self._suite = suite
        self._entries: tuple[RosterEntry, ...] = ()
        self._by_id: dict[bytes, RosterEntry] = {}
        self._renewals: dict[bytes, int] = {}
        self._names: dict[bytes, str] = {}
        self._used = Latest[bytes, int](ACQUAINTANCES_LIMIT)
        self._departed: set[bytes] = set()
        self._came_in: dict[bytes, int] = {}

    # Facts

    def enter(self, members: Iterable[Member], ranking: Sequence[bytes]) -> None:
        """Take the members of the group that we have entered, in this order.  Raises RankingRefused."""
        by_id = {entry.member_id: entry for entry in map(self.identify, members)}
        if set(ranking) != by_id.keys() or len(ranking) != len(by_id):
            raise RankingRefused("A group is said to have other members than it has.")
        self._came_in.clear()
        self._departed -= by_id.keys()
        self._take(by_id[member_id] for member_id in ranking)

    def advance(self, members: Iterable[Member], added: Sequence[RosterEntry], epoch: int) -> None:
        """Take the members of the next epoch, the number of which this is, and which of them were added."""
        by_id = {entry.member_id: entry for entry in map(self.identify, members)}
        new = [entry.member_id for entry in added]
        self._came_in |= dict.fromkeys(new, epoch)
        self._departed -= set(new)
        ranking = ranking_after(self.ranking, self._by_id.keys() - by_id.keys(), new)
        self._take([by_id[member_id] for member_id in ranking])

    def _take(self, entries: Iterable[RosterEntry]) -> None:
        self._entries = tuple(entries)
        self._by_id = {entry.member_id: entry for entry in self._entries}
        for entry in self._entries:
            self._renewals[entry.member_id] = max(entry.renewal, self._renewals.pop(entry.member_id, 0))
            self._names[entry.member_id] = entry.name
        self._came_in = {key: epoch for key, epoch in self._came_in.items() if key in self._by_id}
        while len(self._renewals) > ACQUAINTANCES_LIMIT:
            self._departed.discard(oldest := next(iter(self._renewals)))
            del self._renewals[oldest], self._names[oldest]

    def spoke(self, entry: RosterEntry) -> None:
        """Note that a member has signed with this leaf, which replaces those of lower renewals."""
        self._used[entry.member_id] = max(entry.renewal, self.used_renewal_of(entry.member_id))

    def departed(self, member_id: bytes) -> None:
        """Note a member's farewell, after which its word on the group does not count."""
        self._departed.add(member_id)

    def clear(self) -> None:
        """Forget the group that we have left, but not the renewals of its members."""
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
        """Return the member with an id."""
        return self._by_id.get(member_id)

    def name_of(self, member_id: bytes) -> str:
        """The latest name of a member, present or past; empty if there was none."""
        return self._names.get(member_id, "")

    def is_here(self, member_id: bytes, epoch: int) -> bool:
        """Whether a member of this epoch is a present one, and has not gone and come again since."""
        return member_id in self._by_id and epoch >= self._came_in.get(member_id, 0)

    def has_replaced(self, entry: RosterEntry) -> bool:
        """Whether a member has signed with a later leaf than this one; a thief of the old key says this otherwise."""
        return entry.renewal < self.used_renewal_of(entry.member_id)

    def is_outdated(self, entry: RosterEntry) -> bool:
        """Whether a member that is about to come has signed with this leaf before, or with one that replaced it."""
        return entry.renewal <= self.used_renewal_of(entry.member_id)

    def identify(self, member: Member) -> RosterEntry:
        """Make the entry of a member, possibly of a past epoch."""
        return RosterEntry.of(self._suite, member)

    def renewal_of(self, member_id: bytes) -> int:
        """Return the highest renewal seen of a member, present or past; 0 if none was."""
        return self._renewals.get(member_id, 0)

    def used_renewal_of(self, member_id: bytes) -> int:
        """Return the highest renewal with which a member has signed; knocks do not count."""
        return self._used.get(member_id, 0)

    def has_met(self, member_id: bytes) -> bool:
        """Whether this was a member of a group of ours and has not said farewell."""
        return member_id in self._renewals and member_id not in self._departed


class Reachability(Machine):
    """The transport identities by which the members can be reached: those that they have signed."""

    def __init__(self) -> None:
        self._member_of: dict[str, bytes] = {}

    def reached_by(self, member_id: bytes, identity: str) -> None:
        """Note the identity by which a member can be reached from now on, in place of any other."""
        if self._member_of.get(identity) != member_id:
            self._member_of = {key: reached for key, reached in self._member_of.items() if reached != member_id}
            self._member_of[identity] = member_id

    def left(self, identity: str) -> bytes | None:
        """Forget an identity that cannot be reached any more; return its member, if it had one."""
        return self._member_of.pop(identity, None)

    def link_down(self) -> None:
        """Forget all identities: the members will name them again."""
        self._member_of.clear()

    def epoch_entered(self, company: Company, now: float) -> None:
        """Forget the identities of members that have gone."""
        self._member_of = {key: member for key, member in self._member_of.items() if member in company.others}

    @property
    def members(self) -> frozenset[bytes]:
        """All members whose identity is known."""
        return frozenset(self._member_of.values())

    def identities_of(self, member_id: bytes) -> list[str]:
        """Return the identities by which a member can be reached."""
        return [identity for identity, reached in self._member_of.items() if reached == member_id]

    def identities_of_all(self, members: Iterable[bytes]) -> list[str]:
        """Return the identities of those members that can be reached, in their order."""
        return [identity for member_id in members for identity in self.identities_of(member_id)]

    def member_at(self, identity: str) -> bytes | None:
        """Return the member that an identity reaches."""
        return self._member_of.get(identity)
