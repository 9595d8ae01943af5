"""Leaf nodes: contents and signature (RFC 9420, section 7.2)."""

from dataclasses import dataclass, replace
from typing import Annotated

from volly_browser.crypto.engine import Engine, Verify
from volly_browser.mls.capabilities import Capabilities
from volly_browser.mls.codec import KeptStruct, Opaque, Struct, Uint32, Uint64, Variant, Vector, opaque
from volly_browser.mls.credentials import Credential
from volly_browser.mls.extensions import Extension
from volly_browser.mls.labels import sign_with_label, verifying
from volly_browser.mls.suites import CipherSuite

LEAF_NODE_LABEL = b"LeafNodeTBS"


@dataclass(frozen=True, slots=True)
class Lifetime(Struct):
    """`leaf_node_source = key_package`: when the leaf is allowed to be added, in seconds since 1970."""

    not_before: Uint64
    not_after: Uint64


@dataclass(frozen=True, slots=True)
class UpdateSource(Struct):
    """`leaf_node_source = update`."""


@dataclass(frozen=True, slots=True)
class CommitSource(Struct):
    """`leaf_node_source = commit`."""

    parent_hash: Opaque


LeafNodeSource = Annotated[
    Lifetime | UpdateSource | CommitSource,
    Variant(1, {1: Lifetime, 2: UpdateSource, 3: CommitSource}),
]


@dataclass(frozen=True, slots=True)
class LeafNode(KeptStruct):
    """A member's place in the tree, signed by the member.  `source` is `leaf_node_source` with what it selects."""

    encryption_key: Opaque
    signature_key: Opaque
    credential: Credential
    capabilities: Capabilities
    source: LeafNodeSource
    extensions: Vector[Extension]
    signature: Opaque


@dataclass(frozen=True, slots=True)
class LeafPosition(Struct):
    """Where a leaf made within a group stands; its signature covers this too."""

    group_id: Opaque
    leaf_index: Uint32


def _to_be_signed(leaf: LeafNode, position: LeafPosition | None) -> bytes:
    """The encoded LeafNodeTBS: all fields but the last, then the position of a leaf that is of no key package."""
    unsigned = leaf.encode()[: -len(opaque(leaf.signature))]
    if isinstance(leaf.source, Lifetime):
        return unsigned
    assert position is not None  # only leaves of key packages have none
    return unsigned + position.encode()


async def sign_leaf_node(
    engine: Engine, suite: CipherSuite, leaf: LeafNode, private_key: bytes, position: LeafPosition | None
) -> LeafNode:
    """The leaf with its signature; `position` is None only for a leaf of a key package."""
    content = _to_be_signed(leaf, position)
    return replace(leaf, signature=await sign_with_label(engine, suite, private_key, LEAF_NODE_LABEL, content))


def verify_leaf_node(suite: CipherSuite, leaf: LeafNode, position: LeafPosition | None) -> Verify:
    """The check of the leaf's signature, as an operation."""
    return verifying(suite, leaf.signature_key, LEAF_NODE_LABEL, _to_be_signed(leaf, position), leaf.signature)
