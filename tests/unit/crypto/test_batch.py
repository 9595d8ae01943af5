"""What goes over to a JavaScript engine, and what comes back, with a module in place of JavaScript's."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from volly_browser.bridge.batch import BatchFailed, Results
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
from volly_browser.crypto.programs import Execute, Program, ProgramError
from volly_browser.errors import VollyError


class Module:
    """Answers with what it was told to, and remembers what it was asked."""

    algorithms = tuple(algorithm.value for algorithm in Algorithm)

    def __init__(self, *results: list[bytes | None], failure: BatchFailed | None = None) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self.programs: list[str] = []
        self._results = list(results)
        self._failure = failure

    def define(self, program: str) -> int:
        self.programs.append(program)
        return len(self.programs) - 1

    async def run(self, header: str, data: bytes) -> Results:
        self.asked.append((header, data))
        if self._failure:
            raise self._failure
        return self._results


KEY, NONCE = b"k" * 32, b"n" * 12
SEED, CIPHERTEXT = b"s" * 64, b"c" * 1088
SECRET = b"z" * 32

OPERATIONS: list[tuple[Operation[Any], str, bytes]] = [
    (DerivePublicKey(Algorithm.ED25519, KEY), "derivePublicKey Ed25519 32", KEY),
    (Encapsulate(Algorithm.X_WING, bytes(1216)), "encapsulate MLKEM768-X25519 1216", bytes(1216)),
    (Decapsulate(Algorithm.ML_KEM_768, SEED, CIPHERTEXT), "decapsulate ML-KEM-768 64 1088", SEED + CIPHERTEXT),
    (Agree(Algorithm.X25519, KEY, SECRET), "agree X25519 32 32", KEY + SECRET),
    (Sign(Algorithm.ML_DSA_65, KEY, b"m"), "sign ML-DSA-65 32 1", KEY + b"m"),
    (Verify(Algorithm.ML_DSA_65, b"p", b"m", b"si"), "verify ML-DSA-65 1 1 2", b"pmsi"),
    (Seal(KEY, NONCE, b"a", b""), "seal AES-GCM 32 12 1 0", KEY + NONCE + b"a"),
    (Open(KEY, NONCE, b"", bytes(16)), "open AES-GCM 32 12 0 16", KEY + NONCE + bytes(16)),
]


@pytest.mark.parametrize(
    ("operation", "header", "data"), OPERATIONS, ids=[type(item[0]).__name__ for item in OPERATIONS]
)
async def test_an_operation_goes_over_as_a_line_and_bytes(operation: Operation[Any], header: str, data: bytes) -> None:
    module = Module([b"result", b"another"])
    await BatchEngine("webcrypto", module).run([operation])
    assert module.asked == [(header, data)]


async def test_a_batch_goes_over_at_once() -> None:
    module = Module(*[[b"result", b"another"]] * len(OPERATIONS))
    await BatchEngine("webcrypto", module).run([operation for operation, _, _ in OPERATIONS])
    header, data = "\n".join(item[1] for item in OPERATIONS), b"".join(item[2] for item in OPERATIONS)
    assert module.asked == [(header, data)]


async def test_results_come_back_as_what_each_operation_gives() -> None:
    ciphertext = b"c" * 1120
    module = Module([ciphertext, SECRET], [b"\1"], [b"\0"], [b"key"])
    engine = BatchEngine("webcrypto", module)
    results = await engine.run([OPERATIONS[index][0] for index in (1, 5, 5, 0)])
    assert results == [Encapsulation(ciphertext, SECRET), True, False, b"key"]


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


class Echo(Module):
    """Gives back the last two bytes of a batch for each operation, and counts what it gets at once."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    async def run(self, header: str, data: bytes) -> Results:
        count = len(header.split("\n"))
        self.batches.append(count)
        return [[data[-2:]]] * count


def seals(texts: Sequence[bytes]) -> list[Seal]:
    return [Seal(KEY, NONCE, b"", text) for text in texts]


@pytest.mark.parametrize(("name", "largest"), LARGEST_BATCH.items())
async def test_many_operations_go_over_in_batches_between_which_others_have_their_turn(name: str, largest: int) -> None:
    module = Echo()
    batches_seen: list[int] = []

    async def look() -> None:
        while len(module.batches) < 3:
            batches_seen.append(len(module.batches))
            await asyncio.sleep(0)

    operations = seals([number.to_bytes(2, "big") for number in range(2 * largest + 1)])
    results, _ = await asyncio.gather(BatchEngine(name, module).run(operations), look())
    lasts = [operations[largest - 1], operations[2 * largest - 1], operations[-1]]
    assert results == [lasts[number // largest].plaintext for number in range(2 * largest + 1)]
    assert module.batches == [largest, largest, 1]
    assert {1, 2} <= set(batches_seen)


async def test_no_operations_are_no_batch() -> None:
    module = Echo()
    assert await BatchEngine("webcrypto", module).run(list[Seal]()) == []
    assert module.batches == []


PROGRAM = Program("""
    signature = sign Ed25519 key message
    valid = verify Ed25519 other_key message signature+0x00ff
    give signature valid
""")
INPUTS = {"message": b"m", "other_key": b"other", "key": KEY}


async def test_a_program_is_defined_once_and_goes_over_by_its_number_and_inputs() -> None:
    module = Module([b"signature", b"\1"], [None, None])
    engine = BatchEngine("webcrypto", module)
    assert await engine.run([Execute(PROGRAM, INPUTS)] * 2) == [(b"signature", True), (None, None)]
    await engine.run([Execute(PROGRAM, INPUTS), OPERATIONS[0][0]])
    assert module.programs == [PROGRAM.text]
    line, data = "run 0 32 1 5", KEY + b"m" + b"other"
    assert module.asked == [(f"{line}\n{line}", data * 2), (f"{line}\n{OPERATIONS[0][1]}", data + KEY)]


@pytest.mark.parametrize("inputs", [{}, {"key": KEY, "message": b"m", "another": b""}, {**INPUTS, "more": b""}])
async def test_a_program_with_other_inputs_than_its_own_does_not_go_over(inputs: dict[str, bytes]) -> None:
    module = Module()
    with pytest.raises(ProgramError):
        await BatchEngine("webcrypto", module).run([Execute(PROGRAM, inputs)])
    assert module.asked == []


async def test_a_program_does_not_go_over_where_an_algorithm_is_missing() -> None:
    module = Module()
    module.algorithms = ("AES-GCM",)
    with pytest.raises(UnsupportedAlgorithm, match="Ed25519"):
        await BatchEngine("webcrypto", module).run([Execute(PROGRAM, INPUTS)])
    assert module.asked == []
