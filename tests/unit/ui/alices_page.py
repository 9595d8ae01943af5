"""Alice's page in front of rooms in which everything happens when the test says so."""

import asyncio

from tests.unit.ui.fake_page import FakeDocument, FakeListeners, FakeNode
from tests.unit.ui.fake_room import FakeRoom
from volly_browser.ui.activity import Activity
from volly_browser.ui.attention import Attention
from volly_browser.ui.composer import Composer
from volly_browser.ui.element import Page
from volly_browser.ui.messages import MessagesView
from volly_browser.ui.people import PeopleView
from volly_browser.ui.scene import Setting, Views
from volly_browser.ui.status import StatusView
from volly_browser.ui.visit import Visit


class AlicesPage:
    """Alice's page, and the rooms that it opens, one after the other."""

    def __init__(self, *rooms: FakeRoom, policy: str = "hybrid", kept: str = "[]") -> None:
        self.room = rooms[0]
        self.rooms = list(rooms)
        self.document = FakeDocument()
        self.listeners = FakeListeners()
        self.taken_back: list[str] = []
        self.kept = kept
        setting = Setting(policy, "Alice", lambda: 2000.0, {})
        self.conversation = Visit(self._next_room, setting, self.taken_back.append, self._keep)
        Composer(Page(self.document), self.listeners, self.conversation.send, self.conversation.typing)
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
        return Views(
            StatusView(page, self.listeners, self.conversation.remedy),
            PeopleView(page),
            MessagesView(page, self.listeners, lambda seconds: f" at {seconds:.0f} "),
            Activity(page),
            Attention(page, self.listeners),
        )

    @property
    def state(self) -> str:
        return self.document.shown("state-text").textContent

    @property
    def tone(self) -> str:
        return self.document.shown("state").attributes["data-tone"]

    @property
    def messages(self) -> list[str]:
        return self.document.lines("messages")

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
        self.document.shown("messages").dispatch("click", self.buttons(words)[0])

    def buttons(self, words: str) -> list[FakeNode]:
        buttons = [node for node in self.document.shown("messages").descendants() if node.tag == "button"]
        return [button for button in buttons if button.textContent == words]

    def press_button(self) -> None:
        self.document.shown("notice-action").dispatch("click")
