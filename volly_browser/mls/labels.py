"""Labelled signatures and encryption (RFC 9420, sections 5.1.2 and 5.1.3).

Verifications are operations, not calls, so that a caller can run many of them in one await.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from volly_browser.crypto.engine import (
    PRIVATE_KEY_LENGTH,
    DerivePublicKey,
    Engine,
    Sign,
    Verify,
    run_one,
)
from volly_browser.crypto.hpke import HpkeCiphertext, SealRequest
from volly_browser.mls.codec import Opaque, Struct, opaque
from volly_browser.mls.suites import LABEL_PREFIX, CipherSuite


@dataclass(frozen=True, slots=True)
class EncryptContext(Struct):
    """The HPKE info of EncryptWithLabel (section 5.1.3)."""

    label: Opaque
    context: Opaque


@dataclass(frozen=True, slots=True)
class HPKECiphertext(Struct):
    """A message encrypted to one public key (section 7.6)."""

    kem_output: Opaque
    ciphertext: Opaque


@dataclass(frozen=True, slots=True)
class SignatureKeyPair:
    """A member's signature key; the private key is the 32-byte seed."""

    private_key: bytes = field(repr=False)
    public_key: bytes

    @classmethod
    async def generate(cls, engine: Engine, suite: CipherSuite) -> "SignatureKeyPair":
        """A fresh key pair for the suite's signature algorithm."""
        return await cls.from_private_key(engine, suite, engine.random(PRIVATE_KEY_LENGTH[suite.signature]))

    @classmethod
    async def from_private_key(cls, engine: Engine, suite: CipherSuite, private_key: bytes) -> "SignatureKeyPair":
        """The pair of a stored seed.  Raises InvalidKey if it has the wrong length."""
        return cls(private_key, await run_one(engine, DerivePublicKey(suite.signature, private_key)))


@lru_cache(maxsize=16)
def _encoded_label(label: bytes) -> bytes:
    return opaque(LABEL_PREFIX + label)


def _sign_content(label: bytes, content: bytes) -> bytes:
    """The encoded SignContent (section 5.1.2)."""
    return _encoded_label(label) + opaque(content)


def signing(suite: CipherSuite, private_key: bytes, label: bytes, content: bytes) -> Sign:
    """SignWithLabel (section 5.1.2) as an operation."""
    return Sign(suite.signature, private_key, _sign_content(label, content))


def verifying(suite: CipherSuite, public_key: bytes, label: bytes, content: bytes, signature: bytes) -> Verify:
    """VerifyWithLabel (section 5.1.2) as an operation."""
    return Verify(suite.signature, public_key, _sign_content(label, content), signature)


async def sign_with_label(
    engine: Engine, suite: CipherSuite, private_key: bytes, label: bytes, content: bytes
) -> bytes:
    """SignWithLabel (section 5.1.2)."""
    return await run_one(engine, signing(suite, private_key, label, content))


async def all_valid(engine: Engine, verifications: Sequence[Verify]) -> bool:
    """Whether every signature is valid; one await."""
    return not verifications or all(await engine.run(verifications))


def encryption_info(label: bytes, context: bytes) -> bytes:
    """The HPKE info for a label and a context (section 5.1.3)."""
    return EncryptContext(LABEL_PREFIX + label, context).encode()


async def encrypt_with_label(
    engine: Engine, suite: CipherSuite, label: bytes, context: bytes, recipients: Sequence[tuple[bytes, bytes]]
) -> list[HPKECiphertext]:
    """EncryptWithLabel (section 5.1.3) for each (public key, plaintext); two awaits however many there are.

    Raises:
        InvalidKey: a public key is malformed.
    """
    info = encryption_info(label, context)
    requests = [SealRequest(public_key, info, plaintext) for public_key, plaintext in recipients]
    sealed = await suite.hpke.seal_many(engine, requests) if requests else []
    return [HPKECiphertext(item.encapsulated_key, item.ciphertext) for item in sealed]


async def decrypt_with_label(
    engine: Engine, suite: CipherSuite, private_key: bytes, *, label: bytes, context: bytes, sealed: HPKECiphertext
) -> bytes:
    """DecryptWithLabel (section 5.1.3).

    Raises:
        DecryptionFailed: the message is not for this key, or was changed.
        InvalidKey: the KEM output leads to an all-zero X25519 secret.
    """
    ciphertext = HpkeCiphertext(sealed.kem_output, sealed.ciphertext)
    return await suite.hpke.open(engine, private_key, ciphertext, encryption_info(label, context), b"")
