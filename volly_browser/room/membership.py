"""Our place in one group: what MLS does there, with the roster and the log of commits kept in step."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from volly_browser.crypto.engine import Engine
from volly_browser.errors import RemoteError
from volly_browser.mls.commit_creation import PendingCommit
from volly_browser.mls.events import ApplicationMessage, CommitApplied, Member, RemovedFromGroup
from volly_browser.mls.framing import ContentType
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.proposals import Add, Proposal, Remove
from volly_browser.mls.psk import PskBundle
from volly_browser.room import labels
from volly_browser.room.commits import Claim, CommitLog, Order, SealedOrder, Verdict, order_aad
from volly_browser.room.content import Body, Payload, read_payload
from volly_browser.room.roster import Roster, RosterEntry
from volly_browser.room.sealing import seal, unseal
from volly_browser.room.sequencer import Changes, Join


class OrderRefused(RemoteError):
    """An order was not given by a member of the epoch that it says."""


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit of ours, made and not yet merged.

    Attributes:
        payload: of the parcel of kind COMMIT, for all.
        welcome: for the newcomers, once it is merged; None without any.
        joins: the newcomers.
    """

    payload: bytes = field(repr=False)
    welcome: bytes | None = field(repr=False)
    joins: tuple[Join, ...]
    pending: PendingCommit = field(repr=False)
    claim: Claim


@dataclass(frozen=True, slots=True)
class EpochChanged:
    """The group is in another epoch; who came and who went."""

    added: tuple[RosterEntry, ...]
    removed: tuple[RosterEntry, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """What a member sent."""

    sender: RosterEntry
    epoch: int
    payload: Payload


class Membership:
    """A group that we are in.

    Args:
        engine: seals orders.
        group: from `Entrance`.
        roster: takes over the group's members; outlives the group.
        psks: the invite's.
    """

    def __init__(self, engine: Engine, group: Group, roster: Roster, psks: Sequence[PskBundle]) -> None:
        self.group = group
        self.first_epoch = group.epoch
        self._engine = engine
        self._roster = roster
        self._psks = psks
        self._log = CommitLog()
        self._entered_epoch()

    @property
    def shared_secret(self) -> bytes:
        """32 bytes that all members of this epoch share, and that encrypt nothing."""
        return self.group.export(labels.SHARED_SECRET, b"", labels.SHARED_SECRET_LENGTH)

    async def commit(self, changes: Changes) -> Committed:
        """A commit that makes these changes; nothing changes until `merge`.

        A newcomer that is a member already, and lost its keys, takes its own place anew.

        Raises:
            MlsError: what a newcomer sent cannot be added.
        """
        going = {*changes.removals, *(join.member_id for join in changes.joins)}
        proposals: list[Proposal] = [
            Remove(entry.leaf_index) for entry in self._roster.entries if entry.member_id in going
        ]
        if changes.joins:
            proposals += [Add(KeyPackage.from_message(join.key_package)) for join in changes.joins]
            proposals += [self.group.psk_proposal(psk.name) for psk in self._psks]
        pending = await self.group.commit(proposals, self._psks)
        order = Order(self.group.own_leaf_index, pending.commit)
        claim = self._log.claim(self.group.epoch, order)
        assert claim is not None  # we are a member of our own epoch
        return Committed(await self._seal(order), pending.welcome, changes.joins, pending, claim)

    def merge(self, committed: Committed) -> EpochChanged:
        """Enter the epoch of our commit: it was given out."""
        epoch, pending = self.group.epoch, committed.pending
        removed = tuple(self._roster.identify(member) for member in pending.removed)
        self.group.merge(pending)
        return self._advanced(epoch, committed.claim, pending.added, removed)

    async def read_order(self, parcel: SealedOrder) -> tuple[Verdict, Order, Claim] | None:
        """Open an order for an epoch that we know; None where it is for one that we do not know any more.

        Raises:
            SealBroken, DecodeError, OrderRefused: no member of that epoch gave it.
        """
        key = self._log.order_key(parcel.epoch)
        if key is None:
            return None
        order = Order.decode(await unseal(self._engine, key, parcel.aad, parcel.sealed))
        claim = self._log.claim(parcel.epoch, order)
        if claim is None:
            raise OrderRefused("A commit was given out by somebody who was no member then.")
        return self._log.judge(parcel.epoch, claim), order, claim

    async def follow(self, order: Order, claim: Claim) -> EpochChanged | None:
        """Enter the epoch that a member's commit begins; None where the commit removes us.

        Raises:
            DecodeError, MlsError: the commit is malformed, not authentic, or breaks a rule.
        """
        epoch = self.group.epoch
        event = await self.group.process(order.commit, self._psks, only=ContentType.COMMIT)
        if isinstance(event, RemovedFromGroup):
            return None
        assert isinstance(event, CommitApplied)  # nothing else has this content type
        removed = tuple(self._roster.identify(member) for member in event.removed)
        return self._advanced(epoch, claim, event.added, removed)

    async def read(self, message: bytes) -> Received:
        """Open what a member sent: data only, no commit that nobody ordered, no proposal that would wait for one.

        Raises:
            FutureEpoch, PastEpoch, NotForThisGroup: it is not for here and now.
            DecodeError, MlsError, ContentError: it is malformed, not authentic, or was read before.
        """
        event = await self.group.process(message, only=ContentType.APPLICATION)
        assert isinstance(event, ApplicationMessage)  # nothing else has this content type
        return Received(self._roster.identify(event.sender), event.epoch, read_payload(event.data))

    async def write(self, body: Body) -> bytes:
        """Encrypt for all members; gives the payload of a parcel of kind MESSAGE."""
        return await self.group.encrypt(Payload(labels.VERSION, body).encode())

    def _advanced(
        self, epoch: int, claim: Claim, added: tuple[Member, ...], removed: tuple[RosterEntry, ...]
    ) -> EpochChanged:
        self._log.ended(epoch, claim)
        self._entered_epoch()
        return EpochChanged(tuple(self._roster.identify(member) for member in added), removed)

    def _entered_epoch(self) -> None:
        self._roster.update(self.group.members())
        key = self.group.export(labels.ORDER_KEY, b"", labels.ORDER_KEY_LENGTH)
        self._log.entered(self.group.epoch, key, self._roster.rank_of_leaf)

    async def _seal(self, order: Order) -> bytes:
        group_id, epoch = self.group.group_id, self.group.epoch
        key = self._log.order_key(epoch)
        assert key is not None  # the current epoch is always known
        sealed = await seal(self._engine, key, order_aad(group_id, epoch), order.encode())
        return SealedOrder(group_id, epoch, sealed).encode()
