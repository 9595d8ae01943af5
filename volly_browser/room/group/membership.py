"""Our membership of one group: MLS operations, with the roster and the log of commits kept in step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from volly_browser.errors import RemoteError
from volly_browser.mls.commit_creation import PendingCommit
from volly_browser.mls.events import ApplicationMessage, CommitApplied, Member, RemovedFromGroup
from volly_browser.mls.framing import ContentType
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.proposals import Add, ExternalPsk, Proposal, Remove
from volly_browser.mls.psk import PskBundle, PskFamily
from volly_browser.mls.renewal import LeafRenewal
from volly_browser.room import labels
from volly_browser.room.content.content import Body, Candidate, Order, Payload, Ranking, read_payload
from volly_browser.room.door.knocks import Join
from volly_browser.room.door.questions import Speaker
from volly_browser.room.group.commit_rules import CommitRules
from volly_browser.room.group.commits import CommitLog, Stance
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.credential import OwnIdentity
from volly_browser.room.identity.ranking import psk_with, ranking_after, ranking_digest
from volly_browser.room.identity.roster import Roster, RosterEntry
from volly_browser.room.invite import Invite
from volly_browser.room.machine import Company
from volly_browser.room.wire.structs import PassedEpoch, Welcomed


class CommitTooLarge(RemoteError):
    """A commit or its Welcome is too long to be sent: members can make their leaves long."""


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit of ours that is not merged yet.

    Attributes:
        order: the message that gives it out.
        welcome: for the newcomers, once it is merged; None without any.
        joins: the newcomers.
        renews_us: whether it gives our leaf new keys.
    """

    order: bytes = field(repr=False)
    welcome: bytes | None = field(repr=False)
    joins: tuple[Join, ...]
    pending: PendingCommit = field(repr=False)
    renews_us: bool


