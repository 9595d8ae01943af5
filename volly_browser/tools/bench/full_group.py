"""Groups of any size without the work of all their members: one program holds the keys of all.

In a full tree every member has committed once, so no node is blank.  If they committed one after the other, each would
process the commits of all others; here only the tree is made, by the steps that their commits would take in it.
"""

from collections.abc import Sequence
from dataclasses import replace

from volly_browser.crypto.engine import Engine
from volly_browser.mls.commit_creation import CommitRequest, PendingCommit, create_commit
from volly_browser.mls.epoch import Epoch, first_context
from volly_browser.mls.framing import ApplicationData
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.key_schedule import EpochSecrets
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.leaf_node import CommitSource, LeafPosition, sign_leaf_node
from volly_browser.mls.padding import bucket
from volly_browser.mls.proposal_list import ProposalList
from volly_browser.mls.proposal_store import by_value
from volly_browser.mls.proposals import Add
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.sending import frame, protect, sign_message
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.tree_math import direct_path
from volly_browser.mls.versions import WireFormat

GROUP_ID = b"a group to measure"


class FullGroup:
    """A group that can act as each of its members.

    Args:
        engine: computes.
        epoch: the current one, as any of the members sees it.
        private_keys: of every node that has one, by node index.
        signature_keys: of every member, by leaf index.
    """

    def __init__(
        self,
        engine: Engine,
        epoch: Epoch,
        private_keys: dict[int, bytes],
        signature_keys: dict[int, SignatureKeyPair],
    ) -> None:
        self._engine = engine
        self._epoch = epoch
        self._private_keys = private_keys
        self._signature_keys = signature_keys

    @classmethod
    async def of(cls, engine: Engine, suite: CipherSuite, count: int, *, blank: bool = False) -> "FullGroup":
        """Make a group of `count` members; if it is `blank`, only its leaves have keys, as before the first commit."""
        bundles = [await KeyPackageBundle.generate(engine, suite, f"member {n}".encode()) for n in range(count)]
        tree = RatchetTree(suite, [bundles[0].key_package.leaf_node])
        for bundle in bundles[1:]:
            tree.add(bundle.key_package.leaf_node)
        private_keys = {2 * leaf_index: bundle.encryption_private_key for leaf_index, bundle in enumerate(bundles)}
        if not blank:
            for leaf_index, bundle in enumerate(bundles):
                private_keys |= await _refresh(engine, tree, leaf_index, bundle.signature_key)
        epoch = Epoch.begin(
            tree,
            first_context(tree, GROUP_ID, ()),
            EpochSecrets.from_epoch_secret(suite, engine.random(suite.hash_length)),
            own_leaf_index=0,
            private_keys={},
            signature_key=bundles[0].signature_key,
        )
        return cls(engine, epoch, private_keys, {n: bundle.signature_key for n, bundle in enumerate(bundles)})

    async def commit(self, leaf_index: int, newcomers: Sequence[KeyPackage] = ()) -> PendingCommit:
        """Make a commit of this member that all others accept."""
        proposals = [Add(key_package) for key_package in newcomers]
        request = CommitRequest(
            proposals,
            ProposalList(tuple(by_value(proposals, leaf_index))),
            self._epoch.suite.zero,
            with_path=True,
            renewal=None,
            wire_format=WireFormat.PRIVATE_MESSAGE,
            authenticated_data=b"",
            padding=bucket,
        )
        pending, self._epoch = await create_commit(self._engine, self._as(leaf_index), Settings(), request)
        self._private_keys |= self._epoch.private_keys
        return pending

    async def send(self, leaf_index: int, data: bytes) -> bytes:
        """Seal a message of this member, as an encoded MLSMessage."""
        epoch = self._as(leaf_index)
        content = frame(epoch, ApplicationData(data), b"")
        message = await sign_message(self._engine, epoch, WireFormat.PRIVATE_MESSAGE, content)
        return await protect(self._engine, epoch, message, bucket)

    def _as(self, leaf_index: int) -> Epoch:
        """Return the current epoch as this member sees it."""
        nodes = [2 * leaf_index, *direct_path(2 * leaf_index, self._epoch.tree.width)]
        return replace(
            self._epoch,
            keys=replace(self._epoch.keys, own_leaf_index=leaf_index),
            private_keys={node: self._private_keys[node] for node in nodes if node in self._private_keys},
            signature_key=self._signature_keys[leaf_index],
        )


async def _refresh(
    engine: Engine, tree: RatchetTree, leaf_index: int, signature_key: SignatureKeyPair
) -> dict[int, bytes]:
    """Renew the keys on a leaf's direct path, as a commit of its member would; return the private ones."""
    suite, leaf = tree.suite, tree.leaf(leaf_index)
    assert leaf is not None  # no member has left
    path = tree.filtered_direct_path(leaf_index)
    ikms = [engine.random(suite.kem.private_key_length) for _ in range(len(path) + 1)]
    own, *above = await suite.kem.derive_key_pairs(engine, ikms)
    source = CommitSource(tree.merge_path(leaf_index, path, [pair.public_key for pair in above]))
    leaf = replace(leaf, encryption_key=own.public_key, source=source)
    position = LeafPosition(GROUP_ID, leaf_index)
    tree[2 * leaf_index] = await sign_leaf_node(engine, suite, leaf, signature_key.private_key, position)
    return {2 * leaf_index: own.private_key} | {
        step.node: pair.private_key for step, pair in zip(path, above, strict=True)
    }
