"""The key schedule (RFC 9420, section 8): from one epoch's secrets to the next, and the exporter (section 8.5).

From the top, beginning with the last epoch's init_secret, and mixing in from the left:

    commit_secret  ->  Extract, "joiner"  ->  joiner_secret   sent to newcomers
    psk_secret     ->  Extract, "welcome" ->  welcome_secret  seals the group info for them
                       "epoch"            ->  epoch_secret    ->  EpochSecrets
"""

from dataclasses import dataclass, field

from volly_browser.crypto.engine import Engine
from volly_browser.crypto.kem import KeyPair
from volly_browser.mls.codec import Opaque, Struct
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.suites import CipherSuite

EXTERNAL_INIT_CONTEXT = b"MLS 1.0 external init secret"


@dataclass(frozen=True, slots=True)
class EpochSecrets(Struct):
    """Table 4 of section 8, and the init secret of the next epoch; KDF.Nh bytes each."""

    sender_data_secret: Opaque = field(repr=False)
    encryption_secret: Opaque = field(repr=False)
    exporter_secret: Opaque = field(repr=False)
    external_secret: Opaque = field(repr=False)
    confirmation_key: Opaque = field(repr=False)
    membership_key: Opaque = field(repr=False)
    resumption_psk: Opaque = field(repr=False)
    epoch_authenticator: Opaque = field(repr=False)
    init_secret: Opaque = field(repr=False)

    @classmethod
    def from_epoch_secret(cls, suite: CipherSuite, epoch_secret: bytes) -> "EpochSecrets":
        """All secrets of an epoch."""
        return cls(
            sender_data_secret=suite.derive_secret(epoch_secret, b"sender data"),
            encryption_secret=suite.derive_secret(epoch_secret, b"encryption"),
            exporter_secret=suite.derive_secret(epoch_secret, b"exporter"),
            external_secret=suite.derive_secret(epoch_secret, b"external"),
            confirmation_key=suite.derive_secret(epoch_secret, b"confirm"),
            membership_key=suite.derive_secret(epoch_secret, b"membership"),
            resumption_psk=suite.derive_secret(epoch_secret, b"resumption"),
            epoch_authenticator=suite.derive_secret(epoch_secret, b"authentication"),
            init_secret=suite.derive_secret(epoch_secret, b"init"),
        )

    def confirmation_tag(self, suite: CipherSuite, confirmed_transcript_hash: bytes) -> bytes:
        """The tag of the commit that began this epoch (section 6.1)."""
        return suite.mac(self.confirmation_key, confirmed_transcript_hash)

    def export(self, suite: CipherSuite, label: bytes, context: bytes, length: int) -> bytes:
        """MLS-Exporter (section 8.5): `length` bytes for the application."""
        secret = suite.derive_secret(self.exporter_secret, label)
        return suite.expand_with_label(secret, b"exported", suite.hash(context), length)

    async def external_key_pair(self, engine: Engine, suite: CipherSuite) -> KeyPair:
        """The key pair to which external commits encrypt their init secret (section 8.3)."""
        return await suite.kem.derive_key_pair(engine, self.external_secret)

    async def receive_init_secret(self, engine: Engine, suite: CipherSuite, kem_output: bytes) -> bytes:
        """Receive the init secret that the author of an external commit has made (section 8.3); two awaits.

        Raises:
            DecryptionFailed, InvalidKey: `kem_output` is malformed.
        """
        pair = await self.external_key_pair(engine, suite)
        context = await suite.hpke.setup_receiver(engine, pair.private_key, kem_output, b"")
        return context.export(EXTERNAL_INIT_CONTEXT, suite.hash_length)


async def make_init_secret(engine: Engine, suite: CipherSuite, external_pub: bytes) -> tuple[bytes, bytes]:
    """`kem_output` and the init secret for an external commit (section 8.3); one await.

    Raises:
        InvalidKey: the group's external public key is malformed.
    """
    kem_output, context = await suite.hpke.setup_sender(engine, external_pub, b"")
    return kem_output, context.export(EXTERNAL_INIT_CONTEXT, suite.hash_length)


def joiner_secret(suite: CipherSuite, init_secret: bytes, commit_secret: bytes, context: GroupContext) -> bytes:
    """`joiner_secret` of the epoch of `context`."""
    secret = suite.extract(init_secret, commit_secret)
    return suite.expand_with_label(secret, b"joiner", context.encode(), suite.hash_length)


@dataclass(frozen=True, slots=True)
class MemberSecret:
    """The extract of joiner_secret and psk_secret, from which on newcomers and members do the same."""

    suite: CipherSuite
    secret: bytes = field(repr=False)

    @classmethod
    def derive(cls, suite: CipherSuite, joiner: bytes, psk_secret: bytes) -> "MemberSecret":
        """The second Extract of the key schedule."""
        return cls(suite, suite.extract(joiner, psk_secret))

    @property
    def welcome_secret(self) -> bytes:
        """`welcome_secret`."""
        return self.suite.derive_secret(self.secret, b"welcome")

    def welcome_key_and_nonce(self) -> tuple[bytes, bytes]:
        """The AEAD key and nonce of the group info in a welcome (section 12.4.3.1)."""
        suite, welcome_secret = self.suite, self.welcome_secret
        return (
            suite.expand_with_label(welcome_secret, b"key", b"", suite.key_length),
            suite.expand_with_label(welcome_secret, b"nonce", b"", suite.nonce_length),
        )

    def epoch_secrets(self, context: GroupContext) -> EpochSecrets:
        """The secrets of the epoch of `context`."""
        suite = self.suite
        epoch_secret = suite.expand_with_label(self.secret, b"epoch", context.encode(), suite.hash_length)
        return EpochSecrets.from_epoch_secret(suite, epoch_secret)
