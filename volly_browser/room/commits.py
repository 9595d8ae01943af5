"""Which commit ended which epoch, and what to think of another one for the same epoch.

A commit is sent as an order: sealed under a key that the members of its epoch export, so that those who were members
then, and nobody else, can tell even later who gave it.  Two orders for one epoch, which happens when members take each
other for gone, are settled by the rank of who gave them and then by their digests; whoever followed the lesser one
has lost its branch and knocks again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from volly_browser.mls.codec import Opaque, Struct, Uint32, Uint64
from volly_browser.room import labels
from volly_browser.room.wire import GroupId

EPOCHS_LIMIT = 32
"""Epochs that are remembered."""


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


@dataclass(slots=True)
class _Epoch:
    order_key: bytes
    ranks: Mapping[int, int]
    ended_by: Claim | None = None


class CommitLog:
    """The latest epochs of one group, as this member went through them."""

    def __init__(self) -> None:
        self._epochs: dict[int, _Epoch] = {}

    def entered(self, epoch: int, order_key: bytes, ranks: Mapping[int, int]) -> None:
        """We are in an epoch now; `ranks` gives each leaf's rank in it."""
        self._epochs[epoch] = _Epoch(order_key, dict(ranks))
        while len(self._epochs) > EPOCHS_LIMIT:
            del self._epochs[next(iter(self._epochs))]

    def ended(self, epoch: int, claim: Claim) -> None:
        """An epoch was ended by this order."""
        self._epochs[epoch].ended_by = claim

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
