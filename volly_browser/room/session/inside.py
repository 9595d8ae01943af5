"""Life in the group that we are in: its epochs, reading and writing.

All of it is called by one task, so that nothing interleaves.  What changes the group is in `ordering`.
"""

from collections.abc import Callable, Iterable

from volly_browser.errors import RemoteError
from volly_browser.mls.errors import FutureEpoch, NotForThisGroup, OwnMessage, PastEpoch
from volly_browser.mls.group import Group
from volly_browser.room.content.content import Body, ContentError, Farewell, Numbered, Receipt
from volly_browser.room.door.entrance import Entrance
from volly_browser.room.events import FrameRefused, MembersChanged, Problem, RoomEvent, RoomMember
from volly_browser.room.group.membership import EpochChanged, Membership, Received
from volly_browser.room.session.doorway import Doorway
from volly_browser.room.session.machines import Machines
from volly_browser.room.wire.frames import Kind, Parcel
from volly_browser.room.wire.post import Post

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

    Attributes:
        membership: our place in it; kept where the group has gone on without us, for what we still can read.
        has_unread: whether what came too early may be readable now; see `Session`.
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
        self.has_unread = False
        self._entrance = entrance
        self._doorway = doorway
        self._post = post
        self._machines = machines
        self._exchange = machines.exchange
        self._emit = emit
        self._on_track = False
        self._others: frozenset[bytes] = frozenset()
        self._shown: tuple[RoomMember, ...] = ()

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

    @property
    def others(self) -> frozenset[bytes]:
        """The ids of all members but us."""
        return self._others if self.membership else frozenset()

    # Coming and going

    async def enter(self, group: Group, now: float) -> None:
        """We are in a group, begun by us or joined."""
        machines = self._machines
        membership = Membership(self._entrance.engine, group, machines.roster, self._entrance.psks)
        self.membership = membership
        for entry in machines.roster.entries:
            machines.sequencer.member_added(entry.member_id, entry.seniority)
        machines.catch_up.entered_afresh(group.epoch)
        machines.refresh.entered(now)
        machines.future.drop_before(now - machines.timing.missing_commit)
        machines.future.add_all(machines.early.take())
        self._found_track(membership, now)
        self._epoch_entered(membership, now)
        await self._doorway.show_presence(membership)

    def advance(self, change: EpochChanged, now: float) -> None:
        """Our group has entered its next epoch."""
        membership, machines = self.membership, self._machines
        assert membership is not None  # who else would have told of the change
        for entry in change.added:
            machines.sequencer.member_added(entry.member_id, entry.seniority)
        if change.renews_us:
            machines.refresh.refreshed(now)
        machines.catch_up.entered(membership.group.epoch, now)
        if not self._on_track:
            self._found_track(membership, now)
        self._epoch_entered(membership, now)

    def lose_track(self) -> None:
        """The group has gone on without us; we can read what is still of our epoch."""
        self._on_track = False
        self._machines.catch_up.lost()
        self._machines.refresh.lost()
        self._machines.sequencer.group_lost()

    def lose_group(self) -> None:
        """We are not in this group any more."""
        self.membership = None
        self.lose_track()
        self._machines.attendance.lost()
        self._show_members()

    def look_around(self, now: float) -> None:
        """Who cannot be reached gets a while to be; somebody who died unseen would stay a member for ever."""
        for member_id in self.others - self._machines.reachability.members:
            self._machines.sequencer.member_unseen(member_id, now)

    def _found_track(self, membership: Membership, now: float) -> None:
        self._on_track = True
        self._machines.rejoin.entered()
        self._machines.admission.entered(self._doorway.age(membership.group.group_id), now)

    def _epoch_entered(self, membership: Membership, now: float) -> None:
        group, machines = membership.group, self._machines
        self._others = others = frozenset(machines.roster.ranking) - {self._entrance.member_id}
        me = machines.roster.find(self._entrance.member_id)
        machines.sequencer.epoch_entered(group.group_id, machines.roster.ranking, me.seniority if me else 0, now)
        machines.refresh.members_are(1 + len(others), now)
        machines.catch_up.members_are(1 + len(others))
        machines.attendance.members_are(others, now)
        self._exchange.members_are(others, now)
        self.look_around(now)
        self.has_unread = True
        self._show_members()

    def _show_members(self) -> None:
        if self.members != self._shown:
            self._shown = self.members
            self._emit(MembersChanged(self.members))

    # What comes

    async def got_message(self, parcel: Parcel, came: float, now: float) -> None:
        """A message came, at the time `came`.  What cannot be accepted becomes an event."""
        if self.membership is None:
            return self._machines.early.add(parcel, came)
        try:
            self._received(await self.membership.read(parcel.payload), now)
        except FutureEpoch as error:
            self._machines.future.add(parcel, came)
            self._machines.catch_up.saw(parcel.sender, error.epoch, came)
        except NotForThisGroup:
            self._machines.early.add(parcel, came)
        except OwnMessage:
            pass
        except PastEpoch as error:
            if error.epoch >= self.membership.first_epoch:  # it will be sent again
                self._emit(FrameRefused(parcel.sender, str(error)))
        except ContentError as error:
            self._emit(Problem(f"A message from {self._name_at(parcel.sender)} could not be read. {error}"))
        except RemoteError as error:
            self._emit(FrameRefused(parcel.sender, str(error)))
        return None

    def _received(self, received: Received, now: float) -> None:
        sender = received.sender
        self._machines.sequencer.member_heard(sender.member_id)
        self._machines.attendance.heard(sender.member_id, now)
        match received.payload.body:
            case Numbered() as numbered:
                self._exchange.got(sender, numbered, now)
            case Receipt() as receipt:
                self._exchange.got_receipt(sender, receipt, now)
            case Farewell():
                self._machines.sequencer.got_farewell(sender.member_id, now)

    def _name_at(self, identity: str) -> str:
        member_id = self._machines.reachability.member_at(identity)
        entry = self._machines.roster.find(member_id) if member_id else None
        return (entry.name if entry else "") or "a member"

    # What we say

    async def send_due(self, now: float) -> None:
        """Send what waits, what is lacking and what we have, as far as possible at once.

        Raises TransportError; what was not sent stays due.
        """
        membership = self.following
        if membership is None:
            return
        for resend in self._exchange.resends():
            if identities := self._identities_of(resend.members):  # never to all: a newcomer could read it
                await self._send(membership, resend.numbered, identities)
            self._exchange.resent(resend, now)
        for _ in range(SENDS_AT_ONCE):
            numbered = self._exchange.first()
            if numbered is None:
                break
            await self._send(membership, numbered)
            self._exchange.sent(now)
            self._machines.refresh.sent_message(now)
        if receipt := self._exchange.receipt_due(now):
            audience = self._exchange.receipt_audience(now)
            await self._send(membership, receipt, self._identities_of(audience))  # to all where none can be reached
            self._exchange.receipt_sent(audience)

    async def say_farewell(self) -> None:
        """Ask the others to remove us.  Raises TransportError."""
        if self.following and self.others:
            await self._send(self.following, Farewell(""))

    async def say_present(self, now: float) -> None:
        """Give the others a sign of life.  Raises TransportError."""
        if self.following:
            self._machines.attendance.spoke(now)
            await self._doorway.say_present(self.following)

    def _identities_of(self, members: Iterable[bytes]) -> list[str]:
        """By which those of them can be reached that can be; the others will ask again."""
        identities_of = self._machines.reachability.identities_of
        return [identity for member_id in sorted(members) for identity in identities_of(member_id)]

    async def _send(self, membership: Membership, body: Body, to: list[str] | None = None) -> None:
        await self._post.send(Kind.MESSAGE, await membership.write(body), to or ())
