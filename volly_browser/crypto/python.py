"""The `python` engine: ML-KEM-768 by kyber-py and ML-DSA-65 by dilithium-py, in the page and on CPython alike.

Pure Python: always there, easy to read, and an independent check of the fast engines at start.  It is not
constant-time, so an attacker who can time it closely possibly learns about keys, and it is slow (ML-DSA-65 signs in
about a second in the page).  Both libraries are imported when first used.
"""

from typing import TYPE_CHECKING

from volly_browser.crypto.engine import Algorithm, Encapsulation, InvalidKey
from volly_browser.crypto.synchronous import SynchronousEngine

if TYPE_CHECKING:
    from dilithium_py.ml_dsa import ML_DSA
    from kyber_py.ml_kem import ML_KEM


class MlKem768:
    """ML-KEM-768 (FIPS 203)."""

    @staticmethod
    def derive_public_key(private_key: bytes) -> bytes:
        """The encapsulation key, 1184 bytes, of the 64-byte seed."""
        return _ml_kem().key_derive(private_key)[0]

    @staticmethod
    def encapsulate(public_key: bytes) -> Encapsulation:
        """Encapsulate, after the check of the encapsulation key (FIPS 203, section 7.2)."""
        try:
            shared_secret, ciphertext = _ml_kem().encaps(public_key)
        except ValueError as error:
            raise InvalidKey("The ML-KEM-768 public key is not a valid encoding.") from error
        return Encapsulation(ciphertext, shared_secret)

    @staticmethod
    def decapsulate(private_key: bytes, ciphertext: bytes) -> bytes:
        """The shared secret, 32 bytes; for a forged ciphertext, another one (implicit rejection)."""
        _, decapsulation_key = _ml_kem().key_derive(private_key)
        return _ml_kem().decaps(decapsulation_key, ciphertext)


class MlDsa65:
    """ML-DSA-65 (FIPS 204) with an empty context."""

    @staticmethod
    def derive_public_key(private_key: bytes) -> bytes:
        """The public key, 1952 bytes, of the 32-byte seed."""
        return _ml_dsa().key_derive(private_key)[0]

    @staticmethod
    def sign(private_key: bytes, message: bytes) -> bytes:
        """A randomized ("hedged") signature, 3309 bytes."""
        _, signing_key = _ml_dsa().key_derive(private_key)
        return _ml_dsa().sign(signing_key, message)

    @staticmethod
    def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the signature is valid; False also if key or signature are malformed."""
        try:
            return _ml_dsa().verify(public_key, message, signature)
        except ValueError:
            return False


class PythonEngine(SynchronousEngine):
    """ML-KEM-768 and ML-DSA-65, nothing else."""

    def __init__(self) -> None:
        super().__init__("python", {Algorithm.ML_KEM_768: MlKem768, Algorithm.ML_DSA_65: MlDsa65})


def _ml_kem() -> "ML_KEM":
    from kyber_py.ml_kem import ML_KEM_768  # noqa: PLC0415 - a page with a faster engine need not wait for it

    return ML_KEM_768


def _ml_dsa() -> "ML_DSA":
    from dilithium_py.ml_dsa import ML_DSA_65  # noqa: PLC0415 - as above

    return ML_DSA_65
