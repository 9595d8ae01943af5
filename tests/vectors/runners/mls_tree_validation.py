"""tree-validation.json."""

from tests.vectors.runners.common import Case, expect, unhex, within
from tests.vectors.runners.shapes import HEX, UINT16, UINT32, Array, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.labels import all_valid
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.suites import suite_for
from volly_browser.mls.tree_validation import check_tree, leaf_verifications

SHAPE = Record(cipher_suite=UINT16, tree=HEX, group_id=HEX, resolutions=Array(Array(UINT32)), tree_hashes=Array(HEX))


async def run(engine: Engine, case: Case) -> None:
    """Resolutions, tree hashes, parent hashes and leaf signatures."""
    encoded, group_id = unhex(case, "tree", "group_id")
    with within("tree"):
        tree = RatchetTree.decode(suite_for(case["cipher_suite"]), encoded)
        expect(tree.encode(), encoded, "its encoding")
    nodes = range(tree.width)
    expect([tree.resolution(node) for node in nodes], case["resolutions"], "resolutions")
    expect([tree.tree_hash(node).hex() for node in nodes], case["tree_hashes"], "tree_hashes")
    with within("tree"):
        check_tree(tree)
        expect(
            await all_valid(engine, leaf_verifications(tree, group_id)), True, "the validity of the leaves' signatures"
        )
