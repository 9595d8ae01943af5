"""The ratchet tree (RFC 9420, sections 4 and 7): the members of a group, and the public keys of every part of it.

A tree is changed in place; a commit works on a copy, so that a failure leaves the group's own tree alone.  Copies are
shallow (nodes never change) and share the tree hashes that were computed before.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, NamedTuple

from volly_browser.mls import tree_math
from volly_browser.mls.codec import Codec, VariableVector, Vector, codec_for
from volly_browser.mls.errors import InvalidTree
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.limits import DEFAULT_LIMITS, Limits
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.tree_hashes import Node, ParentNode, leaf_tree_hash, parent_hash, parent_tree_hash


@lru_cache(maxsize=8)
def _tree_codec(width: int) -> Codec[tuple[Node | None, ...]]:
    """The codec of trees of at most so many nodes, which stops reading if there are more."""
    return codec_for(Annotated[tuple[Node | None, ...], VariableVector(width)])


RATCHET_TREE: Codec[tuple[Node | None, ...]] = codec_for(Vector[Node | None])
"""`optional<Node> ratchet_tree<V>` (section 12.4.3.3)."""

NO_LEAVES: frozenset[int] = frozenset()


class PathNode(NamedTuple):
    """A node of a filtered direct path, and its child on the copath."""

    node: int
    copath: int


class RatchetTree:
    """The nodes of a tree, as an array of perfect width."""

    def __init__(self, suite: CipherSuite, nodes: Iterable[Node | None]) -> None:
        self.suite = suite
        self._nodes = list(nodes)
        self._hashes: list[bytes | None] = [None] * len(self._nodes)

    @classmethod
    def decode(cls, suite: CipherSuite, data: bytes, limits: Limits = DEFAULT_LIMITS) -> "RatchetTree":
        """A tree from the `ratchet_tree` extension (section 12.4.3.3).

        Raises:
            DecodeError: the bytes are malformed, or it is wider than a group can be.
            InvalidTree: it has too many members, its last node is blank, or a leaf and a parent are in each other's
                places.
        """
        nodes = _tree_codec(limits.tree_width).decode(data)
        if sum(node is not None for node in nodes[::2]) > limits.members:
            raise InvalidTree(f"The ratchet tree has more than {limits.members} members, which are the limit.")
        if not nodes or nodes[-1] is None:
            raise InvalidTree("The ratchet tree is empty or ends with a blank node (RFC 9420, section 12.4.3.3).")
        for index, node in enumerate(nodes):
            if node is not None and isinstance(node, ParentNode) != bool(index % 2):
                raise InvalidTree(
                    f"Node {index} of the ratchet tree is of the wrong type (RFC 9420, section 12.4.3.3)."
                )
        blanks = tree_math.perfect_width(len(nodes)) - len(nodes)
        return cls(suite, (*nodes, *[None] * blanks))

    def encode(self) -> bytes:
        """The content of the `ratchet_tree` extension: all nodes up to the last that is not blank."""
        last = max(index for index, node in enumerate(self._nodes) if node is not None)
        return RATCHET_TREE.encode(tuple(self._nodes[: last + 1]))

    def copy(self) -> "RatchetTree":
        """A tree that can be changed without changing this one."""
        copied = RatchetTree(self.suite, self._nodes)
        copied._hashes = self._hashes.copy()
        return copied

    @property
    def width(self) -> int:
        """The number of nodes, blank ones included."""
        return len(self._nodes)

    @property
    def root(self) -> int:
        """The index of the root."""
        return tree_math.root(self.width)

    def __getitem__(self, node: int) -> Node | None:
        return self._nodes[node]

    def __setitem__(self, node: int, value: Node | None) -> None:
        self._nodes[node] = value
        for changed in (node, *tree_math.direct_path(node, self.width)):
            self._hashes[changed] = None

    def leaf(self, leaf_index: int) -> LeafNode | None:
        """Return the leaf with this leaf index, or None if it is blank or beyond the tree."""
        leaf = self._nodes[2 * leaf_index] if 2 * leaf_index < self.width else None
        return leaf if isinstance(leaf, LeafNode) else None

    def parent(self, node: int) -> ParentNode | None:
        """Return the parent node at this index, or None if it is blank."""
        parent = self._nodes[node]
        return parent if isinstance(parent, ParentNode) else None

    def leaves(self) -> Iterator[tuple[int, LeafNode]]:
        """The leaf index and the leaf of every member."""
        for index in range(0, self.width, 2):
            leaf = self._nodes[index]
            if isinstance(leaf, LeafNode):
                yield index // 2, leaf

    def parents(self) -> Iterator[tuple[int, ParentNode]]:
        """The node index and the node of every parent that is not blank."""
        for index in range(1, self.width, 2):
            parent = self._nodes[index]
            if isinstance(parent, ParentNode):
                yield index, parent

    def encryption_keys(self) -> list[bytes]:
        """The public key of every node that has one."""
        return [node.encryption_key for node in self._nodes if node is not None]

    def free_leaf(self) -> int:
        """The leaf index that the next added member gets (section 12.1.1)."""
        blank = (index for index in range(0, self.width, 2) if self._nodes[index] is None)
        return next(blank, self.width + 1) // 2

    def add(self, leaf: LeafNode) -> int:
        """Put a new member at the leftmost free leaf, extending the tree if need be (section 12.1.1)."""
        leaf_index = self.free_leaf()
        if 2 * leaf_index >= self.width:
            self._extend()
        for node in tree_math.direct_path(2 * leaf_index, self.width):
            if parent := self.parent(node):
                unmerged = tuple(sorted((*parent.unmerged_leaves, leaf_index)))
                self[node] = replace(parent, unmerged_leaves=unmerged)
        self[2 * leaf_index] = leaf
        return leaf_index

    def update(self, leaf_index: int, leaf: LeafNode) -> None:
        """Replace a member's leaf and blank its path (section 12.1.2)."""
        self.blank_path(leaf_index)
        self[2 * leaf_index] = leaf

    def remove(self, leaf_index: int) -> None:
        """Blank a member's leaf and its path, and cut the tree to what is needed (section 12.1.3)."""
        self.blank_path(leaf_index)
        self[2 * leaf_index] = None
        while self.width > 1 and not any(self._nodes[self.root + 1 :: 2]):
            del self._nodes[self.root :], self._hashes[len(self._nodes) :]

    def blank_path(self, leaf_index: int) -> None:
        """Blank every ancestor of a leaf."""
        for node in tree_math.direct_path(2 * leaf_index, self.width):
            self[node] = None

    def _extend(self) -> None:
        """Make the tree the left half of one of twice the leaves (section 7.7)."""
        blanks = self.width + 1
        self._nodes += [None] * blanks
        self._hashes += [None] * blanks

    def resolution(self, node: int, excluded: frozenset[int] = NO_LEAVES) -> list[int]:
        """The nodes that together cover all members below `node` (section 4.1.1), without the excluded leaves."""
        value = self._nodes[node]
        if isinstance(value, ParentNode):
            return [node, *(2 * leaf for leaf in value.unmerged_leaves if leaf not in excluded)]
        if isinstance(value, LeafNode):
            return [] if node // 2 in excluded else [node]
        if node % 2 == 0:
            return []
        return self.resolution(tree_math.left(node), excluded) + self.resolution(tree_math.right(node), excluded)

    def filtered_direct_path(self, leaf_index: int) -> list[PathNode]:
        """Return the direct path of a leaf without nodes whose child on the copath covers no member (section 4.1.2)."""
        path = tree_math.direct_path(2 * leaf_index, self.width)
        copath = tree_math.copath(2 * leaf_index, self.width)
        return [PathNode(*pair) for pair in zip(path, copath, strict=True) if self.resolution(pair[1])]

    def tree_hash(self, node: int | None = None) -> bytes:
        """Compute the tree hash of a node (section 7.8); of the root if none is named."""
        node = self.root if node is None else node
        known = self._hashes[node]
        if known is None:
            known = self._hashes[node] = self._compute_hash(node)
        return known

    def _compute_hash(self, node: int) -> bytes:
        if node % 2 == 0:
            return leaf_tree_hash(self.suite, node // 2, self.leaf(node // 2))
        left_hash, right_hash = self.tree_hash(tree_math.left(node)), self.tree_hash(tree_math.right(node))
        return parent_tree_hash(self.suite, self.parent(node), left_hash, right_hash)

    def original_tree_hash(self, node: int, unmerged: frozenset[int]) -> bytes:
        """The tree hash of a node as it was before these leaves were added (section 7.9)."""
        if unmerged.isdisjoint(tree_math.leaves_below(node)):
            return self.tree_hash(node)
        if node % 2 == 0:
            return leaf_tree_hash(self.suite, node // 2, None)
        parent = self.parent(node)
        if parent is not None:
            remaining = tuple(leaf for leaf in parent.unmerged_leaves if leaf not in unmerged)
            parent = replace(parent, unmerged_leaves=remaining)
        left_hash = self.original_tree_hash(tree_math.left(node), unmerged)
        right_hash = self.original_tree_hash(tree_math.right(node), unmerged)
        return parent_tree_hash(self.suite, parent, left_hash, right_hash)

    def parent_hash(self, node: int, copath: int) -> bytes:
        """The parent hash of a node that is not blank, with its child on the copath (section 7.9)."""
        parent = self.parent(node)
        if parent is None:
            raise InvalidTree(f"Node {node} is blank and has no parent hash (RFC 9420, section 7.9).")
        sibling_hash = self.original_tree_hash(copath, frozenset(parent.unmerged_leaves))
        return parent_hash(self.suite, parent, sibling_hash)

    def merge_path(self, leaf_index: int, path: Sequence[PathNode], public_keys: Sequence[bytes]) -> bytes:
        """Give a filtered direct path new keys and parent hashes (section 7.5).

        Returns the parent hash that belongs into the leaf: empty if the path has no nodes.
        """
        self.blank_path(leaf_index)
        above = b""
        for (node, copath), public_key in zip(reversed(path), reversed(public_keys), strict=True):
            self[node] = ParentNode(public_key, above, ())
            above = self.parent_hash(node, copath)
        return above
