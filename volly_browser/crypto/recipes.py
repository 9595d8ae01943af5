"""Two operations for programs: ML-KEM-768 for a shared secret, AES-256-GCM for what it protects.

`encrypt` returns

    version (1 byte, 0x01) || nonce (12 random bytes) || ciphertext || tag (16 bytes)

under the key HKDF-Expand(HKDF-Extract(salt "volly/v1/recipes", secret), info "AES-256-GCM", 32) with SHA-384; the
version byte is the associated data.  With random nonces a secret should not encrypt more than 2^32 messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from volly_browser.crypto.engine import (
    NONCE_LENGTH,
    PRIVATE_KEY_LENGTH,
    SHARED_SECRET_LENGTH,
    Algorithm,
    Decapsulate,
    DecryptionFailed,
    DerivePublicKey,
    Encapsulate,
    Encapsulation,
    InvalidKey,
    Open,
    Seal,
    run_one,
)
from volly_browser.crypto.kdf import hkdf_expand, hkdf_extract
from volly_browser.crypto.loaders import engine_loaders
from volly_browser.crypto.python import PythonEngine
from volly_browser.crypto.selection import EngineSet, choose_engines
from volly_browser.crypto.selftest import SelfTestResult, self_test

VERSION = b"\x01"
SALT = b"volly/v1/recipes"
INFO = b"AES-256-GCM"
ALGORITHM = Algorithm.ML_KEM_768


class KeyPair(NamedTuple):
    """An ML-KEM-768 key pair: 1184 bytes to give away, and the 64-byte seed to keep."""

    public_key: bytes
    secret_key: bytes


@dataclass(frozen=True, slots=True)
class Crypto:
    """Tested engines, and the operations of this module on them.

    Attributes:
        engines: for everything else, as an `Engine`.
        self_test: what was tested, on which engine, and how long it took.
    """

    engines: EngineSet
    self_test: Sequence[SelfTestResult]

    async def generate_key_pair(self) -> KeyPair:
        """A fresh ML-KEM-768 key pair."""
        seed = self.engines.random(PRIVATE_KEY_LENGTH[ALGORITHM])
        return KeyPair(await run_one(self.engines, DerivePublicKey(ALGORITHM, seed)), seed)

    async def encapsulate(self, public_key: bytes) -> Encapsulation:
        """Make a 32-byte shared secret, and the 1088-byte ciphertext that brings it to the key's owner.

        Raises:
            InvalidKey: the key is malformed.
        """
        return await run_one(self.engines, Encapsulate(ALGORITHM, public_key))

    async def decapsulate(self, ciphertext: bytes, secret_key: bytes) -> bytes:
        """Return the shared secret of a ciphertext; a ciphertext for another key gives another secret.

        Raises:
            InvalidKey: the key has the wrong length.
            DecryptionFailed: the ciphertext has the wrong length.
        """
        return await run_one(self.engines, Decapsulate(ALGORITHM, secret_key, ciphertext))

    async def encrypt(self, data: bytes, secret: bytes) -> bytes:
        """Encrypt under a 32-byte secret; 29 bytes longer than the data.

        Raises:
            InvalidKey: the secret has another length.
        """
        nonce = self.engines.random(NONCE_LENGTH)
        return VERSION + nonce + await run_one(self.engines, Seal(_key(secret), nonce, VERSION, data))

    async def decrypt(self, data: bytes, secret: bytes) -> bytes:
        """Decrypt what was encrypted under the secret.

        Raises:
            InvalidKey: the secret has another length than 32 bytes.
            DecryptionFailed: the data was changed, encrypted under another secret, or not made by `encrypt`.
        """
        version, nonce, ciphertext = data[:1], data[1 : 1 + NONCE_LENGTH], data[1 + NONCE_LENGTH :]
        if version != VERSION or len(nonce) < NONCE_LENGTH:
            raise DecryptionFailed("This is not encrypted data, or was encrypted by a newer version of Volly.")
        return await run_one(self.engines, Open(_key(secret), nonce, VERSION, ciphertext))


async def initialize_crypto(engines: Mapping[str, str] | None = None) -> Crypto:
    """Choose the engines and test them.

    Args:
        engines: engine names by algorithm names (or `*`) if the best is not wanted; see `choose_engines`.

    Raises:
        WrongEngineChoice: an engine or an algorithm in `engines` does not exist.
        SelfTestFailed: an engine computes a wrong result.
    """
    chosen = await choose_engines(engine_loaders(), engines)
    return Crypto(chosen, await self_test(chosen, PythonEngine()))


def _key(secret: bytes) -> bytes:
    if len(secret) != SHARED_SECRET_LENGTH:
        raise InvalidKey(f"The secret has {len(secret)} bytes instead of {SHARED_SECRET_LENGTH}.")
    return hkdf_expand("sha384", hkdf_extract("sha384", SALT, secret), INFO, 32)
