"""The protocol of a room: network events and the time come in, parcels and room events go out.

`got` takes one event, `settle` does what has become due, and `deadline` says when `settle` is to be called although
nothing happened.  All are called by one task, see `room`, so that nothing interleaves.
"""

from collections.abc import Callable

from volly_browser.errors import RemoteError
from volly_browser.room.admission import Create
from volly_browser.room.doorway import Doorway
from volly_browser.room.entrance import Entrance
from volly_browser.room.events import FrameRefused, RoomEvent
from volly_browser.room.frames import Kind, Parcel
from volly_browser.room.inside import Inside
from volly_browser.room.machines import Machines
from volly_browser.room.post import Post
from volly_browser.transport.contract import FrameReceived, PeerAnnounced, PeerJoined, PeerLeft

NetworkEvent = FrameReceived | PeerAnnounced | PeerJoined | PeerLeft


class Session:
    """One visit to a room.

    Args:
        entrance: who we are.
        doorway: knocks, and listens at the door.
        inside: is in the group.
        post: receives.
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
        self.inside = inside
        self._entrance = entrance
        self._doorway = doorway
        self._post = post
        self._machines = machines
        self._conversation = machines.conversation
        self._timing = machines.timing
        self._emit = emit
        self._linked = False
        self._leave_at: float | None = None

    # Facts

    async def link_up(self, now: float) -> None:
        """We are connected, and were told who else is."""
        machines = self._machines
        self._linked = True
        machines.admission.link_up(self._post.identity, now)
        machines.sequencer.link_up(now)
        self.inside.look_around(now)
        if membership := self.inside.following:
            await self._doorway.show_presence(membership)

    def link_down(self) -> None:
        """We are not connected any more."""
        self._linked = False
        self._post.hide()
        self._machines.admission.link_down()
        self._machines.sequencer.link_down()
        self._machines.reachability.forget()

    async def got(self, event: NetworkEvent, now: float) -> None:
        """Something arrived.  What cannot be accepted ends here, as an event for the user."""
        sender = event.sender if isinstance(event, FrameReceived) else event.identity
        try:
            await self._got(event, now)
        except RemoteError as error:
            self._emit(FrameRefused(sender, str(error)))

    async def say_farewell(self, now: float) -> None:
        """Ask the others to remove us; `is_over` when they did, or after a while.  Raises TransportError."""
        self._leave_at = now
        if self._linked and await self.inside.say_farewell():
            self._leave_at = now + self._timing.farewell

    # What follows

    def is_over(self, now: float) -> bool:
        """Whether we said farewell, and need not wait for the others any more."""
        return self._leave_at is not None and (self.inside.membership is None or now >= self._leave_at)

    async def settle(self, now: float) -> None:
        """Do what is due.  Raises TransportError where it could not be sent; then it stays due, or is done later."""
        self._entrance.forget_expired(now)
        await self._take_step(now)
        if changes := self._machines.sequencer.take_due(now):
            await self.inside.commit(changes, now)
        self._conversation.tick(now)
        missing = self._machines.lag.deadline()
        if missing is not None and now >= missing:
            self.inside.lose_track(now)
            await self._take_step(now)
        if self._linked:
            await self.inside.send_texts()

    def deadline(self) -> float | None:
        """When to call `settle` again, if nothing happens before."""
        machines = self._machines
        dues = (
            machines.admission.deadline() if self._leave_at is None else self._leave_at,
            machines.sequencer.deadline(),
            self._conversation.deadline(),
            machines.lag.deadline(),
            0.0 if self._linked and self.inside.following and self._conversation.waiting else None,
        )
        return min((due for due in dues if due is not None), default=None)

    async def _got(self, event: NetworkEvent, now: float) -> None:
        match event:
            case FrameReceived():
                if parcel := await self._post.receive(event):
                    await self._got_parcel(parcel, now)
            case PeerAnnounced():
                await self._got_announced(await self._post.read(event), now)
            case PeerJoined(identity):
                self._machines.admission.peer_joined(identity, now)
            case PeerLeft(identity):
                self._peer_left(identity, now)

    async def _got_parcel(self, parcel: Parcel, now: float) -> None:
        match parcel.kind:
            case Kind.HELLO:
                await self._doorway.got_hello(parcel, now)
            case Kind.PRESENCE:
                self.inside.saw_presence(self._doorway.got_presence(parcel, now), now)
            case Kind.WELCOME:
                await self._got_welcome(parcel, now)
            case Kind.COMMIT | Kind.MESSAGE:
                await self.inside.got(parcel, now, now)

    async def _got_announced(self, parcel: Parcel, now: float) -> None:
        if parcel.kind is Kind.HELLO:
            await self._doorway.got_hello(parcel, now, announced=True)
        else:
            presence = self._doorway.got_presence(parcel, now)
            if self.inside.saw_presence(presence, now) and self._machines.sequencer.is_sequencing:
                await self.inside.tell_presence(parcel.sender)

    async def _got_welcome(self, parcel: Parcel, now: float) -> None:
        """Take the invitation, unless we are in an older group, or further on in the same."""
        group = await self._entrance.join(parcel.payload)
        offered = self._doorway.age(group.group_id)
        if current := self.inside.following:
            ours = self._doorway.age(current.group.group_id)
            if ours < offered or (ours == offered and current.group.epoch >= group.epoch):
                return
        await self.inside.enter(group, now)

    def _peer_left(self, identity: str, now: float) -> None:
        self._post.forget(identity)
        self._machines.admission.peer_left(identity)
        if member_id := self._machines.reachability.left(identity):
            self._machines.sequencer.member_gone(member_id, now)

    async def _take_step(self, now: float) -> None:
        """Knock, or begin a group, where that is the way in."""
        step = self._machines.admission.next_step(now) if self._leave_at is None else None
        if isinstance(step, Create):
            await self.inside.enter(await self._entrance.begin(), now)
        elif step is not None:
            await self._doorway.knock(step, now, display=self.inside.following is None)
