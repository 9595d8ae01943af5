"""A room, as its user sees it: join, members, send, events, leave.

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
from volly_browser.room.events import NotInGroup, RoomEvent, RoomMember, RoomState
from volly_browser.room.group.membership import Membership
from volly_browser.room.invite import Invite
from volly_browser.room.mimi import Content, text_content
from volly_browser.room.session.assembly import Assembly, assemble
from volly_browser.room.session.event_queue import EventQueue
from volly_browser.room.session.room_task import RoomTask
from volly_browser.room.timing import Timing
from volly_browser.transport.contract import Transport


class Room:
    """One visit to a room; a new visit is a new object.

    Args:
        invite: which room.
        transport: not connected yet; the room connects and closes it.
        engine: computes.
        name: how the others see us; only they and holders of the invite learn it.
        clock: seconds since 1970.
        timing: how long to wait for what.
        choose_other: decides whether to go to another conversation in this room; None asks by OtherConversation.
        history: how many messages from before they came we tell newcomers of a room whose invite cannot say that, since
            it follows from a name; None if it can.
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
        choose_other: bool | None = None,
        history: int | None = None,
    ) -> None:
        patience = timing or Timing()
        events = EventQueue()

        async def prepare() -> Assembly:
            return await assemble(
                invite,
                transport,
                engine,
                name,
                clock=clock,
                timing=patience,
                emit=events.put,
                choose_other=choose_other,
                history=history,
            )

        self._engine = engine
        self._clock = clock
        self._events = events
        self._task = RoomTask(transport, prepare, events, patience)

    @property
    def state(self) -> RoomState:
        """The state of this visit."""
        return self._task.state

    @property
    def member_id(self) -> str:
        """Our member id: 32 hexadecimal digits; empty until `join` has made our identity."""
        assembly = self._task.assembly
        return assembly.member_id.hex() if assembly else ""

    @property
    def members(self) -> list[RoomMember]:
        """All members, who can read what we send, the longest in the group first; empty while we are in no group."""
        assembly = self._task.assembly
        return list(assembly.parts.inside.members) if assembly else []

    @property
    def epoch(self) -> int:
        """The number of the group's epoch.  Raises NotInGroup."""
        return self._membership.group.epoch

    @property
    def shared_secret(self) -> bytes:
        """32 bytes, the same for all members, new with every commit; encrypts nothing.  Raises NotInGroup."""
        return self._membership.shared_secret

    async def join(self) -> None:
        """Enter the room; return when we are in the group, even if the server is down for a while.

        Raises:
            RoomError: `join` was called before, or the room was left meanwhile.
            TransportRefused: the server refuses for good.
        """
        await self._task.begin()

    async def send_text(self, text: str) -> str:
        """Send a text to all members, or queue it until we are in the group; return its message id.

        Texts are sent in the order of the calls.

        Raises:
            ContentTooLong, OutboxFull: it cannot be sent.
            RoomClosed: the room was left.
        """
        return await self.send(text_content(text, self.new_salt(), self._clock()))

    async def send(self, content: Content) -> str:
        """Send content to all members, as `send_text` does with a text."""
        return await self._task.do(lambda assembly: assembly.deciders.exchange.queue(content))

    def new_salt(self) -> bytes:
        """16 random bytes, for a new Content."""
        return self._engine.random(labels.SALT_LENGTH)

    def typing(self) -> None:
        """Tell the others that we are writing; to be called at every key, of which few lead to a message."""
        self._task.typing()

    def read(self, message_id: str) -> None:
        """Tell the others soon that we have read a message of theirs, 64 hexadecimal digits, and all before it."""
        self._task.read(bytes.fromhex(message_id))

    def events(self) -> AsyncIterator[RoomEvent]:
        """Iterate over what happens from `join` until the room is left; for one reader."""
        return self._events.read()

    def join_other(self, group_id: str) -> None:
        """Leave this conversation for another one in this room; see OtherConversation."""
        self._task.go_to(bytes.fromhex(group_id))

    def try_now(self) -> None:
        """Make the next attempt to reach the server, or to take our place back, now."""
        self._task.try_now()

    async def leave(self) -> None:
        """Say farewell, disconnect, forget the keys.  Safe to call at any time, and twice."""
        await self._task.end()
        if assembly := self._task.assembly:
            assembly.parts.seat.give_up()

    @property
    def _membership(self) -> Membership:
        assembly = self._task.assembly
        membership = assembly.parts.seat.membership if assembly else None
        if membership is None:
            raise NotInGroup("There are no keys yet: this page is not in the group.")
        return membership
