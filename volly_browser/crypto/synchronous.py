"""What the `native` and the `python` engine share: primitives that answer at once, behind `Engine.run`."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from volly_browser.crypto.checks import check
from volly_browser.crypto.engine import (
    Agree,
    Algorithm,
    Decapsulate,
    DerivePublicKey,
    Encapsulate,
    Open,
    Operation,
    Seal,
    Sign,
    UnsupportedAlgorithm,
    Verify,
)
from volly_browser.crypto.programs import Execute, execute

Result = TypeVar("Result")


class SynchronousEngine:
    """Runs operations one after the other on primitives that have a method per operation.

    Args:
        name: what the engine is called.
        primitives: for each algorithm, an object (or class) with the methods its operations need, among
            `derive_public_key`, `encapsulate`, `decapsulate`, `agree`, `sign`, `verify`, `seal`, `open`.
    """

    def __init__(self, name: str, primitives: Mapping[Algorithm, Any]) -> None:
        self.name = name
        self.algorithms = frozenset(primitives)
        self._primitives = primitives

    def random(self, length: int) -> bytes:
        """`length` bytes from the operating system's (in the page: the browser's) generator."""
        return os.urandom(length)

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        """Run all operations; see `Engine.run`."""
        for operation in operations:
            check(operation, self.algorithms, self.name)
        return [await self._perform(operation) for operation in operations]

    async def _perform(self, operation: Operation[Any]) -> Any:  # noqa: ANN401 - what the operation's parameter says
        if isinstance(operation, Execute):
            return await execute(operation, self._perform_step)
        return _perform(self._primitives[operation.algorithm], operation)

    async def _perform_step(self, operation: Operation[Any]) -> Any:  # noqa: ANN401 - as above
        check(operation, self.algorithms, self.name)
        return _perform(self._primitives[operation.algorithm], operation)


def _perform(primitive: Any, operation: Operation[Any]) -> Any:  # noqa: ANN401, PLR0911 - one return per operation
    match operation:
        case DerivePublicKey():
            return primitive.derive_public_key(operation.private_key)
        case Encapsulate():
            return primitive.encapsulate(operation.public_key)
        case Decapsulate():
            return primitive.decapsulate(operation.private_key, operation.ciphertext)
        case Agree():
            return primitive.agree(operation.private_key, operation.public_key)
        case Sign():
            return primitive.sign(operation.private_key, operation.message)
        case Verify():
            return primitive.verify(operation.public_key, operation.message, operation.signature)
        case Seal():
            return primitive.seal(operation.key, operation.nonce, operation.aad, operation.plaintext)
        case Open():
            return primitive.open(operation.key, operation.nonce, operation.aad, operation.ciphertext)
    raise UnsupportedAlgorithm(f"{type(operation).__name__} is not an operation.")
