"""Changes of a ratchet tree, checked against plain recomputation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.mls.capabilities import own_capabilities
from volly_browser.mls.codec import DecodeError
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.errors import InvalidTree
from volly_browser.mls.leaf_node import LeafNode, Lifetime
from volly_browser.mls.ratchet_tree import RATCHET_TREE, RatchetTree
from volly_browser.mls.suites import CLASSICAL
from volly_browser.mls.tree_hashes import ParentNode


def leaf(name: int) -> LeafNode:
    key = name.to_bytes(32, "big")
    capabilities = own_capabilities(CLASSICAL.id)
    return LeafNode(key, key, BasicCredential(key), capabilities, Lifetime(0, 1), (), b"")


def tree_of(count: int) -> RatchetTree:
    tree = RatchetTree(CLASSICAL, [leaf(0)])
    for name in range(1, count):
        tree.add(leaf(name))
    return tree


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60))
def test_any_sequence_of_changes_keeps_the_tree_whole(steps: list[int]) -> None:
    """Members come (even numbers), go and commit; hashes stay right, and the tree is never wider than it must be."""
    tree = tree_of(1)
    members = {0}
    for number, step in enumerate(steps, start=1):
        target = sorted(members)[step % len(members)]
        if step % 2 == 0 or len(members) == 1:
            members.add(tree.add(leaf(1000 + number)))
        elif step % 3 == 0:
            path = tree.filtered_direct_path(target)
            tree.merge_path(target, path, [bytes([number, at]) for at in range(len(path))])
        else:
            tree.remove(target)
            members.remove(target)
        check(tree, members)


def check(tree: RatchetTree, members: set[int]) -> None:
    assert {index for index, _ in tree.leaves()} == members
    assert tree.width & (tree.width + 1) == 0
    assert tree.width == 1 or max(members) * 2 > tree.width // 2
    again = RatchetTree.decode(CLASSICAL, tree.encode())
    assert again.tree_hash() == tree.tree_hash()
    covered = tree.resolution(tree.root)
    assert len(covered) == len(set(covered))
    for _, parent in tree.parents():
        assert set(parent.unmerged_leaves) <= members


def test_a_copy_can_be_changed_without_changing_the_original() -> None:
    tree = tree_of(4)
    before = tree.tree_hash(), tree.encode()
    copied = tree.copy()
    copied.remove(1)
    copied.add(leaf(77))
    copied.add(leaf(78))
    assert (tree.tree_hash(), tree.encode()) == before
    assert copied.tree_hash() != before[0]


def test_newcomers_take_the_leftmost_free_leaf_and_are_unmerged() -> None:
    tree = tree_of(4)
    path = tree.filtered_direct_path(0)
    tree.merge_path(0, path, [b"low", b"high"])
    tree.remove(2)
    tree.merge_path(0, tree.filtered_direct_path(0), [b"low2", b"high2"])
    assert tree.add(leaf(9)) == 2
    top = tree.parent(tree.root)
    assert top is not None
    assert top.unmerged_leaves == (2,)
    assert tree.resolution(tree.root) == [tree.root, 4]
    assert tree.resolution(tree.root, frozenset({2})) == [tree.root]


def test_a_removal_cuts_the_tree() -> None:
    tree = tree_of(5)
    assert tree.width == 15
    tree.remove(4)
    assert tree.width == 7


@pytest.mark.parametrize("nodes", [(), (leaf(0), None), (leaf(0), None, None)])
def test_a_tree_that_is_empty_or_ends_blank_is_refused(nodes: tuple[LeafNode | None, ...]) -> None:
    with pytest.raises(InvalidTree, match="blank"):
        RatchetTree.decode(CLASSICAL, RATCHET_TREE.encode(nodes))


@pytest.mark.parametrize("nodes", [(leaf(0), leaf(1), leaf(2)), (ParentNode(b"", b"", ()),)])
def test_a_node_of_the_wrong_type_is_refused(nodes: tuple[LeafNode | ParentNode, ...]) -> None:
    with pytest.raises(InvalidTree, match="wrong type"):
        RatchetTree.decode(CLASSICAL, RATCHET_TREE.encode(nodes))


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises((DecodeError, InvalidTree)):
        RatchetTree.decode(CLASSICAL, data)


def test_a_blank_node_has_no_parent_hash() -> None:
    with pytest.raises(InvalidTree):
        tree_of(2).parent_hash(1, 2)
