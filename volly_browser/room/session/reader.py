"""Opens the messages of the group, and hands their bodies to the machines that they concern.

A message proves its sender and the epoch in which it was sent; one that does not open proves nothing.
"""

import contextlib
from collections.abc import Callable

from volly_browser.mls.codec import DecodeError
from volly_browser.mls.errors import FutureEpoch, NotForThisGroup, OwnMessage, PastEpoch, UndecryptableMessage
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.private_message import PrivateMessage
from volly_browser.room import events
from volly_browser.room.content.content import Candidate, Farewell, Numbered, Order, Presence, Read, Receipt, Typing
from volly_browser.room.delivery.exchange import Exchange
from volly_browser.room.door.admission import Admission
from volly_browser.room.events import RoomEvent
from volly_browser.room.group.branches import Branches
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.membership import Membership, Received
from volly_browser.room.group.sequencer import Sequencer
from volly_browser.room.identity.roster import Reachability
from volly_browser.room.mimi import ContentError
from volly_browser.room.presence.attendance import Attendance
from volly_browser.room.presence.removals import Removals
from volly_browser.room.session.early import Early
from volly_browser.room.session.faults import going_on
from volly_browser.room.session.ordering import Ordering
from volly_browser.room.session.past import Past
from volly_browser.room.session.seat import Seat
from volly_browser.room.wire.frames import Parcel


class Reader:
    """Reads the messages of the group.

    Args:
        seat: our membership.
        ordering: takes orders and candidates.
        exchange: takes texts and receipts.
        admission, sequencer, attendance, removals, reachability, catch_up, branches: learn from them.
        early: keeps what cannot be read yet.
        past: takes what is said about the past.
        emit: takes the room's events.
    """

    def __init__(
        self,
        seat: Seat,
        ordering: Ordering,
        *,
        exchange: Exchange,
        admission: Admission,
        sequencer: Sequencer,
        attendance: Attendance,
        removals: Removals,
        reachability: Reachability,
        catch_up: CatchUp,
        branches: Branches,
        early: Early,
        past: Past,
        emit: Callable[[RoomEvent], None],
    ) -> None:
        self._seat = seat
        self._ordering = ordering
        self._exchange = exchange
        self._admission = admission
        self._sequencer = sequencer
        self._attendance = attendance
        self._removals = removals
        self._reachability = reachability
        self._catch_up = catch_up
        self._branches = branches
        self._early = early
        self._past = past
        self._emit = emit

    async def got_message(self, parcel: Parcel, came: float, now: float) -> None:
        """Take a message that came at the time `came`.  Raises RemoteError if it is refused, TransportError."""
        self._admission.peer_heard(parcel.sender, now)
        membership = self._seat.membership
        if membership is None:
            return self._early.for_another_group(parcel, came)
        try:
            received = await membership.read(parcel.payload)
        except FutureEpoch as error:
            self._early.for_a_later_epoch(parcel, came)
            is_member = self._reachability.member_at(parcel.sender) is not None
            self._catch_up.saw_ahead(parcel.sender, error.epoch, came, is_member=is_member)
        except NotForThisGroup:
            self._early.for_another_group(parcel, came)
        except OwnMessage:
            await self._ordering.got_own(parcel.payload, now)
        except PastEpoch as error:
            if error.epoch >= membership.first_epoch:  # it will be sent again
                raise
        except UndecryptableMessage:
            self._cannot_open(parcel, membership, now)
            raise
        else:
            await self._received(received, parcel, now)
        return None

    async def read_early(self, now: float) -> None:
        """Try the early messages again; those that still cannot be read are kept."""
        while waiting := self._early.take_readable():
            for parcel, came in waiting:
                with going_on(parcel.sender, self._emit):
                    await self.got_message(parcel, came, now)

    def _cannot_open(self, parcel: Parcel, membership: Membership, now: float) -> None:
        """Note that the sender is possibly in another branch, if its epoch has the number of ours."""
        with contextlib.suppress(DecodeError):
            body = MLSMessage.decode(parcel.payload).body
            if isinstance(body, PrivateMessage) and body.epoch == membership.group.epoch:
                is_member = self._reachability.member_at(parcel.sender) is not None
                self._catch_up.saw_fork(parcel.sender, now, is_member=is_member)

    async def _received(self, received: Received, parcel: Parcel, now: float) -> None:
        membership, member_id = self._seat.membership, received.sender.member_id
        assert membership is not None  # it has opened the message
        self._seat.roster.spoke(received.sender)
        if not self._seat.roster.is_here(member_id, received.epoch):  # it was said before its author went
            if isinstance(received.body, Numbered):
                self._exchange.got(received.sender, received.body, now, epoch=received.epoch)
            if isinstance(received.body, Farewell):
                self._removals.departed(member_id)
            return
        self._sequencer.member_heard(member_id)
        self._attendance.heard(member_id, now)
        if received.epoch == membership.group.epoch:
            self._catch_up.heard_in_our_epoch(parcel.sender)
            self._branches.heard_in_our_epoch(member_id)
        await self._take(received, parcel, now)

    async def _take(self, received: Received, parcel: Parcel, now: float) -> None:
        sender = received.sender
        match received.body:
            case Numbered() as numbered:
                self._admission.spoken()
                self._exchange.got(sender, numbered, now, epoch=received.epoch)
            case Receipt() as receipt:
                self._exchange.got_receipt(sender, receipt, now, epoch=received.epoch)
            case Farewell():
                self._seat.roster.departed(sender.member_id)
                self._catch_up.departed(sender.member_id)
                self._sequencer.got_farewell(sender.member_id, now)
            case Presence(identity=identity, clock=clock):
                if identity != parcel.sender:
                    raise ContentError("A sign of life was made for another connection.")
                self._exchange.clock_shows(sender.member_id, clock / 1000)
                self._note_presence(sender.member_id, identity)
            case Typing():
                self._emit(events.Typing(sender.member_id.hex(), sender.name))
            case Read(message_id):
                self._emit(events.MessagesRead(sender.member_id.hex(), message_id.hex()))
            case Candidate() as candidate:
                await self._ordering.got_candidate(received, candidate, now)
            case Order() as order:
                await self._ordering.got_order(received, order, parcel.payload, parcel.sender, now)
            case _:
                self._past.got(received, parcel.sender, now)

    def _note_presence(self, member_id: bytes, identity: str) -> None:
        self._reachability.reached_by(member_id, identity)
        self._admission.met(member_id, identity)
        self._catch_up.reached_by(member_id, identity)
        self._sequencer.member_back(member_id)
        self._sequencer.got_inside(identity)
