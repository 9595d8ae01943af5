"""The structs of a commit (RFC 9420, section 12.4) and of its update path (section 7.6)."""

from dataclasses import dataclass

from volly_browser.mls.codec import Opaque, Struct, Vector
from volly_browser.mls.labels import HPKECiphertext
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.proposals import ProposalOrRef


@dataclass(frozen=True, slots=True)
class UpdatePathNode(Struct):
    """The new public key of one node, and its path secret for all members below the node on the copath."""

    encryption_key: Opaque
    encrypted_path_secret: Vector[HPKECiphertext]


@dataclass(frozen=True, slots=True)
class UpdatePath(Struct):
    """The committer's new leaf, and the nodes of its filtered direct path from the leaf upwards."""

    leaf_node: LeafNode
    nodes: Vector[UpdatePathNode]


@dataclass(frozen=True, slots=True)
class Commit(Struct):
    """The proposals that make a new epoch, and fresh keys for the committer's path."""

    proposals: Vector[ProposalOrRef]
    path: UpdatePath | None
