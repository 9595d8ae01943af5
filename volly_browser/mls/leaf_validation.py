"""The rules for leaf nodes and key packages (RFC 9420, sections 7.3 and 10.1), all but their signatures."""

from collections.abc import Sequence
from dataclasses import dataclass

from volly_browser.crypto.engine import PUBLIC_KEY_LENGTH
from volly_browser.mls.errors import InvalidKeyPackage, InvalidLeafNode, WrongTime
from volly_browser.mls.extensions import DEFAULT_EXTENSIONS, Extension, Place, check_extensions
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.leaf_node import CommitSource, LeafNode, Lifetime, UpdateSource
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.versions import ProtocolVersion

Source = type[Lifetime] | type[UpdateSource] | type[CommitSource]


@dataclass(frozen=True, slots=True)
class LeafRules:
    """The rules for leaves in a group with these parameters."""

    suite: CipherSuite
    extensions: Sequence[Extension]
    settings: Settings

    def check_key_package(self, key_package: KeyPackage) -> None:
        """Section 10.1.

        Raises:
            InvalidKeyPackage: the package is for another suite, has one key twice, or a key of a wrong length.
            InvalidLeafNode: its leaf breaks a rule.
            WrongTime: it is not valid now.
            InvalidExtensions: it has an extension twice, or one that is unknown or too large.
        """
        if key_package.cipher_suite != self.suite.id:
            raise InvalidKeyPackage("The key package is for another cipher suite (RFC 9420, section 10.1).")
        if len(key_package.init_key) != self.suite.kem.public_key_length:
            raise InvalidKeyPackage("The init key of the key package has a wrong length (RFC 9420, section 10).")
        if key_package.init_key == key_package.leaf_node.encryption_key:
            raise InvalidKeyPackage("The key package uses one key for two purposes (RFC 9420, section 10.1).")
        check_extensions(key_package.extensions, Place.KEY_PACKAGE, self.settings.limits)
        self.check_leaf(key_package.leaf_node, Lifetime)
        self._check_lifetime(key_package.leaf_node)

    def check_leaf(self, leaf: LeafNode, source: Source | None = None) -> None:
        """Section 7.3, as far as it concerns one leaf; `source` is None for a leaf that stands in a tree already.

        Raises:
            InvalidLeafNode: a rule is broken.
            InvalidExtensions: the leaf has an extension twice, or one that is unknown or too large.
        """
        if source and not isinstance(leaf.source, source):
            raise InvalidLeafNode("The leaf node comes from another source than it says (RFC 9420, section 7.3).")
        if len(leaf.encryption_key) != self.suite.kem.public_key_length:
            raise InvalidLeafNode("The encryption key of a leaf has a wrong length (RFC 9420, section 5.1.1).")
        if len(leaf.signature_key) != PUBLIC_KEY_LENGTH[self.suite.signature]:
            raise InvalidLeafNode("The signature key of a leaf has a wrong length (RFC 9420, section 5.1.1).")
        self._check_size(leaf)
        check_extensions(leaf.extensions, Place.LEAF_NODE, self.settings.limits)
        self._check_capabilities(leaf)
        if not self.settings.authenticate(leaf):
            raise InvalidLeafNode("The credential of a leaf is not accepted (RFC 9420, section 5.3.1).")

    def _check_size(self, leaf: LeafNode) -> None:
        limits = self.settings.limits
        if leaf.capabilities.longest > limits.capabilities:
            raise InvalidLeafNode(f"A leaf has a list of more than {limits.capabilities} capabilities.")
        if leaf.credential.size > limits.credential_bytes:
            raise InvalidLeafNode(f"A leaf has a credential of more than {limits.credential_bytes} bytes.")

    def _check_capabilities(self, leaf: LeafNode) -> None:
        capabilities = leaf.capabilities
        if ProtocolVersion.MLS10 not in capabilities.versions or self.suite.id not in capabilities.cipher_suites:
            raise InvalidLeafNode("A leaf does not support the suite of the group (RFC 9420, section 7.3).")
        if leaf.credential.TYPE not in capabilities.credentials:
            raise InvalidLeafNode("A leaf does not list the type of its credential (RFC 9420, section 7.2).")
        if not {item.extension_type for item in leaf.extensions} - DEFAULT_EXTENSIONS <= set(capabilities.extensions):
            raise InvalidLeafNode("A leaf has an extension that it does not list (RFC 9420, section 7.2).")
        if not capabilities.supports(self.extensions):
            raise InvalidLeafNode("A leaf does not support the extensions of the group (RFC 9420, section 7.3).")

    def _check_lifetime(self, leaf: LeafNode) -> None:
        """Check the lifetime of a leaf that is added; one in the tree has possibly expired since (section 7.3)."""
        lifetime, limit = leaf.source, self.settings.max_lifetime
        assert isinstance(lifetime, Lifetime)
        if limit is not None and lifetime.not_after - lifetime.not_before > limit:
            raise InvalidLeafNode("A key package is valid for longer than allowed (RFC 9420, section 7.2).")
        now, skew = self.settings.clock(), self.settings.clock_skew
        if now < lifetime.not_before - skew:
            raise WrongTime(lifetime.not_before - now)
        if now > lifetime.not_after + skew:
            raise WrongTime(lifetime.not_after - now)

    def check_members(self, tree: RatchetTree) -> None:
        """Check that each member supports the credentials of all (section 7.3).

        Raises:
            InvalidLeafNode: a member does not.
        """
        leaves = [leaf for _, leaf in tree.leaves()]
        in_use = {leaf.credential.TYPE for leaf in leaves}
        if not all(in_use <= set(leaf.capabilities.credentials) for leaf in leaves):
            raise InvalidLeafNode("A member does not support the credential of another (RFC 9420, section 7.3).")
        if self.extensions and not all(leaf.capabilities.supports(self.extensions) for leaf in leaves):
            raise InvalidLeafNode("A member does not support the extensions of the group (RFC 9420, section 7.3).")
