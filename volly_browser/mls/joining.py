"""Joining by a welcome (RFC 9420, section 12.4.3.1): trust nothing in it before the tree, signatures and tag agree."""

import asyncio
from collections.abc import Sequence
from hmac import compare_digest

from volly_browser.crypto.engine import Engine, InvalidKey
from volly_browser.mls.epoch import Epoch
from volly_browser.mls.errors import InvalidConfirmationTag, InvalidSignature, InvalidTree, InvalidWelcome
from volly_browser.mls.events import Member
from volly_browser.mls.extensions import ExtensionType, Place, check_extensions, find_extension
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.labels import all_valid
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.limits import DEFAULT_LIMITS, Limits
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.tree_math import common_ancestor, direct_path
from volly_browser.mls.tree_validation import check_tree, leaf_verifications
from volly_browser.mls.treekem import derive_path_keys
from volly_browser.mls.usable_keys import try_keys
from volly_browser.mls.welcome import OpenedWelcome, Welcome, open_welcome

MAX_EPOCH = (1 << 63) - 1
"""The last epoch in which a group is joined.  No honest group gets there, and at the end of uint64 none could go on."""


async def join_by_welcome(
    engine: Engine,
    welcome: Welcome,
    bundles: Sequence[KeyPackageBundle],
    settings: Settings,
    *,
    psks: Sequence[PskBundle],
    optional_psks: Sequence[PskBundle],
    ratchet_tree: bytes | None,
) -> Epoch:
    """Derive the epoch into which a welcome leads.

    Raises:
        NotForUs, InvalidWelcome, MissingPsk, DecodeError: see `open_welcome`.
        InvalidTree, InvalidLeafNode, InvalidExtensions: the tree breaks a rule, or is not there.
        InvalidSignature, InvalidConfirmationTag: the group info is not authentic.
        InvalidCommit: the path secret does not fit the tree.
    """
    opened = await open_welcome(engine, welcome, bundles, psks, optional_psks)
    suite, info = opened.bundle.suite, opened.group_info
    tree = decode_tree(suite, info, ratchet_tree, settings.limits)
    await verify_group_info(engine, info, tree, settings)
    own_leaf_index = _find_own_leaf(tree, opened.bundle.key_package.leaf_node)
    private_keys = await _private_keys(engine, tree, own_leaf_index, opened)
    secrets = opened.member_secret.epoch_secrets(info.group_context)
    tag = secrets.confirmation_tag(suite, info.group_context.confirmed_transcript_hash)
    if not compare_digest(tag, info.confirmation_tag):
        raise InvalidConfirmationTag("The confirmation tag of the group info is wrong (RFC 9420, section 12.4.3.1).")
    return Epoch.begin(
        tree,
        info.group_context,
        secrets,
        own_leaf_index=own_leaf_index,
        private_keys=private_keys,
        signature_key=opened.bundle.signature_key,
    )


def read_tree(
    suite: CipherSuite, info: GroupInfo, ratchet_tree: bytes | None, limits: Limits = DEFAULT_LIMITS
) -> RatchetTree:
    """Read the tree that a group info describes, from its extension or from elsewhere (section 12.4.3.3).

    Raises:
        InvalidWelcome: the group info is for another suite.
        InvalidTree: there is no tree, or it is not the described one.
        DecodeError: it is malformed.
    """
    tree = decode_tree(suite, info, ratchet_tree, limits)
    check_tree_hash(info, tree)
    return tree


def decode_tree(suite: CipherSuite, info: GroupInfo, ratchet_tree: bytes | None, limits: Limits) -> RatchetTree:
    """Decode the tree that comes with a group info, without checking that it is the described one.

    Raises:
        InvalidWelcome: the group info is for another suite.
        InvalidTree: there is no tree, or it is too large.
        DecodeError: it is malformed, or much too large.
    """
    if info.group_context.cipher_suite != suite.id:
        raise InvalidWelcome("The group has another cipher suite than the welcome (RFC 9420, section 12.4.3.1).")
    encoded = find_extension(info.extensions, ExtensionType.RATCHET_TREE) or ratchet_tree
    if encoded is None:
        raise InvalidTree("The ratchet tree is neither in the group info nor given otherwise (RFC 9420, 12.4.3.3).")
    return RatchetTree.decode(suite, encoded, limits)


