"""A room, as its user sees it: join, who is here, send, listen, leave.

room = Room(Invite.parse(link), transport, engine, name="Alice")
await room.join()
await room.send_text("hello")
async for event in room.events():
    ...
await room.leave()
"""

import time
from collections.abc import AsyncIterator, Callable

from volly_browser.crypto.engine import Engine
from volly_browser.room import labels
from volly_browser.room.delivery.exchange import Exchange
from volly_browser.room.door.entrance import Entrance
from volly_browser.room.events import NotInGroup, RoomEvent, RoomMember, RoomState
from volly_browser.room.group.membership import Membership
from volly_browser.room.invite import Invite
from volly_browser.room.session.doorway import Doorway
from volly_browser.room.session.event_queue import EventQueue
from volly_browser.room.session.inside import Inside
from volly_browser.room.session.machines import Machines
from volly_browser.room.session.ordering import Ordering
from volly_browser.room.session.protocol import Protocol
from volly_browser.room.session.room_task import RoomTask
from volly_browser.room.timing import Timing
from volly_browser.room.wire.announcer import Announcer
from volly_browser.room.wire.door import Door
from volly_browser.room.wire.post import Post
from volly_browser.transport.contract import Transport


class Room:
    """One visit to a room; a new visit is a new object.

    Args:
        invite: which room.
        transport: not connected yet; the room connects and closes it.
        engine: computes.
        name: how the others see us; nobody but them and holders of the invite does.
        clock: seconds since 1970.
        timing: how long to wait for what.
    """

    def __init__(
        self,
        invite: Invite,
        transport: Transport,
        engine: Engine,
        name: str = "",
        *,
        clock: Callable[[], float] = time.time,
        timing: Timing | None = None,
    ) -> None:
        timing = timing or Timing()
        self._engine = engine
        self._clock = clock
        self._events = EventQueue()
        self._entrance = Entrance(engine, invite, name, clock)
        member_id, emit = self._entrance.member_id, self._events.put
        self._exchange = Exchange(invite.room_id, member_id, timing, emit, self._chance)
        machines = Machines.start(timing, self._exchange, member_id, self._chance)
        announcer = Announcer(transport, timing)
        post = Post(transport, Door(engine, invite), announcer)
        doorway = Doorway(self._entrance, post, machines, invite.door_key)
        self._inside = Inside(self._entrance, doorway, post, machines, emit=emit)
        ordering = Ordering(self._entrance, doorway, self._inside, post, machines, emit=emit)
        protocol = Protocol(self._entrance, doorway, self._inside, ordering, post=post, machines=machines, emit=emit)
        self._task = RoomTask(transport, announcer, protocol, self._events, timing)

    @property
    def state(self) -> RoomState:
        """Where we stand."""
        return self._task.state

    @property
    def member_id(self) -> str:
        """Ours: 32 hexadecimal digits."""
        return self._entrance.member_id.hex()

    @property
    def members(self) -> list[RoomMember]:
        """Everybody who can read what we send, the longest in the group first; empty while we are in no group."""
        return list(self._inside.members)

    @property
    def epoch(self) -> int:
        """How many commits the group has seen.  Raises NotInGroup."""
        return self._membership.group.epoch

    @property
    def shared_secret(self) -> bytes:
        """32 bytes, equal for all members, new with every commit; encrypts nothing.  Raises NotInGroup."""
        return self._membership.shared_secret

    async def join(self) -> None:
        """Enter the room; returns when we are in the group, however long the server takes to be there.

        Raises:
            RoomError: it was tried before, or the room was left meanwhile.
            TransportRefused: the server cannot be reached like this.
        """
        await self._task.begin()

    async def send_text(self, text: str) -> str:
        """Send a text to all members, or queue it until we are in the group; gives its message id.

        Texts are sent in the order of the calls.

        Raises:
            TextTooLong, OutboxFull: it cannot be sent.
            RoomClosed: the room was left.
        """
        salt = self._engine.random(labels.SALT_LENGTH)
        return await self._task.do(lambda: self._exchange.queue(text, salt, self._clock()))

    def typing(self) -> None:
        """Let the others know that we are writing: to be called at every key, since they are told now and then only."""
        self._task.typing()

    def events(self) -> AsyncIterator[RoomEvent]:
        """What happens from `join` on, for one reader; ends when the room is left."""
        return self._events.read()

    def try_now(self) -> None:
        """Where the server could not be reached, or our place was taken: make the next attempt now."""
        self._task.try_now()

    async def leave(self) -> None:
        """Say farewell, disconnect, forget the keys.  Safe to call at any time, and twice."""
        await self._task.end()
        self._inside.membership = None

    def _chance(self) -> float:
        return int.from_bytes(self._engine.random(4), "big") / (1 << 32)

    @property
    def _membership(self) -> Membership:
        if self._inside.membership is None:
            raise NotInGroup("There are no keys yet: this page is not in the group.")
        return self._inside.membership
