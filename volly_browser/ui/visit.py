"""The user's visit to a room, from the start page back to it: lasts until they leave, over any failure between."""

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
    """Enters the room, and again if the user starts over after a failure.

    Args:
        open_room: makes a room that is not joined yet.
        setting: of the visit.
        take_back: puts a text into the message box.
        keep: stores the texts that have not been sent, at every change, for `run` after a reload.
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
        """The texts that would be lost if the page were closed."""
        return [*self._not_sent.unsent, *(self._shown.unsent if self._shown else [])]

    async def run(self, views: Views, kept: str) -> None:
        """Enter the room and return when the user has left it.

        Args:
            views: show it.
            kept: the texts that an earlier visit to this room has not sent.
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
        """Show a message of the user's, and send it as soon as another member can read it.

        Raises:
            RoomClosed: nothing will be sent any more.
        """
        if self._shown is None:
            raise RoomClosed(wording.NOT_INSIDE)
        self._shown.send(text)
        self._changed()

    def typing(self) -> None:
        """Tell the others that the user is writing."""
        if self._shown:
            self._shown.typing()

    def remedy(self, remedy: Remedy) -> None:
        """Do what the button of a notice says."""
        if self._shown:
            self._shown.remedy(remedy)

    def tell_clock_error(self, seconds: float) -> None:
        """Tell the user that their clock is so many seconds ahead of the server's, or behind it if negative."""
        with GoingOn():
            if sentence := wording.wrong_clock(seconds):
                self._explain(sentence)

    async def _enter(self) -> bool:
        """Enter the room; return whether to come back after leaving it."""
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
