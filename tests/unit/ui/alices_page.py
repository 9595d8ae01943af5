"""Alice's page in front of rooms in which everything happens when the test says so."""

import asyncio

from tests.unit.ui.fake_page import FakeDocument, FakeListeners
from tests.unit.ui.fake_room import FakeRoom
from tests.unit.ui.fake_store import FakeStore
from tests.unit.ui.fake_timeline import FakeTimeline, line
from volly_browser.ui.composer.composer import Composer, Script
from volly_browser.ui.element import Page
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.people.mentionables import Mentionables
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.people.people import PeopleView
from volly_browser.ui.rooms.room_view import RoomView
from volly_browser.ui.rooms.scene import Setting, Views
from volly_browser.ui.rooms.visit import Visit
from volly_browser.ui.status.activity import Activity
from volly_browser.ui.status.attention import Attention, Signals
from volly_browser.ui.status.status import StatusView
from volly_browser.ui.timeline.drawing import Clock
from volly_browser.ui.timeline.searching import SearchView
from volly_browser.ui.timeline.view import ListOfRows, TimelineView


class AlicesPage:
    """Alice's page, and the rooms that it opens, one after the other."""

    def __init__(self, *rooms: FakeRoom, policy: str = "hybrid", kept: str = "[]") -> None:
        self.room = rooms[0]
        self.rooms = list(rooms)
        self.document = FakeDocument()
        self.listeners = FakeListeners()
        self.timeline = FakeTimeline()
        self.taken_back: list[str] = []
        self.offered: list[str] = []
        self.set: list[str] = []
        self.kept = kept
        self.store = FakeStore()
        self.notifications: list[tuple[str, str]] = []
        self.files: list[tuple[str, str]] = []
        setting = Setting(policy, "Alice", lambda: 2000.0, {})
        self.conversation = Visit(self._next_room, setting, self.taken_back.append, self._keep, self.store.open())
        self.running = asyncio.ensure_future(self.conversation.run(self._views(), kept))

    async def leave(self) -> None:
        self.conversation.leave()
        await asyncio.wait_for(self.running, 1)

    def _next_room(self) -> FakeRoom:
        self.room = self.rooms.pop(0)
        return self.room

    def _keep(self, texts: str) -> None:
        self.kept = texts

    def _views(self) -> Views:
        page = Page(self.document)
        people, visit, soon = PeopleView(page), self.conversation, asyncio.get_running_loop().call_soon
        clock = Clock(lambda seconds: f" at {seconds:.0f} ", lambda seconds: f"day {seconds // 86400:.0f}")
        view = TimelineView(visit.conversation, visit.drawing(people.met, clock), ListOfRows(self.timeline.apply, soon))
        now = asyncio.get_running_loop().time
        return Views(
            status=StatusView(page, self.listeners, self.conversation.remedy),
            people=people,
            timeline=view,
            activity=Activity(page),
            attention=Attention(
                page, self.listeners, Signals(self._notify, self.notifications.clear, lambda: None, lambda _count: None)
            ),
            composer=Composer(page, self.listeners, Script(self._fill, self._plain), visit.send, visit.typing),
            mentionables=Mentionables(self.offered.append),
            room=RoomView(self.set.append, people.met, visit.conversation),
            search=SearchView(page, visit.conversation, view, Naming(people.met), schedule=soon, now=now),
            show_alone=self._show_alone,
            save=self._save,
        )

    def _notify(self, title: str, text: str, _is_markdown: bool, _instead: str) -> None:
        self.notifications.append((title, text))

    def _save(self, form: str, text: str) -> None:
        self.files.append((form, text))

    def _show_alone(self, is_alone: bool) -> None:
        self.document.shown("alone").hidden = not is_alone

    def _fill(self, text: str) -> None:
        self.document.shown("composer-text").value = text

    @staticmethod
    def _plain(text: str) -> str:
        return text.replace("*", "")

    @property
    def state(self) -> str:
        return self.document.shown("state-text").textContent

    @property
    def tone(self) -> str:
        return self.document.shown("state").attributes["data-tone"]

    @property
    def messages(self) -> list[str]:
        """What can be read of each row, with single spaces."""
        return self.timeline.lines

    @property
    def activity(self) -> str:
        line = self.document.shown("activity")
        return "" if line.hidden else line.textContent

    @property
    def notice(self) -> str:
        notice = self.document.shown("notice")
        return "" if notice.hidden else self.document.shown("notice-text").textContent

    @property
    def button(self) -> str:
        action = self.document.shown("notice-action")
        return "" if action.hidden else action.textContent

    @property
    def box(self) -> str:
        """What stands in the message box."""
        return self.document.shown("composer-text").value

    def write(self, text: str) -> None:
        """Behind what is in the box, and send it."""
        self.document.shown("composer-text").value += text
        self.document.shown("composer").dispatch("submit")

    def press(self, words: str) -> None:
        """Press the first button in the conversation that says this."""
        self.wants(*self.timeline.buttons(words)[0])

    def row_saying(self, text: str) -> str:
        """The id of the row in which this can be read; empty if there is none."""
        return next((row_id for row_id, row in self.timeline.rows.items() if text in line(row)), "")

    def wants(self, kind: str, row_id: str = "", value: object = None) -> None:
        """Tell the conversation what the user wants."""
        with GoingOn():
            self.conversation.intent(kind, row_id, value)

    def press_button(self) -> None:
        self.document.shown("notice-action").dispatch("click")