@dataclass(frozen=True, slots=True)
class EpochChanged:
    """The group has entered another epoch.

    Attributes:
        added: the members that came.
        removed: the members that went.
        by: the author of the commit.
        renews_us: whether our leaf has new keys.
        outdated: those of the added that came with a leaf which their member has used before, as far as we know.
    """

    added: tuple[RosterEntry, ...]
    removed: tuple[RosterEntry, ...]
    by: bytes
    renews_us: bool = False
    outdated: tuple[RosterEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """A commit has removed us; `is_readmitted` if it adds us again, since we have knocked."""

    is_readmitted: bool


@dataclass(frozen=True, slots=True)
class Received:
    """The opened message of a member, and its epoch."""

    sender: RosterEntry
    epoch: int
    body: Body


class Membership:
    """A group of which we are a member.

    Args:
        group: begun or joined.
        ranking: the ids of its members, the longest in the group first.
        roster: takes over the group's members; outlives the group.
        invite: has the pre-shared key.
        identity: vouches for our leaf's keys.
        rules: judge the commits of others.

    Raises:
        RankingRefused: the ranking is not one of this group's members.
    """

    def __init__(
        self,
        group: Group,
        ranking: Sequence[bytes],
        roster: Roster,
        invite: Invite,
        *,
        identity: OwnIdentity,
        rules: CommitRules,
    ) -> None:
        self.group = group
        self.first_epoch = group.epoch
        self._roster = roster
        self._psk_id, self._psk = invite.psk_id, invite.psk
        self._identity = identity
        self._rules = rules
        self._log = CommitLog()
        self._update: PendingCommit | None = None
        self._unsent: Committed | None = None
        roster.enter(group.members(), ranking)
        self._entered_epoch()

    # The present epoch

    @property
    def company(self) -> Company:
        """The group in the present epoch."""
        return Company(self.group.group_id, self.group.epoch, self._identity.member_id, self._roster.ranking)

    @property
    def speaker(self) -> Speaker:
        """The key and credential that prove our membership outside of the group."""
        own = next(member for member in self.group.members() if member.leaf_index == self.group.own_leaf_index)
        return Speaker(self.group.signature_key, own.identity)

    @property
    def shared_secret(self) -> bytes:
        """32 bytes that all members of this epoch share, and that encrypt nothing."""
        return self.group.export(labels.SHARED_SECRET, b"", labels.SHARED_SECRET_LENGTH)

    @property
    def branch(self) -> bytes:
        """Bytes by which members see that they are in the same epoch; they reveal nothing to others."""
        return self._log.branch

    @property
    def history(self) -> tuple[PassedEpoch, ...]:
        """The latest epochs that we were in, the present one last."""
        return self._log.history

    def knows(self, branch: bytes) -> bool:
        """Whether this is the branch of a remembered epoch that we were in."""
        return self._log.knows(branch)

    def stance(self, epoch: int, branch: bytes) -> Stance:
        """Compare an epoch of another member with ours."""
        return self._log.stance(epoch, branch)

    def orders_after(self, history: Iterable[PassedEpoch]) -> list[bytes] | None:
        """Return all orders since the latest epoch of a history that we share; None if some are missing."""
        return self._log.orders_after(history)

    def was_ended_by_order_of(self, epoch: int, giver: bytes) -> bool:
        """Whether this member gave the order that ended an epoch that is remembered."""
        return self._log.was_ended_by_order_of(epoch, giver)

    def split_by(self, history: Iterable[PassedEpoch]) -> bytes | None:
        """The member whose orders led from one epoch into two, if there is one: one is ours, the other in a history."""
        return self._log.split_by(history)

    def members_of_last_shared(self, history: Iterable[PassedEpoch]) -> frozenset[bytes]:
        """Return the members of the latest epoch of a history that we share; none if we share none."""
        return self._log.members_of_last_shared(history)

    def was_ended_by(self, epoch: int, commit: bytes) -> bool:
        """Whether this commit ended an epoch that is remembered."""
        return self._log.was_ended_by(epoch, commit)

    # Our commits

    async def commit(self, changes: Changes) -> Committed:
        """Make a commit of these changes, or one that only renews our keys; nothing changes until `merge`.

        A newcomer that is a member already, and lost its keys, replaces its old leaf.  If members are only added, the
        commit has no update path (RFC 9420, section 12.4): above many newcomers the tree is blank, so the path would
        have a ciphertext for each of them.  All renew their keys soon after (see `refresh`).

        Raises:
            MlsError: the key package of a newcomer cannot be added.
        """
        going = {*changes.removals, *(join.member_id for join in changes.joins)}
        removals = [Remove(entry.leaf_index) for entry in self._roster.entries if entry.member_id in going]
        added = [Add(KeyPackage.from_message(join.key_package)) for join in changes.joins]
        renews_us = bool(removals) or not changes.joins
        ranking = ranking_after(self._roster.ranking, going, [join.member_id for join in changes.joins])
        pending = await self._commit([*removals, *added], ranking, renews_us=renews_us)
        order = await self.write(Order(pending.commit))
        return Committed(order, pending.welcome, changes.joins, pending, renews_us)

    def merge(self, committed: Committed) -> EpochChanged:
        """Enter the epoch of our commit, after it was given out."""
        me = self._identity.member_id
        return self._merged(committed.pending, committed.order, renews_us=committed.renews_us, giver=me)

    def keep_unsent(self, committed: Committed) -> None:
        """The order is handed to the network, which possibly says that it failed although some have it."""
        self._unsent = committed

    @property
    def unsent(self) -> Committed | None:
        """Our commit of this epoch that was given out without being merged; no other of this epoch is given out."""
        return self._unsent

    async def update(self) -> Candidate:
        """Make a commit that only renews our keys, for the sequencer to give out; nothing changes until it does.

        In one epoch it is always the same commit: a second one would replace it, and we could not follow the first if
        that was given out after all.
        """
        self._update = self._update or await self._commit([], self._roster.ranking, renews_us=True)
        return Candidate(self._update.commit)

    async def _commit(self, proposals: list[Proposal], ranking: Sequence[bytes], *, renews_us: bool) -> PendingCommit:
        renewal = None
        if renews_us:
            vouched = await self._identity.vouch()
            renewal = LeafRenewal(vouched.pair, vouched.credential.encode())
        psk = self.psk_for(ranking)
        wanted = [*proposals, self.group.psk_proposal(psk.name)]
        self._update = None  # MLS keeps one pending commit
        return await self.group.commit(wanted, (psk,), with_path=renews_us, renewal=renewal)

    def psk_for(self, ranking: Iterable[bytes]) -> PskBundle:
        """The invite's, in a commit after which this is the order of the members."""
        return psk_with(self._psk_id, self._psk, ranking_digest(ranking))

    # Commits of others

    async def accept(self, candidate: Candidate) -> tuple[bytes, EpochChanged]:
        """Enter the epoch of another member's commit; return the order for all.

        Raises:
            CommitTooLarge: its order would be.
            CommitRefused, DecodeError, MlsError: it is malformed, not authentic, or breaks a rule.
        """
        order = await self.write(Order(candidate.commit))
        require_fitting(order)
        change = await self.follow(candidate.commit, order, self.group.own_leaf_index)
        assert isinstance(change, EpochChanged)  # a candidate removes no member
        return order, change

    async def follow(self, commit: bytes, order: bytes, giver: int) -> EpochChanged | Removed:
        """Enter the epoch of a commit, possibly our own, unless it removes us.

        Args:
            commit: an encoded MLSMessage.
            order: the message that gave it out.
            giver: the leaf of the member that sent the order.

        Raises:
            CommitRefused, DecodeError, MlsError: the commit is malformed, not authentic, or breaks a rule.
        """
        if self._update and commit == self._update.commit:
            return self._merged(self._update, order, renews_us=True, giver=self._id_at(giver))
        epoch, given_by = self.group.epoch, self._id_at(giver)
        self._rules.giver = giver
        psk = PskFamily(ExternalPsk(self._psk_id), self._psk)
        event = await self.group.process(commit, (psk,), only=ContentType.COMMIT)
        if isinstance(event, RemovedFromGroup):
            readmitted = {entry.member_id for entry in self._identified(event.added)}
            return Removed(self._identity.member_id in readmitted)
        assert isinstance(event, CommitApplied)  # no other body has this content type
        author = self._roster.identify(event.sender).member_id
        change = EpochChanged(self._identified(event.added), self._identified(event.removed), author)
        return self._advanced(epoch, commit, order, change, given_by)

    # Messages

    async def read(self, message: bytes) -> Received:
        """Open a member's message: application data only, since commits need an order, and proposals are not used.

        Raises:
            FutureEpoch, PastEpoch, NotForThisGroup: it is of another epoch or group.
            DecodeError, MlsError, ContentError: it is malformed, not authentic, or was read before.
        """
        event = await self.group.process(message, only=ContentType.APPLICATION)
        assert isinstance(event, ApplicationMessage)  # no other body has this content type
        return Received(self._roster.identify(event.sender), event.epoch, read_payload(event.data).body)

    async def welcomed(self, welcome: bytes) -> Welcomed:
        """A Welcome, and the order of the members, for those that our commit has added."""
        ranking = self._roster.ranking
        return Welcomed(welcome, ranking_digest(ranking), await self.write(Ranking(ranking)))

    async def write(self, body: Body) -> bytes:
        """Encrypt for all members; return an encoded MLSMessage."""
        return await self.group.encrypt(Payload(labels.VERSION, body).encode())

    def forget_expired(self) -> None:
        """Delete the keys of past epochs that have expired."""
        self.group.forget_expired()

    @property
    def seconds_to_expiry(self) -> float | None:
        """Seconds until `forget_expired` has something to delete; None if it never has."""
        expiry = self.group.next_expiry()
        return None if expiry is None else max(0.0, expiry - self.group.settings.clock())

    def member_at(self, leaf_index: int) -> RosterEntry | None:
        """Return the member with this leaf."""
        return next((entry for entry in self._roster.entries if entry.leaf_index == leaf_index), None)

    def _id_at(self, leaf_index: int) -> bytes:
        entry = self.member_at(leaf_index)
        return entry.member_id if entry else b""

    def _merged(self, pending: PendingCommit, order: bytes, *, renews_us: bool, giver: bytes) -> EpochChanged:
        epoch, removed = self.group.epoch, self._identified(pending.removed)
        self.group.merge(pending)
        change = EpochChanged(self._identified(pending.added), removed, self._identity.member_id, renews_us)
        return self._advanced(epoch, pending.commit, order, change, giver)

    def _advanced(self, epoch: int, commit: bytes, order: bytes, change: EpochChanged, giver: bytes) -> EpochChanged:
        self._update = self._unsent = None
        self._log.ended(epoch, commit, order, giver)
        outdated = tuple(entry for entry in change.added if self._roster.is_outdated(entry))
        self._roster.advance(self.group.members(), change.added, self.group.epoch)
        self._entered_epoch()
        return replace(change, outdated=outdated)

    def _identified(self, members: Iterable[Member]) -> tuple[RosterEntry, ...]:
        return tuple(self._roster.identify(member) for member in members)

    def _entered_epoch(self) -> None:
        branch = self.group.export(labels.BRANCH, b"", labels.BRANCH_LENGTH)
        self._log.entered(self.group.epoch, branch, self._roster.ranking)


def require_fitting(order: bytes) -> None:
    """Raise CommitTooLarge unless an order can be sent: once its commit is followed, it has to be given out."""
    if len(order) > labels.PARCEL_LIMIT:
        raise CommitTooLarge(f"A commit of {len(order)} bytes is too long to be sent.")
