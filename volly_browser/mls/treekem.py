"""TreeKEM: renews the keys on a member's path, and lets the others learn them (RFC 9420, sections 7.4 to 7.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from volly_browser.crypto.engine import DecryptionFailed, Engine, InvalidKey
from volly_browser.mls import tree_math
from volly_browser.mls.commit import UpdatePath, UpdatePathNode
from volly_browser.mls.errors import InvalidCommit, InvalidTree, UnusableKey
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.labels import decrypt_with_label, encrypt_with_label
from volly_browser.mls.leaf_node import CommitSource, LeafNode, LeafPosition, sign_leaf_node
from volly_browser.mls.ratchet_tree import NO_LEAVES, PathNode, RatchetTree
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.tree_validation import author_of
from volly_browser.mls.usable_keys import find_unusable

UPDATE_PATH_LABEL = b"UpdatePathNode"

PrivateKeys = Mapping[int, bytes]
"""The private key of every node that a member knows, by node index."""


@dataclass(frozen=True, slots=True)
class PathKeys:
    """What follows from path secrets (section 7.4): a private key for each node, and the commit secret."""

    private_keys: dict[int, bytes] = field(repr=False)
    commit_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CreatedPath:
    """A committer's new path: what it sends, and what it keeps until the commit is accepted.

    Attributes:
        update_path: for the commit.
        keys: of the new leaf and of the nodes above it.
        path_secrets: of each node of the filtered direct path, for newcomers.
    """

    update_path: UpdatePath
    keys: PathKeys
    path_secrets: dict[int, bytes] = field(repr=False)


def next_path_secret(suite: CipherSuite, path_secret: bytes) -> bytes:
    """path_secret[n+1] (section 7.4); after the last one comes the commit secret."""
    return suite.derive_secret(path_secret, b"path")


def node_secret(suite: CipherSuite, path_secret: bytes) -> bytes:
    """node_secret[n] (section 7.4), from which the key pair of the node is derived."""
    return suite.derive_secret(path_secret, b"node")


def path_secrets_upwards(suite: CipherSuite, first: bytes, count: int) -> tuple[list[bytes], bytes]:
    """`count` path secrets of which the first is given, and the commit secret after them."""
    secrets = []
    for _ in range(count):
        secrets.append(first)
        first = next_path_secret(suite, first)
    return secrets, first


async def create_path(
    engine: Engine,
    tree: RatchetTree,
    leaf: LeafNode,
    signature_private_key: bytes,
    *,
    position: LeafPosition,
    context: GroupContext,
    added: frozenset[int] = NO_LEAVES,
) -> CreatedPath:
    """Refresh the path of a leaf in `tree`, and encrypt its secrets to all others (section 7.5).

    Args:
        engine: computes keys, the signature and the ciphertexts: four awaits in total.
        tree: the tree with the proposals applied; it gets the new path.
        leaf: the committer's leaf; its encryption key, source and signature are replaced.
        signature_private_key: of the committer.
        position: of the leaf.
        context: the provisional group context; its tree hash is filled in here.
        added: leaves that this commit adds, which learn their secrets from the welcome.

    Raises:
        UnusableKey: a member's key cannot be encrypted to.
    """
    suite = tree.suite
    path = tree.filtered_direct_path(position.leaf_index)
    secrets, commit_secret = path_secrets_upwards(suite, engine.random(suite.hash_length), len(path))
    ikms = [engine.random(suite.kem.private_key_length), *(node_secret(suite, secret) for secret in secrets)]
    leaf_pair, *pairs = await suite.kem.derive_key_pairs(engine, ikms)
    parent_hash = tree.merge_path(position.leaf_index, path, [pair.public_key for pair in pairs])
    leaf = replace(leaf, encryption_key=leaf_pair.public_key, source=CommitSource(parent_hash))
    leaf = await sign_leaf_node(engine, suite, leaf, signature_private_key, position)
    tree[2 * position.leaf_index] = leaf
    nodes = await _encrypt_path(engine, tree, path, secrets, replace(context, tree_hash=tree.tree_hash()), added=added)
    private_keys = {step.node: pair.private_key for step, pair in zip(path, pairs, strict=True)}
    private_keys[2 * position.leaf_index] = leaf_pair.private_key
    path_secrets = {step.node: secret for step, secret in zip(path, secrets, strict=True)}
    return CreatedPath(UpdatePath(leaf, nodes), PathKeys(private_keys, commit_secret), path_secrets)


async def _encrypt_path(
    engine: Engine,
    tree: RatchetTree,
    path: Sequence[PathNode],
    secrets: Sequence[bytes],
    context: GroupContext,
    *,
    added: frozenset[int],
) -> tuple[UpdatePathNode, ...]:
    resolutions = [tree.resolution(step.copath, added) for step in path]
    recipients = [
        (_encryption_key(tree, node), secret)
        for resolution, secret in zip(resolutions, secrets, strict=True)
        for node in resolution
    ]
    try:
        sealed = await encrypt_with_label(engine, tree.suite, UPDATE_PATH_LABEL, context.encode(), recipients)
    except InvalidKey as error:
        nodes = [node for resolution in resolutions for node in resolution]
        raise await _unusable_key(engine, tree, nodes) from error
    ciphertexts = iter(sealed)
    return tuple(
        UpdatePathNode(_encryption_key(tree, step.node), tuple(next(ciphertexts) for _ in resolution))
        for step, resolution in zip(path, resolutions, strict=True)
    )


async def _unusable_key(engine: Engine, tree: RatchetTree, nodes: Sequence[int]) -> UnusableKey:
    """Find the owner of the key that cannot be encrypted to; as many awaits as there are nodes."""
    position = await find_unusable(engine, tree.suite, [_encryption_key(tree, node) for node in nodes])
    author = author_of(tree, nodes[position])
    leaf = tree.leaf(author)
    assert leaf is not None  # a node that is not blank has a member below
    return UnusableKey(leaf.signature_key, author)


def _encryption_key(tree: RatchetTree, index: int) -> bytes:
    node = tree[index]
    if node is None:
        raise InvalidTree(f"Node {index} is blank and has no key to encrypt to (RFC 9420, section 7.5).")
    return node.encryption_key


def merge_path(tree: RatchetTree, leaf_index: int, update_path: UpdatePath, added: frozenset[int] = NO_LEAVES) -> None:
    """Put a received update path into `tree` (section 7.5).

    Raises:
        InvalidCommit: the path does not fit the tree, or its parent hash is wrong.
    """
    path = tree.filtered_direct_path(leaf_index)
    if len(path) != len(update_path.nodes):
        raise InvalidCommit(
            f"The update path has {len(update_path.nodes)} nodes instead of {len(path)} (RFC 9420, section 7.5)."
        )
    for step, node in zip(path, update_path.nodes, strict=True):
        if len(node.encrypted_path_secret) != len(tree.resolution(step.copath, added)):
            raise InvalidCommit("The update path has too few or too many ciphertexts (RFC 9420, section 7.6).")
    parent_hash = tree.merge_path(leaf_index, path, [node.encryption_key for node in update_path.nodes])
    if update_path.leaf_node.source != CommitSource(parent_hash):
        raise InvalidCommit("The committer's leaf has a wrong parent hash (RFC 9420, section 7.9.2).")
    tree[2 * leaf_index] = update_path.leaf_node


async def decrypt_path(
    engine: Engine,
    tree: RatchetTree,
    private_keys: PrivateKeys,
    *,
    own_leaf_index: int,
    sender: int,
    update_path: UpdatePath,
    context: GroupContext,
    added: frozenset[int] = NO_LEAVES,
) -> PathKeys:
    """Learn the secrets of a path that was merged into `tree` (section 7.5); three awaits.

    The arguments are those of `decrypt_path_secret`.

    Raises:
        InvalidCommit: no path secret is encrypted to us, it does not open, or it leads to other public keys.
    """
    nodes, path_secret = await decrypt_path_secret(
        engine,
        tree,
        private_keys,
        own_leaf_index=own_leaf_index,
        sender=sender,
        update_path=update_path,
        context=context,
        added=added,
    )
    return await derive_path_keys(engine, tree, nodes, path_secret)


async def decrypt_path_secret(
    engine: Engine,
    tree: RatchetTree,
    private_keys: PrivateKeys,
    *,
    own_leaf_index: int,
    sender: int,
    update_path: UpdatePath,
    context: GroupContext,
    added: frozenset[int] = NO_LEAVES,
) -> tuple[list[int], bytes]:
    """Decrypt the path secret for us; return it with the nodes from its own up to the root; two awaits.

    Args:
        engine: decrypts and derives.
        tree: the tree after `merge_path`.
        private_keys: what we knew before the commit.
        own_leaf_index: ours.
        sender: the committer's leaf index.
        update_path: the committer's.
        context: the provisional group context, with the hash of `tree`.
        added: leaves that the commit adds.

    Raises:
        InvalidCommit: no path secret is encrypted to us, or it does not open.
    """
    suite = tree.suite
    path = tree.filtered_direct_path(sender)
    position = next(at for at, step in enumerate(path) if tree_math.contains(step.copath, 2 * own_leaf_index))
    resolution = tree.resolution(path[position].copath, added)
    ours = next((at for at, node in enumerate(resolution) if node in private_keys), None)
    if ours is None:
        raise InvalidCommit("The update path has no secret for this member (RFC 9420, section 7.5).")
    try:
        path_secret = await decrypt_with_label(
            engine,
            suite,
            private_keys[resolution[ours]],
            label=UPDATE_PATH_LABEL,
            context=context.encode(),
            sealed=update_path.nodes[position].encrypted_path_secret[ours],
        )
    except (DecryptionFailed, InvalidKey) as error:
        raise InvalidCommit("The path secret for this member does not open (RFC 9420, section 7.6).") from error
    return [step.node for step in path[position:]], path_secret


async def derive_path_keys(engine: Engine, tree: RatchetTree, nodes: Sequence[int], path_secret: bytes) -> PathKeys:
    """Derive the private keys of `nodes`, the first of which has this path secret (sections 7.5, 12.4.3.1); one await.

    Raises:
        InvalidCommit: the tree has other public keys than those that belong to the private keys.
    """
    suite = tree.suite
    secrets, commit_secret = path_secrets_upwards(suite, path_secret, len(nodes))
    pairs = await suite.kem.derive_key_pairs(engine, [node_secret(suite, secret) for secret in secrets])
    if any(_encryption_key(tree, node) != pair.public_key for node, pair in zip(nodes, pairs, strict=True)):
        raise InvalidCommit("A path secret leads to another public key than the tree has (RFC 9420, section 7.5).")
    return PathKeys({node: pair.private_key for node, pair in zip(nodes, pairs, strict=True)}, commit_secret)


def still_valid(private_keys: PrivateKeys, before: RatchetTree, after: RatchetTree) -> dict[int, bytes]:
    """Return the private keys whose nodes have the same public key in both trees; the others are to be forgotten."""

    def unchanged(node: int) -> bool:
        old = before[node]
        new = after[node] if node < after.width else None
        return old is not None and new is not None and old.encryption_key == new.encryption_key

    return {node: key for node, key in private_keys.items() if unchanged(node)}
