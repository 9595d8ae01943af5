"""The page's elements, typed: what the views may do to them, and nothing that could turn text into markup."""

from collections.abc import Callable
from typing import Any, Protocol

from volly_browser.errors import LocalError


class MissingElement(LocalError):
    """The page's markup and its program do not belong together."""


class Listens(Protocol):
    """Puts event handlers in place, and takes them off at its end; see `bridge.proxies.Listeners`."""

    def listen(self, target: Any, event: str, handler: Callable[..., None]) -> None:  # noqa: ANN401 - a DOM node
        """Call `handler` with every `event` of `target`."""
        ...

    def close(self) -> None:
        """Take all handlers off."""
        ...


class Element:
    """One element of the page.

    Args:
        node: the DOM node.
    """

    __slots__ = ("node",)

    def __init__(self, node: Any) -> None:  # noqa: ANN401 - a DOM node
        self.node = node

    @property
    def text(self) -> str:
        """The text in it, without markup."""
        return str(self.node.textContent)

    @text.setter
    def text(self, text: str) -> None:
        self.node.textContent = text

    @property
    def value(self) -> str:
        """What somebody typed into it."""
        return str(self.node.value)

    @value.setter
    def value(self, value: str) -> None:
        self.node.value = value

    @property
    def hidden(self) -> bool:
        """Whether it takes no place in the page."""
        return bool(self.node.hidden)

    @hidden.setter
    def hidden(self, hidden: bool) -> None:
        self.node.hidden = hidden

    def set(self, name: str, value: str) -> None:
        """Set an attribute."""
        self.node.setAttribute(name, value)

    def mark(self, *classes: str) -> None:
        """Add style classes."""
        for name in classes:
            self.node.classList.add(name)

    def unmark(self, name: str) -> None:
        """Take a style class away."""
        self.node.classList.remove(name)

    def part(self, selector: str) -> "Element":
        """The first element inside that fits.  Raises MissingElement."""
        found = self.node.querySelector(selector)
        if not found:
            raise MissingElement(f"This page has no {selector} where one is needed. Please reload it.")
        return Element(found)

    def append(self, child: "Element") -> None:
        """Put an element at the end."""
        self.node.append(child.node)

    def insert(self, child: "Element", before: "Element") -> None:
        """Put an element before one that is in here."""
        self.node.insertBefore(child.node, before.node)

    def append_text(self, text: str) -> None:
        """Put text at the end."""
        self.node.append(text)

    def remove(self) -> None:
        """Take it out of where it is."""
        self.node.remove()

    def clear(self) -> None:
        """Take everything out."""
        self.node.replaceChildren()

    def focus(self) -> None:
        """Let the keyboard act on it."""
        self.node.focus()


class Page:
    """The document: finds elements and makes new ones.

    Args:
        document: the DOM document.
    """

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - a DOM document
        self._document = document

    def find(self, name: str) -> Element:
        """The element with this id.  Raises MissingElement."""
        found = self._document.getElementById(name)
        if not found:
            raise MissingElement(f"This page has no element {name!r}. Please reload it.")
        return Element(found)

    def copy_of(self, template: str) -> Element:
        """A fresh copy of the one element in a template.  Raises MissingElement."""
        return Element(self.find(template).node.content.firstElementChild.cloneNode(True))

    def make(self, tag: str) -> Element:
        """A new, empty element."""
        return Element(self._document.createElement(tag))

    @property
    def is_seen(self) -> bool:
        """Whether the tab is in front."""
        return not self._document.hidden

    @property
    def title(self) -> str:
        """The title of the tab."""
        return str(self._document.title)

    @title.setter
    def title(self, title: str) -> None:
        self._document.title = title

    def listen(self, listeners: Listens, event: str, handler: Callable[..., None]) -> None:
        """Call the handler at an event of the document itself."""
        listeners.listen(self._document, event, handler)
