"""Cipher suites (RFC 9420, sections 5.1 and 17.1) and what they derive: hashes, references, MACs and secrets.

A suite is a row of data.  Peers disagree on KEM.DeriveKeyPair, so a suite for them is the same row with another KEM:
`HYBRID.with_derive(Derive.SHAKE)`.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import new as new_hash
from hmac import compare_digest
from hmac import digest as hmac_digest

from volly_browser.crypto.engine import NONCE_LENGTH, Algorithm
from volly_browser.crypto.hpke import AES_128_GCM, AES_256_GCM, HKDF_SHA256, HKDF_SHA384, Aead, HpkeSuite, Kdf
from volly_browser.crypto.kdf import hkdf_expand, hkdf_extract
from volly_browser.crypto.kem import DHKEM_X25519, ML_KEM_768, X_WING, Derive, Kem
from volly_browser.errors import LocalError
from volly_browser.mls.codec import Opaque, Struct, Uint16, opaque

LABEL_PREFIX = b"MLS 1.0 "
"""Before every label of MLS (sections 5.1.2, 5.1.3, 8)."""


@dataclass(frozen=True, slots=True)
class KDFLabelStart(Struct):
    """The info of ExpandWithLabel (section 8) up to the context, which differs from call to call."""

    length: Uint16
    label: Opaque


@lru_cache(maxsize=128)
def kdf_label_start(length: int, label: bytes) -> bytes:
    """The info of ExpandWithLabel for so many bytes, up to the context."""
    return KDFLabelStart(length, LABEL_PREFIX + label).encode()


@dataclass(frozen=True, slots=True)
class RefHashInput(Struct):
    """What RefHash hashes (section 5.2)."""

    label: Opaque
    value: Opaque


@dataclass(frozen=True, slots=True)
class CipherSuite:
    """A row of the cipher suite registry (section 17.1).

    Attributes:
        id: uint16.
        name: that of the registry or the draft.
        kem, kdf, aead: HPKE's; the AEAD and the KDF also protect messages and derive secrets.
        signature: the algorithm of every signature in the group.
    """

    id: int
    name: str
    kem: Kem
    kdf: Kdf
    aead: Aead
    signature: Algorithm

    @property
    def hpke(self) -> HpkeSuite:
        """The HPKE suite of EncryptWithLabel."""
        return HpkeSuite(self.kem, self.kdf, self.aead)

    @property
    def hash_length(self) -> int:
        """KDF.Nh, which is also the hash's and the MAC's length: 32 or 48 bytes."""
        return self.kdf.length

    @property
    def key_length(self) -> int:
        """AEAD.Nk: 16 or 32 bytes."""
        return self.aead.key_length

    @property
    def nonce_length(self) -> int:
        """AEAD.Nn: 12 bytes."""
        return NONCE_LENGTH

    @property
    def zero(self) -> bytes:
        """`0` of section 8: KDF.Nh zero bytes."""
        return bytes(self.hash_length)

    def with_derive(self, derive: Derive) -> "CipherSuite":
        """The same suite with another KEM.DeriveKeyPair, for peers that differ there."""
        return replace(self, kem=replace(self.kem, derive=derive))

    def hash(self, value: bytes) -> bytes:
        """Hash(value)."""
        return new_hash(self.kdf.hash_name, value).digest()

    def ref_hash(self, label: bytes, value: bytes) -> bytes:
        """RefHash (section 5.2)."""
        return self.hash(RefHashInput(label, value).encode())

    def mac(self, key: bytes, value: bytes) -> bytes:
        """MAC(key, value): HMAC with the suite's hash."""
        return hmac_digest(key, value, self.kdf.hash_name)

    def mac_is_valid(self, key: bytes, value: bytes, tag: bytes) -> bool:
        """Whether `tag` is the MAC, compared in constant time."""
        return compare_digest(self.mac(key, value), tag)

    def extract(self, salt: bytes, ikm: bytes) -> bytes:
        """KDF.Extract, KDF.Nh bytes."""
        return hkdf_extract(self.kdf.hash_name, salt, ikm)

    def expand_with_label(self, secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
        """ExpandWithLabel (section 8)."""
        info = kdf_label_start(length, label) + opaque(context)
        return hkdf_expand(self.kdf.hash_name, secret, info, length)

    def derive_secret(self, secret: bytes, label: bytes) -> bytes:
        """DeriveSecret (section 8), KDF.Nh bytes."""
        return self.expand_with_label(secret, label, b"", self.hash_length)

    def derive_tree_secret(self, secret: bytes, label: bytes, generation: int, length: int) -> bytes:
        """DeriveTreeSecret (section 9.1)."""
        return self.expand_with_label(secret, label, generation.to_bytes(4, "big"), length)


HYBRID = CipherSuite(
    0xF0A1,  # private use: no draft pairs this KEM with ML-DSA-65
    "MLS_192_MLKEM768X25519_AES256GCM_SHA384_MLDSA65",
    X_WING,
    HKDF_SHA384,
    AES_256_GCM,
    Algorithm.ML_DSA_65,
)
POST_QUANTUM = CipherSuite(
    0x0051,  # as OpenMLS numbers draft-ietf-mls-pq-ciphersuites
    "MLS_192_MLKEM768_AES256GCM_SHA384_MLDSA65",
    ML_KEM_768,
    HKDF_SHA384,
    AES_256_GCM,
    Algorithm.ML_DSA_65,
)
TRANSITION = CipherSuite(
    0x004E,  # as OpenMLS numbers draft-ietf-mls-pq-ciphersuites
    "MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519",
    X_WING,
    HKDF_SHA384,
    AES_256_GCM,
    Algorithm.ED25519,
)
CLASSICAL = CipherSuite(
    0x0001,
    "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
    DHKEM_X25519,
    HKDF_SHA256,
    AES_128_GCM,
    Algorithm.ED25519,
)

SUITES = {suite.id: suite for suite in (HYBRID, POST_QUANTUM, TRANSITION, CLASSICAL)}
"""Every suite, by its id."""

POLICIES = {
    "hybrid": HYBRID.id,
    "post-quantum": POST_QUANTUM.id,
    "transition": TRANSITION.id,
    "classical": CLASSICAL.id,
}
"""The suite id of each room policy, the default first."""


class UnknownSuite(LocalError):
    """A policy or a suite id that is not in the table."""


def suite_for(policy_or_id: str | int) -> CipherSuite:
    """The suite of a room policy or with an id.  Raises UnknownSuite."""
    suite = SUITES.get(POLICIES.get(policy_or_id, -1) if isinstance(policy_or_id, str) else policy_or_id)
    if suite is None:
        raise UnknownSuite(f"There is no cipher suite {policy_or_id!r}; there are {', '.join(POLICIES)}.")
    return suite
