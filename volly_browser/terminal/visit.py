"""One visit to a room from a terminal: enter, show what happens and do what is typed, leave."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from volly_browser.chat.chat import Chat
from volly_browser.chat.timeline import Changed
from volly_browser.chat.upkeep import Upkeep
from volly_browser.errors import VollyError
from volly_browser.room.events import RoomEvent, RoomState, StateChanged
from volly_browser.terminal.deeds import Deeds, Shows
from volly_browser.terminal.exits import Exit
from volly_browser.terminal.lines import Lines
from volly_browser.terminal.story import Story
from volly_browser.transport.contract import TransportRefused
from volly_browser.ui import wording
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.rooms.room_to_show import RoomToShow

ENTERING_LIMIT = 90.0
"""Seconds to get into the group of a room."""

LEAVING_LIMIT = 12.0
"""Seconds after which the program ends without waiting for the room."""

_RETRYING = " Trying again."


class Front(Shows, Protocol):
    """Shows a story, and takes what the user types."""

    async def run(self) -> None:
        """Return when the user leaves, or `leave` is called."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a front is made of.

    Attributes:
        story: what is shown.
        lines: of the story.
        obey: takes a line that was typed, with commands.
        say: takes a text.
        typing: to be called at every key of a text.
    """

    story: Story
    lines: Lines
    obey: Callable[[str], Awaitable[None]]
    say: Callable[[str], Awaitable[None]]
    typing: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same during a visit.

    Attributes:
        policy: of the room.
        history: how many messages from before they came newcomers are told of.
        name: the user's.
        ends_with_room: whether to end if the room has failed, as for a script.
        tell: says a sentence while no front is shown.
        progress: says how far entering and leaving are.
    """

    policy: str
    history: int
    name: str
    ends_with_room: bool
    tell: Callable[[str], None]
    progress: Callable[[str], None]


