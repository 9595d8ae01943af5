"""Python functions that JavaScript calls: each has an owner, and an end.

A Python function handed to JavaScript lives until it is destroyed.  If JavaScript still calls it then, every event
raises an error.  So `Listeners` owns both halves: it removes the handler first and destroys the function then.
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
        remove: the method that removes it.
    """

    def __init__(self, add: str = "on", remove: str = "off") -> None:
        self._add = add
        self._remove = remove
        self._owned: list[tuple[Any, str, JsCallableDoubleProxy[..., None]]] = []

    def __len__(self) -> int:
        """The number of handlers in place."""
        return len(self._owned)

    def listen(self, target: Any, event: str, handler: Handler) -> None:
        """Call `handler` at every `event` of `target`, with the arguments that JavaScript passes.

        A handler's exception goes to `sys.excepthook` and not into the emitter, which would not call the later
        handlers then.
        """
        proxy = create_proxy(_guarded(handler))
        getattr(target, self._add)(event, proxy)
        self._owned.append((target, event, proxy))

    def close(self) -> None:
        """Remove and destroy all handlers.  Safe to call twice."""
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
