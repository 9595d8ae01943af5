"""Excess that a hostile member or inviter can send: what it costs stays in proportion to what was sent.

The limits in seconds are far above what is needed, and far below what these took when they grew with the square.
"""

import os
from dataclasses import replace

import pytest

from tests.unit.bounds import at_most_bytes, at_most_seconds
from tests.unit.mls.party import ENGINE, Party, bundle, flip
from tests.unit.mls.test_joining import scene
from tests.unit.mls.test_receiving import forge, refuses
from volly_browser.mls import tree_math
from volly_browser.mls.capabilities import Capabilities
from volly_browser.mls.codec import DecodeError
from volly_browser.mls.commit import Commit
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.epoch import Epoch
from volly_browser.mls.errors import (
    InvalidCommit,
    InvalidProposal,
    InvalidSignature,
    InvalidTree,
    InvalidWelcome,
    MlsError,
    UndecryptableMessage,
    UnknownProposal,
)
from volly_browser.mls.extensions import Extension, ExtensionType, RequiredCapabilities
from volly_browser.mls.group import Group
from volly_browser.mls.leaf_node import CommitSource, LeafNode, LeafNodeSource, UpdateSource
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.limits import Limits
from volly_browser.mls.proposals import (
    MAX_PSKS,
    Add,
    ExternalPsk,
    PreSharedKey,
    PreSharedKeyID,
    ProposalOrRef,
    ProposalRef,
    Remove,
)
from volly_browser.mls.ratchet_tree import RATCHET_TREE, RatchetTree
from volly_browser.mls.secret_tree import MAX_FORWARD
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CLASSICAL
from volly_browser.mls.tree_hashes import Node, ParentNode
from volly_browser.mls.tree_validation import check_parent_hashes, check_unmerged_leaves

LEAVES = 1 << 15
"""As many of the smallest leaves fill half a megabyte."""

MANY = 10_000
"""Proposals of one commit."""


def small_leaf(source: LeafNodeSource) -> LeafNode:
    return LeafNode(b"", b"", BasicCredential(b""), Capabilities((), (), (), (), ()), source, (), b"")


PLAIN = small_leaf(UpdateSource())