class Visit:
    """A room that is joined, shown and left once.

    Args:
        open_room: makes the room, given what takes the error of our clock in seconds.
        setting: of the visit.
        new_front: makes what shows the room, as soon as we are in it.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        open_room: Callable[[Callable[[float], None]], RoomToShow],
        setting: Setting,
        new_front: Callable[[Parts], Front],
        clock: Callable[[], float] = time.time,
    ) -> None:
        loop = asyncio.get_running_loop()
        self._clock_sentence = ""
        self._room = room = open_room(self.tell_clock_error)
        self._setting = setting
        self._new_front = new_front
        self._chat = Chat(room, setting.name, clock)
        self._story = Story(room, self._chat, setting.policy, clock, loop.time, history=setting.history)
        self._lines = Lines(self._story)
        self._upkeep = Upkeep(self._chat, self._let_go)
        self._front: Front | None = None
        self._deeds: Deeds | None = None
        self._hopeless: asyncio.Future[Exit] = loop.create_future()
        self._wants_out = asyncio.Event()
        self._leaving: asyncio.Future[None] | None = None

    async def run(self) -> Exit:
        """Enter, show, and leave; return how that ended."""
        reading = asyncio.ensure_future(self._read())
        try:
            end = await self._enter()
            if end is None and not self._wants_out.is_set():
                await self._show()
        finally:
            if not await self._leave():
                reading.cancel()
            await asyncio.wait({reading})
        return self._outcome() if end is None else end

    def leave(self) -> None:
        """Leave the room wherever the visit stands; if we are leaving already, do not wait any longer."""
        if self._leaving:
            self._leaving.cancel()
        self._wants_out.set()
        if self._front:
            self._front.leave()

    def tell_clock_error(self, seconds: float) -> None:
        """Tell the user that their clock is so many seconds ahead of the server's, or behind it if negative."""
        before, self._clock_sentence = self._clock_sentence, wording.wrong_clock(seconds)
        if self._clock_sentence and not before:
            self._explain(self._clock_sentence)

    # The way in

    async def _enter(self) -> Exit | None:
        """Enter the room; return why that failed, or None."""
        joining = asyncio.ensure_future(self._join())
        wants_out = asyncio.ensure_future(self._wants_out.wait())
        try:
            waiting: set[asyncio.Future[Any]] = {joining, wants_out, self._hopeless}
            await asyncio.wait(waiting, timeout=ENTERING_LIMIT, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wants_out.cancel()
            joining.cancel()
        if self._hopeless.done():
            return self._hopeless.result()
        if joining.done():
            return joining.result()
        if self._wants_out.is_set():
            return None
        self._setting.tell(f"Nobody has let you in within {ENTERING_LIMIT:.0f} seconds. {self._clock_sentence}")
        return Exit.NOT_LET_IN

    async def _join(self) -> Exit | None:
        try:
            await self._room.join()
        except VollyError as error:
            if self._wants_out.is_set() or self._hopeless.done():
                return None
            self._setting.tell(str(error))
            return Exit.NO_CONNECTION if isinstance(error, TransportRefused) else Exit.FAILED
        return None

    def _judge(self, change: StateChanged) -> None:
        """End the way in if it leads nowhere: a program can be started again."""
        match change.state:
            case RoomState.UNREACHABLE:
                self._give_up(change.sentence.removesuffix(_RETRYING), Exit.NO_CONNECTION)
            case RoomState.FULL:
                self._give_up(change.sentence, Exit.FULL)
            case RoomState.CONNECTING | RoomState.WAITING_FOR_KEYS:
                self._setting.progress(change.sentence)

    def _give_up(self, sentence: str, end: Exit) -> None:
        if not self._hopeless.done():
            self._setting.tell(sentence)
            self._hopeless.set_result(end)

    # Inside

    async def _show(self) -> None:
        parts = Parts(self._story, self._lines, self._obey, self._say, self._room.typing)
        self._front = front = self._new_front(parts)
        self._deeds = Deeds(self._room, self._chat, self._story, front)
        front.changed(frozenset(self._story.timeline.ids(slice(None))))
        try:
            await front.run()
        finally:
            self._front = None

    async def _obey(self, line: str) -> None:
        if self._deeds:
            await self._deeds.take(line)

    async def _say(self, text: str) -> None:
        if self._deeds:
            await self._deeds.say(text)

    async def _read(self) -> None:
        going_on = GoingOn(lambda: self._explain(wording.NOT_ALL_SHOWN))
        async for event in self._room.events():
            with going_on:
                self._take(event)

    def _take(self, event: RoomEvent) -> None:
        changed = self._story.take(event)
        self._upkeep.look()
        if self._front:
            self._front.changed(changed)
            if self._room.state is RoomState.FAILED and self._setting.ends_with_room:
                self.leave()
        elif self._leaving is None and isinstance(event, StateChanged):
            self._judge(event)

    def _let_go(self, gone: Changed) -> None:
        changed = self._story.let_go(gone)
        if self._front:
            self._front.changed(changed)

    def _explain(self, sentence: str) -> None:
        if self._front:
            self._story.notice = sentence
            self._front.changed(frozenset())
        else:
            self._setting.tell(sentence)

    # The way out

    async def _leave(self) -> bool:
        """Leave the room; return whether it has come to its end."""
        self._upkeep.close()
        self._setting.progress("Leaving the room.")
        self._leaving = leaving = asyncio.ensure_future(self._room.leave())
        await asyncio.wait({leaving}, timeout=LEAVING_LIMIT)
        return not leaving.cancel() and not leaving.cancelled()

    def _outcome(self) -> Exit:
        """Tell what the user has to know at the end, and return it."""
        if self._room.state is RoomState.FAILED:
            self._setting.tell(self._story.sentence)
            return Exit.FAILED
        if unsent := self._story.unsent:
            self._setting.tell("1 message was not sent." if unsent == 1 else f"{unsent} messages were not sent.")
            return Exit.UNSENT
        return Exit.LEFT
