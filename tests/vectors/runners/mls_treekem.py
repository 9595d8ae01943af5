"""treekem.json."""

from dataclasses import replace

from tests.vectors.runners.common import Case, Mismatch, expect, unhex, within
from tests.vectors.runners.shapes import HEX, UINT16, UINT32, UINT64, Array, OrNull, Record
from volly_browser.crypto.engine import DerivePublicKey, Engine, run_one
from volly_browser.mls import tree_math
from volly_browser.mls.commit import UpdatePath
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.labels import all_valid
from volly_browser.mls.leaf_node import LeafPosition, verify_leaf_node
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.suites import suite_for
from volly_browser.mls.treekem import (
    PrivateKeys,
    create_path,
    decrypt_path_secret,
    derive_path_keys,
    merge_path,
    node_secret,
)
from volly_browser.mls.versions import ProtocolVersion

PRIVATE = Record(
    index=UINT32,
    encryption_priv=HEX,
    signature_priv=HEX,
    path_secrets=Array(Record(node=UINT32, path_secret=HEX)),
)
PATH = Record(sender=UINT32, update_path=HEX, path_secrets=Array(OrNull(HEX)), commit_secret=HEX, tree_hash_after=HEX)
SHAPE = Record(
    cipher_suite=UINT16,
    group_id=HEX,
    epoch=UINT64,
    confirmed_transcript_hash=HEX,
    ratchet_tree=HEX,
    leaves_private=Array(PRIVATE),
    update_paths=Array(PATH),
)


class Group:
    """The state that all members of one case share, and each member's private keys."""

    def __init__(self, engine: Engine, case: Case) -> None:
        self.engine = engine
        self.suite = suite_for(case["cipher_suite"])
        encoded, self.group_id, transcript_hash = unhex(case, "ratchet_tree", "group_id", "confirmed_transcript_hash")
        with within("ratchet_tree"):
            self.tree = RatchetTree.decode(self.suite, encoded)
            expect(self.tree.encode(), encoded, "its encoding")
        self.context = GroupContext(
            ProtocolVersion.MLS10, self.suite.id, self.group_id, case["epoch"], b"", transcript_hash, ()
        )
        self.private_keys: dict[int, PrivateKeys] = {}
        self.signature_keys: dict[int, bytes] = {}

    async def add_member(self, entry: Case) -> None:
        """A member's private keys, which must be those of the tree."""
        encryption_key, signature_key = unhex(entry, "encryption_priv", "signature_priv")
        index, suite = entry["index"], self.suite
        leaf = self.tree.leaf(index) if 2 * index < self.tree.width else None
        if leaf is None:
            raise Mismatch("index: there is no such leaf")
        keys, above = {2 * index: encryption_key}, tree_math.direct_path(2 * index, self.tree.width)
        for item in entry["path_secrets"]:
            if item["node"] not in above:
                raise Mismatch(f"path_secrets: node {item['node']} is not above the leaf")
            secret = bytes.fromhex(item["path_secret"])
            keys[item["node"]] = suite.kem.derive_private_key(node_secret(suite, secret))
        for node, private_key in keys.items():
            public_key = await run_one(self.engine, DerivePublicKey(suite.kem.algorithm, private_key))
            value = self.tree[node]
            expect(value and value.encryption_key, public_key, f"the public key of node {node}")
        public_key = await run_one(self.engine, DerivePublicKey(suite.signature, signature_key))
        expect(leaf.signature_key, public_key, "the public key of signature_priv")
        self.private_keys[index], self.signature_keys[index] = keys, signature_key

    async def process(self, receiver: int, sender: int, update_path: UpdatePath) -> tuple[bytes, bytes, bytes]:
        """Receive a path; gives the path secret, the commit secret and the tree hash."""
        tree = self.tree.copy()
        merge_path(tree, sender, update_path)
        nodes, path_secret = await decrypt_path_secret(
            self.engine,
            tree,
            self.private_keys[receiver],
            own_leaf_index=receiver,
            sender=sender,
            update_path=update_path,
            context=replace(self.context, tree_hash=tree.tree_hash()),
        )
        keys = await derive_path_keys(self.engine, tree, nodes, path_secret)
        return path_secret, keys.commit_secret, tree.tree_hash()


async def run(engine: Engine, case: Case) -> None:
    """Process the paths of others, then make one of our own for each and process that."""
    group = Group(engine, case)
    for number, entry in enumerate(case["leaves_private"]):
        with within(f"leaves_private[{number}]"):
            await group.add_member(entry)
    members = [index for index, _ in group.tree.leaves()]
    expect([entry["index"] for entry in case["leaves_private"]], members, "the members of leaves_private")
    for number, entry in enumerate(case["update_paths"]):
        with within(f"update_paths[{number}]"):
            expect(entry["sender"] in group.private_keys, True, "sender: whether it is a member")
            await _run_theirs(group, entry)
            await _run_ours(group, entry["sender"])


async def _run_theirs(group: Group, entry: Case) -> None:
    sender = entry["sender"]
    encoded = bytes.fromhex(entry["update_path"])
    with within("update_path"):
        update_path = UpdatePath.decode(encoded)
        expect(update_path.encode(), encoded, "its encoding")
        position = LeafPosition(group.group_id, sender)
        valid = await all_valid(group.engine, [verify_leaf_node(group.suite, update_path.leaf_node, position)])
        expect(valid, True, "the validity of the leaf's signature")
    receivers = [index for index, path_secret in enumerate(entry["path_secrets"]) if path_secret is not None]
    expect(receivers, [index for index in group.private_keys if index != sender], "the receivers in path_secrets")
    commit_secret, tree_hash = unhex(entry, "commit_secret", "tree_hash_after")
    for receiver in receivers:
        with within(f"update_path for leaf {receiver}"):
            processed = await group.process(receiver, sender, update_path)
        expected = bytes.fromhex(entry["path_secrets"][receiver]), commit_secret, tree_hash
        names = f"path_secrets[{receiver}]", f"commit_secret of leaf {receiver}", f"tree_hash_after of leaf {receiver}"
        for value, right, name in zip(processed, expected, names, strict=True):
            expect(value, right, name)


async def _run_ours(group: Group, sender: int) -> None:
    tree = group.tree.copy()
    leaf = tree.leaf(sender)
    assert leaf is not None
    created = await create_path(
        group.engine,
        tree,
        leaf,
        group.signature_keys[sender],
        position=LeafPosition(group.group_id, sender),
        context=group.context,
    )
    for receiver in group.private_keys:
        if receiver != sender:
            _, commit_secret, tree_hash = await group.process(receiver, sender, created.update_path)
            expect(commit_secret, created.keys.commit_secret, f"our commit secret for leaf {receiver}")
            expect(tree_hash, tree.tree_hash(), f"our tree hash for leaf {receiver}")
