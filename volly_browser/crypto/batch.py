"""What the `webcrypto` and the `javascript` engine share: operations handed to a JavaScript module in batches."""

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from volly_browser.bridge.batch import Answer, BatchFailed, BatchModule
from volly_browser.crypto.chains import Walk
from volly_browser.crypto.checks import check
from volly_browser.crypto.engine import (
    CIPHERTEXT_LENGTH,
    Agree,
    Algorithm,
    Chain,
    Decapsulate,
    DecryptionFailed,
    DerivePublicKey,
    Encapsulate,
    Encapsulation,
    InvalidKey,
    Open,
    Operation,
    Seal,
    Sign,
    UnsupportedAlgorithm,
    Verify,
)
from volly_browser.errors import VollyError

Result = TypeVar("Result")

_WIRE: dict[type[Operation[Any]], tuple[str, Callable[[Any], tuple[bytes, ...]]]] = {
    DerivePublicKey: ("derivePublicKey", lambda of: (of.private_key,)),
    Encapsulate: ("encapsulate", lambda of: (of.public_key,)),
    Decapsulate: ("decapsulate", lambda of: (of.private_key, of.ciphertext)),
    Agree: ("agree", lambda of: (of.private_key, of.public_key)),
    Sign: ("sign", lambda of: (of.private_key, of.message)),
    Verify: ("verify", lambda of: (of.public_key, of.message, of.signature)),
    Seal: ("seal", lambda of: (of.key, of.nonce, of.aad, of.plaintext)),
    Open: ("open", lambda of: (of.key, of.nonce, of.aad, of.ciphertext)),
}
"""An operation's name in JavaScript, and its bytes in the order that web/engines/batch.mjs has them in."""

LARGEST_BATCH = {"webcrypto": 64, "javascript": 8}
"""Operations that an engine gets at once.  Most of them it computes while the page waits, WebCrypto in tenths of a
millisecond each, JavaScript in up to five."""

_ERRORS = {error.__name__: error for error in (InvalidKey, DecryptionFailed, UnsupportedAlgorithm)}


class BatchEngine:
    """An engine whose operations a JavaScript module runs.

    Args:
        name: `webcrypto` or `javascript`.
        module: the module, connected.
    """

    def __init__(self, name: str, module: BatchModule) -> None:
        self.name = name
        self.algorithms = frozenset(Algorithm(algorithm) for algorithm in module.algorithms)
        self._module = module
        self._largest_batch = LARGEST_BATCH[name]

    def random(self, length: int) -> bytes:
        """`length` bytes; in the page, `os.urandom` is `crypto.getRandomValues`."""
        return os.urandom(length)

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        """Run all operations, and let the page do something else now and then; see `Engine.run`."""
        for operation in operations:
            self._check(operation)
        results: list[Result] = []
        for start in range(0, len(operations), self._largest_batch):
            if start:
                await asyncio.sleep(0)
            results += await self.follow(_alone(operations[start : start + self._largest_batch]))
        return results

    async def follow(self, chain: Chain[Result]) -> Result:
        """Run a chain; see `Engine.follow`."""
        try:
            journey = _Journey(chain, self._module, self._check)
            journey.begin()
            return await journey.end
        finally:
            chain.close()

    def _check(self, operation: Operation[Any]) -> None:
        check(operation, self.algorithms, self.name)


class _Journey(Generic[Result]):
    """A chain on its way through a module: it goes on in the callback that brings the results of a step.

    Args:
        chain: where to go.
        module: runs the operations.
        check: raises where an operation is malformed.
    """

    def __init__(self, chain: Chain[Result], module: BatchModule, check: Callable[[Operation[Any]], None]) -> None:
        self.end: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._module = module
        self._check = check
        self._asking = False
        self._early: Answer | None = None
        self._walk = Walk(chain)

    def begin(self) -> None:
        """Take the first step."""
        self._go_on(None)

    def _answered(self, answer: Answer) -> None:
        if self._asking:
            self._early = answer
        elif not self.end.done():  # else whoever waited was cancelled
            self._go_on(answer)

    def _go_on(self, answer: Answer | VollyError | None) -> None:
        """Take in an answer, then step after step, until there is another one to wait for, or the end."""
        walk = self._walk
        try:
            if answer is not None:
                self._take_in(answer)
            while walk.operations is not None:
                answer = self._ask(walk.operations)
                if answer is None:
                    return
                self._take_in(answer)
            self.end.set_result(walk.result)
        except Exception as error:
            self.end.set_exception(error)

    def _take_in(self, answer: Answer | VollyError) -> None:
        if isinstance(answer, list):
            self._walk.go_on(list(map(_from_wire, self._walk.operations or (), answer)))
        else:
            self._walk.fail(_translated(answer))

    def _ask(self, operations: Sequence[Operation[Any]]) -> Answer | VollyError | None:
        """Have a step run; gives the answer where it is there at once."""
        try:
            for operation in operations:
                self._check(operation)
        except VollyError as error:
            return error
        if not operations:
            return []
        self._asking, self._early = True, None
        try:
            self._module.ask(*_to_wire(operations), self._answered)
        finally:
            self._asking = False
        return self._early


def _alone(operations: Sequence[Operation[Result]]) -> Chain[list[Result]]:
    """A chain of one step."""
    return (yield operations)


def _translated(error: VollyError) -> VollyError:
    """The error that has the name of a failure of JavaScript, if there is one of that name."""
    if not isinstance(error, BatchFailed) or error.name not in _ERRORS:
        return error
    translated = _ERRORS[error.name](*error.args)
    translated.__cause__ = error
    return translated


def _to_wire(operations: Sequence[Operation[Any]]) -> tuple[str, bytes]:
    lines: list[str] = []
    parts: list[bytes] = []
    for operation in operations:
        name, fields = _WIRE[type(operation)]
        values = fields(operation)
        lines.append(" ".join((name, operation.algorithm, *map(str, map(len, values)))))
        parts += values
    return "\n".join(lines), b"".join(parts)


def _from_wire(operation: Operation[Any], result: bytes) -> Any:  # noqa: ANN401 - what the operation's parameter says
    if isinstance(operation, Encapsulate):
        length = CIPHERTEXT_LENGTH[operation.algorithm]
        return Encapsulation(result[:length], result[length:])
    return result == b"\1" if isinstance(operation, Verify) else result
