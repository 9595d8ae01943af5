"""One stay in a room, from joining to leaving: shows what happens in it, and hands it what the user writes."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial

from volly_browser.chat.chat import Chat
from volly_browser.chat.timeline import Changed
from volly_browser.chat.upkeep import Upkeep
from volly_browser.errors import VollyError
from volly_browser.room.content.settings import Timer, Title, Topic
from volly_browser.room.events import MessageQueued, RoomClosed, RoomEvent, RoomState
from volly_browser.ui import wording
from volly_browser.ui.composer.composer import About, Kind
from volly_browser.ui.composer.hands import Hands
from volly_browser.ui.composer.unsent import Unsent
from volly_browser.ui.faults import GoingOn, report
from volly_browser.ui.rooms.room_to_show import RoomToShow
from volly_browser.ui.rooms.scene import Scene, Setting, Views
from volly_browser.ui.timeline.conversation import Conversation
from volly_browser.ui.wording import Remedy

LEAVING_LIMIT = 12.0
"""Seconds after which the page is left without waiting for the room."""


class ShownRoom:
    """A room that is joined, shown and left once.

    Args:
        room: not joined yet.
        views: show it.
        setting: of the visit.
        conversation: of the visit.
        on_change: called whenever a text has left the page, or will not.
    """

    def __init__(
        self,
        room: RoomToShow,
        views: Views,
        setting: Setting,
        conversation: Conversation,
        on_change: Callable[[], None],
    ) -> None:
        self._room = room
        self._views = views
        self._setting = setting
        self._conversation = conversation
        self._on_change = on_change
        self._hands = Hands(self._refused)
        self._chat = Chat(room, setting.name, setting.clock)
        self._scene = Scene(room, views, setting, self._chat, conversation)
        self._to_come_back: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._read_row = ""
        self._tasks: set[asyncio.Task[None]] = set()
        timeline = self._chat.timeline
        self._upkeep = Upkeep(self._chat, partial(conversation.changed_of, timeline))
        conversation.enter(timeline)

    @property
    def held(self) -> list[Unsent]:
        """The texts that the room does not have yet."""
        return self._hands.held

    async def run(self) -> bool:
        """Join, show and send until the room is left; return whether to come back into it."""
        self._scene.begin()
        self._start(self._read())
        self._start(self._join())
        try:
            if is_to_come_back := await self._to_come_back:
                self._give_up()
            return is_to_come_back
        finally:
            self._upkeep.left()
            self._scene.end()
            await self._leave()
            self._stop_tasks()

    def close(self) -> None:
        """Let nothing change any more in what was said here: the visit is over."""
        self._upkeep.close()

    def leave(self, *, to_come_back: bool = False) -> None:
        """End this visit to the room."""
        if not self._to_come_back.done():
            self._to_come_back.set_result(to_come_back)

    def send(self, text: str, about: About | None = None) -> None:
        """Send a text of the user's as soon as another member can read it.

        Args:
            text: says it.
            about: the message that it answers or changes, if there is one.

        Raises:
            RoomClosed: nothing will be sent any more.
        """
        if self._scene.state is RoomState.FAILED:
            raise RoomClosed(wording.NOT_INSIDE)
        unsent = Unsent(text, self._setting.clock())
        self._hands.take(unsent)
        self._start(self._hands.hand_over(unsent, self._way_of(about)))
        self._on_change()

    def react(self, row_id: str, emoji: str) -> None:
        """Put an emoji of ours under a message, or take it away if it is there."""
        message_id = self._message_id(row_id)
        has_it = self._chat.timeline.reactions_of(message_id, self._room.member_id, emoji)
        do = self._chat.unreact if has_it else self._chat.react
        self._start(self._attempt(do(message_id, emoji)))

    def delete(self, row_id: str) -> None:
        """Take a message of ours back."""
        self._start(self._attempt(self._chat.delete(self._message_id(row_id))))

    def pin(self, message_id: str, *, is_pinned: bool) -> None:
        """Pin a message, or take it down."""
        self._start(self._attempt(self._chat.pin(message_id) if is_pinned else self._chat.unpin(message_id)))

    def set(self, *values: Title | Topic | Timer) -> None:
        """Set something for the room."""
        self._start(self._attempt(self._chat.set(*values)))

    def refresh_pins(self, ids: Changed) -> None:
        """Show the pinned messages as they are now, if one of them is among these rows."""
        self._scene.refresh_pins(ids)

    def typing(self) -> None:
        """Tell the others that the user is writing."""
        self._room.typing()

    def read(self, row_id: str) -> None:
        """Tell the others that the user has read up to a row, unless they know of a later one."""
        read = self._conversation.heard_up_to(row_id)
        if read is None:
            return
        place, before = self._conversation.place_of(read), self._conversation.place_of(self._read_row)
        if place is not None and (before is None or place > before):
            self._read_row = read
            self._room.read(self._message_id(read))

    def remedy(self, remedy: Remedy) -> None:
        """Do what the button of a notice says."""
        if remedy in (Remedy.TRY_NOW, Remedy.TAKE_OVER):
            self._room.try_now()
        if remedy is Remedy.JOIN_OTHER:
            self._scene.join_other()
        if remedy is Remedy.START_OVER:
            self.leave(to_come_back=True)

    def _way_of(self, about: About | None) -> Callable[[str], Awaitable[object]]:
        """Return what sends a text."""
        mentioned = self._views.mentionables.take()
        if about is None:
            return partial(self._chat.send, mentioned=mentioned)
        do = self._chat.edit if about.kind is Kind.EDIT else self._chat.reply
        return partial(do, self._message_id(about.row_id), mentioned=mentioned)

    def _message_id(self, row_id: str) -> str:
        """Return the id of a message in this room; empty if it is not there."""
        message = self._conversation.message_here(row_id)
        return message.message_id if message else ""

    async def _attempt(self, doing: Awaitable[None]) -> None:
        """Do something, and tell the user if it fails."""
        try:
            await doing
        except VollyError as error:
            self._explain(str(error))
        except Exception as fault:
            report(fault)
            self._explain(wording.NOT_DONE)

    def _explain(self, sentence: str) -> None:
        with GoingOn():
            self._views.status.notice(sentence)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            self._fail(fault)

    def _fail(self, fault: BaseException) -> None:
        """Report a fault, leave the room, and tell the user how to come back."""
        report(fault)
        if self._scene.state is not RoomState.FAILED and not self._to_come_back.done():
            self._fail_visit(wording.FAULT)
            self._stop_tasks()
            self._start(self._leave())

    def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _leave(self) -> None:
        with GoingOn():
            async with asyncio.timeout(LEAVING_LIMIT):
                await self._room.leave()

    async def _join(self) -> None:
        try:
            await self._room.join()
        except VollyError as error:
            if not self._to_come_back.done():
                self._fail_visit(str(error))

    async def _read(self) -> None:
        async for event in self._room.events():
            self._take(event)

    def _take(self, event: RoomEvent) -> None:
        self._scene.take(event)
        self._upkeep.look()
        if isinstance(event, MessageQueued) and self._conversation.holds(event.message_id):
            self._hands.taken(event)
            self._on_change()
            self._show_own(event.message_id)
        if self._scene.state is RoomState.FAILED:
            self._give_up()

    def _show_own(self, message_id: str) -> None:
        if message_id in self._chat.timeline:
            with GoingOn():
                self._views.timeline.said_something()

    def _fail_visit(self, sentence: str) -> None:
        self._scene.fail(sentence)
        self._give_up()

    def _refused(self, unsent: Unsent, sentence: str) -> None:
        self._conversation.put_back(unsent, was_refused=True)
        self._explain(sentence)
        self._on_change()

    def _give_up(self) -> None:
        """Count all texts as not sent, or possibly not sent."""
        self._conversation.give_up()
        for unsent in self._hands.let_go():
            self._conversation.put_back(unsent, was_refused=True)
