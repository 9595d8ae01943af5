"""The line under the conversation: which members are writing just now, or what delays the user's own messages."""

import asyncio
from collections.abc import Mapping

from volly_browser.room.presence.typing import Typists
from volly_browser.ui import wording
from volly_browser.ui.element import Page
from volly_browser.ui.people.people import Person


class Activity:
    """A quiet line: screen readers are told nothing of it, and its place is kept while it is empty.

    Args:
        page: the document.
    """

    def __init__(self, page: Page) -> None:
        self._line = page.find("activity")
        self._who = self._line.part(".who")
        self._what = self._line.part(".what")
        self._typists = Typists()
        self._people: Mapping[str, Person] = {}
        self._waits_for = ""
        self._next_look: asyncio.TimerHandle | None = None

    def writes(self, member_id: str) -> None:
        """Show that a member is writing."""
        if member_id in self._people:
            self._typists.writes(member_id, _now())
            self._show()

    def finished_writing(self, member_id: str) -> None:
        """Stop showing that a member is writing: the message has arrived."""
        self._typists.finished_writing(member_id)
        self._show()

    def people_are(self, people: Mapping[str, Person]) -> None:
        """Take the members that are in the room now."""
        self._people = people
        self._typists.members_are(people)
        self._show()

    def waits_for(self, sentence: str) -> None:
        """Say when messages will be sent if they are not sent at once; an empty sentence if they are."""
        self._waits_for = sentence
        self._show()

    def close(self) -> None:
        """Empty the line at the end of the visit."""
        self._waits_for = ""
        self.people_are({})

    def _show(self) -> None:
        names = [self._people[member_id].in_a_sentence for member_id in self._typists.at(_now())]
        self._who.text, self._what.text = (self._waits_for, "") if self._waits_for else wording.typing(names)
        self._line.set("data-kind", "waiting" if self._waits_for else "typing")
        self._line.hidden = not self._who.text
        self._look_again()

    def _look_again(self) -> None:
        """Look again when the first writer's time runs out."""
        if self._next_look:
            self._next_look.cancel()
        deadline = self._typists.deadline()
        loop = asyncio.get_running_loop()
        self._next_look = None if deadline is None else loop.call_at(deadline, self._show)


def _now() -> float:
    return asyncio.get_running_loop().time()
