"""The protocol of a room: takes network events and the time, sends parcels and room events.

`got` takes one event, `settle` does what has become due, and `deadline` says when to call `settle` if no event comes.
One task calls all of them (see `room_task`), so that nothing interleaves.
"""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from volly_browser.errors import RemoteError
from volly_browser.room import labels
from volly_browser.room.delivery.exchange import Exchange
from volly_browser.room.door.admission import Admission, Create, Propose
from volly_browser.room.door.key_packages import KeyPackages, WelcomeRefused
from volly_browser.room.events import FrameRefused, OtherConversation, RenewalOverdue, RoomEvent
from volly_browser.room.group.branches import Branches
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.refresh import Refresh
from volly_browser.room.group.sequencer import Sequencer
from volly_browser.room.identity.roster import Reachability
from volly_browser.room.machine import Machine
from volly_browser.room.presence.attendance import Attendance
from volly_browser.room.presence.reading import OwnReading
from volly_browser.room.presence.removals import Removals
from volly_browser.room.presence.typing import OwnTyping
from volly_browser.room.session.doorway import Doorway
from volly_browser.room.session.faults import going_on
from volly_browser.room.session.inside import Inside
from volly_browser.room.session.leaving import Leaving
from volly_browser.room.session.ordering import Ordering
from volly_browser.room.session.past import Past
from volly_browser.room.session.reader import Reader
from volly_browser.room.session.seat import Seat
from volly_browser.room.session.whereabouts import Whereabouts
from volly_browser.room.session.will import Will
from volly_browser.room.wire.door import DoorKind, Said
from volly_browser.room.wire.frames import Kind, Parcel
from volly_browser.room.wire.post import Post
from volly_browser.room.wire.structs import Welcomed
from volly_browser.transport.contract import (
    FrameReceived,
    PeerAnnounced,
    PeerJoined,
    PeerLeft,
    TransportError,
    is_identity,
)

NetworkEvent = FrameReceived | PeerAnnounced | PeerJoined | PeerLeft


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that do a room's work; see the module of each."""

    seat: Seat
    key_packages: KeyPackages
    post: Post
    doorway: Doorway
    inside: Inside
    ordering: Ordering
    reader: Reader
    whereabouts: Whereabouts
    past: Past


@dataclass(frozen=True, slots=True)
class Deciders:
    """The machines that decide when something is due; see the module of each."""

    admission: Admission
    sequencer: Sequencer
    catch_up: CatchUp
    branches: Branches
    refresh: Refresh
    attendance: Attendance
    removals: Removals
    exchange: Exchange
    reachability: Reachability
    leaving: Leaving
    typing: OwnTyping
    reading: OwnReading
    will: Will


