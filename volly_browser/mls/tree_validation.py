"""The checks of a ratchet tree from outside (RFC 9420, sections 7.9.2 and 12.4.3.1)."""

from collections.abc import Mapping
from itertools import pairwise

from volly_browser.crypto.engine import Verify
from volly_browser.mls import tree_math
from volly_browser.mls.errors import InvalidTree
from volly_browser.mls.leaf_node import CommitSource, LeafNode, LeafPosition, verify_leaf_node
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.tree_hashes import ParentNode


def check_tree(tree: RatchetTree) -> None:
    """Check everything about the nodes that needs no signature: unmerged leaves, distinct keys, parent hashes.

    Raises:
        InvalidTree: one of these is wrong.
    """
    check_unmerged_leaves(tree)
    check_distinct_keys(tree)
    check_parent_hashes(tree)


def check_unmerged_leaves(tree: RatchetTree) -> None:
    """Check unmerged leaves: sorted, members below the node, and unmerged at every node in between."""
    unmerged = {index: frozenset(parent.unmerged_leaves) for index, parent in tree.parents()}
    for index, parent in tree.parents():
        if any(first >= second for first, second in pairwise(parent.unmerged_leaves)):
            raise InvalidTree(f"The unmerged leaves of node {index} are not sorted (RFC 9420, section 7.1).")
        for leaf_index in parent.unmerged_leaves:
            _check_unmerged_leaf(tree, index, leaf_index, unmerged)


def _check_unmerged_leaf(
    tree: RatchetTree, index: int, leaf_index: int, unmerged: Mapping[int, frozenset[int]]
) -> None:
    node = 2 * leaf_index
    if not tree_math.contains(index, node) or tree.leaf(leaf_index) is None:
        raise InvalidTree(f"Node {index} lists leaf {leaf_index}, where no member is (RFC 9420, section 12.4.3.1).")
    while (node := tree_math.parent(node)) != index:
        if node in unmerged and leaf_index not in unmerged[node]:
            raise InvalidTree(
                f"Leaf {leaf_index} is unmerged at node {index} but not at node {node} (RFC 9420, section 12.4.3.1)."
            )


def check_distinct_keys(tree: RatchetTree) -> None:
    """Check that no two nodes have one encryption key, and no two members one signature key (section 7.3).

    Raises:
        InvalidTree: a key occurs twice.
    """
    _check_distinct(tree.encryption_keys(), "encryption")
    _check_distinct([leaf.signature_key for _, leaf in tree.leaves()], "signature")


def _check_distinct(keys: list[bytes], what: str) -> None:
    if len(set(keys)) != len(keys):
        raise InvalidTree(f"An {what} key occurs twice in the tree (RFC 9420, sections 7.3 and 12.4.3.1).")


def check_parent_hashes(tree: RatchetTree) -> None:
    """Check that every parent node that is not blank can be traced back to exactly one leaf (section 7.9.2).

    Raises:
        InvalidTree: none or several of the nodes below a node vouch for it.
    """
    for index, _ in tree.parents():
        _voucher(tree, index)


def author_of(tree: RatchetTree, index: int) -> int:
    """Find the leaf index of the member that made the key of a node which is not blank (section 7.9.2).

    Raises:
        InvalidTree: the node is not parent-hash valid.
    """
    while index % 2:
        index = _voucher(tree, index)
    return index // 2


def _voucher(tree: RatchetTree, index: int) -> int:
    """Find the one node below that has a valid parent hash with respect to this node.  Raises InvalidTree."""
    left, right = tree_math.left(index), tree_math.right(index)
    vouchers = [*_vouchers_below(tree, index, left, right), *_vouchers_below(tree, index, right, left)]
    if len(vouchers) != 1:
        raise InvalidTree(f"Node {index} is not parent-hash valid (RFC 9420, section 7.9.2).")
    return vouchers[0]


def _vouchers_below(tree: RatchetTree, index: int, child: int, sibling: int) -> set[int]:
    parent = tree.parent(index)
    resolution = set(tree.resolution(child))
    unmerged = {2 * leaf for leaf in (parent.unmerged_leaves if parent else ()) if 2 * leaf in _below(child)}
    merged = resolution - unmerged
    if len(merged) != 1 or not unmerged <= resolution:
        return set()
    [voucher] = merged
    return merged if _parent_hash_field(tree[voucher]) == tree.parent_hash(index, sibling) else set()


def _below(head: int) -> range:
    leaves = tree_math.leaves_below(head)
    return range(2 * leaves.start, 2 * leaves.stop)


def _parent_hash_field(node: LeafNode | ParentNode | None) -> bytes | None:
    if isinstance(node, ParentNode):
        return node.parent_hash
    return node.source.parent_hash if node is not None and isinstance(node.source, CommitSource) else None


def leaf_verifications(tree: RatchetTree, group_id: bytes) -> list[Verify]:
    """Make the operations that verify the signatures of all leaves."""
    return [
        verify_leaf_node(tree.suite, leaf, LeafPosition(group_id, leaf_index)) for leaf_index, leaf in tree.leaves()
    ]
