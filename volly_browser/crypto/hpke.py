"""HPKE (RFC 9180), base mode, with AES-GCM.

`seal_many` and `open_many` take two awaits in total however many recipients there are: one for the KEM, one for the
AEAD.  The key schedule between them is synchronous.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from volly_browser.crypto.engine import NONCE_LENGTH, Engine, Open, Seal, run_one
from volly_browser.crypto.kdf import LabeledHkdf
from volly_browser.crypto.kem import DecapsulationRequest, Kem

MODE_BASE = b"\x00"


class Kdf(NamedTuple):
    """A row of the HPKE KDF registry: HKDF over `hash_name`, Nh bytes."""

    id: int
    hash_name: str
    length: int


class Aead(NamedTuple):
    """A row of the HPKE AEAD registry: AES-GCM, with Nk bytes of key; Nn is 12 and Nt 16."""

    id: int
    key_length: int


HKDF_SHA256 = Kdf(0x0001, "sha256", 32)
HKDF_SHA384 = Kdf(0x0002, "sha384", 48)
HKDF_SHA512 = Kdf(0x0003, "sha512", 64)

AES_128_GCM = Aead(0x0001, 16)
AES_256_GCM = Aead(0x0002, 32)


class HpkeCiphertext(NamedTuple):
    """A sealed message: `enc`, and the ciphertext with its tag."""

    encapsulated_key: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class SealRequest:
    """One message to one recipient."""

    public_key: bytes
    info: bytes
    plaintext: bytes = field(repr=False)
    aad: bytes = b""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """One sealed message, and the private key it is meant for."""

    private_key: bytes = field(repr=False)
    info: bytes
    sealed: HpkeCiphertext
    aad: bytes = b""


@dataclass(frozen=True, slots=True)
class HpkeSuite:
    """A KEM, a KDF and an AEAD (RFC 9180, section 7)."""

    kem: Kem
    kdf: Kdf
    aead: Aead

    @property
    def suite_id(self) -> bytes:
        """suite_id, 10 bytes (section 5.1)."""
        return b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (self.kem.id, self.kdf.id, self.aead.id))

    async def seal(
        self, engine: Engine, public_key: bytes, info: bytes, aad: bytes, plaintext: bytes
    ) -> HpkeCiphertext:
        """SealBase (section 6.1): one message to one recipient.

        Raises:
            InvalidKey: the public key is malformed.
        """
        [sealed] = await self.seal_many(engine, [SealRequest(public_key, info, plaintext, aad)])
        return sealed

    async def open(self, engine: Engine, private_key: bytes, sealed: HpkeCiphertext, info: bytes, aad: bytes) -> bytes:
        """OpenBase (section 6.1).

        Raises:
            DecryptionFailed: the message is not for this key, or was changed.
            InvalidKey: the private key is malformed, or, of DHKEM, `enc` leads to an all-zero X25519 secret.
        """
        [plaintext] = await self.open_many(engine, [OpenRequest(private_key, info, sealed, aad)])
        return plaintext

    async def seal_many(self, engine: Engine, requests: Sequence[SealRequest]) -> list[HpkeCiphertext]:
        """SealBase for each; two awaits in total.  Raises what `seal` raises, for the first that fails."""
        encapsulations = await self.kem.encapsulate(engine, [request.public_key for request in requests])
        seals = []
        for request, encapsulation in zip(requests, encapsulations, strict=True):
            context = self.key_schedule(encapsulation.shared_secret, request.info)
            seals.append(Seal(context.key, context.base_nonce, request.aad, request.plaintext))
        ciphertexts = await engine.run(seals)
        return [
            HpkeCiphertext(encapsulation.ciphertext, ciphertext)
            for encapsulation, ciphertext in zip(encapsulations, ciphertexts, strict=True)
        ]

    async def open_many(self, engine: Engine, requests: Sequence[OpenRequest]) -> list[bytes]:
        """OpenBase for each; two awaits in total.  Raises what `open` raises, for the first that fails."""
        decapsulations = [DecapsulationRequest(item.private_key, item.sealed.encapsulated_key) for item in requests]
        shared_secrets = await self.kem.decapsulate(engine, decapsulations)
        opens = []
        for request, shared_secret in zip(requests, shared_secrets, strict=True):
            context = self.key_schedule(shared_secret, request.info)
            opens.append(Open(context.key, context.base_nonce, request.aad, request.sealed.ciphertext))
        return await engine.run(opens)

    async def setup_sender(self, engine: Engine, public_key: bytes, info: bytes) -> tuple[bytes, "HpkeContext"]:
        """SetupBaseS (section 5.1.1): `enc` and the sender's context.  Raises InvalidKey."""
        [encapsulation] = await self.kem.encapsulate(engine, [public_key])
        return encapsulation.ciphertext, self.key_schedule(encapsulation.shared_secret, info)

    async def setup_receiver(
        self, engine: Engine, private_key: bytes, encapsulated_key: bytes, info: bytes
    ) -> "HpkeContext":
        """SetupBaseR (section 5.1.1): the receiver's context.  Raises DecryptionFailed and InvalidKey."""
        [shared_secret] = await self.kem.decapsulate(engine, [DecapsulationRequest(private_key, encapsulated_key)])
        return self.key_schedule(shared_secret, info)

    def key_schedule(self, shared_secret: bytes, info: bytes) -> "HpkeContext":
        """KeySchedule in base mode (section 5.1)."""
        hkdf = LabeledHkdf(self.kdf.hash_name, self.suite_id)
        secret = hkdf.extract(shared_secret, b"secret", b"")
        return HpkeContext(self, hkdf, secret, _key_schedule_context(hkdf, info))