class Protocol:
    """One visit to a room.

    Args:
        parts: do the work.
        deciders: decide.
        machines: take the facts about the link.
        emit: takes the room's events.
        member_id: ours.
        choose_other: decides whether to go to another conversation; None asks the user.
    """

    def __init__(
        self,
        parts: Parts,
        deciders: Deciders,
        machines: Sequence[Machine],
        emit: Callable[[RoomEvent], None],
        *,
        member_id: bytes,
        choose_other: bool | None,
    ) -> None:
        self._parts = parts
        self._deciders = deciders
        self._machines = machines
        self._emit = emit
        self._choose_other = choose_other
        self._member_id = member_id
        self._linked = False

    # Facts

    async def link_up(self, now: float) -> None:
        """The link is up, and all peers that are connected were reported."""
        self._linked = True
        self._deciders.admission.connected(self._parts.post.identity, now)
        for machine in self._machines:
            machine.link_up(now)
        if self.is_inside:  # a newcomer lacks no messages yet, and its receipt would cost all members a reading
            self._deciders.exchange.hurry(now)
        self._parts.inside.look_around(now)
        await self._guarded(self._parts.doorway.show_notice())

    def link_down(self) -> None:
        """The link is down."""
        self._linked = False
        self._parts.post.stop_renewing()
        for machine in self._machines:
            machine.link_down()

    async def got(self, event: NetworkEvent, now: float) -> None:
        """Take a network event; one that is refused becomes an event for the user.  Raises TransportError."""
        sender = event.sender if isinstance(event, FrameReceived) else event.identity
        if not is_identity(sender):  # we could name it in nothing that we send
            return self._emit(FrameRefused("", "The server names a connection by what is no name."))
        with going_on(sender, self._emit):
            await self._got(event, now)
        await self._parts.reader.read_early(now)
        return None

    def will_shown(self, now: float) -> None:
        """Enter the group anew after our page was put aside and is back, since the others have read our farewell."""
        if self.is_inside:
            self._parts.inside.removed(now)

    def leave(self, now: float) -> None:
        """Begin to leave in good order; `is_over` says when that is done."""
        self._deciders.leaving.wanted(now)

    def go_to(self, group_id: bytes, now: float) -> None:
        """Go to another conversation, as the user wants."""
        self._deciders.admission.agreed(group_id, now)

    # What follows

    @property
    def is_inside(self) -> bool:
        """Whether we are in a group."""
        return self._parts.seat.membership is not None

    @property
    def is_full(self) -> bool:
        """Whether the group that we want to enter claims to be full."""
        return self._deciders.admission.is_full

    def is_over(self, now: float) -> bool:
        """Whether we have left, or need not wait for the others any more."""
        has_company = self._linked and bool(self._parts.seat.others)
        return self._deciders.leaving.is_over(now, inside=has_company)

    def has_to_tell_typing(self, now: float) -> bool:
        """Whether there are other members to tell that we are writing."""
        return bool(self._parts.seat.others) and self._deciders.typing.is_news(now)

    async def say_typing(self, now: float) -> None:
        """Tell the others that we are writing; possibly that is lost."""
        self._deciders.typing.told(now)
        with contextlib.suppress(TransportError):
            await self._parts.inside.say_typing()

    def read(self, message_id: bytes, now: float) -> bool:
        """Take the latest message that we have read; return whether that is news to be told."""
        return self._deciders.reading.read(message_id, now)

    async def settle(self, now: float) -> None:
        """Do what is due.  Raises TransportError if it could not be sent; then it stays due, or is done later.

        A failure that one peer caused is reported, and does not keep the rest from being done.
        """
        self._let_time_pass(now)
        await self._guarded(self._take_step(now))
        if self._linked:
            await self._guarded(self._change_group(now))
        await self._parts.reader.read_early(now)
        if not self._deciders.will.stands:
            self._parts.post.revoke_will()
        if self._linked:
            await self._guarded(self._speak(now))

    def deadline(self, now: float) -> float | None:
        """Return when to call `settle` again, if no event comes before."""
        deciders, membership = self._deciders, self._parts.seat.membership
        dues = [
            deciders.leaving.deadline() if deciders.leaving.is_under_way else deciders.admission.deadline(now),
            deciders.exchange.deadline(),
            deciders.removals.deadline(),
            self._parts.key_packages.deadline(),
        ]
        if membership and (seconds := membership.seconds_to_expiry) is not None:
            dues.append(now + seconds)
        if self._linked and membership:
            dues += [deciders.catch_up.deadline(), deciders.attendance.deadline(), deciders.exchange.due_at()]
            dues.append(self._parts.past.deadline(now))
            dues += [deciders.refresh.overdue_at(), deciders.will.deadline()]
            dues.append(deciders.reading.due_at() if self._parts.seat.others else None)
            if not self._waits(now):
                dues.append(now if membership.unsent else None)
                dues += [deciders.sequencer.deadline(), deciders.refresh.deadline()]
        return min((due for due in dues if due is not None), default=None)

    def _waits(self, now: float) -> bool:
        """Whether to commit nothing for now: it would possibly split the group, or we are about to leave it."""
        membership = self._parts.seat.membership
        if membership is None or self._deciders.catch_up.is_in_doubt(now):
            return True
        return self._deciders.branches.better(membership.company, now) is not None

    def _let_time_pass(self, now: float) -> None:
        deciders = self._deciders
        self._parts.key_packages.forget_expired(now)
        if membership := self._parts.seat.membership:
            membership.forget_expired()
            if membership.group.epoch > labels.EPOCH_LIMIT:  # no newcomer could enter it any more
                self._parts.inside.removed(now)
        deciders.catch_up.tick(now)
        deciders.exchange.tick(now)
        self._parts.inside.tell_of_removals(now)
        self._parts.past.tick(now)
        deciders.admission.tick(now, hears_nobody=self._linked and deciders.attendance.hears_nobody(now))
        for member_id in deciders.attendance.take_silent(now) if self._linked else ():
            deciders.sequencer.member_silent(member_id, now)
        self._parts.inside.show_lost()
        if self._linked and deciders.refresh.is_overdue(now):
            self._emit(RenewalOverdue(now - deciders.refresh.renewed_at))
            deciders.refresh.told()

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except RemoteError as error:
            self._emit(FrameRefused("", str(error)))

    async def _take_step(self, now: float) -> None:
        """Knock, begin a group, or ask the user, if that is the next step of `admission`."""
        deciders = self._deciders
        if deciders.leaving.is_under_way:
            return
        match deciders.admission.next_step(now):
            case None:
                pass
            case Create():
                group = await self._parts.key_packages.begin()
                await self._parts.inside.enter(group, [self._member_id], now)
            case Propose() as proposal:
                deciders.admission.proposed(proposal, now)
                self._propose(proposal, now)
            case hello:
                await self._parts.doorway.knock(hello, now)

    def _propose(self, proposal: Propose, now: float) -> None:
        if self._choose_other is None:
            self._emit(OtherConversation(proposal.group_id.hex(), proposal.members))
        elif self._choose_other:
            self.go_to(proposal.group_id, now)

    async def _change_group(self, now: float) -> None:
        """Commit what is due; ask members of other epochs; decide which branch to be in."""
        membership = self._parts.seat.membership
        if membership is None:
            return
        if not self._waits(now):
            await self._parts.ordering.commit_due(now)
        await self._parts.whereabouts.ask(now)
        if not self._waits(now):
            await self._parts.ordering.refresh(now)
        if self._parts.seat.membership is membership:
            if way := self._deciders.branches.better(membership.company, now):
                self._deciders.admission.give_way(way, now)
            else:
                self._deciders.admission.keep_place()
        await self._parts.doorway.show_fresh_notice()

    async def _speak(self, now: float) -> None:
        """Send what is due in the group, the farewell last."""
        deciders = self._deciders
        if deciders.attendance.has_to_speak(now):
            await self._parts.inside.say_present(now)
        await self._parts.inside.send_due(now)
        await self._parts.past.send_due(now)
        await self._say_read(now)
        if deciders.will.is_due(now):
            deciders.will.written(now)
            await self._parts.inside.write_will()
        settled = deciders.exchange.is_settled or not self.is_inside
        if deciders.leaving.farewell_is_due(now, settled=settled):
            deciders.leaving.said_farewell(now)
            deciders.sequencer.said_farewell()
            await self._parts.inside.say_farewell()

    async def _say_read(self, now: float) -> None:
        """Tell the others up to where we have read, if that is due; it stays so if it cannot be sent."""
        reading = self._deciders.reading
        due = reading.due_at() if self._parts.seat.others else None
        if due is not None and now >= due:
            message_id = reading.latest
            await self._parts.inside.say_read(message_id)
            reading.told(message_id, now)

    async def _got(self, event: NetworkEvent, now: float) -> None:
        match event:
            case FrameReceived():
                arrived = await self._parts.post.receive(event)
                if isinstance(arrived, Said):
                    await self._got_said(arrived, now)
                elif arrived:
                    await self._parts.reader.got_message(arrived, now, now)
            case PeerAnnounced():
                await self._got_said(await self._parts.post.read(event), now)
            case PeerJoined(identity):
                self._deciders.admission.peer_joined(identity, now)
            case PeerLeft(identity):
                self._peer_left(identity, now)

    async def _got_said(self, said: Said, now: float) -> None:
        match said.kind:
            case DoorKind.HELLO:
                await self._parts.doorway.got_hello(said, now)
            case DoorKind.NOTICE:
                await self._parts.doorway.got_notice(said, now)
            case DoorKind.WELCOME:
                await self._got_welcome(said, now)
            case DoorKind.QUESTION:
                await self._parts.whereabouts.got_question(said, now)
            case DoorKind.ANSWER:
                await self._parts.whereabouts.got_answer(said, now)
            case DoorKind.FAREWELL:
                await self._parts.reader.got_message(Parcel(Kind.GROUP, said.content, said.sender), now, now)

    async def _got_welcome(self, said: Said, now: float) -> None:
        """Follow a Welcome, unless we are not free to leave our group for that one.

        All is checked before `took`, which uses up its key package.
        """
        if self._deciders.leaving.is_under_way or not self._deciders.admission.is_moving:
            return
        joined = await self._parts.key_packages.join(Welcomed.decode(said.content), said.sender)
        if self._parts.seat.roster.has_replaced(joined.by):
            raise WelcomeRefused("A Welcome comes from a member with a leaf that it has replaced since.")
        is_met = self._parts.seat.roster.has_met(joined.by.member_id)
        if self._deciders.admission.takes(joined.group.group_id, now, is_met=is_met):
            self._parts.key_packages.took(joined)
            await self._parts.inside.enter(joined.group, joined.ranking, now)
            self._parts.past.let_in_by(joined.by.member_id, said.sender)

    def _peer_left(self, identity: str, now: float) -> None:
        self._parts.post.forget(identity)
        self._deciders.admission.peer_left(identity)
        self._deciders.catch_up.gone(identity)
        if member_id := self._deciders.reachability.left(identity):
            self._deciders.sequencer.member_gone(member_id, now)
