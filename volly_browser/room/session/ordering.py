"""Changes the group: follows orders, and makes commits, ours and those of others, into orders.

One task calls all of it, so that nothing interleaves.  Each method takes a message, or does what is due; the machines
decide (`sequencer`, `catch_up`, `refresh`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from volly_browser.errors import RemoteError
from volly_browser.mls.errors import MlsError
from volly_browser.room import labels
from volly_browser.room.content.content import Candidate, Order
from volly_browser.room.door.key_packages import KeyPackages
from volly_browser.room.door.knocks import Join
from volly_browser.room.events import FrameRefused, MemberMisbehaved, Misbehaviour, RoomEvent, WasRemoved
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.membership import (
    Committed,
    CommitTooLarge,
    EpochChanged,
    Membership,
    Received,
    Removed,
    require_fitting,
)
from volly_browser.room.group.refresh import Refresh
from volly_browser.room.group.sequencer import Changes, Sequencer
from volly_browser.room.identity.roster import Reachability, RosterEntry
from volly_browser.room.session.doorway import Doorway
from volly_browser.room.session.inside import Inside
from volly_browser.room.session.seat import Seat
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.post import Post

CANDIDATE_ATTEMPTS = 2
"""Renewals in a row that are left to the sequencer; their author gives out the next itself."""

SHOWN_TO = 3
"""Members to which we show the order that has removed us, the first in rank."""

WELCOME_BESIDES = 16_384
"""The most bytes that travel with a Welcome: the signed ranking, and the seal of the door."""


class Ordering:
    """Follows, makes and gives out commits.

    Args:
        seat: our membership.
        key_packages: checks those of newcomers.
        doorway: answers newcomers.
        inside: enters the epochs.
        post: sends.
        sequencer, refresh, catch_up, reachability: decide.
        emit: takes the room's events.
    """

    def __init__(
        self,
        seat: Seat,
        key_packages: KeyPackages,
        doorway: Doorway,
        inside: Inside,
        post: Post,
        *,
        sequencer: Sequencer,
        refresh: Refresh,
        catch_up: CatchUp,
        reachability: Reachability,
        emit: Callable[[RoomEvent], None],
    ) -> None:
        self._seat = seat
        self._key_packages = key_packages
        self._doorway = doorway
        self._inside = inside
        self._post = post
        self._sequencer = sequencer
        self._refresh = refresh
        self._catch_up = catch_up
        self._reachability = reachability
        self._emit = emit
        self._named: frozenset[bytes] = frozenset()

    # What we receive

    async def got_order(self, received: Received, body: Order, message: bytes, identity: str, now: float) -> None:
        """Follow the commit that a member gives out.  Raises RemoteError if that is not possible."""
        membership = self._seat.membership
        assert membership is not None  # it has opened the order
        if received.epoch != membership.group.epoch:
            if not membership.was_ended_by(received.epoch, body.commit):
                self._catch_up.saw_fork(identity, now, is_member=True)
                self._accuse_if_twice(received, membership)
            return
        with self._naming_author(membership):
            change = await membership.follow(body.commit, message, received.sender.leaf_index)
        if isinstance(change, EpochChanged):
            self._inside.advance(change, now)
        else:
            await self._removed(change, received.sender, message, now)

    async def _removed(self, removed: Removed, by: RosterEntry, order: bytes, now: float) -> None:
        """Give our place up, and show the order to some of those that stay, unless we have asked for it.

        Possibly nobody else has it, and nobody will have it: its author wants us out, and not to be seen doing so.  Who
        reads it follows it, and so sees who has removed whom.
        """
        is_wished = removed.is_readmitted or self._sequencer.current is None
        stay = [member_id for member_id in self._seat.roster.ranking if member_id in self._reachability.members]
        shown_to = [member_id for member_id in stay if member_id != by.member_id][:SHOWN_TO]
        identities = self._reachability.identities_of_all(shown_to)
        self._inside.removed(now)
        if not is_wished:
            self._emit(WasRemoved(by.member_id.hex(), by.name))
            if identities:
                await self._post.send(order, identities)

    @contextmanager
    def _naming_author(self, membership: Membership) -> Iterator[None]:
        """Tell the user, once, of a member that has signed a commit which we cannot follow; possibly others can."""
        try:
            yield
        except MlsError as error:
            author = None if error.signed_by is None else membership.member_at(error.signed_by)
            if author and author.member_id not in self._named:
                self._named = (self._named | {author.member_id}) & set(self._seat.roster.ranking)
                self._emit(MemberMisbehaved(author.member_id.hex(), author.name, Misbehaviour.UNUSABLE_COMMIT))
            raise

    def _accuse_if_twice(self, received: Received, membership: Membership) -> None:
        """Report a member that gave out a second commit for the same epoch, which splits the group."""
        sender = received.sender
        if membership.was_ended_by_order_of(received.epoch, sender.member_id):
            self._emit(MemberMisbehaved(sender.member_id.hex(), sender.name, Misbehaviour.TWO_ORDERS))

    async def got_candidate(self, received: Received, body: Candidate, now: float) -> None:
        """Give out a member's commit if we are the sequencer and it fits.

        Raises RemoteError if it is refused, TransportError if it could not be given out: then the others will ask for
        it.
        """
        membership = self._seat.membership
        if membership is None or not self._sequencer.is_sequencing or received.epoch != membership.group.epoch:
            return
        if membership.unsent:
            return  # possibly some follow that already
        with self._naming_author(membership):
            order, change = await membership.accept(body)
        self._inside.advance(change, now)
        await self._post.send(order)

    async def got_own(self, message: bytes, now: float) -> None:
        """Something of ours comes back: if it is an order that could not be sent, it was sent after all.

        Raises TransportError.
        """
        membership = self._seat.membership
        if membership and (unsent := membership.unsent) and unsent.order == message:
            await self._merge(membership, unsent, now)

    # What we do

    async def refresh(self, now: float) -> None:
        """Give our leaf new keys, if that is due.  Raises TransportError."""
        membership = self._seat.membership
        if membership is None or membership.unsent or not self._refresh.is_due(now):
            return
        self._refresh.attempted(now)
        if self._sequencer.is_sequencing or self._refresh.attempts > CANDIDATE_ATTEMPTS:
            await self._commit(membership, Changes(), now)  # the server possibly keeps it from the sequencer
        elif self._sequencer.current is not None:
            candidate = await membership.update()
            is_first = self._refresh.attempts == 1
            to = self._reachability.identities_of(self._sequencer.current) if is_first else None
            await self._post.send(await membership.write(candidate), to or None)  # to all if it cannot be reached

    async def commit_due(self, now: float) -> None:
        """Commit what the sequencer says.

        Raises TransportError if it could not be given out: then nothing has changed, and the same is given out again,
        unless another order comes before.
        """
        membership = self._seat.membership
        if membership and membership.unsent:
            await self._give_out(membership, membership.unsent, now)
        if joins := self._sequencer.to_check(now):
            await self._check(joins)
        if changes := self._sequencer.take_due(now):
            await self.commit(changes, now)

    async def _check(self, joins: Sequence[Join]) -> None:
        forged = await self._key_packages.forged(joins)
        for join in joins:
            if join in forged:
                self._refuse(join, "A key package at the door has a wrong signature.")
            else:
                self._sequencer.checked(join)

    async def commit(self, changes: Changes, now: float) -> None:
        """Commit changes.  Raises TransportError if they could not be given out; then nothing has changed."""
        membership = self._seat.membership
        assert membership is not None  # without a group nothing is due
        if told := [join.identity for join in changes.refused]:
            await self._doorway.answer(membership, told)
        if changes.joins or changes.removals:
            await self._commit(membership, changes, now)

    async def _commit(self, membership: Membership, changes: Changes, now: float) -> None:
        if membership.unsent:  # what is wished now is for the next epoch
            return await self._give_out(membership, membership.unsent, now)
        try:
            committed = await membership.commit(changes)
            _require_fitting(committed)
        except RemoteError as error:
            return await self._commit_in_parts(changes, error, now)
        membership.keep_unsent(committed)
        await self._give_out(membership, committed, now)

    async def _give_out(self, membership: Membership, committed: Committed, now: float) -> None:
        await self._post.send(committed.order)
        await self._merge(membership, committed, now)

    async def _merge(self, membership: Membership, committed: Committed, now: float) -> None:
        self._inside.advance(membership.merge(committed), now)
        if committed.welcome:
            identities = [join.identity for join in committed.joins]
            welcomed = await membership.welcomed(committed.welcome)
            await self._post.say(DoorKind.WELCOME, welcomed.encode(), identities)

    async def _commit_in_parts(self, changes: Changes, error: RemoteError, now: float) -> None:
        """Add as many newcomers as possible, if one of them cannot be added or they are too many for a parcel."""
        joins = changes.joins
        if not joins:
            self._sequencer.commit_failed(now)
            raise error
        if len(joins) == 1:
            return self._refuse(joins[0], str(error))
        half = len(joins) // 2
        await self.commit(Changes(joins[:half], changes.removals), now)  # removals first: they make place
        await self.commit(Changes(joins[half:]), now)
        return None

    def _refuse(self, join: Join, sentence: str) -> None:
        self._sequencer.refused(join)
        self._emit(FrameRefused(join.identity, sentence))


def _require_fitting(committed: Committed) -> None:
    """Raise CommitTooLarge unless a commit of ours can be sent, and the Welcome that follows it."""
    require_fitting(committed.order)
    if committed.welcome and len(committed.welcome) + WELCOME_BESIDES > labels.PARCEL_LIMIT:
        raise CommitTooLarge(f"A Welcome of {len(committed.welcome)} bytes is too long to be sent.")
