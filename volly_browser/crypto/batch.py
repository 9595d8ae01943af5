"""What the `webcrypto` and the `javascript` engine share: operations handed to a JavaScript module in batches."""

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from volly_browser.bridge.batch import BatchFailed, BatchModule
from volly_browser.crypto.checks import check
from volly_browser.crypto.engine import (
    Agree,
    Algorithm,
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
from volly_browser.crypto.programs import Execute, Program

Result = TypeVar("Result")

_WIRE: dict[type[Operation[Any]], tuple[str, Callable[[Any], Sequence[bytes]]]] = {
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
"""Operations that an engine gets at once.  The page waits for most of them, with WebCrypto for tenths of a
millisecond each, with JavaScript for up to five."""

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
        self._numbers: dict[Program, int] = {}

    def random(self, length: int) -> bytes:
        """`length` bytes; in the page, `os.urandom` is `crypto.getRandomValues`."""
        return os.urandom(length)

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        """Run all operations, and let the page do something else now and then; see `Engine.run`."""
        for operation in operations:
            check(operation, self.algorithms, self.name)
        results: list[Result] = []
        for start in range(0, len(operations), self._largest_batch):
            if start:
                await asyncio.sleep(0)
            results += await self._run_batch(operations[start : start + self._largest_batch])
        return results

    async def _run_batch(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        lines: list[str] = []
        parts: list[bytes] = []
        for operation in operations:
            head, strings = self._to_wire(operation)
            lines.append(" ".join([head, *[str(len(string)) for string in strings]]))
            parts += strings
        try:
            results = await self._module.run("\n".join(lines), b"".join(parts))
        except BatchFailed as error:
            if error.name in _ERRORS:
                raise _ERRORS[error.name](*error.args) from error
            raise
        return [_from_wire(operation, result) for operation, result in zip(operations, results, strict=True)]

    def _to_wire(self, operation: Operation[Any]) -> tuple[str, Sequence[bytes]]:
        """Return the beginning of an operation's line, and its byte strings."""
        if isinstance(operation, Execute):
            return f"run {self._number(operation.program)}", operation.in_order()
        name, strings_of = _WIRE[type(operation)]
        return f"{name} {operation.algorithm}", strings_of(operation)

    def _number(self, program: Program) -> int:
        """Return the number by which the module knows a program."""
        number = self._numbers.get(program)
        if number is None:
            number = self._numbers[program] = self._module.define(program.text)
        return number


def _from_wire(operation: Operation[Any], result: list[Any]) -> Any:  # noqa: ANN401 - what the operation's parameter says
    if isinstance(operation, Execute):
        return operation.program.outcome(result)
    if isinstance(operation, Encapsulate):
        return Encapsulation(*result)
    return result == [b"\1"] if isinstance(operation, Verify) else result[0]
