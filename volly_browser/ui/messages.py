"""The conversation: messages with their sender, their time and their fate, and notes between them."""

import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from volly_browser.room.identity.names import is_blank
from volly_browser.ui import wording
from volly_browser.ui.element import Element, Listens, Page
from volly_browser.ui.fate import Fate
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.links import Link, split_links
from volly_browser.ui.log import Line, Log, PlaceInLog
from volly_browser.ui.people import Person

LATE = 30.0
"""Seconds that a message has to be on its way before both its times are shown, if they read differently."""

SHOWN_LIMIT = 2000
"""Entries kept in the page; beyond, the oldest is removed."""

LONG_TEXT = 3000
LONG_LINES = 40
"""Letters and lines from which on only the beginning of a message is shown at first."""


class MessagesView:
    """The list of messages.

    An entry that cannot be drawn is reported as a fault, and a sentence in its place says so.

    Args:
        page: the document.
        listeners: owner of the handler.
        clock_text: writes seconds since 1970 as a time of day in the user's language.
    """

    def __init__(self, page: Page, listeners: Listens, clock_text: Callable[[float], str]) -> None:
        self._page = page
        self._list = page.find("messages")
        self._log = Log(self._list)
        self._clock_text = clock_text
        self._choices = Choices(page)
        listeners.listen(self._list.node, "click", self._choices.clicked)

    def clear(self) -> None:
        """Remove all entries."""
        self._log.clear()
        self._choices.clear()

    def begin_stretch(self) -> None:
        """Keep all later messages after the present ones, in any place: they are of another conversation."""
        self._log.begin_stretch()

    def add(
        self,
        person: Person,
        text: str,
        sent_at: float,
        came_at: float | None = None,
        place: PlaceInLog | None = None,
    ) -> "ShownMessage":
        """Show a message at its place, or at the end if it has none yet.

        Args:
            person: wrote it.
            text: what it says.
            sent_at: seconds since 1970.
            came_at: when it arrived here, in seconds since 1970; None for the user's own.
            place: among all messages, the same for all readers.
        """
        entry = None
        with GoingOn():
            entry = self._message(person, text, sent_at, came_at)
        line = Line(
            entry or self._stand_in(wording.MESSAGE_NOT_SHOWN), (person.member_id, sent_at) if entry else None, place
        )
        self._log.add(line, SHOWN_LIMIT)
        return ShownMessage(line, self._log, self._choices)

    def note(self, text: str, *, is_warning: bool = False) -> None:
        """Show a line that no member wrote."""
        entry = None
        with GoingOn():
            entry = self._note(text, *(["warning"] if is_warning else []))
        self._log.add(Line(entry or self._note(wording.NOTE_NOT_SHOWN, "warning")), SHOWN_LIMIT)

    def _message(self, person: Person, text: str, sent_at: float, came_at: float | None) -> Element:
        entry = self._page.copy_of("message-template")
        entry.mark(person.style, *(["own"] if person.is_self else []))
        entry.part(".avatar").text = person.initial
        entry.part(".sender-name").text = person.name
        entry.part(".tag").text = person.tag
        self._write(entry.part(".text"), text)
        if len(text) > LONG_TEXT or text.count("\n") > LONG_LINES:
            self._fold(entry)
        with GoingOn():
            self._stamp(entry.part("time"), sent_at, came_at)
        return entry

    def _fold(self, entry: Element) -> None:
        """Show only the beginning, and a button for the rest."""
        text = entry.part(".text")
        text.mark("folded")

        def unfold() -> None:
            text.unmark("folded")
            self._choices.withdraw(button)

        button = self._choices.button(wording.SHOW_ALL, unfold)
        entry.part(".choices").append(button)

    def _stand_in(self, sentence: str) -> Element:
        entry = self._page.copy_of("message-template")
        entry.part(".text").text = sentence
        entry.part(".text").mark("stand-in")
        return entry

    def _note(self, text: str, *styles: str) -> Element:
        entry = self._page.copy_of("note-template")
        entry.part("p").text = text
        entry.mark(*styles)
        return entry

    def _write(self, place: Element, text: str) -> None:
        if is_blank(text):
            place.text = wording.NOTHING_TO_SEE
            place.mark("stand-in")
            return
        for piece in split_links(text):
            if isinstance(piece, str):
                place.append_text(piece)
            else:
                place.append(self._link(piece))
                if piece.real_host:
                    place.append(self._isolated(f" ({piece.real_host})"))

    def _link(self, link: Link) -> Element:
        """Make a link that opens in a tab of its own, which learns neither this page's address nor its `window`."""
        anchor = self._page.make("a")
        anchor.text = link.address
        anchor.set("href", link.address)
        anchor.set("dir", "ltr")  # so its parts keep their order, whatever the writing direction of their letters
        anchor.set("target", "_blank")
        anchor.set("rel", "noopener noreferrer nofollow")
        return anchor

    def _isolated(self, text: str) -> Element:
        """Isolate a text so that it reads from left to right, whatever stands around it."""
        place = self._page.make("bdi")
        place.set("dir", "ltr")
        place.text = text
        return place

    def _stamp(self, place: Element, sent_at: float, came_at: float | None) -> None:
        sent, came = self._clock_text(sent_at), self._clock_text(sent_at if came_at is None else came_at)
        is_late = came_at is not None and came_at - sent_at > LATE and came != sent
        place.text = wording.late(sent, came) if is_late else sent
        place.set("datetime", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(sent_at)))


class Choices:
    """Buttons in messages, all of them behind one handler of the list.

    Args:
        page: makes the buttons.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._numbers = count(1)
        self._actions: dict[str, Callable[[], None]] = {}

    def button(self, words: str, action: Callable[[], None]) -> Element:
        """Make a button that calls this until it is withdrawn."""
        button = self._page.make("button")
        button.text = words
        button.mark("plain")
        button.set("type", "button")
        button.value = str(next(self._numbers))
        self._actions[button.value] = action
        return button

    def withdraw(self, button: Element) -> None:
        """Remove a button from the page."""
        self._actions.pop(button.value, None)
        button.remove()

    def clear(self) -> None:
        """Forget what the buttons do."""
        self._actions.clear()

    def clicked(self, event: Any) -> None:  # noqa: ANN401 - a DOM event
        """Do what the clicked button stands for, if the click hit one."""
        button = event.target.closest("button")
        action = self._actions.get(str(button.value)) if button else None
        if action:
            action()


class ShownMessage:
    """A message in the page, on which its fate can still be shown.

    Args:
        line: shows it.
        log: has the line.
        choices: makes its buttons.
    """

    def __init__(self, line: Line, log: Log, choices: Choices) -> None:
        self._line = line
        self._log = log
        self._words = line.entry.part(".delivery")
        self._place = line.entry.part(".choices")
        self._choices = choices
        self._buttons: list[Element] = []

    def show(self, delivery: Fate) -> None:
        """Say what became of the message."""
        self._line.entry.set("data-delivery", delivery.look)
        self._words.text = delivery.words

    def stands_at(self, place: PlaceInLog) -> None:
        """Move the message to its place among all messages."""
        self._log.move(self._line, place)

    def offer(self, choices: Mapping[str, Callable[[], None]]) -> None:
        """Put buttons under the message in place of those before."""
        while self._buttons:
            self._choices.withdraw(self._buttons.pop())
        for words, action in choices.items():
            self._buttons.append(self._choices.button(words, action))
            self._place.append(self._buttons[-1])

    def remove(self) -> None:
        """Remove the message from the conversation."""
        self.offer({})
        self._log.remove(self._line)
