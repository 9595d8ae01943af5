"""The engines of CPython keep the contract, and the contract notices engines that do not."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from tests.vectors.runners import engine_contract
from tests.vectors.runners.common import Mismatch
from volly_browser.bridge.batch import BatchFailed, Results
from volly_browser.crypto.batch import BatchEngine
from volly_browser.crypto.engine import (
    Agree,
    Algorithm,
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
from volly_browser.crypto.programs import Execute, Program
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
    """What JavaScript does, done by the native engine."""

    algorithms = tuple(algorithm.value for algorithm in Algorithm)

    def __init__(self) -> None:
        self._programs: list[Program] = []

    def define(self, program: str) -> int:
        self._programs.append(Program(program))
        return len(self._programs) - 1

    async def run(self, header: str, data: bytes) -> Results:
        operations: list[Operation[Any]] = []
        for line in header.split("\n"):
            name, algorithm, *lengths = line.split(" ")
            strings = []
            for length in map(int, lengths):
                strings.append(data[:length])
                data = data[length:]
            operations.append(self._operation(name, algorithm, strings))
        try:
            return [_strings(result) for result in await NativeEngine().run(operations)]
        except VollyError as error:
            raise BatchFailed(type(error).__name__, str(error)) from error

    def _operation(self, name: str, algorithm: str, strings: list[bytes]) -> Operation[Any]:
        if name == "run":
            program = self._programs[int(algorithm)]
            return Execute(program, dict(zip(program.inputs, strings, strict=True)))
        if name in KINDS:
            return KINDS[name](Algorithm(algorithm), *strings)
        return (Seal if name == "seal" else Open)(*strings)


def _strings(result: Any) -> list[bytes | None]:  # noqa: ANN401 - what an operation gives
    items = result if isinstance(result, tuple) else (result,)
    return [bytes([item]) if isinstance(item, bool) else item for item in items]


def mixed() -> EngineSet:
    """Every algorithm, from two engines."""
    native, helper = NativeEngine(), PythonEngine()
    return EngineSet({name: helper if name in helper.algorithms else native for name in Algorithm})


ENGINES = {
    "native": NativeEngine(),
    "python": PythonEngine(),
    "webcrypto, played": BatchEngine("webcrypto", NativeModule()),
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


class Persistent(NativeEngine):
    """Goes on where a program ends, as if nothing were the matter."""

    async def run(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        return [
            tuple(item or b"" for item in result) if isinstance(result, tuple) else result
            for result in await super().run(operations)
        ]


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
        (Reversing(), engine_contract.programs_run_in_batches),
        (Persistent(), engine_contract.programs_end_where_something_is_not_there),
    ],
)
async def test_a_broken_promise_is_noticed(engine: Engine, promise: Promise) -> None:
    with pytest.raises(Mismatch):
        await promise(engine)
