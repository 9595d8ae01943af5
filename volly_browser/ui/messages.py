"""The conversation: messages with their sender, their time and what became of them, and notes between them."""

import time
from collections.abc import Callable

from volly_browser.ui.element import Element, Page
from volly_browser.ui.fate import Fate
from volly_browser.ui.links import Link, split_links
from volly_browser.ui.people import Person

TOGETHER = 300.0
"""Seconds within which messages of one person stand under one name."""

SHOWN_LIMIT = 2000
"""Entries kept in the page; the oldest give way."""


class MessagesView:
    """The list of messages.

    Args:
        page: the document.
        clock_text: the time of day, as people here write it, of seconds since 1970.
    """

    def __init__(self, page: Page, clock_text: Callable[[float], str]) -> None:
        self._page = page
        self._list = page.find("messages")
        self._clock_text = clock_text
        self._last: tuple[str, float] | None = None
        self._shown = 0

    def clear(self) -> None:
        """Show nothing."""
        self._list.clear()
        self._last = None
        self._shown = 0

    def add(self, person: Person, text: str, sent_at: float) -> "ShownMessage":
        """Show a message at the end."""
        entry = self._page.copy_of("message-template")
        entry.mark(
            person.style, *(["own"] if person.is_self else []), *(["same"] if self._goes_on(person, sent_at) else [])
        )
        entry.part(".avatar").text = person.initial
        entry.part(".sender").text = f"{person.name} {person.tag}".strip()
        self._write(entry.part(".text"), text)
        self._stamp(entry.part("time"), sent_at)
        self._append(entry)
        self._last = (person.member_id, sent_at)
        return ShownMessage(entry)

    def note(self, text: str, *, is_warning: bool = False) -> None:
        """Show a line that nobody wrote."""
        entry = self._page.copy_of("note-template")
        entry.part("p").text = text
        if is_warning:
            entry.mark("warning")
        self._append(entry)
        self._last = None

    def _goes_on(self, person: Person, sent_at: float) -> bool:
        if self._last is None:
            return False
        member_id, before = self._last
        return member_id == person.member_id and abs(sent_at - before) < TOGETHER

    def _write(self, place: Element, text: str) -> None:
        for piece in split_links(text):
            if isinstance(piece, str):
                place.append_text(piece)
            else:
                place.append(self._link(piece))
                if piece.real_host:
                    place.append_text(f" (\u2066{piece.real_host}\u2069)")

    def _link(self, link: Link) -> Element:
        """Opens in a tab of its own, which learns neither the address of this page nor how to reach it."""
        anchor = self._page.make("a")
        anchor.text = link.address
        anchor.set("href", link.address)
        anchor.set("dir", "ltr")  # whatever letters it has, its parts stand in their order
        anchor.set("target", "_blank")
        anchor.set("rel", "noopener noreferrer nofollow")
        return anchor

    def _stamp(self, place: Element, sent_at: float) -> None:
        place.text = self._clock_text(sent_at)
        place.set("datetime", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(sent_at)))

    def _append(self, entry: Element) -> None:
        self._list.append(entry)
        self._shown += 1
        if self._shown > SHOWN_LIMIT:
            self._list.node.firstElementChild.remove()
            self._shown -= 1


class ShownMessage:
    """A message in the page, of which it can still be said what became of it."""

    def __init__(self, entry: Element) -> None:
        self._entry = entry
        self._words = entry.part(".delivery")

    def show(self, delivery: Fate) -> None:
        """Say what became of the message."""
        self._entry.set("data-delivery", delivery.look)
        self._words.text = delivery.words
