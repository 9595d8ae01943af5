"""The engines of CPython keep the contract, and the contract notices engines that do not."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from tests.vectors.runners import engine_contract
from tests.vectors.runners.common import Mismatch
from volly_browser.crypto.engine import Encapsulation, Engine, Operation, Verify
from volly_browser.crypto.native import NativeEngine
from volly_browser.crypto.python import PythonEngine

Promise = Callable[[Engine], Awaitable[None]]

each_promise = pytest.mark.parametrize("promise", engine_contract.PROMISES, ids=lambda promise: promise.__name__)


@each_promise
@pytest.mark.parametrize("engine", [NativeEngine(), PythonEngine()], ids=lambda engine: engine.name)
async def test_keeps_the_promise(engine: Engine, promise: Promise) -> None:
    await promise(engine)


class Wrong(NativeEngine):
    """Does the right thing, and then something else."""

    def __init__(self, change: Callable[[Operation[Any], object], object]) -> None:
        super().__init__()
        self._change = change

    async def run(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        results = await super().run(operations)
        return [self._change(operation, result) for operation, result in zip(operations, results, strict=True)]


class Reversing(NativeEngine):
    """Gives the last result first."""

    async def run(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        return list(reversed(await super().run(operations)))


def always_valid(operation: Operation[Any], result: object) -> object:
    return True if isinstance(operation, Verify) else result


def always_the_same_secret(_operation: Operation[Any], result: object) -> object:
    return result._replace(shared_secret=bytes(32)) if isinstance(result, Encapsulation) else result


@pytest.mark.parametrize(
    ("engine", "promise"),
    [
        (Wrong(always_valid), engine_contract.signatures_verify),
        (Wrong(always_the_same_secret), engine_contract.kems_agree),
        (Wrong(always_the_same_secret), engine_contract.encapsulations_differ),
        (Reversing(), engine_contract.batches_keep_their_order),
    ],
)
async def test_a_broken_promise_is_noticed(engine: Engine, promise: Promise) -> None:
    with pytest.raises(Mismatch):
        await promise(engine)
