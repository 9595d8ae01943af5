"""One stay in a room, from joining to leaving: shows what happens in it, and hands it what the user writes."""

import asyncio
from collections.abc import Callable, Coroutine

from volly_browser.errors import VollyError
from volly_browser.room.events import RoomClosed, RoomState
from volly_browser.ui import wording
from volly_browser.ui.faults import GoingOn, report
from volly_browser.ui.not_sent import NotSent, Unsent
from volly_browser.ui.room_to_show import RoomToShow
from volly_browser.ui.scene import Scene, Setting, Views
from volly_browser.ui.sent_texts import SentTexts
from volly_browser.ui.wording import Remedy

LEAVING_LIMIT = 12.0
"""Seconds after which the page is left without waiting for the room."""


class ShownRoom:
    """A room that is joined, shown and left once.

    Args:
        room: not joined yet.
        views: show it.
        setting: of the visit.
        not_sent: takes the texts that the room does not.
        on_change: called whenever a text has left the page, or will not.
    """

    def __init__(
        self, room: RoomToShow, views: Views, setting: Setting, not_sent: NotSent, on_change: Callable[[], None]
    ) -> None:
        self._room = room
        self._views = views
        self._setting = setting
        self._sent_texts = SentTexts(room.send_text, not_sent, on_change)
        self._scene = Scene(room, views, setting, self._sent_texts)
        self._to_come_back: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def unsent(self) -> list[Unsent]:
        """The texts that would be lost if the page were closed."""
        return self._sent_texts.unsent

    async def run(self) -> bool:
        """Join, show and send until the room is left; return whether to come back into it."""
        self._scene.begin()
        self._start(self._read())
        self._start(self._join())
        try:
            if is_to_come_back := await self._to_come_back:
                self._sent_texts.give_up()
            return is_to_come_back
        finally:
            self._scene.end()
            await self._leave()
            self._stop_tasks()

    def leave(self, *, to_come_back: bool = False) -> None:
        """End this visit to the room."""
        if not self._to_come_back.done():
            self._to_come_back.set_result(to_come_back)

    def send(self, text: str) -> None:
        """Show a message of the user's, and send it as soon as another member can read it.

        Raises:
            RoomClosed: nothing will be sent any more.
        """
        if self._scene.state is RoomState.FAILED:
            raise RoomClosed(wording.NOT_INSIDE)
        unsent = Unsent(text, self._setting.clock())
        self._sent_texts.add(unsent, self._views.messages.add(self._setting.person, text, unsent.written_at))
        self._start(self._sent_texts.deliver())

    def typing(self) -> None:
        """Tell the others that the user is writing."""
        self._room.typing()

    def remedy(self, remedy: Remedy) -> None:
        """Do what the button of a notice says."""
        if remedy in (Remedy.TRY_NOW, Remedy.TAKE_OVER):
            self._room.try_now()
        if remedy is Remedy.JOIN_OTHER:
            self._scene.join_other()
        if remedy is Remedy.START_OVER:
            self.leave(to_come_back=True)

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
            self._scene.fail(wording.FAULT)
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
                self._scene.fail(str(error))

    async def _read(self) -> None:
        async for event in self._room.events():
            self._scene.take(event)
            if self._sent_texts.is_due:
                self._start(self._sent_texts.deliver())
