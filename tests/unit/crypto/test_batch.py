"""What goes over to a JavaScript engine, and what comes back, with a module in place of JavaScript's."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from volly_browser.bridge.batch import BatchFailed, WireOperation
from volly_browser.crypto.batch import LARGEST_BATCH, BatchEngine
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
from volly_browser.errors import VollyError


class Module:
    """Answers with what it was told to, and remembers what it was asked."""

    algorithms = tuple(algorithm.value for algorithm in Algorithm)

    def __init__(self, *results: object, failure: BatchFailed | None = None) -> None:
        self.asked: list[WireOperation] = []
        self._results = list(results)
        self._failure = failure

    async def run(self, operations: Sequence[WireOperation]) -> list[Any]:
        self.asked += operations
        if self._failure:
            raise self._failure
        return self._results


KEY, NONCE = bytes(32), bytes(12)

OPERATIONS: list[tuple[Operation[Any], WireOperation]] = [
    (DerivePublicKey(Algorithm.ED25519, KEY), ["derivePublicKey", "Ed25519", KEY]),
    (
        Encapsulate(Algorithm.X_WING, bytes(1216)),
        ["encapsulate", "MLKEM768-X25519", bytes(1216)],
    ),
    (
        Decapsulate(Algorithm.ML_KEM_768, bytes(64), bytes(1088)),
        ["decapsulate", "ML-KEM-768", bytes(64), bytes(1088)],
    ),
    (
        Agree(Algorithm.X25519, KEY, KEY),
        ["agree", "X25519", KEY, KEY],
    ),
    (
        Sign(Algorithm.ML_DSA_65, KEY, b"m"),
        ["sign", "ML-DSA-65", KEY, b"m"],
    ),
    (
        Verify(Algorithm.ML_DSA_65, b"p", b"m", b"s"),
        ["verify", "ML-DSA-65", b"p", b"m", b"s"],
    ),
    (
        Seal(KEY, NONCE, b"a", b"p"),
        ["seal", "AES-GCM", KEY, NONCE, b"a", b"p"],
    ),
    (
        Open(KEY, NONCE, b"a", bytes(16)),
        ["open", "AES-GCM", KEY, NONCE, b"a", bytes(16)],
    ),
]


@pytest.mark.parametrize(("operation", "wire"), OPERATIONS, ids=[type(item[0]).__name__ for item in OPERATIONS])
async def test_operations_go_over_as_lists(operation: Operation[Any], wire: WireOperation) -> None:
    module = Module([b"ciphertext", b"secret"])
    await BatchEngine("webcrypto", module).run([operation])
    assert module.asked == [wire]


async def test_results_come_back_as_what_each_operation_gives() -> None:
    module = Module([b"ciphertext", b"secret"], True, b"key")
    engine = BatchEngine("webcrypto", module)
    results = await engine.run([OPERATIONS[1][0], OPERATIONS[5][0], OPERATIONS[0][0]])
    assert results == [Encapsulation(b"ciphertext", b"secret"), True, b"key"]


@pytest.mark.parametrize("error", [InvalidKey, DecryptionFailed, UnsupportedAlgorithm])
async def test_failures_that_have_a_name_here_keep_name_and_sentence(error: type[VollyError]) -> None:
    engine = BatchEngine("webcrypto", Module(failure=BatchFailed(error.__name__, "A sentence.")))
    with pytest.raises(error, match=r"^A sentence\.$"):
        await engine.run([OPERATIONS[0][0]])


async def test_other_failures_stay_what_they_are() -> None:
    engine = BatchEngine("webcrypto", Module(failure=BatchFailed("RangeError", "Out of memory.")))
    with pytest.raises(BatchFailed, match=r"^Out of memory\.$"):
        await engine.run([OPERATIONS[0][0]])


async def test_nothing_goes_over_if_one_operation_is_malformed() -> None:
    module = Module()
    with pytest.raises(InvalidKey):
        await BatchEngine("webcrypto", module).run([OPERATIONS[0][0], Sign(Algorithm.ED25519, b"short", b"")])
    assert module.asked == []


class Echo:
    """Gives back the last field of each operation, and counts what it gets at once."""

    algorithms = Module.algorithms

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def run(self, operations: Sequence[WireOperation]) -> list[Any]:
        self.batches.append(len(operations))
        return [operation[-1] for operation in operations]


@pytest.mark.parametrize(("name", "largest"), LARGEST_BATCH.items())
async def test_many_operations_go_over_in_batches_between_which_others_have_their_turn(name: str, largest: int) -> None:
    module = Echo()
    batches_seen: list[int] = []

    async def look() -> None:
        while len(module.batches) < 3:
            batches_seen.append(len(module.batches))
            await asyncio.sleep(0)

    operations = [Seal(KEY, NONCE, b"", number.to_bytes(2, "big")) for number in range(2 * largest + 1)]
    results, _ = await asyncio.gather(BatchEngine(name, module).run(operations), look())
    assert results == [operation.plaintext for operation in operations]
    assert module.batches == [largest, largest, 1]
    assert {1, 2} <= set(batches_seen)


async def test_no_operations_are_no_batch() -> None:
    module = Echo()
    assert await BatchEngine("webcrypto", module).run(list[Seal]()) == []
    assert module.batches == []
