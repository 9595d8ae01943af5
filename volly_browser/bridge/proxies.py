"""Python functions that JavaScript calls: each has an owner, and an end.

A Python function handed to JavaScript lives until it is destroyed, and one destroyed while JavaScript still calls it
breaks the page with an error at every event.  `Listeners` owns both halves: it takes the function off first and
destroys it then.
"""

import sys
from collections.abc import Callable
from typing import Any

from pyodide.ffi import JsCallableDoubleProxy, create_proxy

Handler = Callable[..., None]


class Listeners:
    """Owner of event handlers on JavaScript objects.

    Args:
        add: the method that adds a handler, `on` for event emitters, `addEventListener` for the DOM.
        remove: the method that takes it off again.
    """

    def __init__(self, add: str = "on", remove: str = "off") -> None:
        self._add = add
        self._remove = remove
        self._owned: list[tuple[Any, str, JsCallableDoubleProxy[..., None]]] = []

    def __len__(self) -> int:
        """How many handlers are in place."""
        return len(self._owned)

    def listen(self, target: Any, event: str, handler: Handler) -> None:
        """Call `handler` at every `event` of `target`, with whatever JavaScript passes.

        A handler's exception goes to `sys.excepthook` and not into the emitter, where it would keep the handlers
        that come after it from being called.
        """
        proxy = create_proxy(_guarded(handler))
        getattr(target, self._add)(event, proxy)
        self._owned.append((target, event, proxy))

    def close(self) -> None:
        """Take all handlers off and destroy them.  Safe to call twice."""
        while self._owned:
            target, event, proxy = self._owned.pop()
            getattr(target, self._remove)(event, proxy)
            proxy.destroy()


def _guarded(handler: Handler) -> Handler:
    def call(*arguments: Any) -> None:
        try:
            handler(*arguments)
        except Exception:
            sys.excepthook(*sys.exc_info())

    return call
