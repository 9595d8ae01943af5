"""The test of the engines before they are used.

Every algorithm must give the published answers, and must agree with itself and with an independent implementation
(`python`, if that has the algorithm) on a new key pair.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from volly_browser.crypto.checks import KEMS, SIGNATURES
from volly_browser.crypto.engine import (
    PRIVATE_KEY_LENGTH,
    Agree,
    Algorithm,
    Decapsulate,
    DerivePublicKey,
    Encapsulate,
    Engine,
    Open,
    Operation,
    Seal,
    Sign,
    Verify,
    run_one,
)
from volly_browser.crypto.known_answers import KNOWN_ANSWERS
from volly_browser.crypto.selection import EngineSet
from volly_browser.errors import LocalError, VollyError

MESSAGE = b"volly/v1/self-test"


class SelfTestFailed(LocalError):
    """An engine computes a wrong result and must not be used."""


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """An algorithm that passed, on which engine, and how long that took."""

    algorithm: Algorithm
    engine: str
    seconds: float


async def self_test(
    engines: EngineSet, oracle: Engine, clock: Callable[[], float] = time.perf_counter
) -> list[SelfTestResult]:
    """Test every chosen engine with the algorithms it was chosen for.

    Args:
        engines: those that are to be used.
        oracle: an independent engine, used as far as it has the algorithms.
        clock: seconds.

    Raises:
        SelfTestFailed: the first mismatch, naming algorithm and engine.
    """
    results = []
    for algorithm, engine in engines.chosen.items():
        started = clock()
        try:
            await _check_known_answers(engine, algorithm)
            await _check_fresh_key(engine, algorithm, oracle if algorithm in oracle.algorithms else engine)
        except SelfTestFailed:
            raise
        except VollyError as error:
            raise _failure(engine, algorithm, f"{error}") from error
        results.append(SelfTestResult(algorithm, engine.name, clock() - started))
    return results


async def _check_known_answers(engine: Engine, algorithm: Algorithm) -> None:
    answers = KNOWN_ANSWERS[algorithm]
    results = await engine.run([answer.operation for answer in answers])
    for answer, result in zip(answers, results, strict=True):
        digest = hashlib.sha256(result).hexdigest() if isinstance(result, bytes) else result
        if digest != answer.result:
            raise _failure(engine, algorithm, f"its {type(answer.operation).__name__} is not the published one.")


async def _check_fresh_key(engine: Engine, algorithm: Algorithm, oracle: Engine) -> None:
    if algorithm in KEMS:
        agree = await _kem_agrees(engine, algorithm, oracle)
    elif algorithm in SIGNATURES:
        agree = await _signature_agrees(engine, algorithm, oracle)
    elif algorithm is Algorithm.X25519:
        agree = await _agreement_agrees(engine, algorithm)
    else:
        agree = await _aead_agrees(engine)
    if not agree:
        raise _failure(engine, algorithm, f"it and the {oracle.name} engine disagree about a fresh key.")


async def _kem_agrees(engine: Engine, algorithm: Algorithm, oracle: Engine) -> bool:
    """Check both ways that one engine decapsulates what the other encapsulates."""
    private_key = engine.random(PRIVATE_KEY_LENGTH[algorithm])
    public_key = await run_one(engine, DerivePublicKey(algorithm, private_key))
    for sender, receiver in dict.fromkeys([(engine, oracle), (oracle, engine)]):  # once if they are the same
        ciphertext, shared_secret = await run_one(sender, Encapsulate(algorithm, public_key))
        if await run_one(receiver, Decapsulate(algorithm, private_key, ciphertext)) != shared_secret:
            return False
    return True


async def _signature_agrees(engine: Engine, algorithm: Algorithm, oracle: Engine) -> bool:
    """Check that the oracle verifies; it does not sign, which takes pure Python a second in the page."""
    private_key = engine.random(PRIVATE_KEY_LENGTH[algorithm])
    operations: list[Operation[bytes]] = [
        DerivePublicKey(algorithm, private_key),
        Sign(algorithm, private_key, MESSAGE),
    ]
    public_key, signature = await engine.run(operations)
    return await run_one(oracle, Verify(algorithm, public_key, MESSAGE, signature))


async def _agreement_agrees(engine: Engine, algorithm: Algorithm) -> bool:
    private_keys = [engine.random(PRIVATE_KEY_LENGTH[algorithm]) for _ in range(2)]
    public_keys = await engine.run([DerivePublicKey(algorithm, key) for key in private_keys])
    pairs = zip(private_keys, reversed(public_keys), strict=True)
    ours, theirs = await engine.run([Agree(algorithm, *pair) for pair in pairs])
    return ours == theirs


async def _aead_agrees(engine: Engine) -> bool:
    key, nonce = engine.random(16), engine.random(12)
    ciphertext = await run_one(engine, Seal(key, nonce, b"", MESSAGE))
    return await run_one(engine, Open(key, nonce, b"", ciphertext)) == MESSAGE


def _failure(engine: Engine, algorithm: Algorithm, why: str) -> SelfTestFailed:
    return SelfTestFailed(f"The self-test of {algorithm} on the {engine.name} engine failed: {why}")
