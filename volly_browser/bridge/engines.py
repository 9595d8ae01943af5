"""The JavaScript engines (web/engines/): they take batches of operations and return batches of results.

Awaiting a JavaScript promise costs Python two fresh callbacks, more than most cryptography takes.  Here JavaScript gets
one callback for the life of the engine.  And whatever crosses costs Python by the piece, so all bytes of a batch are
one piece.
"""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any

from pyodide.ffi import create_proxy, to_js

from volly_browser.bridge.batch import BatchFailed, Results
from volly_browser.bridge.modules import load_module

MODULES = {"webcrypto": "webcrypto", "javascript": "noble"}
"""The module of boot.json for each engine."""


class JsBatchModule:
    """A module of web/engines/, connected; see `BatchModule`."""

    def __init__(self, exports: Any, algorithms: Sequence[str]) -> None:
        self.algorithms = algorithms
        self._tickets = count()
        self._waiting: dict[int, asyncio.Future[Results]] = {}
        self._proxies = create_proxy(self._deliver), create_proxy(self._refuse)
        connected = exports.connect(*self._proxies)
        self._start, self._define = connected.start, connected.define

    def define(self, program: str) -> int:
        """The number of a program; see `BatchModule.define`."""
        number: int = self._define(program)
        return number

    async def run(self, header: str, data: bytes) -> Results:
        """Run operations; see `BatchModule.run`."""
        ticket = next(self._tickets)
        answer: asyncio.Future[Results] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = answer
        try:
            self._start(ticket, header, to_js(data))
            return await answer
        finally:
            del self._waiting[ticket]

    def _deliver(self, ticket: int, lengths: str, results: Any) -> None:
        answer = self._waiting.get(ticket)
        if answer is not None and not answer.done():  # else the task that asked was cancelled
            answer.set_result(_parts(results.to_bytes(), lengths))

    def _refuse(self, ticket: int, name: str, sentence: str) -> None:
        answer = self._waiting.get(ticket)
        if answer is not None and not answer.done():
            answer.set_exception(BatchFailed(name, sentence))


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


def _parts(data: bytes, lengths: str) -> Results:
    results, start = [], 0
    for operation in lengths.split(" "):
        parts: list[bytes | None] = []
        for length in operation.split(","):
            stop = start if length == "-" else start + int(length)
            parts.append(None if length == "-" else data[start:stop])
            start = stop
        results.append(parts)
    return results
