"""Bounds on the parts of what others send that RFC 9420 leaves open.

All of them are checked before anything is hashed or verified, so that a refusal costs no more than the reading.
"""

from dataclasses import dataclass

from volly_browser.mls import tree_math


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds; what exceeds them is refused, from every sender.

    Attributes:
        members: of a group.  A tree has no more leaves than so many need, blank ones included: a blank takes one byte
            to send, and two hashes to check.
        proposals: of one commit, and that wait for one.
        extensions: of one list: of a key package, a leaf, a group or a group info.
        extension_bytes: of the data of one extension, but for the ratchet tree, which `members` bounds.
        credential_bytes: of the identity or of the certificates in a credential.
        capabilities: entries of one list of what a client supports.
        known_extensions: types that are taken beside those of the RFC and the GREASE values; others are refused, though
            the RFC would ignore them (section 13.4).  The application can put them into any struct that has extensions.
    """

    members: int = 256
    proposals: int = 512
    extensions: int = 16
    extension_bytes: int = 8192
    credential_bytes: int = 16_384
    capabilities: int = 64
    known_extensions: frozenset[int] = frozenset()

    @property
    def tree_width(self) -> int:
        """Nodes of the widest tree that so many members can have."""
        return tree_math.perfect_width(tree_math.node_width(self.members))


DEFAULT_LIMITS = Limits()
