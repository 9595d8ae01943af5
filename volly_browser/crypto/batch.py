"""What the `webcrypto` and the `javascript` engine share: operations handed to a JavaScript module in batches."""

import asyncio
import os
from collections.abc import Sequence
from typing import Any, TypeVar

from volly_browser.bridge.batch import BatchFailed, BatchModule, WireOperation
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

Result = TypeVar("Result")

_WIRE: dict[type[Operation[Any]], tuple[str, tuple[str, ...]]] = {
    DerivePublicKey: ("derivePublicKey", ("private_key",)),
    Encapsulate: ("encapsulate", ("public_key",)),
    Decapsulate: ("decapsulate", ("private_key", "ciphertext")),
    Agree: ("agree", ("private_key", "public_key")),
    Sign: ("sign", ("private_key", "message")),
    Verify: ("verify", ("public_key", "message", "signature")),
    Seal: ("seal", ("key", "nonce", "aad", "plaintext")),
    Open: ("open", ("key", "nonce", "aad", "ciphertext")),
}
"""An operation's name in JavaScript, and its fields in the order that web/engines/batch.mjs has them in."""

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
        try:
            results = await self._module.run([_to_wire(operation) for operation in operations])
        except BatchFailed as error:
            if error.name in _ERRORS:
                raise _ERRORS[error.name](*error.args) from error
            raise
        return [_from_wire(operation, result) for operation, result in zip(operations, results, strict=True)]


def _to_wire(operation: Operation[Any]) -> WireOperation:
    name, fields = _WIRE[type(operation)]
    return [name, operation.algorithm.value, *(getattr(operation, field) for field in fields)]


def _from_wire(operation: Operation[Any], result: Any) -> Any:  # noqa: ANN401 - what the operation's parameter says
    return Encapsulation(*result) if isinstance(operation, Encapsulate) else result
