"""The one task that runs a room: takes network events and orders of the user one by one, and lets time pass.

Beside it run only tasks that wait for the network: the pump that fetches events, the announcer, and the connector.
All of them end with it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeVar

from volly_browser.errors import VollyError
from volly_browser.room.events import RoomClosed, RoomError, RoomState, StateChanged
from volly_browser.room.session.assembly import Assembly
from volly_browser.room.session.connecting import ConnectFailed, keep_connecting
from volly_browser.room.session.event_queue import EventQueue
from volly_browser.room.session.faults import report
from volly_browser.room.session.helpers import Helpers
from volly_browser.room.session.protocol import Protocol
from volly_browser.room.timing import Timing
from volly_browser.transport.contract import (
    LinkChanged,
    LinkState,
    Transport,
    TransportError,
    TransportEvent,
    TransportRefused,
    WillShown,
)

T = TypeVar("T")

NETWORK_LIMIT = 64
"""Network events that can wait for the task; the transport keeps the rest, in its own bounds."""

SHORTEST_WAIT = 0.005
"""The least seconds between two turns that only time has caused."""

LEAVING_LIMIT = 8.0
"""Seconds after which leaving does not wait any more, even if something hangs."""

CLOSING_LIMIT = 2.0
"""Seconds that a transport has to close."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """Work that a method hands to the task, and the future of its outcome."""

    action: Callable[[Assembly], Any]
    outcome: asyncio.Future[Any] = field(repr=False)


class _Signal(Enum):
    """Work that a method hands to the task without waiting for it."""

    LEAVE = auto()
    SAY_TYPING = auto()
    SAY_READ = auto()
    CONNECT = auto()


@dataclass(frozen=True, slots=True)
class _GoTo:
    """The user wants to go to another conversation."""

    group_id: bytes


@dataclass(frozen=True, slots=True)
class _Crash:
    """An unexpected error of a task beside this one."""

    error: BaseException


_Item = TransportEvent | ConnectFailed | _Wish | _Signal | _GoTo | _Crash


class RoomTask:
    """Runs the protocol from joining to leaving.

    Args:
        transport: is connected, read and closed here.
        prepare: puts the room together.
        events: takes the changes of state; closed at the end.
        timing: how long to wait for what.
    """

    def __init__(
        self,
        transport: Transport,
        prepare: Callable[[], Awaitable[Assembly]],
        events: EventQueue,
        timing: Timing,
    ) -> None:
        self.state = RoomState.NEW
        self.assembly: Assembly | None = None
        self._transport = transport
        self._prepare = prepare
        self._events = events
        self._timing = timing
        self._inbox: asyncio.Queue[_Item] = asyncio.Queue()
        self._capacity = asyncio.Semaphore(NETWORK_LIMIT)
        self._link = LinkState.CONNECTING
        self._trouble: ConnectFailed | None = None
        self._task: asyncio.Task[None] | None = None
        self._joined: asyncio.Future[None] | None = None
        self._helpers = Helpers(lambda error: self._inbox.put_nowait(_Crash(error)))
        self._sentence = ""
        self._rest_until = 0.0
        self._hurry = asyncio.Event()
        self._over = False

    async def begin(self) -> None:
        """Start the task; return when we are in the group.  Raises RoomError, TransportRefused."""
        if self._task is not None or self._over:
            raise RoomError("This visit has begun before; another one needs a new Room.")
        self._joined = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run(), name="volly room")
        await asyncio.wait([self._joined])  # a caller that gives up cancels nothing
        self._joined.result()

    async def do(self, action: Callable[[Assembly], T]) -> T:
        """Let the task do some work, in the order of the calls.  Raises RoomClosed, and what the work raises."""
        if self._over:
            raise RoomClosed("The room was left; nothing can be sent any more.")
        wish = _Wish(action, asyncio.get_running_loop().create_future())
        self._inbox.put_nowait(wish)
        outcome: T = await wish.outcome
        return outcome

    def typing(self) -> None:
        """Tell the others that we are writing, unless there are none or they know."""
        if self.state is RoomState.JOINED and self._protocol.has_to_tell_typing(_now()):
            self._inbox.put_nowait(_Signal.SAY_TYPING)

    def read(self, message_id: bytes) -> None:
        """Tell the others soon that we have read up to a message, if they know of it."""
        if self.assembly and self._protocol.read(message_id, _now()):
            self._inbox.put_nowait(_Signal.SAY_READ)

    def go_to(self, group_id: bytes) -> None:
        """Leave this conversation for another one."""
        self._inbox.put_nowait(_GoTo(group_id))

    def try_now(self) -> None:
        """Make the next attempt to reach the server now, also if another connection took our place."""
        self._hurry.set()
        self._inbox.put_nowait(_Signal.CONNECT)

    async def end(self) -> None:
        """Say farewell and stop the task.  Safe to call at any time, and twice."""
        if self._task is None:
            self._finish(RoomState.LEFT, "You have left the room.")
            return
        self._inbox.put_nowait(_Signal.LEAVE)
        _, running = await asyncio.wait({self._task}, timeout=LEAVING_LIMIT)
        for task in running:
            task.cancel()
            await asyncio.wait({task})

    # The task

    async def _run(self) -> None:
        state, sentence, error = RoomState.FAILED, "An error in this page ended the visit.", None
        try:
            await self._work()
            state, sentence = RoomState.LEFT, "You have left the room."
        except asyncio.CancelledError:
            state, sentence = RoomState.LEFT, "You have left the room without a farewell."
        except TransportRefused as refused:
            sentence, error = str(refused), refused
        except Exception as mistake:
            report(mistake)
        finally:
            await self._helpers.stop()
            await self._close_transport()
            self._finish(state, sentence, error)

    async def _work(self) -> None:
        self.assembly = await self._prepare()
        self._helpers.start(self.assembly.announcer.run())
        self._helpers.start(self._pump())
        self._connect()
        while not self._protocol.is_over(_now()):
            self._show_state()
            item = await self._next()
            try:
                await self._take_all(item)
                await self._protocol.settle(_now())
            except TransportRefused:
                raise
            except TransportError:  # what was not sent stays due
                self._rest_until = _now() + self._timing.first_retry

    async def _next(self) -> _Item | None:
        """Wait for the next item; None if something has become due before."""
        deadline = self._protocol.deadline(_now())
        wait = None if deadline is None else max(deadline - _now(), self._rest_until - _now(), SHORTEST_WAIT)
        try:
            async with asyncio.timeout(wait):
                return await self._inbox.get()
        except TimeoutError:
            return None

    async def _take_all(self, item: _Item | None) -> None:
        """Take all items that wait before acting on them, so that many knocks make one commit."""
        await self._take(item, _now())
        for _ in range(NETWORK_LIMIT):
            if self._inbox.empty():
                return
            await self._take(self._inbox.get_nowait(), _now())

    async def _take(self, item: _Item | None, now: float) -> None:
        match item:
            case None:
                pass
            case _Wish():
                self._grant(item)
            case _GoTo(group_id):
                self._protocol.go_to(group_id, now)
            case _Signal.LEAVE:
                self._protocol.leave(now)
            case _Signal.SAY_TYPING:
                await self._protocol.say_typing(now)
            case _Signal.CONNECT if self._link is LinkState.DISPLACED:
                self._connect()
            case _Signal():
                pass  # the connector is running already; what was read is told when that is due
            case _Crash(error):
                raise error
            case ConnectFailed(error, retry_in):
                self._trouble = item
                if retry_in is None:
                    raise error
            case LinkChanged() | WillShown():
                self._capacity.release()
                await self._link_changed(item, now)
            case _:
                self._capacity.release()
                await self._protocol.got(item, now)

    async def _link_changed(self, change: LinkChanged | WillShown, now: float) -> None:
        if isinstance(change, WillShown):
            return self._protocol.will_shown(now)
        self._link = change.state
        if change.state is LinkState.CONNECTED:
            self._trouble = None
            await self._protocol.link_up(now)
        elif change.state in (LinkState.RECONNECTING, LinkState.CLOSED, LinkState.DISPLACED):
            self._protocol.link_down()
        if change.state is LinkState.CLOSED:
            self._connect()
        return None

    # The tasks beside it

    async def _pump(self) -> None:
        while True:
            await self._capacity.acquire()
            self._inbox.put_nowait(await self._transport.receive())

    def _connect(self) -> None:
        self._link = LinkState.CONNECTING
        self._helpers.start(keep_connecting(self._transport, self._timing, self._inbox.put, self._hurry))

    async def _close_transport(self) -> None:
        with contextlib.suppress(TransportError, TimeoutError):
            async with asyncio.timeout(CLOSING_LIMIT):
                await self._transport.close()

    # What users see

    def _show_state(self) -> None:
        state, sentence = self._standing()
        if state is RoomState.JOINED and self._joined and not self._joined.done():
            self._joined.set_result(None)
        self._set_state(state, sentence)

    def _connected_standing(self) -> tuple[RoomState, str]:
        if self._protocol.is_inside:
            return RoomState.JOINED, "You are in the room."
        if self._protocol.is_full:
            return RoomState.FULL, "This room is full; you get in when somebody leaves."
        return RoomState.WAITING_FOR_KEYS, "Waiting for the keys of this room; what you write is sent afterwards."

    def _standing(self) -> tuple[RoomState, str]:
        if self._link is LinkState.CONNECTED:
            return self._connected_standing()
        if self._link is LinkState.DISPLACED:
            return RoomState.DISPLACED, "Another connection has taken the place of this page in the room."
        if self._trouble:
            return RoomState.UNREACHABLE, f"{self._trouble.error} Trying again."
        if self._joined and self._joined.done():
            return RoomState.RECONNECTING, "The connection broke. Reconnecting; what you write is sent afterwards."
        return RoomState.CONNECTING, "Connecting to the server."

    def _set_state(self, state: RoomState, sentence: str) -> None:
        if (state, sentence) != (self.state, self._sentence):
            self.state, self._sentence = state, sentence
            self._events.put(StateChanged(state, sentence))

    def _finish(self, state: RoomState, sentence: str, error: Exception | None = None) -> None:
        self._over = True
        self._set_state(state, sentence)
        self._events.close()
        closed = error or RoomClosed(sentence)
        while not self._inbox.empty():
            item = self._inbox.get_nowait()
            if isinstance(item, _Wish) and not item.outcome.done():
                item.outcome.set_exception(closed)
        if self._joined and not self._joined.done():
            self._joined.set_exception(closed)
            self._joined.exception()  # possibly no call waits for it any more

    @property
    def _protocol(self) -> Protocol:
        assert self.assembly is not None  # it is made before the first item is taken
        return self.assembly.protocol

    def _grant(self, wish: _Wish) -> None:
        if wish.outcome.cancelled() or self.assembly is None:
            return
        try:
            wish.outcome.set_result(wish.action(self.assembly))
        except VollyError as error:
            wish.outcome.set_exception(error)


def _now() -> float:
    return asyncio.get_running_loop().time()
