"""The group context (RFC 9420, section 8.1): what all members of an epoch agree on."""

from dataclasses import dataclass

from volly_browser.mls.codec import KeptStruct, Opaque, Uint16, Uint64, Vector
from volly_browser.mls.extensions import Extension
from volly_browser.mls.versions import Version


@dataclass(frozen=True, slots=True)
class GroupContext(KeptStruct):
    """A summary of the group's state, mixed into every secret of the epoch, and signed with every message."""

    version: Version
    cipher_suite: Uint16
    group_id: Opaque
    epoch: Uint64
    tree_hash: Opaque
    confirmed_transcript_hash: Opaque
    extensions: Vector[Extension]
