"""What goes over to a JavaScript engine, and what comes back, with a module in place of JavaScript's."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from volly_browser.bridge.batch import Answer, BatchFailed
from volly_browser.crypto.batch import LARGEST_BATCH, BatchEngine
from volly_browser.crypto.engine import (
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
    run_one,
)
from volly_browser.errors import VollyError

Answered = Callable[[Answer], None]


class Module:
    """Answers with what it was told to, and remembers what it was asked."""

    algorithms = tuple(algorithm.value for algorithm in Algorithm)

    def __init__(self, *results: bytes, failure: BatchFailed | None = None) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self._answer: Answer = failure or list(results)

    def ask(self, header: str, data: bytes, answered: Answered) -> None:
        self.asked.append((header, data))
        answered(self._answer)


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
    module = Module(b"result")
    await BatchEngine("webcrypto", module).run([operation])
    assert module.asked == [(header, data)]


async def test_a_batch_goes_over_at_once() -> None:
    module = Module(*[b"result"] * len(OPERATIONS))
    await BatchEngine("webcrypto", module).run([operation for operation, _, _ in OPERATIONS])
    header, data = "\n".join(item[1] for item in OPERATIONS), b"".join(item[2] for item in OPERATIONS)
    assert module.asked == [(header, data)]


async def test_results_come_back_as_what_each_operation_gives() -> None:
    ciphertext = b"c" * 1120
    module = Module(ciphertext + SECRET, b"\1", b"\0", b"key")
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


def at_once(answer: Callable[[], None]) -> None:
    """Call back before `ask` returns, as JavaScript's own cryptography does."""
    answer()


def later(answer: Callable[[], None]) -> None:
    """Call back some time later, as WebCrypto does."""
    asyncio.get_running_loop().call_soon(answer)


class Echo:
    """Gives back the last two bytes of a batch for each operation, and counts what it gets at once.

    Args:
        when: calls back, at once or later.
    """

    algorithms = Module.algorithms

    def __init__(self, when: Callable[[Callable[[], None]], object] = later) -> None:
        self.batches: list[int] = []
        self._when = when

    def ask(self, header: str, data: bytes, answered: Answered) -> None:
        count = len(header.split("\n"))
        self.batches.append(count)
        self._when(partial(answered, [data[-2:]] * count))


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


def counting_down(start: int) -> Chain[list[int]]:
    """As many steps as `start`, each of which needs the one before."""
    seen: list[int] = []
    number = start
    while number:
        seen.append(number)
        [echo] = yield seals([(number - 1).to_bytes(2, "big")])
        number = int.from_bytes(echo, "big")
    return seen


@pytest.mark.parametrize("when", [at_once, later])
async def test_a_chain_is_followed_step_by_step(when: Callable[[Callable[[], None]], None]) -> None:
    module = Echo(when)
    assert await BatchEngine("webcrypto", module).follow(counting_down(3)) == [3, 2, 1]
    assert module.batches == [1, 1, 1]


async def test_a_chain_answered_at_once_may_be_longer_than_the_stack_is_deep() -> None:
    assert await BatchEngine("javascript", Echo(at_once)).follow(counting_down(5000)) == list(range(5000, 0, -1))


async def test_a_chain_without_steps_asks_for_nothing() -> None:
    module = Echo()
    assert await BatchEngine("webcrypto", module).follow(counting_down(0)) == []
    assert module.batches == []


async def test_a_chain_goes_on_without_a_turn_of_the_event_loop() -> None:
    """That is what it is for: in the page a turn costs more than the way to JavaScript and back."""
    answers: list[Callable[[], None]] = []
    module = Echo(answers.append)
    following = asyncio.ensure_future(BatchEngine("webcrypto", module).follow(counting_down(3)))
    await asyncio.sleep(0)
    for asked in (1, 2, 3):
        assert module.batches == [1] * asked
        answers.pop()()
    assert await following == [3, 2, 1]


async def test_whoever_is_cancelled_closes_the_chain_and_the_answer_is_for_nobody() -> None:
    module, closed = Echo(), []

    def chain() -> Chain[None]:
        try:
            yield seals([b"  "])
        finally:
            closed.append(True)

    following = asyncio.ensure_future(BatchEngine("webcrypto", module).follow(chain()))
    await asyncio.sleep(0)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    assert closed == [True]
    await asyncio.sleep(0)
    assert await run_one(BatchEngine("webcrypto", module), seals([b"hi"])[0]) == b"hi"


async def test_a_module_that_breaks_down_ends_the_chain() -> None:
    class Broken(Module):
        def ask(self, header: str, data: bytes, answered: Answered) -> None:
            raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        await BatchEngine("webcrypto", Broken()).follow(counting_down(1))
