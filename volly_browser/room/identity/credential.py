"""The identity of a member: the content of its MLS credential (RFC 9420, section 5.3).

Each visit to a room has an identity key of its own, which signs nothing but credentials.  The member id is a hash of
that key, so no member can take the id of another.  The credential vouches for the signature key of the leaf, which is
new in each key package and update path, so that a stolen leaf key is of use only until the next one.
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Self

from volly_browser.crypto.engine import PUBLIC_KEY_LENGTH, Engine, Verify
from volly_browser.errors import RemoteError
from volly_browser.mls.codec import DecodeError, Opaque, Struct, Text, Uint32, Utf8
from volly_browser.mls.labels import SignatureKeyPair, sign_with_label, verifying
from volly_browser.mls.suites import CipherSuite
from volly_browser.room import labels
from volly_browser.room.identity.names import clean_name


class CredentialError(RemoteError):
    """A credential is malformed or not of this version."""


@dataclass(frozen=True, slots=True)
class Claims(Struct):
    """What a credential claims of its member.

    Attributes:
        renewal: counts the leaf keys that the identity has vouched for; a higher one replaces a lower one.
        name: the display name, possibly empty.
    """

    renewal: Uint32
    name: Annotated[str, Utf8(labels.NAME_BYTES_LIMIT)]


@dataclass(frozen=True, slots=True)
class CredentialTBS(Struct):
    """What the signature of a credential covers."""

    room_id: Text
    leaf_key: Opaque
    claims: Claims


@dataclass(frozen=True, slots=True)
class Credential(Struct):
    """The content of the basic credential of a leaf.

    Attributes:
        identity_key: the public key of the member's identity, of the suite's signature algorithm.
        claims: what the member claims of itself.
        signature: SignWithLabel(identity key, labels.LEAF, CredentialTBS).
    """

    identity_key: Opaque
    claims: Claims
    signature: Opaque

    @classmethod
    def read(cls, suite: CipherSuite, encoded: bytes) -> Self:
        """Decode a credential and check all but its signature.  Raises CredentialError."""
        try:
            credential = cls.decode(encoded)
        except DecodeError as error:
            raise CredentialError(f"A credential does not say who a member is. {error}") from error
        if len(credential.identity_key) != PUBLIC_KEY_LENGTH[suite.signature]:
            raise CredentialError("The identity key of a credential has a wrong length.")
        return credential

    @property
    def member_id(self) -> bytes:
        """16 bytes that only the owner of the identity key can have."""
        return member_id_of(self.identity_key)

    @property
    def name(self) -> str:
        """The display name, cleaned; see `names.clean_name`."""
        return clean_name(self.claims.name)

    def verification(self, suite: CipherSuite, room_id: str, leaf_key: bytes) -> Verify:
        """Make the operation that verifies whether the identity vouches for this leaf key in this room."""
        content = CredentialTBS(room_id, leaf_key, self.claims).encode()
        return verifying(suite, self.identity_key, labels.LEAF, content, self.signature)


def member_id_of(identity_key: bytes) -> bytes:
    """Compute SHA-256(label || identity key), cut to 16 bytes."""
    return hashlib.sha256(labels.MEMBER_ID + identity_key).digest()[: labels.MEMBER_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class VouchedKey:
    """A leaf's key pair with the credential that vouches for it."""

    pair: SignatureKeyPair
    credential: Credential


class OwnIdentity:
    """Our own identity, for one visit to one room.

    Args:
        engine: makes keys and signs.
        suite: of the room.
        room_id: of the room.
        name: our display name.
        pair: the identity key.
    """

    def __init__(self, engine: Engine, suite: CipherSuite, room_id: str, name: str, pair: SignatureKeyPair) -> None:
        self.name = clean_name(name)
        self.member_id = member_id_of(pair.public_key)
        self._engine = engine
        self._suite = suite
        self._room_id = room_id
        self._pair = pair
        self._renewals = 0

    async def vouch(self) -> VouchedKey:
        """Make a leaf key and the credential for it, with a higher renewal than all before."""
        self._renewals += 1
        claims = Claims(self._renewals, self.name)
        leaf = await SignatureKeyPair.generate(self._engine, self._suite)
        content = CredentialTBS(self._room_id, leaf.public_key, claims).encode()
        signature = await sign_with_label(self._engine, self._suite, self._pair.private_key, labels.LEAF, content)
        return VouchedKey(leaf, Credential(self._pair.public_key, claims, signature))
