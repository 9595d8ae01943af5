"""What changes the group: orders, the commits of ours and of others that become orders, and the way back.

All of it is called by one task, so that nothing interleaves.  Each method takes what came, or does what is due; what
decides is in the machines (`sequencer`, `catch_up`, `rejoin`, `refresh`).
"""

import hashlib
from collections.abc import Callable, Sequence

from volly_browser.errors import RemoteError
from volly_browser.room.door.entrance import Entrance
from volly_browser.room.door.knocks import Join
from volly_browser.room.events import FrameRefused, RoomEvent
from volly_browser.room.group.commits import SealedOrder, Verdict
from volly_browser.room.group.membership import Membership, ReadOrder
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.session.doorway import Doorway
from volly_browser.room.session.inside import Inside
from volly_browser.room.session.machines import Machines
from volly_browser.room.wire.frames import Kind, Parcel
from volly_browser.room.wire.post import Post
from volly_browser.room.wire.structs import Accepted, Candidate, Resync


class Ordering:
    """Follows, makes and gives out commits.

    Args:
        entrance: makes key packages and external commits.
        doorway: tells where we are.
        inside: is in the group.
        post: sends.
        machines: decide.
        emit: takes the room's events.
    """

    def __init__(
        self,
        entrance: Entrance,
        doorway: Doorway,
        inside: Inside,
        post: Post,
        machines: Machines,
        *,
        emit: Callable[[RoomEvent], None],
    ) -> None:
        self._entrance = entrance
        self._doorway = doorway
        self._inside = inside
        self._post = post
        self._machines = machines
        self._emit = emit

    # What comes

    async def got_order(self, parcel: Parcel, came: float, now: float) -> None:
        """A commit was given out.  Raises RemoteError where it cannot be accepted."""
        sealed, membership = SealedOrder.decode(parcel.payload), self._inside.membership
        if membership is None or sealed.group_id != membership.group.group_id:
            return self._machines.early.add(parcel, came)
        if sealed.epoch > membership.group.epoch:
            self._machines.catch_up.saw(parcel.sender, sealed.epoch, came)
            return self._machines.future.add(parcel, came)
        read = await membership.read_order(parcel.payload)
        if read is None:
            return None
        if read.verdict is Verdict.FOLLOW:
            await self._follow(membership, read, now)
        elif read.verdict is Verdict.WE_LOST:
            self._inside.lose_group()
            self._machines.rejoin.lost(parcel.sender, now)
        elif read.verdict is Verdict.WE_WON and self._machines.throttle.allows(parcel.sender, now):
            ours = membership.order_of(sealed.epoch)
            if ours is not None:
                await self._post.send(Kind.COMMIT, ours, [parcel.sender])
        return None

    async def _follow(self, membership: Membership, read: ReadOrder, now: float) -> None:
        if offer := self._machines.rejoin.accepted(_digest(read.order.commit)):
            await self._inside.enter(offer.group, now)
        elif change := await membership.follow(read):
            self._inside.advance(change, now)
        else:
            self._removed(now)

    def _removed(self, now: float) -> None:
        self._inside.lose_group()
        self._machines.rejoin.entered()
        self._machines.admission.lost(now)

    async def got_candidate(self, parcel: Parcel, now: float) -> None:
        """Somebody has made a commit: where it is our turn, and it fits, we give it out.

        Raises RemoteError where it cannot be accepted, TransportError where it could not be given out: then the others
        will ask for it.
        """
        candidate, following = Candidate.decode(parcel.payload), self._inside.following
        if following is None or not self._machines.sequencer.is_sequencing:
            return
        if (candidate.group_id, candidate.epoch) != (following.group.group_id, following.group.epoch):
            return
        accepted = await following.accept(candidate)
        if accepted is None:
            self._removed(now)
            return
        payload, change = accepted
        self._inside.advance(change, now)
        await self._post.send(Kind.COMMIT, payload)
        if change.added:
            await self._post.send(Kind.ACCEPTED, Accepted(_digest(candidate.commit)).encode(), [parcel.sender])

    async def got_accepted(self, parcel: Parcel, now: float) -> None:
        """Our external commit was given out: we are inside.  Raises DecodeError."""
        if offer := self._machines.rejoin.accepted(Accepted.decode(parcel.payload).commit):
            await self._inside.enter(offer.group, now)

    async def got_resync(self, parcel: Parcel, now: float) -> None:
        """Somebody asks for what it has missed.  Raises DecodeError, TransportError."""
        request, following = Resync.decode(parcel.payload), self._inside.following
        if following is None or request.group_id not in (b"", following.group.group_id):
            return
        if not following.precedes(request.history):
            return  # somebody else may know the commits that are missing
        if not self._machines.throttle.allows(parcel.sender, now):
            return
        orders = following.orders_after(request.history)
        if orders is None:
            await self._tell_group_info(following, request, parcel.sender)
        elif not orders:
            await self._doorway.tell_presence(following, [parcel.sender])
        self._machines.throttle.answered(sum(map(len, orders or ())), now)
        for order in orders or ():
            await self._post.send(Kind.COMMIT, order, [parcel.sender])

    async def _tell_group_info(self, following: Membership, request: Resync, identity: str) -> None:
        """Tell a member, and nobody else who has the invite, how to come back: it says who is here."""
        asking = self._entrance.asking
        if await asking.is_from_member(request, identity, self._machines.roster):
            answer = await asking.answer(request, await following.group.group_info())
            await self._post.send(Kind.GROUP_INFO, answer, [identity])

    async def got_group_info(self, parcel: Parcel, now: float) -> None:
        """Somebody tells us how to come back.

        Raises RemoteError where it is malformed or not authentic, TransportError.
        """
        rejoin = self._machines.rejoin
        if not rejoin.expects_info(parcel.sender):
            return
        offer = await self._entrance.rejoin(parcel.payload)
        if offer is None:
            rejoin.entered()
            self._machines.admission.lost(now)
            return
        rejoin.offered(offer, now)
        candidate = Candidate(offer.group.group_id, offer.group.epoch - 1, offer.commit)
        await self._post.send(Kind.CANDIDATE, candidate.encode())

    # What we do

    async def ask(self, now: float) -> None:
        """Ask for what we miss, and give up where nobody can help.  Raises TransportError."""
        machines, membership = self._machines, self._inside.membership
        if machines.catch_up.is_hopeless(now) and (source := machines.catch_up.latest_source):
            self._inside.lose_track()
            machines.rejoin.lost(source, now)
        split = membership if machines.catch_up.sees_fork else None
        if split and machines.catch_up.loses(self._doorway.standing(split), now):
            self._inside.lose_group()
            machines.admission.lost(now)
        if machines.rejoin.is_hopeless(now):
            machines.rejoin.entered()
            machines.admission.lost(now)
        for identity in machines.catch_up.take_questions(now, self._is_member):
            await self._ask(identity, membership)
        if source := machines.rejoin.question_for(now):
            machines.rejoin.asked(now)
            await self._ask(source, None)

    async def _ask(self, identity: str, membership: Membership | None) -> None:
        group_id, history = (membership.group.group_id, membership.history) if membership else (b"", ())
        question = await self._entrance.question(group_id, history, self._post.identity)
        await self._post.send(Kind.RESYNC, question.encode(), [identity])

    def _is_member(self, identity: str) -> bool:
        member_id = self._machines.reachability.member_at(identity)
        return member_id is not None and self._machines.roster.find(member_id) is not None

    async def refresh(self, now: float) -> None:
        """Give our leaf new keys, where that is due.  Raises TransportError."""
        machines, following = self._machines, self._inside.following
        if following is None or not machines.refresh.is_due(now):
            return
        machines.refresh.attempted(now)
        sequencer = machines.sequencer.current
        if machines.sequencer.is_sequencing:
            await self._commit(following, Changes(), now)
        elif sequencer is not None:
            candidate = await following.update()
            identities = machines.reachability.identities_of(sequencer)
            await self._post.send(Kind.CANDIDATE, candidate.encode(), identities)

    async def commit_due(self, now: float) -> None:
        """Commit what the sequencer says.  Raises TransportError where it could not be given out: nothing changed."""
        if joins := self._machines.sequencer.to_check(now):
            await self._check(joins)
        if changes := self._machines.sequencer.take_due(now):
            await self.commit(changes, now)

    async def _check(self, joins: Sequence[Join]) -> None:
        forged = await self._entrance.forged(joins)
        for join in joins:
            if join in forged:
                self._machines.sequencer.refused(join)
                self._emit(FrameRefused(join.identity, "A key package at the door has a wrong signature."))
            else:
                self._machines.sequencer.checked(join)

    async def commit(self, changes: Changes, now: float) -> None:
        """Make changes.  Raises TransportError where they could not be given out: nothing changed."""
        following = self._inside.following
        assert following is not None  # the sequencer asks for nothing without a group
        if changes.outdated:
            required = self._machines.sequencer.seniority + 1
            identities = [join.identity for join in changes.outdated]
            await self._doorway.tell_presence(following, identities, required)
        if changes.joins or changes.removals:
            await self._commit(following, changes, now)

    async def _commit(self, membership: Membership, changes: Changes, now: float) -> None:
        try:
            committed = await membership.commit(changes)
        except RemoteError as error:
            return await self._commit_singly(changes, error, now)
        await self._post.send(Kind.COMMIT, committed.payload)
        self._inside.advance(membership.merge(committed), now)
        if committed.welcome:
            await self._post.send(Kind.WELCOME, committed.welcome, [join.identity for join in committed.joins])

    async def _commit_singly(self, changes: Changes, error: RemoteError, now: float) -> None:
        """One of the newcomers cannot be added: find out which, and let the others in."""
        if not changes.joins:
            raise error
        if len(changes.joins) == 1:
            self._machines.sequencer.refused(changes.joins[0])
            self._emit(FrameRefused(changes.joins[0].identity, str(error)))
            return
        for join in changes.joins:
            await self.commit(Changes((join,)), now)


def _digest(commit: bytes) -> bytes:
    return hashlib.sha256(commit).digest()
