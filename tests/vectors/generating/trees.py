"""Vectors of ratchet trees, and of the paths with which members refresh them."""

from tests.vectors.generating.party import SeededEngine
from tests.vectors.runners.common import Case
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.leaf_node import LeafPosition
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.tree_math import contains, direct_path
from volly_browser.mls.treekem import CreatedPath, create_path
from volly_browser.mls.versions import ProtocolVersion


class Tree:
    """A ratchet tree whose private keys are all known.

    Attributes:
        tree: the public part.
        encryption_keys, signature_keys: the private keys of each leaf.
        path_secrets: of each parent node.
    """

    def __init__(self, engine: SeededEngine, suite: CipherSuite) -> None:
        self.engine = engine
        self.group_id, self.transcript_hash = engine.random(16), engine.random(suite.hash_length)
        self.tree = RatchetTree(suite, [])
        self.encryption_keys: dict[int, bytes] = {}
        self.signature_keys: dict[int, bytes] = {}
        self.path_secrets: dict[int, bytes] = {}

    @property
    def context(self) -> GroupContext:
        """The context of every path; its tree hash is filled in when the path is made."""
        suite = self.tree.suite
        return GroupContext(ProtocolVersion.MLS10, suite.id, self.group_id, 5, b"", self.transcript_hash, ())

    async def grow(self, count: int) -> None:
        """Add leaves, each of which makes a path when it has come, as in `get_tree` of the format's description."""
        for _ in range(count):
            await self.commit(await self.add())

    async def add(self) -> int:
        """Add a leaf, which is unmerged above."""
        suite = self.tree.suite
        bundle = await KeyPackageBundle.generate(self.engine, suite, b"member", now=self.engine.now)
        leaf = bundle.key_package.leaf_node
        if self.tree.width:
            index = self.tree.add(leaf)
        else:
            index, self.tree = 0, RatchetTree(suite, [leaf])
        self.encryption_keys[index] = bundle.encryption_private_key
        self.signature_keys[index] = bundle.signature_key.private_key
        return index

    def remove(self, index: int) -> None:
        """Remove a leaf and blank what is above it."""
        self.tree.remove(index)
        del self.encryption_keys[index], self.signature_keys[index]
        self.path_secrets = {
            node: secret for node, secret in self.path_secrets.items() if not contains(node, 2 * index)
        }

    async def commit(self, index: int) -> None:
        """Make a path, and keep it."""
        created = await self.path(index, self.tree)
        above = direct_path(2 * index, self.tree.width)
        kept = {node: secret for node, secret in self.path_secrets.items() if node not in above}
        self.path_secrets = kept | created.path_secrets
        self.encryption_keys[index] = created.keys.private_keys[2 * index]

    async def path(self, index: int, tree: RatchetTree) -> CreatedPath:
        """A path of a leaf, put into `tree`."""
        leaf = tree.leaf(index)
        assert leaf is not None
        position = LeafPosition(self.group_id, index)
        key = self.signature_keys[index]
        return await create_path(self.engine, tree, leaf, key, position=position, context=self.context)

    def known_secrets(self, index: int) -> dict[int, bytes]:
        """The path secrets that a leaf knows."""
        known = {}
        for node in direct_path(2 * index, self.tree.width):
            parent = self.tree.parent(node)
            if parent is not None and index not in parent.unmerged_leaves:
                known[node] = self.path_secrets[node]
        return known


async def _full(engine: SeededEngine, suite: CipherSuite) -> Tree:
    tree = Tree(engine, suite)
    await tree.grow(2)
    return tree


async def _uneven(engine: SeededEngine, suite: CipherSuite) -> Tree:
    """Four leaves, one of them removed, and another in its place that is unmerged."""
    tree = Tree(engine, suite)
    await tree.grow(4)
    tree.remove(2)
    await tree.commit(0)
    await tree.add()
    return tree


async def tree_validation(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """A full tree and an uneven one."""
    return [_validation(await make(engine, suite)) for make in (_full, _uneven)]


def _validation(made: Tree) -> Case:
    nodes = range(made.tree.width)
    return {
        "cipher_suite": made.tree.suite.id,
        "tree": made.tree.encode().hex(),
        "group_id": made.group_id.hex(),
        "resolutions": [made.tree.resolution(node) for node in nodes],
        "tree_hashes": [made.tree.tree_hash(node).hex() for node in nodes],
    }


async def treekem(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """A full tree and an uneven one, with a path of every member."""
    return [await _treekem(await make(engine, suite)) for make in (_full, _uneven)]


async def _treekem(made: Tree) -> Case:
    return {
        "cipher_suite": made.tree.suite.id,
        "group_id": made.group_id.hex(),
        "epoch": made.context.epoch,
        "confirmed_transcript_hash": made.transcript_hash.hex(),
        "ratchet_tree": made.tree.encode().hex(),
        "leaves_private": [_private(made, index) for index, _ in made.tree.leaves()],
        "update_paths": [await _update_path(made, index) for index, _ in made.tree.leaves()],
    }


def _private(made: Tree, index: int) -> Case:
    return {
        "index": index,
        "encryption_priv": made.encryption_keys[index].hex(),
        "signature_priv": made.signature_keys[index].hex(),
        "path_secrets": [
            {"node": node, "path_secret": secret.hex()} for node, secret in made.known_secrets(index).items()
        ],
    }


async def _update_path(made: Tree, sender: int) -> Case:
    tree = made.tree.copy()
    steps = made.tree.filtered_direct_path(sender)
    created = await made.path(sender, tree)
    sent: list[str | None] = [None] * (tree.width // 2 + 1)
    for index, _ in made.tree.leaves():
        for step in steps:
            if contains(step.copath, 2 * index):
                sent[index] = created.path_secrets[step.node].hex()
    return {
        "sender": sender,
        "update_path": created.update_path.encode().hex(),
        "path_secrets": sent,
        "commit_secret": created.keys.commit_secret.hex(),
        "tree_hash_after": tree.tree_hash().hex(),
    }
