"""The self-test passes right engines, and stops every kind of wrong one."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.vectors.runners import files
from volly_browser.crypto import known_answers
from volly_browser.crypto.engine import (
    Agree,
    Algorithm,
    Decapsulate,
    DecryptionFailed,
    DerivePublicKey,
    Encapsulate,
    Encapsulation,
    Open,
    Operation,
    Seal,
    Sign,
    Verify,
)
from volly_browser.crypto.native import NativeEngine
from volly_browser.crypto.python import PythonEngine
from volly_browser.crypto.selection import EngineSet
from volly_browser.crypto.selftest import SelfTestFailed, self_test


class Wrong(NativeEngine):
    """Changes what one kind of operation on one algorithm gives."""

    def __init__(self, kind: type[Operation[Any]], algorithm: Algorithm, change: Callable[[Any], object]) -> None:
        super().__init__()
        self.name = "wrong"
        self._kind, self._algorithm, self._change = kind, algorithm, change

    async def run(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        results = await super().run(operations)
        return [self._changed(*pair) for pair in zip(operations, results, strict=True)]

    def _changed(self, operation: Operation[Any], result: object) -> object:
        concerned = isinstance(operation, self._kind) and operation.algorithm is self._algorithm
        return self._change(result) if concerned else result


def flipped(result: bytes) -> bytes:
    return bytes([result[0] ^ 1]) + result[1:]


def inverted(result: bool) -> bool:
    return not result


def another_secret(result: Encapsulation) -> Encapsulation:
    return Encapsulation(result.ciphertext, flipped(result.shared_secret))


def refused(result: object) -> object:
    raise DecryptionFailed("No.")


MISTAKES = [
    *((DerivePublicKey, algorithm, flipped) for algorithm in Algorithm if algorithm is not Algorithm.AES_GCM),
    *((Decapsulate, algorithm, flipped) for algorithm in (Algorithm.ML_KEM_768, Algorithm.X_WING)),
    *((Encapsulate, algorithm, another_secret) for algorithm in (Algorithm.ML_KEM_768, Algorithm.X_WING)),
    *((Sign, algorithm, flipped) for algorithm in (Algorithm.ED25519, Algorithm.ML_DSA_65)),
    *((Verify, algorithm, inverted) for algorithm in (Algorithm.ED25519, Algorithm.ML_DSA_65)),
    *((Verify, algorithm, lambda _: True) for algorithm in (Algorithm.ED25519, Algorithm.ML_DSA_65)),
    (Agree, Algorithm.X25519, flipped),
    (Seal, Algorithm.AES_GCM, flipped),
    (Open, Algorithm.AES_GCM, flipped),
    (Open, Algorithm.AES_GCM, refused),
]


def using(engine: NativeEngine) -> EngineSet:
    return EngineSet(dict.fromkeys(Algorithm, engine))


async def test_right_engines_pass_with_the_time_each_algorithm_took() -> None:
    times = iter(range(100))
    results = await self_test(using(NativeEngine()), PythonEngine(), clock=lambda: float(next(times)))
    assert [(result.algorithm, result.engine, result.seconds) for result in results] == [
        (algorithm, "native", 1.0) for algorithm in Algorithm
    ]


@pytest.mark.parametrize(("kind", "algorithm", "change"), MISTAKES)
async def test_a_mistake_is_found_and_named(
    kind: type[Operation[Any]], algorithm: Algorithm, change: Callable[[Any], object]
) -> None:
    with pytest.raises(SelfTestFailed, match=f"The self-test of {algorithm} on the wrong engine failed"):
        await self_test(using(Wrong(kind, algorithm, change)), PythonEngine())


@pytest.mark.parametrize(
    ("kind", "algorithm", "change"),
    [
        (Encapsulate, Algorithm.ML_KEM_768, another_secret),
        (Verify, Algorithm.ML_DSA_65, lambda _: False),
    ],
)
async def test_a_disagreement_with_the_independent_engine_is_found(
    kind: type[Operation[Any]], algorithm: Algorithm, change: Callable[[Any], object]
) -> None:
    with pytest.raises(SelfTestFailed, match="the wrong engine disagree about a fresh key"):
        await self_test(using(NativeEngine()), Wrong(kind, algorithm, change))


def published(path: str) -> list[dict[str, Any]]:
    return [dict(vector.case) for vector in files.own(path)]


def test_the_known_answers_are_published_ones() -> None:
    ml_kem = next(case for case in published("wycheproof/mlkem_768_test.json.gz") if case.get("tcId") == 2)
    assert (ml_kem["seed"], ml_kem["c"]) == (
        known_answers.ML_KEM_768_SEED.hex(),
        known_answers.ML_KEM_768_CIPHERTEXT.hex(),
    )
    x_wing = published("xwing/xwing.json")[0]
    assert (x_wing["seed"], x_wing["ct"]) == (known_answers.X_WING_SEED.hex(), known_answers.X_WING_CIPHERTEXT.hex())
    x25519 = next(case for case in published("wycheproof/x25519_test.json.gz") if case["tcId"] == 209)
    assert (x25519["private"], x25519["public"]) == (
        known_answers.X25519_AGREEING_PRIVATE_KEY.hex(),
        known_answers.X25519_AGREEING_PUBLIC_KEY.hex(),
    )
    malleable = next(case for case in published("wycheproof/ed25519_test.json.gz") if case["tcId"] == 63)
    assert (malleable["publicKey"]["pk"], malleable["sig"], malleable["result"]) == (
        known_answers.ED25519_MALLEABLE_PUBLIC_KEY.hex(),
        known_answers.ED25519_MALLEABLE_SIGNATURE.hex(),
        "invalid",
    )
    ml_dsa = published("wycheproof/mldsa_65_verify_test.json.gz")[0]
    assert (ml_dsa["publicKey"], ml_dsa["msg"], ml_dsa["sig"]) == (
        known_answers.ML_DSA_65_PUBLIC_KEY.hex(),
        known_answers.ML_DSA_65_MESSAGE.hex(),
        known_answers.ML_DSA_65_SIGNATURE.hex(),
    )
