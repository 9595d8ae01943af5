"""Group info (RFC 9420, section 12.4.3): what a newcomer must know about a group to become a member."""

from dataclasses import dataclass, replace

from volly_browser.crypto.engine import Engine, Sign, Verify
from volly_browser.mls.codec import Opaque, Struct, Uint32, Vector
from volly_browser.mls.extensions import GREASE_VALUES, Extension
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.labels import signing, verifying
from volly_browser.mls.suites import CipherSuite

GROUP_INFO_LABEL = b"GroupInfoTBS"


@dataclass(frozen=True, slots=True)
class GroupInfoTBS(Struct):
    """What the signature of a group info covers."""

    group_context: GroupContext
    extensions: Vector[Extension]
    confirmation_tag: Opaque
    signer: Uint32


@dataclass(frozen=True, slots=True)
class GroupInfo(Struct):
    """The state of a group, signed by one of its members."""

    group_context: GroupContext
    extensions: Vector[Extension]
    confirmation_tag: Opaque
    signer: Uint32
    signature: Opaque

    def to_be_signed(self) -> bytes:
        """The encoded GroupInfoTBS."""
        return GroupInfoTBS(self.group_context, self.extensions, self.confirmation_tag, self.signer).encode()

    def signing(self, suite: CipherSuite, private_key: bytes) -> Sign:
        """Make the operation that signs it."""
        return signing(suite, private_key, GROUP_INFO_LABEL, self.to_be_signed())

    def signed(self, signature: bytes) -> "GroupInfo":
        """Add the signature."""
        return replace(self, signature=signature)

    def verification(self, suite: CipherSuite, public_key: bytes) -> Verify:
        """Make the operation that verifies the signature."""
        return verifying(suite, public_key, GROUP_INFO_LABEL, self.to_be_signed(), self.signature)


def grease_extension(engine: Engine) -> Extension:
    """Make an extension that every client must ignore (section 13.5)."""
    choice, length = engine.random(2)
    return Extension(GREASE_VALUES[choice % len(GREASE_VALUES)], engine.random(length % 16))
