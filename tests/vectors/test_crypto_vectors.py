"""Every vector of the primitives on the engines of CPython, and every runner against vectors that are wrong."""

from dataclasses import replace

import pytest

from tests.vectors.runners import checking, files
from tests.vectors.runners.checking import Candidate
from tests.vectors.runners.common import VECTORS
from tests.vectors.runners.files import Vector
from volly_browser.crypto.engine import Engine
from volly_browser.crypto.native import NativeEngine
from volly_browser.crypto.python import PythonEngine

NATIVE = NativeEngine()

PATHS = [
    path.relative_to(VECTORS).as_posix()
    for folder in ("hpke", "mlkem", "wycheproof", "xwing")
    for path in sorted((VECTORS / folder).iterdir())
]

SKIPPED = {
    "hpke/hpke-pq.json": {"ChaCha20-Poly1305, all but the ciphertexts": 1, "HPKE KDF 0x0011, all but the KEM": 1},
    "hpke/rfc9180-x25519.json": {"ChaCha20-Poly1305, all but the ciphertexts": 1},
    "mlkem/cctv-strcmp-768.txt": {"private key without its seed": 1},
    "wycheproof/aes_gcm_test.json.gz": {"nonce not of 12 bytes": 80, "key of 24 bytes": 103},
}
"""What Volly does not have, by design."""

FIELDS = {
    "xwing/xwing.json": ("seed", "sk", "pk", "ct", "ss"),
    "hpke/hpke-pq.json": (
        "ikmR",
        "skRm",
        "pkRm",
        "enc",
        "shared_secret",
        "info",
        "key",
        "base_nonce",
        "exporter_secret",
        "encryptions.ct",
        "encryptions.pt",
        "encryptions.aad",
        "encryptions.nonce",
        "exports.exporter_context",
        "exports.exported_value",
    ),
    "wycheproof/mlkem_768_test.json.gz": ("seed", "ek", "c", "K"),
    "wycheproof/aes_gcm_test.json.gz": ("key", "iv", "msg", "ct", "tag"),
    "wycheproof/x25519_test.json.gz": ("private", "public", "shared"),
    "wycheproof/ed25519_test.json.gz": ("sig", "publicKey.pk"),
    "wycheproof/mldsa_65_verify_test.json.gz": ("publicKey", "msg", "sig"),
    "wycheproof/hkdf_sha384_test.json.gz": ("ikm", "okm"),
}
"""Of the first case of each file, the fields that must not be changed unnoticed."""

CHANGES = [pytest.param(path, field, id=f"{path}-{field}") for path, fields in FIELDS.items() for field in fields]


async def results(engine: Engine, vectors: list[Vector]) -> tuple[int, dict[str, int], list[str]]:
    report = await checking.check([Candidate.alone(engine)], vectors)
    return report.passed, dict(report.skipped), report.failures


@pytest.mark.parametrize("path", PATHS)
async def test_native_engine_agrees_with_every_case(path: str) -> None:
    vectors = files.own(path)
    expected = SKIPPED.get(path, {})
    assert await results(NATIVE, vectors) == (len(vectors) - sum(expected.values()), expected, [])


@pytest.mark.parametrize("path", [path for path in PATHS if "mlkem" in path or "mldsa" in path])
async def test_python_engine_agrees_with_every_case(path: str) -> None:
    vectors = files.own(path)
    assert await results(PythonEngine(), vectors) == (len(vectors), {}, [])


@pytest.mark.parametrize(("path", "field"), CHANGES)
async def test_a_changed_bit_does_not_go_unnoticed(path: str, field: str) -> None:
    [_, _, failures] = await results(NATIVE, [with_a_flipped_bit(files.own(path)[0], field)])
    assert len(failures) == 1


@pytest.mark.parametrize("field", ["dk", "c", "K"])
async def test_a_changed_bit_in_an_expanded_key_does_not_go_unnoticed(field: str) -> None:
    changed = with_a_flipped_bit(files.own("mlkem/cctv-strcmp-768.txt")[0], field)
    [_, _, failures] = await results(PythonEngine(), [changed])
    assert len(failures) == 1


def with_a_flipped_bit(vector: Vector, field: str) -> Vector:
    """The vector with one bit of a field changed, of the first item if the field is in a list."""
    outer, _, inner = field.partition(".")
    value = vector.case[outer]
    if isinstance(value, list):
        changed: object = [{**value[0], inner: flipped(value[0][inner])}, *value[1:]]
    else:
        changed = {**value, inner: flipped(value[inner])} if inner else flipped(value)
    return replace(vector, case={**vector.case, outer: changed})


def flipped(digits: str) -> str:
    content = bytearray.fromhex(digits)
    content[len(content) // 2] ^= 0x10
    return content.hex()


async def test_a_reduced_key_among_the_unreduced_is_noticed() -> None:
    valid = next(v.case["ek"] for v in files.own("wycheproof/mlkem_768_test.json.gz") if v.case["result"] == "valid")
    unreduced = files.own("mlkem/cctv-modulus-768.txt.gz")[0]
    [_, _, failures] = await results(NATIVE, [replace(unreduced, case={"ek": valid})])
    assert "Encapsulate" in failures[0]


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("wycheproof") and "hkdf" not in path])
async def test_a_valid_case_called_invalid_is_noticed(path: str) -> None:
    vector = next(vector for vector in files.own(path) if vector.case["result"] == "valid")
    [_, _, failures] = await results(NATIVE, [replace(vector, case={**vector.case, "result": "invalid"})])
    assert len(failures) == 1


async def test_a_valid_agreement_said_to_give_zeros_is_noticed() -> None:
    vector = files.own("wycheproof/x25519_test.json.gz")[0]
    [_, _, failures] = await results(NATIVE, [replace(vector, case={**vector.case, "flags": ["ZeroSharedSecret"]})])
    assert len(failures) == 1
