"""A person's visit to a room, from the start page back to it: lasts until they leave, whatever ends in between."""

from collections.abc import Callable

from volly_browser.room.events import RoomClosed
from volly_browser.ui import wording
from volly_browser.ui.fate import IN_DOUBT
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.not_sent import NotSent, Unsent, WaysOut, pack, unpack
from volly_browser.ui.room_to_show import ClosedRoom, RoomToShow
from volly_browser.ui.scene import Setting, Views
from volly_browser.ui.shown_room import ShownRoom
from volly_browser.ui.wording import Remedy


class Visit:
    """Enters the room, and again if somebody wants to start over after it could not go on.

    Args:
        open_room: a room that is not joined yet, a new one each time.
        setting: of the visit.
        take_back: puts a text into the message box.
        keep: takes what has not been sent, whenever that changes, for `run` after a reload.
    """

    def __init__(
        self,
        open_room: Callable[[], RoomToShow],
        setting: Setting,
        take_back: Callable[[str], None],
        keep: Callable[[str], None],
    ) -> None:
        self._open_room = open_room
        self._setting = setting
        self._keep = keep
        self._not_sent = NotSent(WaysOut(self.send, take_back, self._explain), self._changed)
        self._views: Views
        self._shown: ShownRoom | None = None

    @property
    def unsent(self) -> list[Unsent]:
        """What would be lost by closing the page."""
        return [*self._not_sent.unsent, *(self._shown.unsent if self._shown else [])]

    async def run(self, views: Views, kept: str) -> None:
        """See somebody through the room; returns when they have left it.

        Args:
            views: show it.
            kept: what an earlier visit to this room has not sent.
        """
        self._views = views
        with GoingOn():
            views.messages.clear()
        for unsent in unpack(kept):
            with GoingOn():
                shown = views.messages.add(self._setting.person, unsent.text, unsent.written_at)
                self._not_sent.add(unsent, shown, IN_DOUBT)
        while await self._enter():
            pass

    def leave(self) -> None:
        """End the visit."""
        if self._shown:
            self._shown.leave()

    def send(self, text: str) -> None:
        """Show a message of ours, and send it as soon as somebody can read it.

        Raises:
            RoomClosed: nothing will be sent any more.
        """
        if self._shown is None:
            raise RoomClosed(wording.NOT_INSIDE)
        self._shown.send(text)
        self._changed()

    def typing(self) -> None:
        """Somebody is writing here."""
        if self._shown:
            self._shown.typing()

    def remedy(self, remedy: Remedy) -> None:
        """Somebody pressed the button of a notice."""
        if self._shown:
            self._shown.remedy(remedy)

    def clock_is_wrong(self, seconds: float) -> None:
        """Our clock is so many seconds ahead of the server's, or behind it if negative."""
        with GoingOn():
            if sentence := wording.wrong_clock(seconds):
                self._explain(sentence)

    async def _enter(self) -> bool:
        """Whether to come back."""
        self._shown = ShownRoom(self._room(), self._views, self._setting, self._not_sent, self._changed)
        return await self._shown.run()

    def _room(self) -> RoomToShow:
        with GoingOn():
            return self._open_room()
        return ClosedRoom(wording.FAULT)

    def _explain(self, sentence: str) -> None:
        self._views.status.notice(sentence)

    def _changed(self) -> None:
        with GoingOn():
            self._keep(pack(self.unsent))
