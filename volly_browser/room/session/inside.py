"""Our stay in the group: entering and leaving it, its epochs, and what we send there.

One task calls all of it, so that nothing interleaves.  `ordering` changes the group, `reader` reads its messages.
"""

from collections.abc import Callable, Iterable, Sequence

from volly_browser.mls.group import Group
from volly_browser.room.content.content import Body, Farewell, Presence, Read, Typing
from volly_browser.room.delivery.exchange import Exchange
from volly_browser.room.door.admission import Admission
from volly_browser.room.events import (
    ConnectionsLost,
    MemberMisbehaved,
    MembersChanged,
    MembersRemoved,
    Misbehaviour,
    RoomEvent,
    RoomMember,
)
from volly_browser.room.group.branches import Branches
from volly_browser.room.group.membership import EpochChanged, Membership
from volly_browser.room.group.refresh import Refresh
from volly_browser.room.group.sequencer import Sequencer
from volly_browser.room.identity.roster import Reachability
from volly_browser.room.machine import Machine
from volly_browser.room.presence.attendance import Attendance
from volly_browser.room.presence.removals import Removals
from volly_browser.room.session.doorway import Doorway
from volly_browser.room.session.early import Early
from volly_browser.room.session.seat import Seat
from volly_browser.room.wire.post import Post

SENDS_AT_ONCE = 16
"""Texts that are sent before the next event is taken from the network."""


