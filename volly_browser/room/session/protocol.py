"""The protocol of a room: network events and the time come in, parcels and room events go out.

`got` takes one event, `settle` does what has become due, and `deadline` says when `settle` is to be called although
nothing happened.  All are called by one task, see `room`, so that nothing interleaves.
"""

from collections.abc import Callable

from volly_browser.errors import RemoteError
from volly_browser.room.door.admission import Create
from volly_browser.room.door.entrance import Entrance
from volly_browser.room.events import FrameRefused, RoomEvent
from volly_browser.room.group.commits import Stance
from volly_browser.room.session.doorway import Doorway
from volly_browser.room.session.inside import Inside
from volly_browser.room.session.machines import Machines
from volly_browser.room.session.ordering import Ordering
from volly_browser.room.session.typing_notices import TypingNotices
from volly_browser.room.wire.frames import Kind, Parcel
from volly_browser.room.wire.post import Post
from volly_browser.room.wire.structs import Presence
from volly_browser.transport.contract import FrameReceived, PeerAnnounced, PeerJoined, PeerLeft

NetworkEvent = FrameReceived | PeerAnnounced | PeerJoined | PeerLeft


class Protocol:
    """One visit to a room.

    Args:
        entrance: who we are.
        doorway: knocks, and listens at the door.
        inside: is in the group.
        ordering: changes it.
        post: receives.
        machines: decide.
        emit: takes the room's events.
    """

    def __init__(
        self,
        entrance: Entrance,
        doorway: Doorway,
        inside: Inside,
        ordering: Ordering,
        *,
        post: Post,
        machines: Machines,
        emit: Callable[[RoomEvent], None],
    ) -> None:
        self.inside = inside
        self.typing = TypingNotices(entrance, inside, post, machines, emit)
        self._entrance = entrance
        self._doorway = doorway
        self._ordering = ordering
        self._post = post
        self._machines = machines
        self._exchange = machines.exchange
        self._emit = emit
        self._linked = False

    # Facts

    async def link_up(self, now: float) -> None:
        """We are connected, and were told who else is."""
        machines = self._machines
        self._linked = True
        machines.admission.link_up(self._post.identity, now)
        machines.sequencer.link_up(now)
        machines.attendance.link_up(now)
        if self.inside.membership:  # a newcomer has lost nothing yet, and would only be one more to be read by all
            self._exchange.hurry(now)
        self.inside.look_around(now)
        if membership := self.inside.following:
            await self._doorway.show_presence(membership)

    def link_down(self) -> None:
        """We are not connected any more."""
        self._linked = False
        self._post.hide()
        self._machines.admission.link_down()
        self._machines.sequencer.link_down()
        self._machines.catch_up.link_down()
        self._machines.reachability.forget()

    async def got(self, event: NetworkEvent, now: float) -> None:
        """Something arrived.  What cannot be accepted ends here, as an event for the user."""
        sender = event.sender if isinstance(event, FrameReceived) else event.identity
        try:
            await self._got(event, now)
        except RemoteError as error:
            self._emit(FrameRefused(sender, str(error)))
        await self._read_waiting(now)

    def leave(self, now: float) -> None:
        """Say farewell in good order; `is_over` when that is done, or after a while."""
        self._machines.leaving.wanted(now)

    # What follows

    def is_over(self, now: float) -> bool:
        """Whether we said farewell, and need not wait for the others any more."""
        return self._machines.leaving.is_over(now, inside=self._has_company)

    async def settle(self, now: float) -> None:
        """Do what is due.  Raises TransportError where it could not be sent; then it stays due, or is done later."""
        machines = self._machines
        self._entrance.forget_expired(now)
        await self._take_step(now)
        for member_id in machines.attendance.take_silent(now) if self._linked else ():
            machines.sequencer.member_silent(member_id, now)
        if self._is_up_to_date:
            await self._ordering.commit_due(now)
        if self._linked:
            await self._ordering.ask(now)
        if self._linked and self._is_up_to_date:
            await self._ordering.refresh(now)
        await self._read_waiting(now)
        self._exchange.tick(now)
        if self._linked:
            await self._speak(now)

    def deadline(self) -> float | None:
        """When to call `settle` again, if nothing happens before."""
        machines, following = self._machines, self.inside.following
        dues = [
            machines.leaving.deadline() if machines.leaving.is_under_way else machines.admission.deadline(),
            self._exchange.deadline(),
        ]
        if self._is_up_to_date:
            dues.append(machines.sequencer.deadline())
        if self._linked:
            dues += [machines.catch_up.deadline(), machines.rejoin.deadline()]
        if self._linked and following:
            dues += [machines.attendance.deadline(), self._exchange.due_at()]
        if self._linked and following and self._is_up_to_date:
            dues.append(machines.refresh.deadline())
        return min((due for due in dues if due is not None), default=None)

    @property
    def _is_up_to_date(self) -> bool:
        """Whether a commit of ours would not split the group, as far as we know."""
        following, catch_up = self.inside.following, self._machines.catch_up
        if following is None or not catch_up.sees_fork:
            return not catch_up.is_behind
        return not catch_up.is_behind and not catch_up.stands_lower(self._doorway.standing(following))

    @property
    def _has_company(self) -> bool:
        return self._linked and bool(self.inside.others)

    async def _speak(self, now: float) -> None:
        """Say what is to be said in the group, the farewell last."""
        if self._machines.attendance.has_to_speak(now):
            await self.inside.say_present(now)
        await self.inside.send_due(now)
        settled = self._exchange.is_settled or not self.inside.following
        if self._machines.leaving.farewell_is_due(now, settled=settled):
            self._machines.leaving.said_farewell(now)
            self._machines.sequencer.said_farewell()
            await self.inside.say_farewell()

    async def _got(self, event: NetworkEvent, now: float) -> None:
        match event:
            case FrameReceived():
                if parcel := await self._post.receive(event):
                    await self._got_parcel(parcel, now, now)
            case PeerAnnounced():
                await self._got_announced(await self._post.read(event), now)
            case PeerJoined(identity):
                self._machines.admission.peer_joined(identity, now)
            case PeerLeft(identity):
                self._peer_left(identity, now)

    async def _got_parcel(self, parcel: Parcel, came: float, now: float) -> None:
        match parcel.kind:
            case Kind.HELLO:
                await self._doorway.got_hello(parcel, now)
            case Kind.PRESENCE:
                await self._got_presence(parcel, now)
            case Kind.WELCOME:
                await self._got_welcome(parcel, now)
            case Kind.COMMIT:
                await self._ordering.got_order(parcel, came, now)
            case Kind.MESSAGE:
                await self.inside.got_message(parcel, came, now)
            case Kind.TYPING:
                await self.typing.got(parcel)
            case Kind.CANDIDATE:
                await self._ordering.got_candidate(parcel, now)
            case Kind.ACCEPTED:
                await self._ordering.got_accepted(parcel, now)
            case Kind.RESYNC:
                await self._ordering.got_resync(parcel, now)
            case Kind.GROUP_INFO:
                await self._ordering.got_group_info(parcel, now)

    async def _got_announced(self, parcel: Parcel, now: float) -> None:
        if parcel.kind is Kind.HELLO:
            await self._doorway.got_hello(parcel, now, announced=True)
        else:
            await self._got_presence(parcel, now)

    async def _got_presence(self, parcel: Parcel, now: float) -> None:
        """Somebody says where it is: with us, behind, ahead, in another branch of our group, or in another group."""
        presence, following = self._doorway.got_presence(parcel, now), self.inside.following
        if following is None:
            return
        if presence.group_id != following.group.group_id:
            if self._doorway.age(presence.group_id) > self._doorway.age(following.group.group_id):
                await self._tell_presence(parcel.sender)
            return
        if following.stance(presence.epoch, presence.branch) is Stance.FORKED:
            self._machines.catch_up.saw_fork(parcel.sender, presence.standing, now)
            self._machines.sequencer.member_gone(presence.member_id, now)
            return
        self._machines.sequencer.is_inside(parcel.sender)
        self._is_with_us(presence, now)
        self._machines.catch_up.stands_at(parcel.sender, presence.epoch, now)
        if presence.epoch < following.group.epoch:
            await self._tell_presence(parcel.sender)

    def _is_with_us(self, presence: Presence, now: float) -> None:
        self._machines.sequencer.member_back(presence.member_id)
        self._machines.attendance.heard(presence.member_id, now)

    async def _tell_presence(self, identity: str) -> None:
        """One member, and not all of them, tells somebody where the group is."""
        following = self.inside.following
        if following and self._machines.sequencer.is_sequencing:
            await self._doorway.tell_presence(following, [identity])

    async def _got_welcome(self, parcel: Parcel, now: float) -> None:
        """Take the invitation, unless we are in an older group, or further on in the same."""
        group = await self._entrance.join(parcel.payload)
        offered = self._doorway.age(group.group_id)
        if current := self.inside.following:
            ours = self._doorway.age(current.group.group_id)
            if ours < offered or (ours == offered and current.group.epoch >= group.epoch):
                return
        await self.inside.enter(group, now)

    async def _read_waiting(self, now: float) -> None:
        """What came too early may be readable now; what is not waits on."""
        while self.inside.has_unread:
            self.inside.has_unread = False
            for parcel, came in self._machines.future.take():
                try:
                    await self._got_parcel(parcel, came, now)
                except RemoteError as error:
                    self._emit(FrameRefused(parcel.sender, str(error)))

    def _peer_left(self, identity: str, now: float) -> None:
        self._post.forget(identity)
        self._machines.admission.peer_left(identity)
        self._machines.catch_up.gone(identity)
        if member_id := self._machines.reachability.left(identity):
            self._machines.sequencer.member_gone(member_id, now)

    async def _take_step(self, now: float) -> None:
        """Knock, or begin a group, where that is the way in."""
        step = None if self._machines.leaving.is_under_way else self._machines.admission.next_step(now)
        if isinstance(step, Create):
            await self.inside.enter(await self._entrance.begin(), now)
        elif step is not None:
            await self._doorway.knock(step, now, display=self.inside.following is None)
