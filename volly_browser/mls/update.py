"""Update proposals (RFC 9420, section 12.1.2): a new leaf for ourselves, which another member commits."""

from dataclasses import replace

from volly_browser.crypto.engine import Engine
from volly_browser.mls.epoch import Epoch
from volly_browser.mls.leaf_node import LeafPosition, UpdateSource, sign_leaf_node
from volly_browser.mls.proposals import Update


async def make_update(engine: Engine, epoch: Epoch) -> tuple[Update, bytes]:
    """Make the proposal, and the private key of the new leaf; two awaits."""
    leaf = epoch.tree.leaf(epoch.own_leaf_index)
    assert leaf is not None  # a member has a leaf
    pair = await epoch.suite.kem.generate_key_pair(engine)
    leaf = replace(leaf, encryption_key=pair.public_key, source=UpdateSource())
    position = LeafPosition(epoch.context.group_id, epoch.own_leaf_index)
    return Update(await sign_leaf_node(engine, epoch.suite, leaf, epoch.signature_key.private_key, position)), (
        pair.private_key
    )
