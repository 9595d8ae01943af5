"""The user's visit to a room, from the start page back to it: lasts until they leave, over any failure between."""

from collections.abc import Callable, Iterable, Iterator

from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Changed
from volly_browser.errors import VollyError
from volly_browser.room.events import RoomClosed
from volly_browser.ui import wording
from volly_browser.ui.composer.composer import About, Kind
from volly_browser.ui.composer.unsent import Unsent, pack, unpack
from volly_browser.ui.device.keeper import Keeper, Store
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.people.people import Acquaintances
from volly_browser.ui.rooms.room_to_show import ClosedRoom, RoomToShow
from volly_browser.ui.rooms.room_view import values_of
from volly_browser.ui.rooms.scene import Setting, Views
from volly_browser.ui.rooms.shown_room import ShownRoom
from volly_browser.ui.settings.settings import Settings
from volly_browser.ui.timeline.conversation import Conversation
from volly_browser.ui.timeline.drawing import Clock, Drawing, readable
from volly_browser.ui.timeline.export import as_json, as_text
from volly_browser.ui.timeline.marks import Marks, marks_of
from volly_browser.ui.wording import Remedy


class Visit:
    """Enters the room, and again if the user starts over after a failure.

    Args:
        open_room: makes a room that is not joined yet.
        setting: of the visit.
        take_back: puts a text into the message box.
        keep: stores the texts that have not been sent, at every change, for `run` after a reload.
        store: keeps the conversation on the device, if the user wants that.

    Attributes:
        conversation: all that is said.
        settings: what the user has chosen.
    """

    def __init__(
        self,
        open_room: Callable[[], RoomToShow],
        setting: Setting,
        take_back: Callable[[str], None],
        keep: Callable[[str], None],
        store: Store,
    ) -> None:
        self._open_room = open_room
        self._setting = setting
        self._take_back = take_back
        self._keep = keep
        self._kept = pack([])
        self._to_restore: list[Unsent] = []
        self.conversation = Conversation(setting.name, setting.clock, self._changed)
        self._keeper = Keeper(self.conversation, store, self._heard_of)
        self._views: Views
        self.settings = Settings()
        self._shown: ShownRoom | None = None
        self._stays: list[ShownRoom] = []

    @property
    def unsent(self) -> list[Unsent]:
        """The texts that would be lost if the page were closed."""
        return [*self.conversation.unsent, *self._to_restore, *(self._shown.held if self._shown else [])]

    async def run(self, views: Views, kept: str) -> None:
        """Enter the room and return when the user has left it.

        Args:
            views: show it.
            kept: the texts that an earlier visit to this room has not sent.
        """
        self._views = views
        GoingOn().each(lambda: views.attention.use(self.settings))
        self._restore(unpack(kept))
        self.device("opened")
        try:
            while await self._enter():
                pass
        finally:
            self._shown = None
            GoingOn().each(
                *(stay.close for stay in self._stays),
                self.flush,
                self._keeper.closed,
                views.search.close,
                views.timeline.close,
                views.composer.cancel,
            )

    def drawing(self, met: Acquaintances, clock: Clock) -> Drawing:
        """Make what draws the conversation.

        Args:
            met: the people that are or were in the room.
            clock: writes times.
        """
        return Drawing(self.conversation, self._setting.person, met, clock)

    def leave(self) -> None:
        """End the visit."""
        if self._shown:
            self._shown.leave()

    def send(self, text: str, about: About | None = None) -> None:
        """Send a text of the user's as soon as another member can read it.

        Args:
            text: says it.
            about: the message that it answers or changes, if there is one.

        Raises:
            RoomClosed: nothing will be sent any more.
        """
        if self._shown is None:
            raise RoomClosed(wording.NOT_INSIDE)
        self._shown.send(text, about)

    def intent(self, kind: str, row_id: str, value: object) -> None:
        """Do what the user wants of the conversation.

        Args:
            kind: what.
            row_id: of which message; empty if of none.
            value: particulars, as the kind has them.
        """
        if not any(take(kind, row_id, value) for take in (self._show, self._choose, self._act)):
            raise LookupError(f"The page wants something unknown: {kind} {value}")

    def _show(self, kind: str, row_id: str, value: object) -> bool:
        """Show what the user looks at or for; returns whether the intent is one of these."""
        timeline, search = self._views.timeline, self._views.search
        match kind, value:
            case "look", [int(place), int(rows)]:
                timeline.look(row_id, place, rows)
            case "read", bool(is_watched):
                GoingOn().each(lambda: timeline.read(row_id, is_watched=is_watched), lambda: self._tell_read(row_id))
            case "unfold", _:
                timeline.unfold(row_id)
            case "search", str(query):
                search.look_for(query)
            case "search step", int(by):
                search.step(by)
            case _:
                return False
        return True

    def _choose(self, kind: str, row_id: str, value: object) -> bool:
        """Take what the user chooses for this page or the room; returns whether the intent is one of these."""
        match kind, value:
            case "settings", _:
                self.use(Settings.of(value))
            case "export", str(form):
                self._export(form)
            case "set", dict():
                self._set(value)
            case "unpin", str(message_id) if not row_id:
                if self._shown:
                    self._shown.pin(message_id, is_pinned=False)
            case "mention", [str(words), str(member_id)]:
                self._views.mentionables.choose(words, member_id)
            case _:
                return False
        return True

    def _act(self, kind: str, row_id: str, value: object) -> bool:
        """Do something with a message; returns whether the intent is one of these."""
        match kind:
            case "send again":
                self._leave_to(self.send, row_id)
            case "take back":
                self._leave_to(self._take_back, row_id)
            case "reply" | "edit" | "react" | "delete" | "pin" | "unpin":
                self._do(kind, row_id, value)
            case _:
                return False
        return True

    def device(self, what: str) -> None:
        """Take what has happened to the store of this room: it was "opened" or "closed", or has "failed"."""
        match what:
            case "opened":
                self._keeper.opened()
            case "closed":
                self._keeper.closed()
            case "failed":
                self._keeper.closed()
                self._explain(wording.NOT_KEPT)
            case _:
                raise LookupError(f"Something unknown has happened to the store: {what}")

    def flush(self) -> None:
        """Let the device have all that it is to keep, since the page is possibly about to end."""
        self._keeper.flush()

    def use(self, settings: Settings) -> None:
        """Go by what the user has chosen, from now on."""
        self.settings = settings
        self._views.attention.use(settings)

    def _tell_read(self, row_id: str) -> None:
        if self._shown and self.settings.tells_reading:
            self._shown.read(row_id)

    def _export(self, form: str) -> None:
        """Hand the conversation over as a file."""
        write = as_json if form == "json" else as_text
        self._views.save(form, write(self._marked(), self._called, self._naming.text))

    def _marked(self) -> Iterator[tuple[Message, Marks]]:
        """Yield all messages with their marks."""
        conversation, met = self.conversation, self._views.people.met
        for row_id in conversation.ids(0, len(conversation)):
            entry = conversation.find(row_id)
            if isinstance(entry, Message):
                yield entry, marks_of(entry, met, is_untried=conversation.is_untried(row_id))

    def _called(self, member_id: str, name: str) -> str:
        return self._views.people.met.person(member_id, name).full_name

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

    def _do(self, kind: str, row_id: str, value: object) -> None:
        """Do something about a message of the room that we are in."""
        message, shown = self.conversation.message_here(row_id), self._shown
        if message is None or shown is None:
            self._explain(wording.GONE_BY)
            return
        match kind, value:
            case "react", str(emoji):
                shown.react(row_id, emoji)
            case "delete", _:
                shown.delete(row_id)
            case "pin" | "unpin", _:
                shown.pin(message.message_id, is_pinned=kind == "pin")
            case "reply", _:
                name, text = self._called(message.sender, message.name), readable(message, self._naming)
                self._views.composer.answer(About(Kind.ANSWER, row_id, name, text, message.is_markdown))
            case "edit", _:
                text = self._naming.text(message)
                self._views.composer.edit(About(Kind.EDIT, row_id, message.name, text, message.is_markdown))

    @property
    def _naming(self) -> Naming:
        return Naming(self._views.people.met)

    def _set(self, wanted: dict[str, object]) -> None:
        if self._shown is None:
            self._explain(wording.NOT_INSIDE)
        else:
            self._shown.set(*values_of(wanted))

    async def _enter(self) -> bool:
        """Enter the room; return whether to come back after leaving it."""
        self._shown = ShownRoom(self._room(), self._views, self._setting, self.conversation, self._keep_unsent)
        self._stays.append(self._shown)
        return await self._shown.run()

    def _restore(self, kept: list[Unsent]) -> None:
        """Show the texts that an earlier visit has not sent; one that cannot be shown is kept as it was."""
        self._to_restore = list(kept)
        for unsent in kept:
            with GoingOn():
                self.conversation.put_back(unsent, was_refused=False)
                self._to_restore.remove(unsent)
        self._keep_unsent()

    def _room(self) -> RoomToShow:
        with GoingOn():
            return self._open_room()
        return ClosedRoom(wording.FAULT)

    def _explain(self, sentence: str) -> None:
        with GoingOn():
            self._views.status.notice(sentence)

    def _leave_to(self, way_out: Callable[[str], None], row_id: str) -> None:
        """Let a text that was not sent go its way out of the conversation."""
        message = self.conversation.find(row_id)
        if not isinstance(message, Message) or row_id not in self.conversation.open_ids:
            return  # pressed twice
        try:
            way_out(message.text or "")
        except VollyError as error:
            self._explain(str(error))
            return
        self.conversation.drop(row_id)

    def _changed(self, ids: Changed) -> None:
        GoingOn().each(
            lambda: self._views.timeline.changed(ids),
            lambda: self._refresh_answered(ids),
            lambda: self._refresh_notification(ids),
            lambda: self._keeper.changed(ids),
            lambda: self._refresh_pins(ids),
            lambda: self._views.search.changed(ids),
        )
        self._keep_unsent()

    def _heard_of(self, names: Iterable[tuple[str, str]]) -> None:
        self._views.people.met.hear_of(names)

    def _refresh_answered(self, ids: Changed) -> None:
        composer = self._views.composer
        if not composer.row_id or composer.row_id not in ids:
            return
        if composer.row_id not in self.conversation:
            composer.cancel()
            self._explain(wording.HAS_DISAPPEARED)
        elif message := self.conversation.message_here(composer.row_id):
            composer.says_now(readable(message, self._naming), is_markdown=message.is_markdown)

    def _refresh_notification(self, ids: Changed) -> None:
        attention = self._views.attention
        if attention.row_id in ids:
            message = self.conversation.find(attention.row_id)
            attention.says_now(self._naming.text(message) if isinstance(message, Message) else "")

    def _refresh_pins(self, ids: Changed) -> None:
        if self._shown:
            self._shown.refresh_pins(ids)

    def _keep_unsent(self) -> None:
        """Let the tab keep what is not sent, if that is something else than before."""
        with GoingOn():
            if (kept := pack(self.unsent)) != self._kept:
                self._kept = kept
                self._keep(kept)
