"""What must hold for the members of an epoch, whatever has happened before."""

from collections.abc import Sequence

from tests.unit.mls.party import ENGINE
from volly_browser.crypto.engine import DerivePublicKey
from volly_browser.mls import tree_math
from volly_browser.mls.group import Group
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.tree_validation import check_tree


def views(member: Group) -> tuple[object, ...]:
    """What all members see in the same way."""
    epoch = member._current
    return (
        member.epoch,
        epoch.context,
        epoch.tree.tree_hash(),
        epoch.tree.encode(),
        member.epoch_authenticator,
        member.export("label", b"context", 40),
        member.resumption_psk,
        epoch.interim_transcript_hash,
        epoch.confirmation_tag,
        [(other.leaf_index, other.identity, other.signature_key) for other in member.members()],
    )


async def check_agreement(members: Sequence[Group]) -> None:
    """All members see the same, the tree is valid, and each knows the private keys that it should and no others."""
    first = views(members[0])
    assert all(views(member) == first for member in members[1:])
    tree = members[0]._current.tree
    check_tree(tree)
    assert RatchetTree.decode(tree.suite, tree.encode()).tree_hash() == tree.tree_hash()
    assert sorted(member.own_leaf_index for member in members) == [index for index, _ in tree.leaves()]
    for member in members:
        await _check_private_keys(member)


async def _check_private_keys(member: Group) -> None:
    """Those of its leaf, and of every node above it that is neither blank nor has it as unmerged (section 4.1.2)."""
    epoch, leaf_index = member._current, member.own_leaf_index
    known = {2 * leaf_index}
    for node in tree_math.direct_path(2 * leaf_index, epoch.tree.width):
        parent = epoch.tree.parent(node)
        if parent is not None and leaf_index not in parent.unmerged_leaves:
            known.add(node)
    assert set(epoch.private_keys) == known
    algorithm = epoch.suite.kem.algorithm
    derived = await ENGINE.run([DerivePublicKey(algorithm, key) for key in epoch.private_keys.values()])
    expected = [epoch.tree[node] for node in epoch.private_keys]
    assert derived == [node.encryption_key if node else b"" for node in expected]
    [signature_key] = await ENGINE.run([DerivePublicKey(epoch.suite.signature, epoch.signature_key.private_key)])
    leaf = epoch.tree.leaf(leaf_index)
    assert leaf is not None
    assert leaf.signature_key == signature_key == epoch.signature_key.public_key
