"""A document for tests: the page's real markup behind the few DOM methods that the views use."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

INDEX = Path(__file__).resolve().parents[3] / "web" / "index.html"

_VOID = {"meta", "link", "input", "br", "path", "circle", "rect", "use", "img"}


class FakeEvent:
    def __init__(self, target: FakeNode | None = None) -> None:
        self.target = target
        self.default_prevented = False

    def preventDefault(self) -> None:
        self.default_prevented = True


class FakeNode:
    """An element; text is a child that is a string."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[FakeNode | str] = []
        self.parent: FakeNode | None = None
        self.value = attributes.get("value", "")
        self.handlers: dict[str, list[Callable[..., None]]] = {}
        self.is_focused = False

    @property
    def hidden(self) -> bool:
        return "hidden" in self.attributes

    @hidden.setter
    def hidden(self, hidden: bool) -> None:
        if hidden:
            self.attributes["hidden"] = ""
        else:
            self.attributes.pop("hidden", None)

    @property
    def elements(self) -> list[FakeNode]:
        return [child for child in self.children if isinstance(child, FakeNode)]

    @property
    def firstElementChild(self) -> FakeNode:
        return self.elements[0]

    @property
    def content(self) -> FakeNode:
        assert self.tag == "template"
        return self

    @property
    def classList(self) -> FakeClasses:
        return FakeClasses(self)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def textContent(self) -> str:
        return "".join(child if isinstance(child, str) else child.textContent for child in self.children)

    @textContent.setter
    def textContent(self, text: str) -> None:
        self.children = [text] if text else []

    def setAttribute(self, name: str, value: str) -> None:
        self.attributes[name] = value

    def append(self, child: FakeNode | str) -> None:
        if isinstance(child, FakeNode):
            if child.parent:
                child.remove()
            child.parent = self
        self.children.append(child)

    def insertBefore(self, child: FakeNode, before: FakeNode) -> None:
        if child.parent:
            child.remove()
        child.parent = self
        self.children.insert(self.children.index(before), child)

    def replaceChildren(self) -> None:
        for child in self.elements:
            child.parent = None
        self.children = []

    def remove(self) -> None:
        assert self.parent
        self.parent.children.remove(self)
        self.parent = None

    def cloneNode(self, _deep: bool) -> FakeNode:
        copy = FakeNode(self.tag, dict(self.attributes))
        for child in self.children:
            copy.append(child if isinstance(child, str) else child.cloneNode(True))
        return copy

    def descendants(self) -> Iterator[FakeNode]:
        for child in self.elements:
            yield child
            yield from child.descendants()

    def querySelector(self, selector: str) -> FakeNode | None:
        return next((node for node in self.descendants() if node.fits(selector)), None)

    def fits(self, selector: str) -> bool:
        return selector[1:] in self.classes if selector.startswith(".") else selector == self.tag

    def focus(self) -> None:
        self.is_focused = True

    def reset(self) -> None:
        for node in self.descendants():
            node.value = ""

    def addEventListener(self, event: str, handler: Callable[..., None]) -> None:
        self.handlers.setdefault(event, []).append(handler)

    def removeEventListener(self, event: str, handler: Callable[..., None]) -> None:
        self.handlers[event].remove(handler)

    def dispatch(self, event: str, target: FakeNode | None = None) -> FakeEvent:
        """Let something happen here, or to something in here."""
        happened = FakeEvent(target or self)
        for handler in list(self.handlers.get(event, [])):
            handler(happened)
        return happened


class FakeClasses:
    def __init__(self, node: FakeNode) -> None:
        self._node = node

    def add(self, name: str) -> None:
        self._node.attributes["class"] = " ".join([*self._node.classes, name])

    def remove(self, name: str) -> None:
        self._node.attributes["class"] = " ".join(other for other in self._node.classes if other != name)


class FakeDocument(FakeNode):
    """The page as it is before any script has run."""

    def __init__(self, markup: str | None = None) -> None:
        super().__init__("#document", {})
        self.title = ""
        _Builder(self).feed(INDEX.read_text() if markup is None else markup)

    def getElementById(self, name: str) -> FakeNode | None:
        return next((node for node in self.descendants() if node.attributes.get("id") == name), None)

    def createElement(self, tag: str) -> FakeNode:
        return FakeNode(tag, {})

    def lines(self, name: str) -> list[str]:
        """What can be read in each child of an element, with single spaces."""
        found = self.getElementById(name)
        assert found
        return [re.sub(r"\s+", " ", child.textContent).strip() for child in found.elements]

    def shown(self, name: str) -> FakeNode:
        found = self.getElementById(name)
        assert found
        return found


class FakeListeners:
    """`bridge.proxies.Listeners` without proxies."""

    def __init__(self) -> None:
        self._owned: list[tuple[FakeNode, str, Callable[..., None]]] = []

    def listen(self, target: FakeNode, event: str, handler: Callable[..., None]) -> None:
        guarded = _guarded(handler)
        target.addEventListener(event, guarded)
        self._owned.append((target, event, guarded))

    def close(self) -> None:
        for target, event, handler in self._owned:
            target.removeEventListener(event, handler)
        self._owned.clear()


def _guarded(handler: Callable[..., None]) -> Callable[..., None]:
    def call(event: FakeEvent) -> None:
        try:
            handler(event)
        except Exception:
            sys.excepthook(*sys.exc_info())

    return call


class _Builder(HTMLParser):
    def __init__(self, root: FakeNode) -> None:
        super().__init__()
        self._open = [root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = FakeNode(tag, {name: value or "" for name, value in attrs})
        self._open[-1].append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].append(FakeNode(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self._open[-1].tag == tag, f"<{self._open[-1].tag}> is closed by </{tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._open[-1].append(data)
