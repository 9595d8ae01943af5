"""The KEMs of HPKE: their ids, and the derivation of a key pair from input keying material.

TreeKEM derives every node's key pair, so peers must agree on DeriveKeyPair.  Since existing programs do not, it is a
field of the row.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from volly_browser.crypto.engine import (
    CIPHERTEXT_LENGTH,
    PRIVATE_KEY_LENGTH,
    PUBLIC_KEY_LENGTH,
    SHARED_SECRET_LENGTH,
    Agree,
    Algorithm,
    Decapsulate,
    DecryptionFailed,
    DerivePublicKey,
    Encapsulate,
    Encapsulation,
    Engine,
    Operation,
)
from volly_browser.crypto.kdf import LabeledHkdf

DHKEM_HASH = "sha256"
"""The hash of DHKEM(X25519, HKDF-SHA256)."""


class Derive(StrEnum):
    """The ways in which DeriveKeyPair makes a private key."""

    LABELLED = "labelled"  # SHAKE256.LabeledDerive: draft-ietf-hpke-pq-04
    SHAKE = "shake"  # SHAKE256 without a label: draft-connolly-cfrg-xwing-kem-10, OpenMLS 0.9, ts-mls
    DHKEM = "dhkem"  # RFC 9180, section 7.1.3


class KeyPair(NamedTuple):
    """A private key (a seed) and its public key."""

    private_key: bytes
    public_key: bytes


class DecapsulationRequest(NamedTuple):
    """What decapsulation needs: the recipient's private key and `enc`."""

    private_key: bytes
    encapsulated_key: bytes


@dataclass(frozen=True, slots=True)
class Kem:
    """A row of the HPKE KEM registry, with the functions of RFC 9180, section 4.

    Every function takes the engine that computes, and a list where there can be many: one await for all of them.
    """

    id: int
    algorithm: Algorithm
    derive: Derive

    @property
    def suite_id(self) -> bytes:
        """The KEM's suite_id, 5 bytes (RFC 9180, section 4.1)."""
        return b"KEM" + self.id.to_bytes(2, "big")

    @property
    def private_key_length(self) -> int:
        """Nsk."""
        return PRIVATE_KEY_LENGTH[self.algorithm]

    @property
    def public_key_length(self) -> int:
        """Npk."""
        return PUBLIC_KEY_LENGTH[self.algorithm]

    @property
    def encapsulated_key_length(self) -> int:
        """Nenc."""
        return CIPHERTEXT_LENGTH.get(self.algorithm, PUBLIC_KEY_LENGTH[self.algorithm])

    def derive_private_key(self, ikm: bytes) -> bytes:
        """The private half of DeriveKeyPair(ikm)."""
        length = self.private_key_length
        match self.derive:
            case Derive.LABELLED:
                return labeled_derive(self.suite_id, ikm, b"DeriveKeyPair", length)
            case Derive.SHAKE:
                return hashlib.shake_256(ikm).digest(length)
            case Derive.DHKEM:
                hkdf = LabeledHkdf(DHKEM_HASH, self.suite_id)
                return hkdf.expand(hkdf.extract(b"", b"dkp_prk", ikm), b"sk", b"", length)

    async def derive_key_pair(self, engine: Engine, ikm: bytes) -> KeyPair:
        """DeriveKeyPair(ikm)."""
        [pair] = await self.derive_key_pairs(engine, [ikm])
        return pair

    async def derive_key_pairs(self, engine: Engine, ikms: Sequence[bytes]) -> list[KeyPair]:
        """DeriveKeyPair of each; one await."""
        return await self._with_public_keys(engine, [self.derive_private_key(ikm) for ikm in ikms])

    async def generate_key_pair(self, engine: Engine) -> KeyPair:
        """GenerateKeyPair()."""
        [pair] = await self._with_public_keys(engine, [engine.random(self.private_key_length)])
        return pair

    async def encapsulate(self, engine: Engine, public_keys: Sequence[bytes]) -> list[Encapsulation]:
        """Encap(pkR) for each public key; one await.

        Raises:
            InvalidKey: a public key is malformed.
        """
        return await engine.run([Encapsulate(self.algorithm, public_key) for public_key in public_keys])

    async def decapsulate(self, engine: Engine, requests: Sequence[DecapsulationRequest]) -> list[bytes]:
        """Decap(enc, skR) for each, a 32-byte shared secret; one await.

        Raises:
            DecryptionFailed: `enc` has the wrong length, or, of X-Wing, leads to an all-zero X25519 secret.
            InvalidKey: the private key has the wrong length, or, of DHKEM, `enc` leads to an all-zero X25519 secret.
        """
        return await engine.run([Decapsulate(self.algorithm, sk, enc) for sk, enc in requests])

    async def _with_public_keys(self, engine: Engine, private_keys: Sequence[bytes]) -> list[KeyPair]:
        public_keys = await engine.run([DerivePublicKey(self.algorithm, private_key) for private_key in private_keys])
        return [KeyPair(*pair) for pair in zip(private_keys, public_keys, strict=True)]


