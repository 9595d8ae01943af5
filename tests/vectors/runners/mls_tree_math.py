"""tree-math.json."""

from collections.abc import Callable

from tests.vectors.runners.common import Case, expect
from tests.vectors.runners.shapes import UINT32, Array, OrNull, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls import tree_math

RELATION = Array(OrNull(UINT32))
SHAPE = Record(
    n_leaves=UINT32, n_nodes=UINT32, root=UINT32, left=RELATION, right=RELATION, parent=RELATION, sibling=RELATION
)


async def run(engine: Engine, case: Case) -> None:
    """Every relation between the nodes of a tree."""
    expect(case["n_leaves"] > 0, True, "whether n_leaves is positive")
    width = tree_math.node_width(case["n_leaves"])
    top = tree_math.root(width)
    expect(width, case["n_nodes"], "n_nodes")
    expect(len(case["left"]), width, "the length of left")
    expect(top, case["root"], "root")

    def relation(compute: Callable[[int], int], exists: Callable[[int], bool]) -> list[int | None]:
        return [compute(node) if exists(node) else None for node in range(width)]

    expect(relation(tree_math.left, lambda node: tree_math.level(node) > 0), case["left"], "left")
    expect(relation(tree_math.right, lambda node: tree_math.level(node) > 0), case["right"], "right")
    expect(relation(tree_math.parent, lambda node: node != top), case["parent"], "parent")
    expect(relation(tree_math.sibling, lambda node: node != top), case["sibling"], "sibling")
