"""Life in the group: following its commits, making ours, reading and writing.

All of it is called by one task, so that nothing interleaves.
"""

from collections.abc import Callable

from volly_browser.errors import RemoteError
from volly_browser.mls.errors import FutureEpoch, NotForThisGroup, OwnMessage, PastEpoch, SecretReuse
from volly_browser.mls.group import Group
from volly_browser.room.commits import SealedOrder, Verdict
from volly_browser.room.content import BranchLost, Farewell, Numbered
from volly_browser.room.doorway import Doorway
from volly_browser.room.entrance import Entrance
from volly_browser.room.events import FrameRefused, MembersChanged, Problem, RoomEvent, RoomMember
from volly_browser.room.frames import Kind, Parcel
from volly_browser.room.identity import MAX_SENIORITY
from volly_browser.room.machines import Machines
from volly_browser.room.membership import EpochChanged, Membership, Received
from volly_browser.room.post import Post
from volly_browser.room.sequencer import Changes
from volly_browser.room.waiting import WaitingParcels
from volly_browser.room.wire import Presence

SENDS_AT_ONCE = 16
"""Texts that are sent before the network is listened to again."""


class Inside:
    """The group that we are in, if we are in one.

    Args:
        entrance: who we are.
        doorway: displays where we are.
        post: sends.
        machines: are told.
        emit: takes the room's events.
    """

    def __init__(
        self,
        entrance: Entrance,
        doorway: Doorway,
        post: Post,
        machines: Machines,
        *,
        emit: Callable[[RoomEvent], None],
    ) -> None:
        self.membership: Membership | None = None
        self._entrance = entrance
        self._doorway = doorway
        self._post = post
        self._machines = machines
        self._conversation = machines.conversation
        self._emit = emit
        self._on_track = False

    # Where we stand

    @property
    def following(self) -> Membership | None:
        """Our membership, while nothing tells that the group has gone on without us."""
        return self.membership if self._on_track else None

    @property
    def members(self) -> tuple[RoomMember, ...]:
        """Everybody who can read what we send, the longest in the group first; empty while we are in no group."""
        entries = self._machines.roster.entries if self.membership else ()
        me = self._entrance.member_id
        return tuple(RoomMember(entry.member_id.hex(), entry.name, entry.member_id == me) for entry in entries)

    # Coming and going

    async def enter(self, group: Group, now: float) -> None:
        """We are in a group, begun by us or joined."""
        membership = Membership(self._entrance.engine, group, self._machines.roster, self._entrance.psks)
        self.membership, self._on_track = membership, True
        self._machines.admission.entered(self._doorway.age(group.group_id), now)
        for entry in self._machines.roster.entries:
            self._machines.sequencer.member_added(entry.member_id, entry.seniority)
        self._machines.lag.entered_afresh(group.epoch)
        self._machines.future.drop_before(now - self._machines.timing.missing_commit)
        await self._doorway.show_presence(membership)
        self._epoch_entered(membership, now)
        await self._read_again(self._machines.early, now)
        await self._read_again(self._machines.future, now)

    def saw_presence(self, presence: Presence, now: float) -> bool:
        """Somebody is in a group; True where they should be told of ours: theirs is younger, or they are behind."""
        following = self.following
        if following is None:
            return False
        if presence.group_id != following.group.group_id:
            return self._doorway.age(presence.group_id) > self._doorway.age(following.group.group_id)
        self._machines.lag.saw(presence.epoch, now)
        known = self._machines.roster.find(presence.member_id)
        return presence.epoch < following.group.epoch or (known is None and presence.epoch == following.group.epoch)

    async def tell_presence(self, to: str) -> None:
        """Tell somebody where the group is now.  Raises TransportError."""
        if following := self.following:
            await self._doorway.tell_presence(following, [to])

    def look_around(self, now: float) -> None:
        """Who cannot be reached gets a while to be; somebody who died unseen would stay a member for ever."""
        for member_id in self._machines.roster.ranking if self.membership else ():
            if member_id != self._entrance.member_id and not self._machines.reachability.reaches(member_id):
                self._machines.sequencer.member_unseen(member_id, now)

    def lose_track(self, now: float) -> None:
        """The group has gone on without us: we knock again, and can read what is still of our epoch."""
        self._on_track = False
        self._machines.lag.lost()
        self._machines.sequencer.group_lost()
        self._machines.admission.lost(now)

    def lose_group(self, now: float) -> None:
        """We are not in this group any more, and knock again."""
        self.membership = None
        self.lose_track(now)
        self._emit(MembersChanged(self.members))

    # What comes

    async def got(self, parcel: Parcel, came: float, now: float) -> None:
        """A commit or a message came, at the time `came`.  What cannot be accepted becomes an event."""
        try:
            if parcel.kind is Kind.COMMIT:
                await self._got_order(parcel, came, now)
            else:
                await self._got_message(parcel, came, now)
        except RemoteError as error:
            self._refuse(parcel, error)

    async def _got_order(self, parcel: Parcel, came: float, now: float) -> None:
        sealed, membership = SealedOrder.decode(parcel.payload), self.membership
        if membership is None or sealed.group_id != membership.group.group_id:
            return self._machines.early.add(parcel, came)
        if sealed.epoch > membership.group.epoch:
            return self._wait_for_commit(parcel, sealed.epoch, came)
        read = await membership.read_order(sealed)
        if read is None:
            return None
        verdict, order, claim = read
        if verdict is Verdict.FOLLOW:
            await self._changed(membership, await membership.follow(order, claim), now)
        elif verdict is Verdict.WE_LOST:
            try:
                await self._send(membership, BranchLost(sealed.epoch))
            finally:
                self.lose_group(now)
        return None

    async def _got_message(self, parcel: Parcel, came: float, now: float) -> None:
        if self.membership is None:
            return self._machines.early.add(parcel, came)
        try:
            await self._received(await self.membership.read(parcel.payload), now)
        except FutureEpoch as error:
            self._wait_for_commit(parcel, error.epoch, came)
        except NotForThisGroup:
            self._machines.early.add(parcel, came)
        except OwnMessage:
            pass
        except PastEpoch as error:
            if error.epoch >= self.membership.first_epoch:
                raise
        return None

    def _wait_for_commit(self, parcel: Parcel, epoch: int, came: float) -> None:
        self._machines.future.add(parcel, came)
        self._machines.lag.saw(epoch, came)

    async def _received(self, received: Received, now: float) -> None:
        self._machines.sequencer.member_back(received.sender.member_id)
        match received.payload.body:
            case Numbered() as numbered:
                self._conversation.got(received.sender, numbered, now)
            case Farewell():
                self._machines.sequencer.got_farewell(received.sender.member_id, now)
            case BranchLost():
                self.lose_group(now)

    def _refuse(self, parcel: Parcel, error: RemoteError) -> None:
        """Say so; loudly where it is a member's message that we should have been able to read, and not a duplicate."""
        member_id = self._machines.reachability.member_at(parcel.sender)
        entry = self._machines.roster.find(member_id) if member_id and self.membership else None
        if entry and parcel.kind is Kind.MESSAGE and not isinstance(error, SecretReuse):
            self._emit(Problem(f"A message from {entry.name or 'a member'} could not be read. {error}"))
        else:
            self._emit(FrameRefused(parcel.sender, str(error)))

    async def _read_again(self, waiting: WaitingParcels, now: float) -> None:
        """What came too early may be readable now; what is not waits on."""
        for parcel, came in waiting.take():
            await self.got(parcel, came, now)

    # What we do

    async def commit(self, changes: Changes, now: float) -> None:
        """Commit what the sequencer says.  Raises TransportError where it could not be given out: nothing changed."""
        membership = self.following
        assert membership is not None  # the sequencer asks for nothing without a group
        if changes.outdated:
            required = min(self._machines.sequencer.seniority + 1, MAX_SENIORITY)
            await self._doorway.tell_presence(membership, [join.identity for join in changes.outdated], required)
        if not changes.joins and not changes.removals:
            return
        try:
            committed = await membership.commit(changes)
        except RemoteError as error:
            return await self._commit_singly(changes, error, now)
        await self._post.send(Kind.COMMIT, committed.payload)
        await self._changed(membership, membership.merge(committed), now)
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

    async def send_texts(self) -> None:
        """Send what waits, as far as possible at once.  Raises TransportError; what was not sent waits on."""
        for _ in range(SENDS_AT_ONCE):
            membership, numbered = self.following, self._conversation.first()
            if membership is None or numbered is None:
                return
            await self._send(membership, numbered)
            self._conversation.sent()

    async def say_farewell(self) -> bool:
        """Ask the others to remove us; False where there is nobody to ask.  Raises TransportError."""
        if self.following is None or len(self.members) == 1:
            return False
        await self._send(self.following, Farewell(""))
        return True

    async def _send(self, membership: Membership, body: Numbered | Farewell | BranchLost) -> None:
        await self._post.send(Kind.MESSAGE, await membership.write(body))

    # Epochs

    async def _changed(self, membership: Membership, change: EpochChanged | None, now: float) -> None:
        if change is None:
            return self.lose_group(now)
        for entry in change.added:
            self._machines.sequencer.member_added(entry.member_id, entry.seniority)
        for entry in change.removed:
            if self._machines.roster.find(entry.member_id) is None:
                self._conversation.finish(entry.member_id)
        if not self._on_track:
            self._on_track = True
            self._machines.admission.entered(self._doorway.age(membership.group.group_id), now)
        self._machines.lag.entered(membership.group.epoch, now)
        self._epoch_entered(membership, now)
        await self._read_again(self._machines.future, now)

    def _epoch_entered(self, membership: Membership, now: float) -> None:
        group, roster = membership.group, self._machines.roster
        me = roster.find(self._entrance.member_id)
        self._machines.sequencer.epoch_entered(group.group_id, roster.ranking, me.seniority if me else 0)
        self._conversation.epoch_entered(group.group_id, group.epoch)
        self.look_around(now)
        self._emit(MembersChanged(self.members))
