"""The checks of every engine before it touches a key: wrong algorithms and wrong lengths, with the same sentences."""

from collections.abc import Callable, Collection
from typing import Any

from volly_browser.crypto.engine import (
    CIPHERTEXT_LENGTH,
    NONCE_LENGTH,
    PRIVATE_KEY_LENGTH,
    PUBLIC_KEY_LENGTH,
    TAG_LENGTH,
    Agree,
    Algorithm,
    Decapsulate,
    DecryptionFailed,
    DerivePublicKey,
    Encapsulate,
    InvalidKey,
    Open,
    Operation,
    Seal,
    Sign,
    UnsupportedAlgorithm,
    Verify,
)
from volly_browser.crypto.programs import Execute

KEMS = frozenset({Algorithm.ML_KEM_768, Algorithm.X_WING})
SIGNATURES = frozenset({Algorithm.ED25519, Algorithm.ML_DSA_65})
AES_KEY_LENGTHS = (16, 32)

OPERATION_ALGORITHMS: dict[type[Operation[Any]], frozenset[Algorithm]] = {
    DerivePublicKey: KEMS | SIGNATURES | {Algorithm.X25519},
    Encapsulate: KEMS,
    Decapsulate: KEMS,
    Agree: frozenset({Algorithm.X25519}),
    Sign: SIGNATURES,
    Verify: SIGNATURES,
    Seal: frozenset({Algorithm.AES_GCM}),
    Open: frozenset({Algorithm.AES_GCM}),
}
"""Which algorithms each operation is defined for."""


def check(operation: Operation[Any], algorithms: Collection[Algorithm], engine_name: str) -> None:
    """Refuse an operation that the engine cannot run or that has a field of the wrong length.

    Verify passes with any lengths: a malformed key or signature is simply not valid.

    Raises:
        UnsupportedAlgorithm, InvalidKey, DecryptionFailed: as `Engine.run` does.
    """
    if isinstance(operation, Execute):
        _check_execution(operation, algorithms, engine_name)
        return
    kind, algorithm = type(operation), operation.algorithm
    if algorithm not in algorithms:
        raise UnsupportedAlgorithm(f"The {engine_name} engine does not have {algorithm}.")
    if algorithm not in OPERATION_ALGORITHMS[kind]:
        raise UnsupportedAlgorithm(f"{kind.__name__} is not defined for {algorithm}.")
    if check_lengths := _LENGTH_CHECKS.get(kind):
        check_lengths(operation)


def _check_execution(execution: Execute, algorithms: Collection[Algorithm], engine_name: str) -> None:
    lacking = execution.program.algorithms.difference(algorithms)
    if lacking:
        raise UnsupportedAlgorithm(f"The {engine_name} engine does not have {min(lacking)}.")


def _check_private_key(operation: DerivePublicKey | Sign) -> None:
    _expect(f"{operation.algorithm} private key", operation.private_key, PRIVATE_KEY_LENGTH[operation.algorithm])


def _check_encapsulate(operation: Encapsulate) -> None:
    _expect(f"{operation.algorithm} public key", operation.public_key, PUBLIC_KEY_LENGTH[operation.algorithm])


def _check_decapsulate(operation: Decapsulate) -> None:
    algorithm = operation.algorithm
    _expect(f"{algorithm} private key", operation.private_key, PRIVATE_KEY_LENGTH[algorithm])
    if len(operation.ciphertext) != CIPHERTEXT_LENGTH[algorithm]:
        expected, actual = CIPHERTEXT_LENGTH[algorithm], len(operation.ciphertext)
        raise DecryptionFailed(f"The {algorithm} ciphertext has {actual} bytes instead of {expected}.")


def _check_agree(operation: Agree) -> None:
    _expect("X25519 private key", operation.private_key, PRIVATE_KEY_LENGTH[Algorithm.X25519])
    _expect("X25519 public key", operation.public_key, PUBLIC_KEY_LENGTH[Algorithm.X25519])


def _check_seal(operation: Seal | Open) -> None:
    if len(operation.key) not in AES_KEY_LENGTHS:
        raise InvalidKey(f"The AES-GCM key has {len(operation.key)} bytes instead of 16 or 32.")
    _expect("AES-GCM nonce", operation.nonce, NONCE_LENGTH)


def _check_open(operation: Open) -> None:
    _check_seal(operation)
    if len(operation.ciphertext) < TAG_LENGTH:
        raise DecryptionFailed(f"The AES-GCM ciphertext has only {len(operation.ciphertext)} bytes, less than its tag.")


def _expect(what: str, value: bytes, length: int) -> None:
    if len(value) != length:
        raise InvalidKey(f"The {what} has {len(value)} bytes instead of {length}.")


_LENGTH_CHECKS: dict[type[Operation[Any]], Callable[[Any], None]] = {
    DerivePublicKey: _check_private_key,
    Encapsulate: _check_encapsulate,
    Decapsulate: _check_decapsulate,
    Agree: _check_agree,
    Sign: _check_private_key,
    Seal: _check_seal,
    Open: _check_open,
}
