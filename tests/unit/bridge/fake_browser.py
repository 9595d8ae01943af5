"""As much of JavaScript as the bridge needs: objects, byte arrays, proxies that must be destroyed, and `fetch`.

Like Pyodide, it punishes the usual mistakes: a destroyed proxy cannot be called, and options that are no plain object
are not seen.
"""

# ruff: noqa: ANN401 - JavaScript values have no type that Python could name

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class JsException(Exception):
    """A JavaScript error in Python."""

    def __init__(self, name: str, message: str, reason: int | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        if reason is not None:
            self.reason = reason


class JsObject:
    """A plain JavaScript object; a missing property raises AttributeError, as a JsProxy does."""

    def __init__(self, **properties: Any) -> None:
        self.__dict__.update(properties)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JsObject) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]


class Uint8Array:
    """A byte array with the two copies that are cheap."""

    def __init__(self, length: int) -> None:
        self._data = bytearray(length)

    @classmethod
    def new(cls, length: int) -> "Uint8Array":
        return cls(length)

    @classmethod
    def of(cls, data: bytes) -> "Uint8Array":
        array = cls(len(data))
        array.assign(data)
        return array

    def assign(self, data: bytes) -> None:
        assert len(data) == len(self._data)
        self._data[:] = data

    def to_bytes(self) -> bytes:
        return bytes(self._data)


class Proxy:
    """A Python function that JavaScript can call until it is destroyed."""

    alive = 0

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function: Callable[..., Any] | None = function
        Proxy.alive += 1

    def __call__(self, *arguments: Any) -> Any:
        if self._function is None:
            raise JsException("Error", "Object has already been destroyed")
        return self._function(*arguments)

    def destroy(self) -> None:
        if self._function is None:
            raise JsException("Error", "Object has already been destroyed")
        self._function = None
        Proxy.alive -= 1


class Emitter:
    """An event emitter that calls its listeners in order, and drops those after one that throws."""

    def __init__(self) -> None:
        self.listeners: list[tuple[str, Proxy]] = []

    def on(self, event: str, listener: Proxy) -> None:
        self.listeners.append((event, listener))

    def off(self, event: str, listener: Proxy) -> None:
        self.listeners.remove((event, listener))

    def emit(self, event: str, *arguments: Any) -> None:
        for name, listener in list(self.listeners):
            if name == event:
                listener(*arguments)


class Window(Emitter):
    """The page's window, as an event target."""

    addEventListener = Emitter.on
    removeEventListener = Emitter.off


class Browser:
    """The modules `js` and `pyodide`, and what was fetched."""

    def __init__(self) -> None:
        self.fetched: list[tuple[str, JsObject]] = []
        self.answer: JsObject | JsException = JsException("TypeError", "Failed to fetch")
        self.js = ModuleType("js")
        self.js.JSON = JsObject(parse=_parse)  # type: ignore[attr-defined]
        self.js.Object = JsObject(fromEntries=dict)  # type: ignore[attr-defined]
        self.js.Uint8Array = Uint8Array  # type: ignore[attr-defined]
        self.js.window = self.window = Window()  # type: ignore[attr-defined]
        self.js.AbortSignal = JsObject(timeout=lambda milliseconds: f"after {milliseconds} ms")  # type: ignore[attr-defined]
        self.js.fetch = self._fetch  # type: ignore[attr-defined]
        self.ffi = ModuleType("pyodide.ffi")
        for name, value in {
            "JsException": JsException,
            "JsProxy": JsObject,
            "JsCallableDoubleProxy": Proxy,
            "create_proxy": Proxy,
            "to_js": _to_js,
        }.items():
            setattr(self.ffi, name, value)

    def answers(self, status: int, body: str | Iterable[bytes] | None) -> None:
        parts = [body.encode()] if isinstance(body, str) else body
        self.answer = JsObject(status=status, body=None if parts is None else Stream(parts))

    async def _fetch(self, url: str, options: JsObject) -> JsObject:
        self.fetched.append((url, options))
        if isinstance(self.answer, JsException):
            raise self.answer
        return self.answer


class Stream:
    """A body as it comes; counts how many parts were asked for."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self.read_parts = 0
        self.cancelled = False

    def getReader(self) -> "Stream":
        return self

    async def read(self) -> JsObject:
        self.read_parts += 1
        part = next(self._parts, None)
        return JsObject(done=part is None, value=None if part is None else Uint8Array.of(part))

    async def cancel(self) -> None:
        self.cancelled = True


class JsArrayOrObject(JsObject):
    """What was parsed from JSON; `to_py` converts the outermost only, as it is told to."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self._value = value

    def to_py(self, *, depth: int) -> Any:
        assert depth == 1, "to convert any depth takes as deep a stack"
        return self._value


def _parse(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise JsException("SyntaxError", str(error)) from error
    return JsArrayOrObject(value) if isinstance(value, dict | list) else value


def _to_js(value: Any, *, dict_converter: Any = None) -> Any:
    if isinstance(value, dict):
        assert dict_converter is dict, "without Object.fromEntries some releases make a Map of a dict"
        return JsObject(**{key: _to_js(item, dict_converter=dict_converter) for key, item in value.items()})
    return value


MODULES_OF_THE_PAGE = ("volly_browser.bridge", "volly_browser.transport.livekit")


@contextmanager
def browser() -> Iterator[Browser]:
    """Modules imported within see this browser; nothing of it is left afterwards, proxies included."""
    fake = Browser()
    package = ModuleType("pyodide")
    before = dict(sys.modules)
    Proxy.alive = 0
    for name in [name for name in sys.modules if name.startswith(MODULES_OF_THE_PAGE)]:
        del sys.modules[name]
    sys.modules.update({"js": fake.js, "pyodide": package, "pyodide.ffi": fake.ffi})
    try:
        yield fake
    finally:
        for name in [name for name in sys.modules if name not in before]:
            del sys.modules[name]
        sys.modules.update(before)
    assert Proxy.alive == 0, "every proxy has an end"
