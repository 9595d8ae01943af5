"""Records which order ended which epoch, and compares the epochs of others with ours.

An order is a message of the group, in the epoch that it ends, by the member that gives a commit out: all members of
that epoch can read it, from any sender, and only they can make one.  The log keeps the orders as they were sent, so
that a member that missed some can get them from any other.  Of each epoch it keeps a few bytes, the branch, which show
whether two members were in the same one.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from volly_browser.room.wire.structs import NOBODY, PassedEpoch

EPOCHS_LIMIT = 64
"""Epochs that are remembered."""

ORDERS_BYTES_LIMIT = 4 << 20
"""Bytes of orders that are kept for others."""


class Stance(Enum):
    """How the epoch of another member relates to those that we went through."""

    SHARED = auto()
    FORKED = auto()
    AHEAD = auto()
    FORGOTTEN = auto()


@dataclass(slots=True)
class _Epoch:
    branch: bytes
    members: frozenset[bytes]
    ended_by: bytes | None = None
    giver: bytes = NOBODY
    order: bytes | None = field(default=None, repr=False)


class CommitLog:
    """The latest epochs of one group, as this member went through them."""

    def __init__(self) -> None:
        self._epochs: dict[int, _Epoch] = {}

    def entered(self, epoch: int, branch: bytes, members: Iterable[bytes]) -> None:
        """We have entered an epoch, which has these members."""
        self._epochs[epoch] = _Epoch(branch, frozenset(members))
        while len(self._epochs) > EPOCHS_LIMIT:
            del self._epochs[next(iter(self._epochs))]

    def ended(self, epoch: int, commit: bytes, order: bytes, giver: bytes) -> None:
        """A commit ended an epoch; the member `giver` gave it out by this order, an encoded MLSMessage."""
        self._epochs[epoch].giver = giver
        self._epochs[epoch].ended_by = hashlib.sha256(commit).digest()
        self._epochs[epoch].order = order
        kept = 0
        for known in reversed(self._epochs.values()):
            kept += len(known.order or b"")
            if kept > ORDERS_BYTES_LIMIT:
                known.order = None

    @property
    def history(self) -> tuple[PassedEpoch, ...]:
        """The epochs that are remembered, the present one last."""
        return tuple(
            PassedEpoch(number, known.branch, self._giver_into(number)) for number, known in self._epochs.items()
        )

    @property
    def branch(self) -> bytes:
        """The branch of the present epoch."""
        return next(reversed(self._epochs.values())).branch

    def knows(self, branch: bytes) -> bool:
        """Whether this is the branch of a remembered epoch that we were in."""
        return any(known.branch == branch for known in self._epochs.values())

    def stance(self, epoch: int, branch: bytes) -> Stance:
        """Compare an epoch of another member with ours."""
        known = self._epochs.get(epoch)
        if known is not None:
            return Stance.SHARED if known.branch == branch else Stance.FORKED
        return Stance.AHEAD if epoch > max(self._epochs) else Stance.FORGOTTEN

    def was_ended_by(self, epoch: int, commit: bytes) -> bool:
        """Whether this commit ended an epoch that is remembered."""
        known = self._epochs.get(epoch)
        return known is not None and known.ended_by == hashlib.sha256(commit).digest()

    def was_ended_by_order_of(self, epoch: int, giver: bytes) -> bool:
        """Whether this member gave the order that ended an epoch that is remembered."""
        return self._giver_into(epoch + 1) == giver != NOBODY

    def split_by(self, history: Iterable[PassedEpoch]) -> bytes | None:
        """The member whose orders led from one epoch into two: one is ours, the other in this history."""
        forks = [passed for passed in history if self.stance(passed.epoch, passed.branch) is Stance.FORKED]
        first = min(forks, key=lambda passed: passed.epoch, default=None)
        both = first is not None and self.was_ended_by_order_of(first.epoch - 1, first.giver)
        return first.giver if first and both else None

    def _giver_into(self, epoch: int) -> bytes:
        before = self._epochs.get(epoch - 1)
        return before.giver if before else NOBODY

    def members_of_last_shared(self, history: Iterable[PassedEpoch]) -> frozenset[bytes]:
        """Return the members of the latest epoch of a history that we share; none if we share none."""
        shared = [passed.epoch for passed in history if self.stance(passed.epoch, passed.branch) is Stance.SHARED]
        return self._epochs[max(shared)].members if shared else frozenset()

    def orders_after(self, history: Iterable[PassedEpoch]) -> list[bytes] | None:
        """Return the orders since the latest shared epoch of a history; None if there is none or one order is lost."""
        common = [passed.epoch for passed in history if self.stance(passed.epoch, passed.branch) is Stance.SHARED]
        if not common:
            return None
        orders = [known.order for number, known in self._epochs.items() if number >= max(common)][:-1]
        kept = [order for order in orders if order is not None]
        return kept if len(kept) == len(orders) else None