def wide_tree(left: LeafNode = PLAIN) -> RatchetTree:
    """A tree with all its leaves, those of the left half as given, and without parents but the root."""
    nodes: list[Node | None] = [None] * (2 * LEAVES - 1)
    nodes[::2] = [*[left] * (LEAVES // 2), *[PLAIN] * (LEAVES // 2)]
    nodes[LEAVES - 1] = ParentNode(b"", b"", ())
    return RatchetTree(CLASSICAL, nodes)


def test_a_tree_whose_leaves_are_unmerged_everywhere_is_checked_in_time() -> None:
    tree = wide_tree()
    for node in range(1, tree.width, 2):
        if tree_math.level(node) > 12:
            tree[node] = ParentNode(b"", b"", tuple(tree_math.leaves_below(node)))
    with at_most_seconds(3):
        check_unmerged_leaves(tree)


def test_a_tree_whose_leaves_all_vouch_for_the_root_is_refused_in_time() -> None:
    plain = wide_tree()
    tree = wide_tree(small_leaf(CommitSource(plain.parent_hash(plain.root, tree_math.right(plain.root)))))
    with at_most_seconds(0.5), pytest.raises(InvalidTree, match="parent-hash"):
        check_parent_hashes(tree)


def test_a_tree_of_hardly_anything_but_blanks_takes_little_time_and_memory() -> None:
    encoded = RATCHET_TREE.encode((*[None] * 20_000, PLAIN))
    with at_most_bytes(5_000_000):
        RatchetTree.decode(CLASSICAL, encoded, Limits(members=20_000)).tree_hash()
    with at_most_bytes(100_000), pytest.raises(DecodeError, match="limit"):
        RatchetTree.decode(CLASSICAL, encoded)


def test_requirements_that_repeat_themselves_are_read_once_for_all_members() -> None:
    required = RequiredCapabilities((1,) * 20_000, (), ()).encode()
    rules = LeafRules(CLASSICAL, (Extension(ExtensionType.REQUIRED_CAPABILITIES, required),), Settings())
    capabilities = Capabilities((1,), (CLASSICAL.id,), (), (), (1,))
    leaf = replace(PLAIN, encryption_key=bytes(32), signature_key=bytes(32), capabilities=capabilities)
    with at_most_seconds(1):
        for _ in range(1000):
            rules.check_leaf(leaf)


async def many_adds(count: int) -> tuple[Add, ...]:
    """Newcomers with keys of their own, whose signatures are all wrong."""
    package = (await bundle("new")).key_package
    leaves = [
        replace(package.leaf_node, encryption_key=os.urandom(32), signature_key=os.urandom(32)) for _ in range(count)
    ]
    return tuple(Add(replace(package, init_key=os.urandom(32), leaf_node=leaf)) for leaf in leaves)


def psk(number: int) -> PreSharedKey:
    return PreSharedKey(PreSharedKeyID(ExternalPsk(b"id"), number.to_bytes(32, "big")))


EXCESS: dict[str, tuple[tuple[ProposalOrRef, ...], type[MlsError]]] = {
    "references": (tuple(ProposalRef(number.to_bytes(2, "big")) for number in range(MANY)), UnknownProposal),
    "removes": (tuple(Remove(number) for number in range(MANY)), InvalidCommit),
    "keys": (tuple(psk(number) for number in range(MAX_PSKS + 1)), InvalidProposal),
}

NO_LIMITS = Limits(members=1 << 15, proposals=1 << 20)
"""Of an application that wants to have it so."""


@pytest.mark.parametrize("kind", EXCESS)
async def test_a_commit_of_very_many_proposals_is_refused_in_time(kind: str) -> None:
    alice, bob = (await Party.of(2)).members
    proposals, error = EXCESS[kind]
    message = await forge(alice, Commit(proposals, None))
    with at_most_seconds(2):
        await refuses(bob, message, InvalidCommit)
    bob.settings = replace(bob.settings, limits=NO_LIMITS)
    with at_most_seconds(5):
        await refuses(bob, message, error)


async def test_a_commit_that_adds_very_many_is_refused_in_time() -> None:
    alice, bob = (await Party.of(2)).members
    message = await forge(alice, Commit(await many_adds(1000), None))
    with at_most_seconds(2):
        await refuses(bob, message, InvalidCommit)
    bob.settings = replace(bob.settings, limits=NO_LIMITS)
    with at_most_seconds(5):
        await refuses(bob, message, InvalidSignature)


async def test_all_proposals_that_may_wait_are_committed_in_time() -> None:
    alice, bob = (await Party.of(2)).members
    for number in range(400):
        await bob.process(await forge(alice, psk(number)))
    with at_most_seconds(3), pytest.raises(MlsError):
        await bob.commit()


async def test_a_message_that_claims_to_be_far_ahead_costs_a_bounded_number_of_hashes() -> None:
    alice, bob = (await Party.of(2)).members
    for _ in range(MAX_FORWARD + 1):
        message = await alice.encrypt(b"x")
    with at_most_seconds(5):
        for _ in range(10):
            await refuses(bob, flip(message, -1), UndecryptableMessage)


async def test_a_welcome_with_more_keys_than_can_be_counted_is_refused() -> None:
    opened = await scene()
    with pytest.raises(InvalidWelcome, match="pre-shared keys"):
        await opened.join(opened.info, psks=tuple(psk(number).psk for number in range(MAX_PSKS + 1)))


async def test_a_group_whose_epochs_are_used_up_is_not_joined() -> None:
    """The founder of a group can start at any epoch; after the last one no member could commit any more."""
    party = await Party.of(1)
    epoch, newcomer = party[0]._current, await bundle("new")
    party[0]._epoch = Epoch.begin(
        epoch.tree,
        replace(epoch.context, epoch=2**64 - 2),
        epoch.secrets,
        own_leaf_index=0,
        private_keys=epoch.private_keys,
        signature_key=epoch.signature_key,
    )
    pending = await party[0].commit([Add(newcomer.key_package)])
    assert pending.welcome is not None
    with pytest.raises(InvalidWelcome, match="epochs"):
        await Group.join(ENGINE, pending.welcome, newcomer, settings=party.settings)
