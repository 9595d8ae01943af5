"""The engines of CPython keep the contract, and the contract notices engines that do not."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from tests.vectors.runners import engine_contract
from tests.vectors.runners.common import Mismatch
from volly_browser.bridge.batch import Answer, BatchFailed
from volly_browser.crypto.batch import BatchEngine
from volly_browser.crypto.engine import (
    Agree,
    Algorithm,
    Chain,
    Decapsulate,
    DerivePublicKey,
    Encapsulate,
    Encapsulation,
    Engine,
    Open,
    Operation,
    Seal,
    Sign,
    Verify,
)
from volly_browser.crypto.native import NativeEngine
from volly_browser.crypto.python import PythonEngine
from volly_browser.crypto.selection import EngineSet
from volly_browser.errors import VollyError

Promise = Callable[[Engine], Awaitable[None]]

KINDS = {
    "derivePublicKey": DerivePublicKey,
    "encapsulate": Encapsulate,
    "decapsulate": Decapsulate,
    "agree": Agree,
    "sign": Sign,
    "verify": Verify,
}


class NativeModule:
    """What JavaScript does, done by the native engine.

    Args:
        later: whether the answers come only after `ask` has returned, as WebCrypto's do.
    """

    algorithms = tuple(algorithm.value for algorithm in Algorithm)

    def __init__(self, *, later: bool) -> None:
        self._later = later

    def ask(self, header: str, data: bytes, answered: Callable[[Answer], None]) -> None:
        answer = self._answer(header, data)
        if self._later:
            asyncio.get_running_loop().call_soon(answered, answer)
        else:
            answered(answer)

    @staticmethod
    def _answer(header: str, data: bytes) -> Answer:
        operations: list[Operation[Any]] = []
        for line in header.split("\n"):
            name, algorithm, *lengths = line.split(" ")
            parts = []
            for length in map(int, lengths):
                parts.append(data[:length])
                data = data[length:]
            if name in KINDS:
                operations.append(KINDS[name](Algorithm(algorithm), *parts))
            else:
                operations.append((Seal if name == "seal" else Open)(*parts))
        try:
            running = NativeEngine().run(operations)
            running.send(None)
        except StopIteration as end:
            return [
                b"".join(item) if isinstance(item, tuple) else bytes([item]) if isinstance(item, bool) else item
                for item in end.value
            ]
        except VollyError as error:
            return BatchFailed(type(error).__name__, str(error))
        raise AssertionError("the native engine waits for nothing")


def mixed() -> EngineSet:
    """Every algorithm, from two engines."""
    native, helper = NativeEngine(), PythonEngine()
    return EngineSet({name: helper if name in helper.algorithms else native for name in Algorithm})


ENGINES = {
    "native": NativeEngine(),
    "python": PythonEngine(),
    "webcrypto, played": BatchEngine("webcrypto", NativeModule(later=True)),
    "javascript, played": BatchEngine("javascript", NativeModule(later=False)),
    "a set of one": EngineSet(dict.fromkeys(Algorithm, NativeEngine())),
    "a set of two": mixed(),
}

each_promise = pytest.mark.parametrize("promise", engine_contract.PROMISES, ids=lambda promise: promise.__name__)


@each_promise
@pytest.mark.parametrize("name", ENGINES)
async def test_keeps_the_promise(name: str, promise: Promise) -> None:
    await promise(ENGINES[name])


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


class Silent(NativeEngine):
    """Ends a chain at its first failure, and says nothing of it."""

    async def follow(self, chain: Chain[Any]) -> Any:  # noqa: ANN401
        try:
            return await super().follow(chain)
        except VollyError:
            return None


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
        (Reversing(), engine_contract.chains_use_what_came_before),
        (Reversing(), engine_contract.chains_may_have_steps_of_many_or_none),
        (Silent(), engine_contract.chains_end_with_what_they_raise),
    ],
)
async def test_a_broken_promise_is_noticed(engine: Engine, promise: Promise) -> None:
    with pytest.raises(Mismatch):
        await promise(engine)
