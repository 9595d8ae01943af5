"""The contract of a crypto engine: operations as data, run in batches.

An operation is a frozen dataclass; an engine runs a list of them and returns the results in order.  Lists, because in
the page the way to JavaScript and back costs more than most of what is done there, and a list goes it once.  So do
operations of which one needs what another gives, if they are written as a program (see `programs`), which is an
operation itself.

Hashes, HMAC and HKDF are not here: they are synchronous `hashlib` and `hmac` everywhere (see `kdf`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, Protocol, TypeVar

from volly_browser.errors import LocalError, RemoteError


class Algorithm(StrEnum):
    """What an engine can do; the values are the names WebCrypto uses."""

    ML_KEM_768 = "ML-KEM-768"
    X_WING = "MLKEM768-X25519"
    X25519 = "X25519"
    ED25519 = "Ed25519"
    ML_DSA_65 = "ML-DSA-65"
    AES_GCM = "AES-GCM"


PRIVATE_KEY_LENGTH = {
    Algorithm.ML_KEM_768: 64,  # the seed d || z of FIPS 203, section 7.1
    Algorithm.X_WING: 32,
    Algorithm.X25519: 32,
    Algorithm.ED25519: 32,
    Algorithm.ML_DSA_65: 32,  # the seed xi of FIPS 204, section 5.1
}
"""Bytes of a private key: always the seed, never an expanded form."""

PUBLIC_KEY_LENGTH = {
    Algorithm.ML_KEM_768: 1184,
    Algorithm.X_WING: 1216,
    Algorithm.X25519: 32,
    Algorithm.ED25519: 32,
    Algorithm.ML_DSA_65: 1952,
}

CIPHERTEXT_LENGTH = {Algorithm.ML_KEM_768: 1088, Algorithm.X_WING: 1120}
SIGNATURE_LENGTH = {Algorithm.ED25519: 64, Algorithm.ML_DSA_65: 3309}
SHARED_SECRET_LENGTH = 32
NONCE_LENGTH = 12
TAG_LENGTH = 16


class UnsupportedAlgorithm(LocalError):
    """This engine does not have the algorithm that an operation names."""


class InvalidKey(RemoteError):
    """A key has the wrong length, is not a valid encoding, or leads to a forbidden (all-zero) secret."""


class DecryptionFailed(RemoteError):
    """The ciphertext was not made with this key, or was changed on its way."""


Result_co = TypeVar("Result_co", covariant=True)
Result = TypeVar("Result")


class Operation(Generic[Result_co]):
    """One task for an engine; the type parameter is that of its result."""

    __slots__ = ()
    algorithm: Algorithm


class Encapsulation(NamedTuple):
    """The result of a KEM's encapsulation: the ciphertext to send, the 32-byte shared secret to keep."""

    ciphertext: bytes
    shared_secret: bytes


@dataclass(frozen=True, slots=True)
class DerivePublicKey(Operation[bytes]):
    """The public key that belongs to a private key (a seed)."""

    algorithm: Algorithm
    private_key: bytes


@dataclass(frozen=True, slots=True)
class Encapsulate(Operation[Encapsulation]):
    """ML-KEM-768 or X-Wing.

    Raises InvalidKey if FIPS 203's check of the encapsulation key fails (section 7.2), or if X-Wing's pk_X leads to an
    all-zero X25519 secret.
    """

    algorithm: Algorithm
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Decapsulate(Operation[bytes]):
    """ML-KEM-768 or X-Wing.  A forged ciphertext of the right length gives another secret.

    Raises DecryptionFailed if X-Wing's ct_X leads to an all-zero X25519 secret, which no honest sender makes.
    """

    algorithm: Algorithm
    private_key: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Agree(Operation[bytes]):
    """X25519 (RFC 7748).  Raises InvalidKey if the shared secret is all zero."""

    algorithm: Algorithm
    private_key: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Sign(Operation[bytes]):
    """Ed25519, or ML-DSA-65 with an empty context."""

    algorithm: Algorithm
    private_key: bytes
    message: bytes


@dataclass(frozen=True, slots=True)
class Verify(Operation[bool]):
    """Whether the signature is the key's on the message; malformed keys and signatures are simply not valid."""

    algorithm: Algorithm
    public_key: bytes
    message: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Seal(Operation[bytes]):
    """AES-GCM with a 16- or 32-byte key and a 12-byte nonce; its result is ciphertext || 16-byte tag."""

    key: bytes
    nonce: bytes
    aad: bytes
    plaintext: bytes
    algorithm: Algorithm = Algorithm.AES_GCM


@dataclass(frozen=True, slots=True)
class Open(Operation[bytes]):
    """The reverse of Seal.  Raises DecryptionFailed."""

    key: bytes
    nonce: bytes
    aad: bytes
    ciphertext: bytes
    algorithm: Algorithm = Algorithm.AES_GCM


class Engine(Protocol):
    """Runs operations.  `algorithms` is what it can do on this machine, found by trying."""

    @property
    def name(self) -> str:
        """`webcrypto`, `javascript`, `python`, `native`, or a description of a combination."""
        ...

    @property
    def algorithms(self) -> frozenset[Algorithm]:
        """What `run` accepts."""
        ...

    def random(self, length: int) -> bytes:
        """`length` bytes from the platform's cryptographic generator."""
        ...

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        """Run all operations and return their results in the same order.

        Raises:
            UnsupportedAlgorithm: an operation's algorithm is not in `algorithms`.
            InvalidKey: a key (or a nonce) is malformed.
            DecryptionFailed: an Open did not authenticate, or a ciphertext is malformed.
        """
        ...


async def run_one(engine: Engine, operation: Operation[Result]) -> Result:
    """Run a single operation; raises what `Engine.run` raises."""
    [result] = await engine.run([operation])
    return result
