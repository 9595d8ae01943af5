"""Trees that break one rule each."""

from dataclasses import replace

import pytest

from tests.unit.mls.party import Party, bundle
from volly_browser.mls.errors import InvalidTree
from volly_browser.mls.leaf_node import CommitSource, LeafNode
from volly_browser.mls.proposals import Remove
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.tree_hashes import ParentNode
from volly_browser.mls.tree_validation import (
    check_distinct_keys,
    check_parent_hashes,
    check_tree,
    check_unmerged_leaves,
)

KEY = bytes(31) + b"\7"


async def grown_tree() -> RatchetTree:
    """A tree of seven members that have all committed, with a hole at leaf 2 and an unmerged leaf 7."""
    party = await Party.of(7)
    for number in range(7):
        await party.commit(number)
    await party.commit(0, [Remove(2)])
    await party.add(await bundle("in the hole"), by=4)
    await party.add(await bundle("at the end"), by=4)
    return party[0]._current.tree.copy()


def parent_at(tree: RatchetTree, node: int) -> ParentNode:
    parent = tree.parent(node)
    assert parent is not None
    return parent


def leaf_at(tree: RatchetTree, leaf_index: int) -> LeafNode:
    leaf = tree.leaf(leaf_index)
    assert leaf is not None
    return leaf


async def test_a_grown_tree_is_valid() -> None:
    tree = await grown_tree()
    check_tree(tree)
    assert any(parent.unmerged_leaves for _, parent in tree.parents())


async def test_every_changed_parent_node_is_noticed() -> None:
    tree = await grown_tree()
    for index, parent in tree.parents():
        for changed in (
            replace(parent, encryption_key=KEY),
            replace(parent, parent_hash=bytes(32)),
            ParentNode(KEY, b"", ()),
        ):
            copied = tree.copy()
            copied[index] = changed
            with pytest.raises(InvalidTree):
                check_tree(copied)


async def test_a_parent_node_with_no_child_to_vouch_for_it_is_refused() -> None:
    tree = await grown_tree()
    blank = next(index for index in range(1, tree.width, 2) if tree[index] is None)
    tree[blank] = ParentNode(KEY, b"", ())
    with pytest.raises(InvalidTree, match="parent-hash"):
        check_parent_hashes(tree)


async def test_a_leaf_that_was_moved_does_not_vouch_any_more() -> None:
    tree = await grown_tree()
    committer = next(index for index, leaf in tree.leaves() if isinstance(leaf.source, CommitSource))
    tree[2 * committer] = replace(leaf_at(tree, committer), source=CommitSource(bytes(32)))
    with pytest.raises(InvalidTree, match="parent-hash"):
        check_parent_hashes(tree)


@pytest.mark.parametrize(
    ("unmerged", "problem"),
    [((3, 1), "not sorted"), ((1, 1), "not sorted"), ((9,), "no member"), ((0xFFFFFFFF,), "no member")],
)
async def test_wrong_unmerged_leaves_are_refused(unmerged: tuple[int, ...], problem: str) -> None:
    tree = await grown_tree()
    tree[3] = ParentNode(KEY, b"", unmerged)
    with pytest.raises(InvalidTree, match=problem):
        check_unmerged_leaves(tree)


async def test_a_leaf_must_be_unmerged_at_every_node_in_between() -> None:
    tree = await grown_tree()
    index = next(node for node, parent in tree.parents() if parent.unmerged_leaves)
    leaf_index = parent_at(tree, index).unmerged_leaves[0]
    top = tree.root
    tree[top] = ParentNode(KEY, b"", (leaf_index,))
    tree[index] = ParentNode(bytes(32), b"", ()) if index != top else tree[index]
    if index == top:
        below = 3 if leaf_index < 4 else 11
        tree[below] = ParentNode(bytes(32), b"", ())
    with pytest.raises(InvalidTree, match="but not at node"):
        check_unmerged_leaves(tree)


async def test_keys_that_occur_twice_are_refused() -> None:
    tree = await grown_tree()
    other = leaf_at(tree, 1)
    for changed in (
        replace(leaf_at(tree, 0), encryption_key=other.encryption_key),
        replace(leaf_at(tree, 0), signature_key=other.signature_key),
    ):
        copied = tree.copy()
        copied[0] = changed
        with pytest.raises(InvalidTree, match="twice"):
            check_distinct_keys(copied)
