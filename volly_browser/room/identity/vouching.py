"""Reads whose a leaf is, and makes what verifies that its member's identity vouches for its key."""

from volly_browser.crypto.engine import Verify
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.suites import CipherSuite
from volly_browser.room.identity.credential import Credential, CredentialError


def vouching(suite: CipherSuite, room_id: str, leaf: LeafNode) -> list[Verify]:
    """Make the operation that verifies the credential of a leaf.  Raises CredentialError."""
    return [credential_of(suite, leaf).verification(suite, room_id, leaf.signature_key)]


def credential_of(suite: CipherSuite, leaf: LeafNode) -> Credential:
    """Read the credential of a leaf.  Raises CredentialError."""
    if not isinstance(leaf.credential, BasicCredential):
        raise CredentialError("A leaf has no basic credential.")
    return Credential.read(suite, leaf.credential.identity)
