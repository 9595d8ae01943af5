"""Which commit ended which epoch, and what to think of another one for the same epoch.

A commit is sent as an order: sealed under a key that the members of its epoch export, so that those who were members
then, and nobody else, can tell even later who gave it.  Two orders for one epoch, which happens when members take each
other for gone, are settled by the rank of who gave them and then by their digests; whoever followed the lesser one
has lost its branch and joins the other again.

The log keeps the orders as they were given out, so that whoever missed some can have them from any member, and a few
bytes of each epoch, its branch, that show whether two members were in the same one.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from volly_browser.mls.codec import Opaque, Struct, Uint32, Uint64
from volly_browser.room import labels
from volly_browser.room.wire.structs import GroupId, PassedEpoch

EPOCHS_LIMIT = 64
"""Epochs that are remembered."""

ORDERS_BYTES_LIMIT = 4 << 20
"""Bytes of the orders that are kept for others."""


@dataclass(frozen=True, slots=True)
class Order(Struct):
    """A commit, and which member gives it out.

    Attributes:
        leaf_index: of the member that sequences.
        commit: the encoded MLSMessage.
    """

    leaf_index: Uint32
    commit: Opaque


@dataclass(frozen=True, slots=True)
class SealedOrder(Struct):
    """The payload of a parcel of the kind COMMIT.

    Attributes:
        group_id: which group it is for.
        epoch: the one that it ends.
        sealed: the Order, under the epoch's order key.
    """

    group_id: GroupId
    epoch: Uint64
    sealed: Opaque

    @property
    def aad(self) -> bytes:
        """What is bound to the sealed order."""
        return order_aad(self.group_id, self.epoch)


@dataclass(frozen=True, slots=True)
class _OrderSeal(Struct):
    label: Opaque
    group_id: GroupId
    epoch: Uint64


def order_aad(group_id: bytes, epoch: int) -> bytes:
    """The AAD of an order's seal."""
    return _OrderSeal(labels.ORDER_SEAL, group_id, epoch).encode()


class Claim(NamedTuple):
    """Sorts the orders for one epoch: the least one counts."""

    rank: int
    digest: bytes


class Verdict(Enum):
    """What to do about an order."""

    FOLLOW = auto()
    DUPLICATE = auto()
    WE_WON = auto()
    WE_LOST = auto()
    TOO_OLD = auto()


class Stance(Enum):
    """How an epoch that somebody is in stands to those that we went through."""

    SHARED = auto()
    FORKED = auto()
    AHEAD = auto()
    FORGOTTEN = auto()


@dataclass(slots=True)
class _Epoch:
    order_key: bytes = field(repr=False)
    branch: bytes
    ranks: Mapping[int, int]
    ended_by: Claim | None = None
    payload: bytes | None = field(default=None, repr=False)


class CommitLog:
    """The latest epochs of one group, as this member went through them."""

    def __init__(self) -> None:
        self._epochs: dict[int, _Epoch] = {}

    def entered(self, epoch: int, order_key: bytes, branch: bytes, ranks: Mapping[int, int]) -> None:
        """We are in an epoch now; `ranks` gives each leaf's rank in it."""
        self._epochs[epoch] = _Epoch(order_key, branch, dict(ranks))
        while len(self._epochs) > EPOCHS_LIMIT:
            del self._epochs[next(iter(self._epochs))]

    def ended(self, epoch: int, claim: Claim, payload: bytes) -> None:
        """An epoch was ended by this order, which was given out as `payload`, an encoded SealedOrder."""
        self._epochs[epoch].ended_by = claim
        self._epochs[epoch].payload = payload
        kept = 0
        for known in reversed(self._epochs.values()):
            kept += len(known.payload or b"")
            if kept > ORDERS_BYTES_LIMIT:
                known.payload = None

    @property
    def history(self) -> tuple[PassedEpoch, ...]:
        """The epochs that are remembered, the present one last."""
        return tuple(PassedEpoch(number, known.branch) for number, known in self._epochs.items())

    @property
    def branch(self) -> bytes:
        """Of the present epoch."""
        return next(reversed(self._epochs.values())).branch

    def stance(self, epoch: int, branch: bytes) -> Stance:
        """How an epoch that somebody is in stands to ours."""
        known = self._epochs.get(epoch)
        if known is not None:
            return Stance.SHARED if known.branch == branch else Stance.FORKED
        return Stance.AHEAD if epoch > max(self._epochs) else Stance.FORGOTTEN

    def order_of(self, epoch: int) -> bytes | None:
        """The payload of the order that ended an epoch, if it is kept."""
        known = self._epochs.get(epoch)
        return known.payload if known else None

    def orders_after(self, history: Iterable[PassedEpoch]) -> list[bytes] | None:
        """The orders since the latest epoch of a history that is ours, too; None where there is none or one is gone."""
        common = [passed.epoch for passed in history if self.stance(passed.epoch, passed.branch) is Stance.SHARED]
        if not common:
            return None
        payloads = [known.payload for number, known in self._epochs.items() if number >= max(common)][:-1]
        kept = [payload for payload in payloads if payload is not None]
        return kept if len(kept) == len(payloads) else None

    def order_key(self, epoch: int) -> bytes | None:
        """The key of an epoch's orders, or None where the epoch is not, or no more, known."""
        known = self._epochs.get(epoch)
        return known.order_key if known else None

    def claim(self, epoch: int, order: Order) -> Claim | None:
        """What an order for a known epoch has to say for itself; None where it comes from no member of it."""
        rank = self._epochs[epoch].ranks.get(order.leaf_index)
        return None if rank is None else Claim(rank, hashlib.sha256(order.commit).digest())

    def judge(self, epoch: int, claim: Claim) -> Verdict:
        """What to do about an order."""
        known = self._epochs.get(epoch)
        if known is None:
            return Verdict.TOO_OLD
        if known.ended_by is None:
            return Verdict.FOLLOW
        if known.ended_by == claim:
            return Verdict.DUPLICATE
        return Verdict.WE_LOST if claim < known.ended_by else Verdict.WE_WON
