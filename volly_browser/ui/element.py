"""The page's elements, typed: what the views may do to them, and nothing that could turn text into markup."""

from collections.abc import Callable
from typing import Any, Protocol

from volly_browser.errors import LocalError


class MissingElement(LocalError):
    """The page's markup and its program do not fit together."""


class Listens(Protocol):
    """Adds event handlers and removes them all when it is closed; see `bridge.proxies.Listeners`."""

    def listen(self, target: Any, event: str, handler: Callable[..., None]) -> None:  # noqa: ANN401 - a DOM node
        """Call `handler` with every `event` of `target`."""
        ...

    def close(self) -> None:
        """Remove all handlers."""
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
        """What the user typed into it."""
        return str(self.node.value)

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
        """Find the first element inside that matches a selector.  Raises MissingElement."""
        found = self.node.querySelector(selector)
        if not found:
            raise MissingElement(f"This page has no {selector} where one is needed. Please reload it.")
        return Element(found)

    def append(self, child: "Element") -> None:
        """Put an element at the end."""
        self.node.append(child.node)

    def remove(self) -> None:
        """Remove it from its parent."""
        self.node.remove()

    def clear(self) -> None:
        """Remove everything inside."""
        self.node.replaceChildren()


class Page:
    """The document: finds elements and makes new ones.

    Args:
        document: the DOM document.
    """

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - a DOM document
        self._document = document

    def find(self, name: str) -> Element:
        """Find the element with this id.  Raises MissingElement."""
        found = self._document.getElementById(name)
        if not found:
            raise MissingElement(f"This page has no element {name!r}. Please reload it.")
        return Element(found)

    def copy_of(self, template: str) -> Element:
        """Copy the one element in a template.  Raises MissingElement."""
        return Element(self.find(template).node.content.firstElementChild.cloneNode(True))

    def make(self, tag: str) -> Element:
        """Make an empty element."""
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
        """Call the handler at every such event of the document itself."""
        listeners.listen(self._document, event, handler)