def check_tree_hash(info: GroupInfo, tree: RatchetTree) -> None:
    """Check that the tree is the one that the group info describes.  Raises InvalidTree."""
    if tree.tree_hash() != info.group_context.tree_hash:
        raise InvalidTree("The ratchet tree is not that of the group (RFC 9420, section 12.4.3.1).")


async def verify_group_info(engine: Engine, info: GroupInfo, tree: RatchetTree, settings: Settings) -> None:
    """Check that the group info describes the tree and is signed by a member, and that the tree fulfils every rule.

    The engine is awaited twice.  Before each step that takes long in a large tree, other tasks have their turn.

    Raises:
        InvalidWelcome: the number of the epoch is one that no group reaches.
        InvalidTree, InvalidLeafNode, InvalidExtensions: the tree breaks a rule.
        InvalidSignature: of the group info or of a leaf.
        RemoteError: the application's judgement of the members.
    """
    check_extensions(info.extensions, Place.GROUP_INFO, settings.limits)
    check_extensions(info.group_context.extensions, Place.GROUP_CONTEXT, settings.limits)
    await asyncio.sleep(0)
    check_tree_hash(info, tree)
    if info.group_context.epoch > MAX_EPOCH:
        raise InvalidWelcome("The group has hardly any epochs left (RFC 9420, section 8.1).")
    signer = tree.leaf(info.signer)
    if signer is None:
        raise InvalidSignature("The group info is signed by no member (RFC 9420, section 12.4.3.1).")
    await asyncio.sleep(0)
    check_tree(tree)
    await asyncio.sleep(0)
    rules = LeafRules(tree.suite, info.group_context.extensions, settings)
    for _, leaf in tree.leaves():
        rules.check_leaf(leaf)
    rules.check_members(tree)
    verifications = leaf_verifications(tree, info.group_context.group_id)
    verifications += [check for _, leaf in tree.leaves() for check in settings.vouching(leaf)]
    if not await all_valid(engine, [info.verification(tree.suite, signer.signature_key), *verifications]):
        raise InvalidSignature("A signature in the welcome is wrong (RFC 9420, sections 7.3 and 12.4.3).")
    await _try_keys(engine, tree)
    settings.judge_members(tuple(Member.at(*item) for item in tree.leaves()))


async def _try_keys(engine: Engine, tree: RatchetTree) -> None:
    try:
        await try_keys(engine, tree.suite, tree.encryption_keys())
    except InvalidKey as error:
        raise InvalidTree("Nobody can encrypt to a key of the tree (RFC 9420, section 5.1.1).") from error


def _find_own_leaf(tree: RatchetTree, ours: LeafNode) -> int:
    own = next((leaf_index for leaf_index, leaf in tree.leaves() if leaf == ours), None)
    if own is None:
        raise InvalidWelcome("The group that we are welcomed to does not have us (RFC 9420, section 12.4.3.1).")
    return own


async def _private_keys(
    engine: Engine, tree: RatchetTree, own_leaf_index: int, opened: OpenedWelcome
) -> dict[int, bytes]:
    """Return the private key of our leaf, and those that the path secret gives us; one await."""
    own = {2 * own_leaf_index: opened.bundle.encryption_private_key}
    if opened.group_secrets.path_secret is None:
        return own
    if opened.group_info.signer == own_leaf_index:
        raise InvalidWelcome("The welcome is signed with our own key (RFC 9420, section 12.4.3.1).")
    lowest = common_ancestor(2 * own_leaf_index, 2 * opened.group_info.signer)
    nodes = [node for node in (lowest, *direct_path(lowest, tree.width)) if tree.parent(node)]
    if not nodes or nodes[0] != lowest:
        raise InvalidWelcome("The welcome has a path secret for a blank node (RFC 9420, section 12.4.3.1).")
    return (
        own | (await derive_path_keys(engine, tree, nodes, opened.group_secrets.path_secret.path_secret)).private_keys
    )
