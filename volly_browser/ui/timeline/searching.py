"""Looks for words in the conversation while it goes on: says how many messages have them, and leads to one."""

from collections.abc import Callable, Collection

from volly_browser.chat.message import Message
from volly_browser.chat.search import Search
from volly_browser.ui import wording
from volly_browser.ui.element import Page
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.timeline.conversation import Conversation
from volly_browser.ui.timeline.view import TimelineView

SLICE = 0.008
"""Seconds after which a search lets everything else go on; one message more can be looked at."""


class SearchView:
    """Shows one search after the other.

    Args:
        page: the document.
        conversation: has the messages.
        timeline: shows them.
        naming: names those that they mention.
        schedule: calls a function once everything else that waits was done.
        now: seconds.
    """

    def __init__(
        self,
        page: Page,
        conversation: Conversation,
        timeline: TimelineView,
        naming: Naming,
        *,
        schedule: Callable[[Callable[[], None]], object],
        now: Callable[[], float],
    ) -> None:
        self._count = page.find("search-count")
        self._conversation = conversation
        self._timeline = timeline
        self._naming = naming
        self._schedule = schedule
        self._now = now
        self._search = self._search_for("")
        self._shown = ""
        self._is_planned = False

    def look_for(self, query: str) -> None:
        """Begin to look for words; for none, end."""
        self._search = self._search_for(query)
        self._shown = ""
        self._timeline.look_for(self._ways if self._search.query else None)
        self._plan()
        self._show()

    def step(self, by: int) -> None:
        """Lead to an earlier message that was found (1), or to a later one (-1)."""
        self._search.step(by)
        self._shown = ""
        self._show()

    def changed(self, ids: Collection[str]) -> None:
        """Look again at messages that have changed."""
        if self._search.query:
            self._search.changed(ids)
            self._shown = self._search.current  # nobody has asked to be led there
            self._timeline.found([], self._search.current)  # the rows that changed are drawn again anyway
            self._say()

    def close(self) -> None:
        """Look for nothing any more, since the visit ends."""
        self.look_for("")

    def _search_for(self, query: str) -> Search:
        conversation = self._conversation
        ids = conversation.ids(0, len(conversation))
        return Search(query, ids, conversation.find, conversation.place_of, self._naming.text)

    def _plan(self) -> None:
        if not self._is_planned and not self._search.is_done:
            self._is_planned = True
            self._schedule(self._work)

    def _work(self) -> None:
        self._is_planned = False
        end = self._now() + SLICE
        search = self._search
        found: list[str] = []
        GoingOn().each(lambda: found.extend(search.work(lambda: self._now() >= end)), self._plan)
        GoingOn().each(lambda: self._timeline.found(found, search.current), self._show)

    def _show(self) -> None:
        """Say what was found so far, and lead to the first of it."""
        self._say()
        current = self._search.current
        if current and current != self._shown:
            self._shown = current
            self._timeline.found([], current)
            self._timeline.show(current)

    def _say(self) -> None:
        search = self._search
        words = wording.found(search.number, len(search), is_done=search.is_done) if search.query else ""
        if self._count.text != words:
            self._count.text = words

    def _ways(self, row_id: str, message: Message) -> tuple[str, ...]:
        if row_id not in self._search:
            return ()
        return self._search.ways(self._naming.text(message), is_markdown=message.is_markdown)
