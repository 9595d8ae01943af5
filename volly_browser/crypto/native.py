"""The `native` engine: pyca/cryptography 50 or later on CPython.

It is the independent oracle of the tests and the engine of headless clients; it is never shipped to the page.
"""

import hashlib
import os
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from volly_browser.crypto.engine import Algorithm, DecryptionFailed, Encapsulation, InvalidKey
from volly_browser.crypto.synchronous import SynchronousEngine

X_WING_LABEL = b"\\./" + b"/^\\"
"""XWingLabel of draft-connolly-cfrg-xwing-kem, section 5.3."""

ML_KEM_PUBLIC_KEY_LENGTH = 1184
ML_KEM_CIPHERTEXT_LENGTH = 1088


class MlKem768:
    """ML-KEM-768 (FIPS 203)."""

    @staticmethod
    def derive_public_key(private_key: bytes) -> bytes:
        """The encapsulation key, 1184 bytes, of the 64-byte seed."""
        return MLKEM768PrivateKey.from_seed_bytes(private_key).public_key().public_bytes_raw()

    @staticmethod
    def encapsulate(public_key: bytes) -> Encapsulation:
        """Encapsulate, after the check of the encapsulation key (FIPS 203, section 7.2)."""
        try:
            shared_secret, ciphertext = MLKEM768PublicKey.from_public_bytes(public_key).encapsulate()
        except ValueError as error:
            raise InvalidKey("The ML-KEM-768 public key is not a valid encoding.") from error
        return Encapsulation(ciphertext, shared_secret)

    @staticmethod
    def decapsulate(private_key: bytes, ciphertext: bytes) -> bytes:
        """The shared secret, 32 bytes; for a forged ciphertext, another one (implicit rejection)."""
        return MLKEM768PrivateKey.from_seed_bytes(private_key).decapsulate(ciphertext)


class X25519:
    """X25519 (RFC 7748)."""

    @staticmethod
    def derive_public_key(private_key: bytes) -> bytes:
        """The public key, 32 bytes."""
        return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()

    @staticmethod
    def agree(private_key: bytes, public_key: bytes) -> bytes:
        """The shared secret, 32 bytes; an all-zero one is refused (RFC 7748, section 6.1)."""
        key = X25519PrivateKey.from_private_bytes(private_key)
        try:
            return key.exchange(X25519PublicKey.from_public_bytes(public_key))
        except ValueError as error:
            raise InvalidKey("The X25519 public key leads to an all-zero secret.") from error


class XWing:
    """X-Wing (draft-connolly-cfrg-xwing-kem-10), put together from its two halves: pyca has it only inside HPKE."""

    @staticmethod
    def derive_public_key(private_key: bytes) -> bytes:
        """The public key pk_M || pk_X, 1216 bytes, of the 32-byte seed."""
        seed, sk_x = XWing._expand(private_key)
        return MlKem768.derive_public_key(seed) + X25519.derive_public_key(sk_x)

    @staticmethod
    def encapsulate(public_key: bytes) -> Encapsulation:
        """Encapsulate (section 5.4): ct = ct_M || ct_X."""
        pk_m, pk_x = public_key[:ML_KEM_PUBLIC_KEY_LENGTH], public_key[ML_KEM_PUBLIC_KEY_LENGTH:]
        ek_x = os.urandom(32)
        ct_m, ss_m = MlKem768.encapsulate(pk_m)
        ct_x = X25519.derive_public_key(ek_x)
        return Encapsulation(ct_m + ct_x, XWing._combine(ss_m, X25519.agree(ek_x, pk_x), ct_x, pk_x))

    @staticmethod
    def decapsulate(private_key: bytes, ciphertext: bytes) -> bytes:
        """Decapsulate (section 5.5)."""
        seed, sk_x = XWing._expand(private_key)
        ct_m, ct_x = ciphertext[:ML_KEM_CIPHERTEXT_LENGTH], ciphertext[ML_KEM_CIPHERTEXT_LENGTH:]
        try:
            ss_x = X25519.agree(sk_x, ct_x)
        except InvalidKey as error:
            raise DecryptionFailed("The X-Wing ciphertext leads to an all-zero X25519 secret.") from error
        ss_m = MlKem768.decapsulate(seed, ct_m)
        return XWing._combine(ss_m, ss_x, ct_x, X25519.derive_public_key(sk_x))

    @staticmethod
    def _expand(sk: bytes) -> tuple[bytes, bytes]:
        """The outcome of expandDecapsulationKey (section 5.2): the ML-KEM seed d || z and sk_X."""
        expanded = hashlib.shake_256(sk).digest(96)
        return expanded[:64], expanded[64:]

    @staticmethod
    def _combine(ss_m: bytes, ss_x: bytes, ct_x: bytes, pk_x: bytes) -> bytes:
        """Combiner (section 5.3)."""
        return hashlib.sha3_256(ss_m + ss_x + ct_x + pk_x + X_WING_LABEL).digest()


class Signature:
    """A signature scheme of pyca; ML-DSA-65 is used with an empty context, as MLS does."""

    def __init__(self, load_private: Any, load_public: Any) -> None:  # noqa: ANN401 - pyca names no common type
        self._load_private = load_private
        self._load_public = load_public

    def derive_public_key(self, private_key: bytes) -> bytes:
        """The public key of the 32-byte seed."""
        public_key: bytes = self._load_private(private_key).public_key().public_bytes_raw()
        return public_key

    def sign(self, private_key: bytes, message: bytes) -> bytes:
        """The signature of the message."""
        signature: bytes = self._load_private(private_key).sign(message)
        return signature

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the signature is valid; False also if key or signature are malformed."""
        try:
            self._load_public(public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class AesGcm:
    """AES-GCM (NIST SP 800-38D) with a 12-byte nonce and a 16-byte tag."""

    @staticmethod
    def seal(key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
        """Ciphertext || tag."""
        return AESGCM(key).encrypt(nonce, plaintext, aad)

    @staticmethod
    def open(key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes) -> bytes:
        """The plaintext, if the tag is right."""
        try:
            return AESGCM(key).decrypt(nonce, ciphertext, aad)
        except InvalidTag as error:
            raise DecryptionFailed("The ciphertext was changed or made with another key.") from error


class NativeEngine(SynchronousEngine):
    """Every algorithm, by pyca/cryptography."""

    def __init__(self) -> None:
        super().__init__(
            "native",
            {
                Algorithm.ML_KEM_768: MlKem768,
                Algorithm.X_WING: XWing,
                Algorithm.X25519: X25519,
                Algorithm.ED25519: Signature(Ed25519PrivateKey.from_private_bytes, Ed25519PublicKey.from_public_bytes),
                Algorithm.ML_DSA_65: Signature(MLDSA65PrivateKey.from_seed_bytes, MLDSA65PublicKey.from_public_bytes),
                Algorithm.AES_GCM: AesGcm,
            },
        )
