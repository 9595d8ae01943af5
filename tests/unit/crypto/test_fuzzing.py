"""Keys, ciphertexts and signatures of any length and content: each operation gives a result or one of two refusals."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fuzzing.examples import examples
from tests.unit.fuzzing.mutations import mutated
from volly_browser.crypto.checks import OPERATION_ALGORITHMS
from volly_browser.crypto.engine import (
    CIPHERTEXT_LENGTH,
    PRIVATE_KEY_LENGTH,
    PUBLIC_KEY_LENGTH,
    SIGNATURE_LENGTH,
    Agree,
    Algorithm,
    Decapsulate,
    DecryptionFailed,
    DerivePublicKey,
    Encapsulate,
    Engine,
    InvalidKey,
    Open,
    Operation,
    Seal,
    Sign,
    Verify,
    run_one,
)
from volly_browser.crypto.hpke import AES_128_GCM, HKDF_SHA256, HpkeCiphertext, HpkeSuite
from volly_browser.crypto.kem import DHKEM_X25519, X_WING, Kem
from volly_browser.crypto.native import NativeEngine
from volly_browser.crypto.python import PythonEngine

ENGINE = NativeEngine()
KEY = bytes(range(32))

ODD_LENGTHS = (0, 1, 11, 13, 15, 31, 33, 64, 1087, 1089, 1183, 1217, 1952, 3308, 3310)


def lengths_of(kind: type[Operation[Any]], algorithm: Algorithm) -> tuple[int, ...]:
    """The right lengths of the fields of an operation."""
    if kind in (Seal, Open):
        return 16, 12, 20, 40
    private, public = PRIVATE_KEY_LENGTH[algorithm], PUBLIC_KEY_LENGTH[algorithm]
    ciphertext, signature = CIPHERTEXT_LENGTH.get(algorithm, 0), SIGNATURE_LENGTH.get(algorithm, 0)
    fields = {
        DerivePublicKey: (private,),
        Encapsulate: (public,),
        Decapsulate: (private, ciphertext),
        Agree: (private, public),
        Sign: (private, 20),
        Verify: (public, 20, signature),
    }
    return fields[kind]


@st.composite
def byte_strings(draw: st.DrawFn, length: int) -> bytes:
    """Of this length, mostly, and of extreme or random content."""
    length = draw(st.sampled_from([*[length] * 40, *ODD_LENGTHS]))
    match draw(st.integers(0, 4)):
        case 0:
            return bytes(length)
        case 1:
            return b"\xff" * length
        case 2:
            return draw(st.sampled_from([b"\x01", b"\x02", b"\x09"])) + bytes(max(0, length - 1))
        case _:
            return draw(st.randoms(use_true_random=False)).randbytes(length)


@st.composite
def operations(draw: st.DrawFn, algorithms: frozenset[Algorithm]) -> Operation[Any]:
    """Any operation of these algorithms, with fields of any kind."""
    kind: Any = draw(st.sampled_from([kind for kind, defined in OPERATION_ALGORITHMS.items() if defined & algorithms]))
    algorithm = draw(st.sampled_from(sorted(OPERATION_ALGORITHMS[kind] & algorithms)))
    strings = [draw(byte_strings(length)) for length in lengths_of(kind, algorithm)]
    return kind(*strings) if kind in (Seal, Open) else kind(algorithm, *strings)


async def runs_or_refuses(engine: Engine, operation: Operation[Any]) -> None:
    try:
        result = await run_one(engine, operation)
    except (InvalidKey, DecryptionFailed) as error:
        refusal = str(error)
    else:
        # Ed25519 has a few public keys of small order, whose signatures can be forged; taking one harms only its owner.
        assert result is not True or operation.algorithm is Algorithm.ED25519, "a signature that nobody made is valid"
        return
    assert refusal.endswith(".")


@examples(200)
@given(operations(ENGINE.algorithms))
async def test_the_native_engine_runs_or_refuses_any_operation(operation: Operation[Any]) -> None:
    await runs_or_refuses(ENGINE, operation)


@examples(8)
@given(operations(frozenset({Algorithm.ML_KEM_768, Algorithm.ML_DSA_65})))
async def test_the_python_engine_runs_or_refuses_any_operation(operation: Operation[Any]) -> None:
    await runs_or_refuses(PythonEngine(), operation)


@pytest.mark.parametrize("algorithm", [Algorithm.ED25519, Algorithm.ML_DSA_65])
@examples(30)
@given(data=st.data())
async def test_a_changed_signature_is_not_valid(algorithm: Algorithm, data: st.DataObject) -> None:
    public_key = await run_one(ENGINE, DerivePublicKey(algorithm, KEY))
    signature = await run_one(ENGINE, Sign(algorithm, KEY, b"message"))
    changed = data.draw(mutated([signature]))
    assert await run_one(ENGINE, Verify(algorithm, public_key, b"message", changed)) is (changed == signature)


@pytest.mark.parametrize("kem", [DHKEM_X25519, X_WING], ids=lambda kem: kem.algorithm)
@examples(30)
@given(data=st.data())
async def test_a_changed_hpke_ciphertext_does_not_open(kem: Kem, data: st.DataObject) -> None:
    suite, pair = HpkeSuite(kem, HKDF_SHA256, AES_128_GCM), await kem.derive_key_pair(ENGINE, KEY)
    sealed = await suite.seal(ENGINE, pair.public_key, b"info", b"aad", b"plaintext")
    changed = HpkeCiphertext(
        data.draw(st.just(sealed.encapsulated_key) | mutated([sealed.encapsulated_key])),
        data.draw(st.just(sealed.ciphertext) | mutated([sealed.ciphertext])),
    )
    try:
        plaintext = await suite.open(ENGINE, pair.private_key, changed, b"info", b"aad")
    except (InvalidKey, DecryptionFailed):
        assert changed != sealed
    else:
        assert (changed, plaintext) == (sealed, b"plaintext")
