"""Our place in one group: what MLS does there, with the roster and the log of commits kept in step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from volly_browser.crypto.engine import Engine
from volly_browser.errors import RemoteError
from volly_browser.mls.commit_creation import PendingCommit
from volly_browser.mls.events import ApplicationMessage, CommitApplied, Member, RemovedFromGroup
from volly_browser.mls.framing import ContentType
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.proposals import Add, Proposal, Remove
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.public_message import PublicMessage
from volly_browser.room import labels
from volly_browser.room.content.content import Body, Payload, read_payload
from volly_browser.room.door.knocks import Join
from volly_browser.room.door.rejoining import check_rejoin
from volly_browser.room.group.commits import Claim, CommitLog, Order, SealedOrder, Stance, Verdict, order_aad
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.roster import Roster, RosterEntry
from volly_browser.room.wire.sealing import seal, unseal
from volly_browser.room.wire.structs import Candidate, PassedEpoch


class OrderRefused(RemoteError):
    """An order was not given by a member of the epoch that it says."""


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """An order that a member gave, and what to think of it; `payload` is the parcel's."""

    verdict: Verdict
    order: Order = field(repr=False)
    claim: Claim
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit of ours, made and not yet merged.

    Attributes:
        payload: of the parcel of kind COMMIT, for all.
        welcome: for the newcomers, once it is merged; None without any.
        joins: the newcomers.
        renews_us: whether it gives our leaf new keys.
    """

    payload: bytes = field(repr=False)
    welcome: bytes | None = field(repr=False)
    joins: tuple[Join, ...]
    pending: PendingCommit = field(repr=False)
    claim: Claim
    renews_us: bool


@dataclass(frozen=True, slots=True)
class EpochChanged:
    """The group is in another epoch; who came and who went, and whether our leaf has new keys."""

    added: tuple[RosterEntry, ...]
    removed: tuple[RosterEntry, ...]
    renews_us: bool = False


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
        self._update: PendingCommit | None = None
        self._entered_epoch()

    @property
    def shared_secret(self) -> bytes:
        """32 bytes that all members of this epoch share, and that encrypt nothing."""
        return self.group.export(labels.SHARED_SECRET, b"", labels.SHARED_SECRET_LENGTH)

    @property
    def branch(self) -> bytes:
        """Shows who is in this very epoch; says nothing to others."""
        return self._log.branch

    @property
    def history(self) -> tuple[PassedEpoch, ...]:
        """The latest epochs that we were in, the present one last."""
        return self._log.history

    def stance(self, epoch: int, branch: bytes) -> Stance:
        """How an epoch that somebody is in stands to ours."""
        return self._log.stance(epoch, branch)

    def order_of(self, epoch: int) -> bytes | None:
        """The payload of the order that ended an epoch, if it is kept."""
        return self._log.order_of(epoch)

    def precedes(self, history: Iterable[PassedEpoch]) -> bool:
        """Whether we were in the group when somebody with this history was, so that we can tell what became of it."""
        return self.first_epoch <= max((passed.epoch for passed in history), default=self.first_epoch)

    def orders_after(self, history: Iterable[PassedEpoch]) -> list[bytes] | None:
        """The payloads of all orders since the latest epoch of a history that we share; None where they are not had."""
        return self._log.orders_after(history)

    async def commit(self, changes: Changes) -> Committed:
        """A commit that makes these changes, or only gives us new keys; nothing changes until `merge`.

        A newcomer that is a member already, and lost its keys, takes its own place anew.  Where members only come,
        there is no update path (RFC 9420, section 12.4): the tree is blank where many have just come, so that it would
        have a ciphertext for each of them.  All renew their keys soon after (see `refresh`).

        Raises:
            MlsError: what a newcomer sent cannot be added.
        """
        going = {*changes.removals, *(join.member_id for join in changes.joins)}
        removals = [Remove(entry.leaf_index) for entry in self._roster.entries if entry.member_id in going]
        renews_us = bool(removals) or not changes.joins
        proposals: list[Proposal] = [*removals]
        if changes.joins:
            proposals += [Add(KeyPackage.from_message(join.key_package)) for join in changes.joins]
            proposals += [self.group.psk_proposal(psk.name) for psk in self._psks]
        pending = await self.group.commit(proposals, self._psks, with_path=renews_us)
        order = Order(self.group.own_leaf_index, pending.commit)
        claim = self._log.claim(self.group.epoch, order)
        assert claim is not None  # we are a member of our own epoch
        return Committed(await self._seal(order), pending.welcome, changes.joins, pending, claim, renews_us)

    def merge(self, committed: Committed) -> EpochChanged:
        """Enter the epoch of our commit: it was given out."""
        return self._merged(committed.pending, committed.claim, committed.payload, renews_us=committed.renews_us)

    async def update(self) -> Candidate:
        """A commit that only gives us new keys, for whoever sequences; nothing changes until it is given out."""
        self._update = await self.group.commit()
        return Candidate(self.group.group_id, self.group.epoch, self._update.commit)

    async def accept(self, candidate: Candidate) -> tuple[bytes, EpochChanged] | None:
        """Enter the epoch of somebody's commit, and give the payload of the order for all; None where it removes us.

        Raises:
            OrderRefused: it is for another epoch.
            RejoinRefused, DecodeError, MlsError: it is malformed, not authentic, or breaks a rule.
        """
        if (candidate.group_id, candidate.epoch) != (self.group.group_id, self.group.epoch):
            raise OrderRefused(f"A commit ends epoch {candidate.epoch}; we are in {self.group.epoch}.")
        order = Order(self.group.own_leaf_index, candidate.commit)
        claim = self._log.claim(self.group.epoch, order)
        assert claim is not None  # we are a member of our own epoch
        payload = await self._seal(order)
        change = await self.follow(ReadOrder(Verdict.FOLLOW, order, claim, payload))
        return (payload, change) if change else None

    async def read_order(self, payload: bytes) -> ReadOrder | None:
        """Open an order for an epoch that we know; None where it is for one that we do not know any more.

        Raises:
            SealBroken, DecodeError, OrderRefused: no member of that epoch gave it.
        """
        sealed = SealedOrder.decode(payload)
        key = self._log.order_key(sealed.epoch)
        if key is None:
            return None
        order = Order.decode(await unseal(self._engine, key, sealed.aad, sealed.sealed))
        claim = self._log.claim(sealed.epoch, order)
        if claim is None:
            raise OrderRefused("A commit was given out by somebody who was no member then.")
        return ReadOrder(self._log.judge(sealed.epoch, claim), order, claim, payload)

    async def follow(self, read: ReadOrder) -> EpochChanged | None:
        """Enter the epoch that a commit begins, which may be our own; None where the commit removes us.

        Raises:
            RejoinRefused, DecodeError, MlsError: the commit is malformed, not authentic, or breaks a rule.
        """
        if self._update and read.order.commit == self._update.commit:
            return self._merged(self._update, read.claim, read.payload, renews_us=True)
        epoch, body = self.group.epoch, MLSMessage.decode(read.order.commit).body
        if isinstance(body, PublicMessage):
            check_rejoin(body, self.group.members(), [psk.name for psk in self._psks])
            event = await self.group.process(read.order.commit, self._psks)
        else:
            event = await self.group.process(read.order.commit, self._psks, only=ContentType.COMMIT)
        if isinstance(event, RemovedFromGroup):
            return None
        assert isinstance(event, CommitApplied)  # nothing else has this content type
        change = EpochChanged(self._identified(event.added), self._identified(event.removed))
        return self._advanced(epoch, read.claim, read.payload, change)

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

    def _merged(self, pending: PendingCommit, claim: Claim, payload: bytes, *, renews_us: bool) -> EpochChanged:
        epoch, removed = self.group.epoch, self._identified(pending.removed)
        self.group.merge(pending)
        change = EpochChanged(self._identified(pending.added), removed, renews_us)
        return self._advanced(epoch, claim, payload, change)

    def _advanced(self, epoch: int, claim: Claim, payload: bytes, change: EpochChanged) -> EpochChanged:
        self._update = None
        self._log.ended(epoch, claim, payload)
        self._entered_epoch()
        return change

    def _identified(self, members: Iterable[Member]) -> tuple[RosterEntry, ...]:
        return tuple(self._roster.identify(member) for member in members)

    def _entered_epoch(self) -> None:
        self._roster.update(self.group.members())
        key = self.group.export(labels.ORDER_KEY, b"", labels.ORDER_KEY_LENGTH)
        branch = self.group.export(labels.BRANCH, b"", labels.BRANCH_LENGTH)
        self._log.entered(self.group.epoch, key, branch, self._roster.rank_of_leaf)

    async def _seal(self, order: Order) -> bytes:
        group_id, epoch = self.group.group_id, self.group.epoch
        key = self._log.order_key(epoch)
        assert key is not None  # the current epoch is always known
        sealed = await seal(self._engine, key, order_aad(group_id, epoch), order.encode())
        return SealedOrder(group_id, epoch, sealed).encode()