class HpkeContext:
    """An encryption context (RFC 9180, section 5.2), of a sender or of a receiver.

    Attributes:
        key: Nk bytes.
        base_nonce: 12 bytes.
        sequence: how many messages were sealed or opened.
    """

    __slots__ = ("_hkdf", "_key_schedule_context", "_secret", "_suite", "base_nonce", "key", "sequence")

    def __init__(self, suite: HpkeSuite, hkdf: LabeledHkdf, secret: bytes, key_schedule_context: bytes) -> None:
        self._suite = suite
        self._hkdf = hkdf
        self._secret = secret
        self._key_schedule_context = key_schedule_context
        self.key = self._expand(b"key", suite.aead.key_length)
        self.base_nonce = self._expand(b"base_nonce", NONCE_LENGTH)
        self.sequence = 0

    @property
    def exporter_secret(self) -> bytes:
        """exporter_secret, Nh bytes; computed when asked for, since a single message does not need it."""
        return self._expand(b"exp", self._suite.kdf.length)

    async def seal(self, engine: Engine, aad: bytes, plaintext: bytes) -> bytes:
        """ContextS.Seal: the next message's ciphertext."""
        nonce = self._nonce()
        self.sequence += 1  # before the await: a nonce is never used twice
        return await run_one(engine, Seal(self.key, nonce, aad, plaintext))

    async def open(self, engine: Engine, aad: bytes, ciphertext: bytes) -> bytes:
        """ContextR.Open: the next message's plaintext; a failure does not move on.  Raises DecryptionFailed."""
        plaintext = await run_one(engine, Open(self.key, self._nonce(), aad, ciphertext))
        self.sequence += 1
        return plaintext

    def export(self, exporter_context: bytes, length: int) -> bytes:
        """Context.Export (section 5.3): `length` bytes, known to sender and receiver."""
        return self._hkdf.expand(self.exporter_secret, b"sec", exporter_context, length)

    def _expand(self, label: bytes, length: int) -> bytes:
        return self._hkdf.expand(self._secret, label, self._key_schedule_context, length)

    def _nonce(self) -> bytes:
        """ComputeNonce: base_nonce XOR I2OSP(sequence, 12)."""
        return (int.from_bytes(self.base_nonce, "big") ^ self.sequence).to_bytes(NONCE_LENGTH, "big")


@lru_cache(maxsize=4)
def _key_schedule_context(hkdf: LabeledHkdf, info: bytes) -> bytes:
    """Compute the context, and keep it: it is the same for every recipient of a commit, and not secret."""
    psk_id_hash = hkdf.extract(b"", b"psk_id_hash", b"")
    return MODE_BASE + psk_id_hash + hkdf.extract(b"", b"info_hash", info)