class Inside:
    """What we do in the group, if we are in one.

    Args:
        seat: our membership.
        sit_down: makes our membership of a group from the ranking of its members.
        doorway: displays our notice.
        post: sends.
        machines: all that are told of epochs.
        admission, sequencer, branches, refresh, attendance, removals, exchange, reachability, early: are told more.
        emit: takes the room's events.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        seat: Seat,
        sit_down: Callable[[Group, Sequence[bytes]], Membership],
        doorway: Doorway,
        post: Post,
        *,
        machines: Sequence[Machine],
        admission: Admission,
        sequencer: Sequencer,
        branches: Branches,
        refresh: Refresh,
        attendance: Attendance,
        removals: Removals,
        exchange: Exchange,
        reachability: Reachability,
        early: Early,
        emit: Callable[[RoomEvent], None],
        clock: Callable[[], float],
    ) -> None:
        self._seat = seat
        self._sit_down = sit_down
        self._doorway = doorway
        self._post = post
        self._machines = machines
        self._admission = admission
        self._sequencer = sequencer
        self._branches = branches
        self._refresh = refresh
        self._attendance = attendance
        self._removals = removals
        self._exchange = exchange
        self._reachability = reachability
        self._early = early
        self._emit = emit
        self._clock = clock
        self._shown: tuple[RoomMember, ...] = ()
        self._lost: frozenset[bytes] = frozenset()

    @property
    def members(self) -> tuple[RoomMember, ...]:
        """All members, who can read what we send, the longest in the group first; empty while we are in no group."""
        membership = self._seat.membership
        if membership is None:
            return ()
        me, entries = membership.company.me, self._seat.roster.entries
        return tuple(RoomMember(entry.member_id.hex(), entry.name, entry.member_id == me) for entry in entries)

    # Entering and leaving

    async def enter(self, group: Group, ranking: Sequence[bytes], now: float) -> None:
        """Enter a group that we have begun or joined.  Raises RankingRefused."""
        membership = self._sit_down(group, ranking)
        self._sequencer.group_left()
        self._attendance.group_left()
        self._exchange.group_left()
        self._seat.take(membership)
        for entry in self._seat.roster.entries:
            self._sequencer.member_added(entry.member_id, entry.renewal)
        self._branches.entered_afresh()
        self._refresh.entered(now)
        self._admission.entered(membership.company, membership.branch, membership.history, now)
        self._early.entered_group(now)
        self._epoch_entered(membership, now)
        await self._doorway.show_notice()

    def advance(self, change: EpochChanged, now: float) -> None:
        """Follow our group into its next epoch."""
        membership = self._seat.membership
        assert membership is not None  # the change came from it
        for entry in change.added:
            self._sequencer.member_added(entry.member_id, entry.renewal)
        if change.renews_us:
            self._refresh.refreshed(now)
        for entry in change.outdated:
            self._emit(MemberMisbehaved(entry.member_id.hex(), entry.name, Misbehaviour.OLD_KEYS))
        self._note_removals(change, now)
        self._admission.advanced(membership.company, membership.branch, membership.history, now)
        self._epoch_entered(membership, now)

    def removed(self, now: float) -> None:
        """Give our place up: a commit has removed us."""
        self._seat.give_up()
        for machine in self._machines:
            machine.group_left()
        self._admission.lost(now)
        self._show_members()

    def look_around(self, now: float) -> None:
        """Tell the sequencer of members that cannot be reached; one that died unseen would stay a member for ever."""
        for member_id in self._seat.others - self._reachability.members:
            self._sequencer.member_unseen(member_id, now)

    def _epoch_entered(self, membership: Membership, now: float) -> None:
        company = membership.company
        for machine in self._machines:
            machine.epoch_entered(company, now)
        self.look_around(now)
        self._show_members()

    def tell_of_removals(self, now: float) -> None:
        """Report removals of members whose farewell has not come."""
        for removal in self._removals.take_due(now):
            names = tuple(entry.name for entry in removal.gone)
            self._emit(MembersRemoved(removal.by.member_id.hex(), removal.by.name, names))

    def _note_removals(self, change: EpochChanged, now: float) -> None:
        """Report the removal of members that are there and have said no farewell."""
        membership = self._seat.membership
        added = {entry.member_id for entry in change.added}
        gone = [entry for entry in change.removed if entry.member_id not in added]
        here = [entry for entry in gone if self._attendance.was_heard_lately(entry.member_id, now)]
        here = [entry for entry in here if self._seat.roster.has_met(entry.member_id)]
        by = self._seat.roster.find(change.by)
        if here and membership and by and change.by != membership.company.me:
            self._removals.removed(by, here, now)

    def _show_members(self) -> None:
        if self.members != self._shown:
            self._shown = self.members
            epoch = self._seat.membership.group.epoch if self._seat.membership else 0
            self._emit(MembersChanged(self.members, epoch))

    def show_lost(self) -> None:
        """Report the members whose connection is gone, if they have changed; a crashed one is a member for a while."""
        lost = self._sequencer.gone
        if lost != self._lost:
            self._lost = lost
            self._emit(ConnectionsLost(tuple(sorted(member_id.hex() for member_id in lost))))

    # What we send

    async def send_due(self, now: float) -> None:
        """Send messages that wait, messages that others lack, and a due receipt, up to a number at once.

        Raises TransportError; what was not sent stays due.
        """
        membership = self._seat.membership
        if membership is None:
            return
        for resend in self._exchange.resends():
            if identities := self._identities_of(resend.members):  # never to all: a later newcomer could read it
                await self._send(membership, resend.numbered, identities)
            self._exchange.resent(resend, now)
        for _ in range(SENDS_AT_ONCE):
            numbered = self._exchange.first()
            if numbered is None:
                break
            await self._send(membership, numbered)
            self._exchange.sent(now)
            self._refresh.sent_message(now)
            self._admission.spoken()
        if receipt := self._exchange.receipt_due(now):
            audience = self._exchange.receipt_audience(now)
            to = self._identities_of(audience) or None  # to all if none can be reached
            await self._send(membership, receipt, to)
            self._exchange.receipt_sent(audience)

    async def say_farewell(self) -> None:
        """Ask the others to remove us.  Raises TransportError."""
        if self._seat.membership and self._seat.others:
            await self._send(self._seat.membership, Farewell(""))

    async def write_will(self) -> None:
        """Keep a sealed farewell ready for the end of our page."""
        if self._seat.membership and self._seat.others:
            await self._post.keep_will(await self._seat.membership.write(Farewell("")))

    async def say_present(self, now: float) -> None:
        """Send a sign of life, unreliably, since the next follows soon.  Raises TransportError."""
        membership = self._seat.membership
        if membership is None:
            return
        self._attendance.spoke(now)
        await self._doorway.say_notice()
        if self._seat.others:
            presence = Presence(self._post.identity, max(0, int(self._clock() * 1000)))
            await self._post.send(await membership.write(presence), reliable=False)

    async def say_typing(self) -> None:
        """Tell the others that we are writing.  Raises TransportError."""
        if self._seat.membership and self._seat.others:
            await self._post.send(await self._seat.membership.write(Typing()), reliable=False)

    async def say_read(self, message_id: bytes) -> None:
        """Tell the others up to which message we have read.  Raises TransportError."""
        if self._seat.membership and self._seat.others:
            await self._send(self._seat.membership, Read(message_id))

    def _identities_of(self, members: Iterable[bytes]) -> list[str]:
        """Return the identities of those members that can be reached; the others will ask again."""
        return self._reachability.identities_of_all(sorted(members))

    async def _send(self, membership: Membership, body: Body, to: Sequence[str] | None = None) -> None:
        await self._post.send(await membership.write(body), to)
