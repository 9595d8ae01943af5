"""A new signature key and credential for our leaf, which a commit of ours brings into the group (RFC 9420, 7.5)."""

from dataclasses import dataclass, replace

from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.leaf_node import LeafNode


@dataclass(frozen=True, slots=True)
class LeafRenewal:
    """What our leaf gets besides a new encryption key.

    Attributes:
        signature_key: ours from the next epoch on; the commit itself is still signed with the one before.
        identity: the content of the new basic credential, in the application's format.
    """

    signature_key: SignatureKeyPair
    identity: bytes

    def renewed(self, leaf: LeafNode) -> LeafNode:
        """Put these into our leaf, which is to be signed with the new key."""
        credential = BasicCredential(self.identity)
        return replace(leaf, signature_key=self.signature_key.public_key, credential=credential)
