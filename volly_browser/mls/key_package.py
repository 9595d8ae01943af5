"""Key packages (RFC 9420, section 10): what a client hands out so that others can add it to a group."""

import time
from dataclasses import dataclass, field, replace

from volly_browser.crypto.engine import Engine, Verify
from volly_browser.mls.capabilities import greased, own_capabilities
from volly_browser.mls.codec import Opaque, Struct, Uint16, Vector
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.errors import UnexpectedMessage
from volly_browser.mls.extensions import Extension
from volly_browser.mls.labels import SignatureKeyPair, sign_with_label, verifying
from volly_browser.mls.leaf_node import LeafNode, Lifetime, sign_leaf_node, verify_leaf_node
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.versions import Format, ProtocolVersion, Version, WireFormat

KEY_PACKAGE_LABEL = b"KeyPackageTBS"
KEY_PACKAGE_REFERENCE_LABEL = b"MLS 1.0 KeyPackage Reference"

CLOCK_SKEW = 3600
"""Seconds by which the clocks of honest members can differ."""

KEY_PACKAGE_LIFETIME = 7 * 24 * 3600
"""Seconds after which our key package is not to be used any more."""


@dataclass(frozen=True, slots=True)
class MessageHeader(Struct):
    """What an MLSMessage has before its body (section 6)."""

    version: Version
    wire_format: Format


HEADER = MessageHeader(ProtocolVersion.MLS10, WireFormat.KEY_PACKAGE).encode()


@dataclass(frozen=True, slots=True)
class KeyPackageTBS(Struct):
    """What the signature of a key package covers."""

    version: Version
    cipher_suite: Uint16
    init_key: Opaque
    leaf_node: LeafNode
    extensions: Vector[Extension]


@dataclass(frozen=True, slots=True)
class KeyPackage(Struct):
    """A client's offer to be added, for one suite and to be used once."""

    version: Version
    cipher_suite: Uint16
    init_key: Opaque
    leaf_node: LeafNode
    extensions: Vector[Extension]
    signature: Opaque

    @staticmethod
    def from_message(message: bytes) -> "KeyPackage":
        """Read the key package in an encoded MLSMessage.

        Raises:
            DecodeError: the bytes are malformed.
            UnexpectedMessage: the message is of another kind.
        """
        if not message.startswith(HEADER):
            raise UnexpectedMessage("The message is not a key package of MLS 1.0 (RFC 9420, section 10).")
        return KeyPackage.decode(message[len(HEADER) :])

    @property
    def message(self) -> bytes:
        """The encoded MLSMessage."""
        return HEADER + self.encode()

    def reference(self, suite: CipherSuite) -> bytes:
        """KeyPackageRef (section 5.2), a hash."""
        return suite.ref_hash(KEY_PACKAGE_REFERENCE_LABEL, self.encode())

    def verifications(self, suite: CipherSuite) -> list[Verify]:
        """Make the operations that verify both signatures, of the package and of its leaf."""
        return [
            verify_leaf_node(suite, self.leaf_node, None),
            verifying(suite, self.leaf_node.signature_key, KEY_PACKAGE_LABEL, self.to_be_signed(), self.signature),
        ]

    def to_be_signed(self) -> bytes:
        """The encoded KeyPackageTBS."""
        return KeyPackageTBS(self.version, self.cipher_suite, self.init_key, self.leaf_node, self.extensions).encode()


@dataclass(frozen=True, slots=True)
class KeyPackageBundle:
    """A key package with its private keys, which stay here until a welcome uses them up.

    Attributes:
        suite: the cipher suite it is for.
        key_package: the public part.
        init_private_key: opens the welcome; to be deleted afterwards.
        encryption_private_key: of the leaf.
        signature_key: of the member.
    """

    suite: CipherSuite
    key_package: KeyPackage
    init_private_key: bytes = field(repr=False)
    encryption_private_key: bytes = field(repr=False)
    signature_key: SignatureKeyPair

    @classmethod
    async def generate(
        cls,
        engine: Engine,
        suite: CipherSuite,
        identity: bytes,
        signature_key: SignatureKeyPair | None = None,
        now: float | None = None,
        *,
        lifetime: Lifetime | None = None,
        extensions: tuple[Extension, ...] = (),
    ) -> "KeyPackageBundle":
        """Generate a key package with a basic credential.

        Args:
            engine: computes the keys and the signatures.
            suite: the cipher suite of the group to be joined.
            identity: the content of the basic credential, in the application's format.
            signature_key: an existing key pair; a fresh one if there is none.
            now: seconds since 1970; the package is valid from an hour before until seven days after.
            lifetime: instead of that.
            extensions: of the key package.
        """
        signature_key = signature_key or await SignatureKeyPair.generate(engine, suite)
        length = suite.kem.private_key_length
        init, encryption = await suite.kem.derive_key_pairs(engine, [engine.random(length), engine.random(length)])
        leaf = await sign_leaf_node(
            engine,
            suite,
            new_leaf_node(
                engine,
                suite,
                identity,
                signature_key=signature_key.public_key,
                encryption_key=encryption.public_key,
                lifetime=lifetime or week_around(now),
            ),
            signature_key.private_key,
            None,
        )
        unsigned = KeyPackage(ProtocolVersion.MLS10, suite.id, init.public_key, leaf, extensions, b"")
        content = unsigned.to_be_signed()
        signature = await sign_with_label(engine, suite, signature_key.private_key, KEY_PACKAGE_LABEL, content)
        key_package = replace(unsigned, signature=signature)
        return cls(suite, key_package, init.private_key, encryption.private_key, signature_key)

    @property
    def message(self) -> bytes:
        """The public part as an encoded MLSMessage: what is handed out."""
        return self.key_package.message

    @property
    def reference(self) -> bytes:
        """KeyPackageRef, by which a welcome names its recipients."""
        return self.key_package.reference(self.suite)


def new_leaf_node(
    engine: Engine,
    suite: CipherSuite,
    identity: bytes,
    *,
    signature_key: bytes,
    encryption_key: bytes,
    lifetime: Lifetime,
) -> LeafNode:
    """An unsigned leaf for a key package, with GREASE in its capabilities."""
    return LeafNode(
        encryption_key,
        signature_key,
        BasicCredential(identity),
        greased(own_capabilities(suite.id), engine.random),
        lifetime,
        (),
        b"",
    )


def week_around(now: float | None) -> Lifetime:
    """From an hour before until seven days after a time in seconds since 1970; None for the present."""
    start = int(time.time() if now is None else now)
    return Lifetime(max(0, start - CLOCK_SKEW), start + KEY_PACKAGE_LIFETIME)