class DhKem(Kem):
    """DHKEM (RFC 9180, section 4.1): a key agreement used as a KEM."""

    __slots__ = ()

    async def encapsulate(self, engine: Engine, public_keys: Sequence[bytes]) -> list[Encapsulation]:
        """Encap(pkR) for each, with a fresh ephemeral key each; one await."""
        operations: list[Operation[bytes]] = []
        for public_key in public_keys:
            sk_e = engine.random(self.private_key_length)
            operations += [DerivePublicKey(self.algorithm, sk_e), Agree(self.algorithm, sk_e, public_key)]
        results = await engine.run(operations)
        encs, dhs = results[::2], results[1::2]
        return [
            Encapsulation(enc, self._extract_and_expand(dh, enc + pk_r))
            for enc, dh, pk_r in zip(encs, dhs, public_keys, strict=True)
        ]

    async def decapsulate(self, engine: Engine, requests: Sequence[DecapsulationRequest]) -> list[bytes]:
        """Decap(enc, skR) for each; one await."""
        operations: list[Operation[bytes]] = []
        for sk_r, enc in requests:
            if len(enc) != self.encapsulated_key_length:
                raise DecryptionFailed(f"The encapsulated key has {len(enc)} bytes instead of 32.")
            operations += [DerivePublicKey(self.algorithm, sk_r), Agree(self.algorithm, sk_r, enc)]
        results = await engine.run(operations)
        public_keys, dhs = results[::2], results[1::2]
        return [
            self._extract_and_expand(dh, request.encapsulated_key + pk_r)
            for request, dh, pk_r in zip(requests, dhs, public_keys, strict=True)
        ]

    def _extract_and_expand(self, dh: bytes, kem_context: bytes) -> bytes:
        """ExtractAndExpand (RFC 9180, section 4.1)."""
        hkdf = LabeledHkdf(DHKEM_HASH, self.suite_id)
        eae_prk = hkdf.extract(b"", b"eae_prk", dh)
        return hkdf.expand(eae_prk, b"shared_secret", kem_context, SHARED_SECRET_LENGTH)


def labeled_derive(suite_id: bytes, ikm: bytes, label: bytes, length: int, context: bytes = b"") -> bytes:
    """SHAKE256.LabeledDerive (draft-ietf-hpke-hpke, section 4, with the KDF of draft-ietf-hpke-pq-04, section 5)."""
    prefixed_label = len(label).to_bytes(2, "big") + label
    labeled_ikm = ikm + b"HPKE-v1" + suite_id + prefixed_label + length.to_bytes(2, "big") + context
    return hashlib.shake_256(labeled_ikm).digest(length)


ML_KEM_768 = Kem(0x0041, Algorithm.ML_KEM_768, Derive.LABELLED)
ML_KEM_768_SHAKE = Kem(0x0041, Algorithm.ML_KEM_768, Derive.SHAKE)
X_WING = Kem(0x647A, Algorithm.X_WING, Derive.LABELLED)
X_WING_SHAKE = Kem(0x647A, Algorithm.X_WING, Derive.SHAKE)
DHKEM_X25519 = DhKem(0x0020, Algorithm.X25519, Derive.DHKEM)
