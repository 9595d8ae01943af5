"""The JavaScript engines (web/engines/): they take batches of operations and return batches of results.

Awaiting a JavaScript promise costs Python two new callbacks, which take longer than most cryptography.  Here JavaScript
gets one callback for the life of the engine.
"""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any

from pyodide.ffi import JsException, create_proxy, to_js

from volly_browser.bridge.batch import BatchFailed, WireOperation
from volly_browser.bridge.modules import load_module

MODULES = {"webcrypto": "webcrypto", "javascript": "noble"}
"""The module of boot.json for each engine."""


class JsBatchModule:
    """A module of web/engines/, connected; see `BatchModule`."""

    def __init__(self, exports: Any, algorithms: Sequence[str]) -> None:
        self.algorithms = algorithms
        self._tickets = count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._deliver_proxy = create_proxy(self._deliver)
        self._start = exports.connect(self._deliver_proxy)

    async def run(self, operations: Sequence[WireOperation]) -> list[Any]:
        """Run operations; see `BatchModule.run`."""
        ticket = next(self._tickets)
        answer = self._waiting[ticket] = asyncio.get_running_loop().create_future()
        try:
            results = self._start(to_js(operations), ticket)
            return [_to_python(result) for result in (results if results is not None else await answer)]
        except JsException as error:
            raise BatchFailed(error.name, error.message) from error
        finally:
            del self._waiting[ticket]

    def _deliver(self, ticket: int, results: Any, name: str | None = None, message: str = "") -> None:
        answer = self._waiting.get(ticket)
        if answer is None or answer.done():  # the task that asked was cancelled
            return
        if name is None:
            answer.set_result(results)
        else:
            answer.set_exception(BatchFailed(name, message))


_connected: dict[str, JsBatchModule] = {}


async def load_batch_module(engine_name: str) -> JsBatchModule:
    """Load the engine `webcrypto` or `javascript`, with the algorithms that work in this browser.

    Each is connected once and lives as long as the page.

    Raises:
        ModuleNotLoaded: its script cannot be fetched.
    """
    if engine_name not in _connected:
        exports = await load_module(MODULES[engine_name])
        _connected[engine_name] = JsBatchModule(exports, list(await exports.algorithms()))
    return _connected[engine_name]


def _to_python(result: Any) -> Any:
    if isinstance(result, bool):
        return result
    if hasattr(result, "to_bytes"):
        return result.to_bytes()
    return [part.to_bytes() for part in result]
