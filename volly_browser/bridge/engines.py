"""The JavaScript engines (web/engines/): batches of operations over, batches of results back.

Awaiting a JavaScript promise costs Python two fresh callbacks, more than most cryptography takes.  Here JavaScript gets
one callback for the life of the engine.  And whatever crosses costs Python by the piece, so all bytes of a batch are
one piece.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, count, pairwise
from typing import Any

from pyodide.ffi import create_proxy, to_js

from volly_browser.bridge.batch import Answer, BatchFailed
from volly_browser.bridge.modules import load_module

MODULES = {"webcrypto": "webcrypto", "javascript": "noble"}
"""Which module of boot.json an engine is."""


class JsBatchModule:
    """A module of web/engines/, connected; see `BatchModule`."""

    def __init__(self, exports: Any, algorithms: Sequence[str]) -> None:
        self.algorithms = algorithms
        self._tickets = count()
        self._waiting: dict[int, Callable[[Answer], None]] = {}
        self._proxies = create_proxy(self._deliver), create_proxy(self._refuse)
        self._start = exports.connect(*self._proxies)

    def ask(self, header: str, data: bytes, answered: Callable[[Answer], None]) -> None:
        """Have operations run; see `BatchModule.ask`."""
        ticket = next(self._tickets)
        self._waiting[ticket] = answered
        self._start(ticket, header, to_js(data))

    def _deliver(self, ticket: int, lengths: str, results: Any) -> None:
        self._waiting.pop(ticket)(_parts(results.to_bytes(), lengths))

    def _refuse(self, ticket: int, name: str, sentence: str) -> None:
        self._waiting.pop(ticket)(BatchFailed(name, sentence))


_connected: dict[str, JsBatchModule] = {}


async def load_batch_module(engine_name: str) -> JsBatchModule:
    """The engine `webcrypto` or `javascript`, with the algorithms that work in this browser.

    It is connected once and lives as long as the page.

    Raises:
        ModuleNotLoaded: its script cannot be fetched.
    """
    if engine_name not in _connected:
        exports = await load_module(MODULES[engine_name])
        _connected[engine_name] = JsBatchModule(exports, list(await exports.algorithms()))
    return _connected[engine_name]


def _parts(data: bytes, lengths: str) -> list[bytes]:
    if " " not in lengths:
        return [data]
    ends = accumulate(map(int, lengths.split(" ")), initial=0)
    return [data[start:end] for start, end in pairwise(ends)]
