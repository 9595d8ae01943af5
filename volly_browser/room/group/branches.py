"""Which branch of a split group stays: the one in which more of those that we know are.

A group splits when members take each other for gone: one epoch then has two commits.  Each member judges for itself, by
what others have proved to it: a fresh, signed answer to a question of its own (see `session.questions`) shows that a
member is alive and in which branch.  Those that a member we have met lists as its company count once they have answered
too.  Of two branches with equally many the one with the smallest member id stays.

No two branches give way to each other: of ours all are counted that possibly are in it, of the other only those that
have proved it.  So if ours counts for less, it is less, whoever counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing
from volly_browser.room.wire.structs import PassedEpoch

PROOFS_LIMIT = 512
"""Members whose answers are kept."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A member has proved that it went through these epochs, and is in the last of them.

    Attributes:
        member_id: of it.
        history: the latest epochs that it was in.
        company: the ids of the members of the last one, as it says.
        is_met: whether it was a member of a group of ours.
        at: when its answer came.
    """

    member_id: bytes
    history: tuple[PassedEpoch, ...]
    company: frozenset[bytes] = field(repr=False)
    is_met: bool
    at: float

    @property
    def last(self) -> PassedEpoch:
        """Where it is."""
        return self.history[-1]

    def is_with(self, other: "Proof") -> bool:
        """Whether both are in one branch, one of them possibly further on."""
        return self.last in other.history or other.last in self.history


class Branches(Machine):
    """Compares our branch with others.

    Args:
        timing: for how long a proof counts.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._proofs: dict[bytes, Proof] = {}

    # Facts

    def proved(self, proof: Proof) -> None:
        """A member has proved that it is in another branch of our group."""
        self._proofs.pop(proof.member_id, None)
        self._proofs[proof.member_id] = proof
        while len(self._proofs) > PROOFS_LIMIT:
            del self._proofs[next(iter(self._proofs))]

    def is_with_us(self, member_id: bytes) -> None:
        """A member has spoken in our epoch."""
        self._proofs.pop(member_id, None)

    def entered_afresh(self) -> None:
        """We are in a group, or in a branch, in which we were not."""
        self._proofs.clear()

    def group_left(self) -> None:
        """We are in no branch."""
        self._proofs.clear()

    # What follows

    def better(self, ours: Company, now: float) -> PassedEpoch | None:
        """Where most of those that we know are, if they are not with us."""
        fresh = [proof for proof in self._proofs.values() if now < proof.at + self._timing.proof]
        elsewhere = {proof.member_id for proof in fresh}
        own = {*(member_id for member_id in ours.ranking if member_id not in elsewhere), ours.me}
        known = (self._counted(proof, fresh) for proof in fresh if proof.is_met)
        best = max(known, key=lambda proofs: _weight(_ids(proofs)), default=[])
        if not best or _weight(_ids(best)) <= _weight(own):
            return None
        return max((proof.last for proof in best), key=lambda passed: passed.epoch)

    @staticmethod
    def _counted(met: Proof, fresh: Iterable[Proof]) -> list[Proof]:
        """Those in the branch of a member that we have met which it vouches for, or which we have met as well."""
        return [proof for proof in fresh if proof.is_with(met) and (proof.is_met or proof.member_id in met.company)]


def _ids(proofs: Iterable[Proof]) -> set[bytes]:
    return {proof.member_id for proof in proofs}


def _weight(ids: set[bytes]) -> tuple[int, int]:
    """The more members the heavier, then the smaller the smallest id."""
    return len(ids), -int.from_bytes(min(ids), "big")
