"""Decides which branch of a split group stays: the one with more of the members that were together before the split.

A group splits when members take each other for gone: one epoch then has two commits.  Each member judges for itself, by
what others have proved to it: a fresh, signed answer to a question of its own (see `session.whereabouts`) shows that a
member is alive, and which epochs it went through.  Only members of the latest epoch that both branches went through
count, since any member can add any number of newcomers.  If both sides have equally many, or no common epoch is
remembered, the smallest member id decides.

No two branches that remember a common epoch give way to each other: of our branch we count all members that are
possibly in it, of the other only those that have proved it.  So if ours counts for less, it has less, and the other
branch finds the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from volly_browser.room.latest import Latest
from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing
from volly_browser.room.wire.structs import PassedEpoch

PROOFS_LIMIT = 512
"""Members whose answers are kept."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A member's proof that it went through these epochs and is in the last of them.

    Attributes:
        member_id: the member.
        history: the latest epochs that it was in.
        shared: the ids of the members of the latest of these epochs that we share; none if it is not remembered.
        is_met: whether it was a member of a group of ours.
        at: when its answer arrived.
    """

    member_id: bytes
    history: tuple[PassedEpoch, ...]
    shared: frozenset[bytes] = field(repr=False)
    is_met: bool
    at: float

    @property
    def last(self) -> PassedEpoch:
        """The epoch that the member is in."""
        return self.history[-1]

    def is_with(self, other: "Proof") -> bool:
        """Whether both members are in one branch, one of them possibly further on."""
        return self.last in other.history or other.last in self.history


class Branches(Machine):
    """Compares our branch with others.

    Args:
        timing: for how long a proof counts.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._proofs = Latest[bytes, Proof](PROOFS_LIMIT)

    # Facts

    def proved(self, proof: Proof) -> None:
        """A member has proved that it is in another branch of our group."""
        self._proofs[proof.member_id] = proof

    def heard_in_our_epoch(self, member_id: bytes) -> None:
        """A member has sent a message in our epoch."""
        self._proofs.pop(member_id, None)

    def entered_afresh(self) -> None:
        """We have entered another group or another branch."""
        self._proofs.clear()

    def group_left(self) -> None:
        """We have left the group."""
        self._proofs.clear()

    # What follows

    def better(self, ours: Company, now: float) -> PassedEpoch | None:
        """Return the epoch of the better branch of our group, if one is better than ours."""
        fresh = [proof for proof in self._proofs.values() if now < proof.at + self._timing.proof]
        heaviest = max(
            (self._branch_of(proof, fresh) for proof in fresh if proof.is_met),
            key=lambda branch: _weight(branch.counted),
            default=None,
        )
        if heaviest is None or not heaviest.counted:
            return None
        elsewhere = {proof.member_id for proof in fresh}
        if not heaviest.shared:
            return heaviest.last if min(heaviest.all) < min(frozenset(ours.ranking) - elsewhere | {ours.me}) else None
        own = heaviest.of_those(frozenset(ours.ranking) - elsewhere | {ours.me})
        return heaviest.last if not own or _weight(own) < _weight(heaviest.counted) else None

    @staticmethod
    def _branch_of(met: Proof, fresh: Iterable[Proof]) -> "_Branch":
        """Return the branch of a member that we have met, with all members that have proved to be in it.

        One of them that remembers an epoch in common is enough: those that came to it since remember none.
        """
        proofs = [proof for proof in fresh if proof.is_with(met)]
        latest = max((proof.last for proof in proofs if proof.is_met), key=lambda passed: passed.epoch)
        known = frozenset(proof.member_id for proof in proofs if proof.is_met)
        everybody = frozenset(proof.member_id for proof in proofs)
        shared = next((proof.shared for proof in proofs if proof.is_met and proof.shared), frozenset[bytes]())
        branch = _Branch(latest, shared, known, everybody)
        return _Branch(latest, shared, branch.of_those(known), everybody)


@dataclass(frozen=True, slots=True)
class _Branch:
    """Another branch: its latest epoch, the members of the latest shared epoch, and those of them in it.

    If no shared epoch is remembered, the two sides have met different members of each other and would count
    differently: then the branch with the smallest of all ids stays.
    """

    last: PassedEpoch
    shared: frozenset[bytes]
    counted: frozenset[bytes]
    all: frozenset[bytes]

    def of_those(self, ids: frozenset[bytes]) -> frozenset[bytes]:
        """Return which of these ids count."""
        return ids & self.shared if self.shared else ids


def _weight(ids: frozenset[bytes]) -> tuple[int, int]:
    """Return a sort key: more members are heavier, then a smaller smallest id."""
    return len(ids), -int.from_bytes(min(ids, default=b"\xff" * 16), "big")
