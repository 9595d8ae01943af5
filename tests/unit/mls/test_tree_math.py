"""Relations between nodes; the published vectors cover the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.mls import tree_math

depths = st.integers(1, 12)


@given(depths, st.data())
def test_children_and_parents_belong_together(depth: int, data: st.DataObject) -> None:
    width = tree_math.node_width(1 << depth)
    node = data.draw(st.integers(0, width - 1).filter(lambda node: node != tree_math.root(width)))
    above = tree_math.parent(node)
    assert node in (tree_math.left(above), tree_math.right(above))
    assert tree_math.sibling(tree_math.sibling(node)) == node
    assert tree_math.contains(above, node)
    assert not tree_math.contains(node, above)


@given(depths, st.data())
def test_a_path_and_its_copath_cover_every_leaf_once(depth: int, data: st.DataObject) -> None:
    leaves = 1 << depth
    leaf = 2 * data.draw(st.integers(0, leaves - 1))
    heads = [leaf, *tree_math.copath(leaf, tree_math.node_width(leaves))]
    covered = sorted(index for head in heads for index in tree_math.leaves_below(head))
    assert covered == list(range(leaves))


@given(depths, st.data())
def test_the_common_ancestor_is_the_lowest_node_on_both_paths(depth: int, data: st.DataObject) -> None:
    leaves = 1 << depth
    width = tree_math.node_width(leaves)
    first, second = (2 * data.draw(st.integers(0, leaves - 1)) for _ in range(2))
    paths = [[node, *tree_math.direct_path(node, width)] for node in (first, second)]
    shared = next(node for node in paths[0] if node in paths[1])
    assert tree_math.common_ancestor(first, second) == shared


@pytest.mark.parametrize(("nodes", "width"), [(1, 1), (2, 3), (3, 3), (4, 7), (7, 7), (8, 15), (11, 15)])
def test_a_width_is_rounded_up_to_a_perfect_tree(nodes: int, width: int) -> None:
    assert tree_math.perfect_width(nodes) == width
