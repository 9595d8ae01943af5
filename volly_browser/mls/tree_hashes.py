"""The hashes of a ratchet tree: tree hashes (RFC 9420, section 7.8) and parent hashes (section 7.9)."""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.mls.codec import KeptStruct, Opaque, Struct, Uint32, Variant, Vector
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.suites import CipherSuite


@dataclass(frozen=True, slots=True)
class ParentNode(KeptStruct):
    """A parent node (section 7.1): `unmerged_leaves` are the leaves below that do not know its private key, sorted."""

    encryption_key: Opaque
    parent_hash: Opaque
    unmerged_leaves: Vector[Uint32]


Node = Annotated[LeafNode | ParentNode, Variant(1, {1: LeafNode, 2: ParentNode})]


@dataclass(frozen=True, slots=True)
class LeafNodeHashInput(Struct):
    """What the tree hash of a leaf covers."""

    leaf_index: Uint32
    leaf_node: LeafNode | None


@dataclass(frozen=True, slots=True)
class ParentNodeHashInput(Struct):
    """What the tree hash of a parent covers."""

    parent_node: ParentNode | None
    left_hash: Opaque
    right_hash: Opaque


@dataclass(frozen=True, slots=True)
class TreeHashInput(Struct):
    """TreeHashInput: `node` is `node_type` with what it selects."""

    node: Annotated[
        LeafNodeHashInput | ParentNodeHashInput,
        Variant(1, {1: LeafNodeHashInput, 2: ParentNodeHashInput}),
    ]


@dataclass(frozen=True, slots=True)
class ParentHashInput(Struct):
    """What the parent hash of a node covers."""

    encryption_key: Opaque
    parent_hash: Opaque
    original_sibling_tree_hash: Opaque


def leaf_tree_hash(suite: CipherSuite, leaf_index: int, leaf: LeafNode | None) -> bytes:
    """The tree hash of a leaf, blank or not."""
    return suite.hash(TreeHashInput(LeafNodeHashInput(leaf_index, leaf)).encode())


def parent_tree_hash(suite: CipherSuite, parent: ParentNode | None, left_hash: bytes, right_hash: bytes) -> bytes:
    """The tree hash of a parent, blank or not, from those of its children."""
    return suite.hash(TreeHashInput(ParentNodeHashInput(parent, left_hash, right_hash)).encode())


def parent_hash(suite: CipherSuite, parent: ParentNode, original_sibling_tree_hash: bytes) -> bytes:
    """The parent hash of `parent`, with the child on the copath given by its original tree hash."""
    return suite.hash(ParentHashInput(parent.encryption_key, parent.parent_hash, original_sibling_tree_hash).encode())
