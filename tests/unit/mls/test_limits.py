"""What is too large is refused by its size alone, wherever it stands, before anything is hashed or verified."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.bounds import at_most_seconds
from tests.unit.mls.party import ENGINE, NOW, Clock, Party, bundle
from tests.unit.mls.stage import package_signed_again
from tests.unit.mls.test_joining import scene
from tests.unit.mls.test_receiving import forge, state_of
from volly_browser.errors import RemoteError
from volly_browser.mls.codec import DecodeError, opaque
from volly_browser.mls.commit import Commit
from volly_browser.mls.credentials import BasicCredential, Certificate, X509Credential
from volly_browser.mls.errors import InvalidCommit, InvalidExtensions, InvalidLeafNode, InvalidProposal, InvalidTree
from volly_browser.mls.extensions import GREASE_VALUES, Extension, ExtensionType, Place, check_extensions
from volly_browser.mls.group import ExternalJoin, Group, LeafRenewal
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.limits import DEFAULT_LIMITS, Limits
from volly_browser.mls.proposals import Add, GroupContextExtensions, Proposal, Remove
from volly_browser.mls.ratchet_tree import RATCHET_TREE, RatchetTree
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CLASSICAL, CipherSuite

UNKNOWN = Extension(0xF00D, b"")


def settings(**limits: Any) -> Settings:  # noqa: ANN401
    return Settings(clock=Clock(), limits=Limits(**limits))


# Trees


async def one_leaf() -> LeafNode:
    return (await bundle()).key_package.leaf_node


async def test_a_tree_of_66_kilobytes_of_blanks_costs_nothing() -> None:
    """As attackers sent it: a leaf, 65,533 blanks, a leaf."""
    leaf = RatchetTree(CLASSICAL, [await one_leaf()]).encode()[2:]
    body = leaf + bytes(65_533) + leaf
    with at_most_seconds(0.1), pytest.raises(DecodeError, match="511"):
        RatchetTree.decode(CLASSICAL, opaque(body))


async def test_a_tree_is_as_wide_as_the_members_that_a_group_may_have_need() -> None:
    leaf = await one_leaf()
    for members, leaves in ((1, 1), (2, 2), (3, 4), (4, 4), (5, 8)):
        limits = Limits(members=members)
        widest = (*[None] * (2 * leaves - 2), leaf)
        assert RatchetTree.decode(CLASSICAL, RATCHET_TREE.encode(widest), limits).width == 2 * leaves - 1
        for width in (2 * leaves, 2 * leaves + 1):
            with pytest.raises(DecodeError, match="limit"):
                RatchetTree.decode(CLASSICAL, RATCHET_TREE.encode((*[None] * (width - 1), leaf)), limits)


async def test_a_tree_has_no_more_members_than_a_group_may_have() -> None:
    leaf = await one_leaf()
    for count in (3, 4):
        encoded = RATCHET_TREE.encode((leaf, *[None, leaf] * (count - 1)))
        if count == 3:
            assert RatchetTree.decode(CLASSICAL, encoded, Limits(members=3)).width == 7
        else:
            with pytest.raises(InvalidTree, match="members"):
                RatchetTree.decode(CLASSICAL, encoded, Limits(members=3))


async def test_a_group_grows_to_its_limit_and_not_beyond() -> None:
    party = await Party.of(4, settings=settings(members=4))
    more = await bundle("one too many")
    with pytest.raises(InvalidProposal, match="5 members"):
        await party[0].commit([Add(more.key_package)])
    generous = settings()
    party[1].settings = generous
    adding = await party[1].commit([Add(more.key_package)])
    with pytest.raises(InvalidProposal, match="5 members"):
        await party[2].process(adding.commit)
    assert adding.welcome is not None
    with pytest.raises(RemoteError, match="limit"):
        await Group.join(ENGINE, adding.welcome, more, settings=party.settings)
    _, joining = await Group.join_external(ENGINE, await party[1].group_info(), ExternalJoin(more), settings=generous)
    with pytest.raises(InvalidProposal, match="5 members"):
        await party[2].process(joining)
    party[1].settings = party.settings
    await party.commit(0, [Add(more.key_package), Remove(3)])


async def test_a_member_that_comes_back_takes_no_more_room() -> None:
    party = await Party.of(4, settings=settings(members=4))
    join = ExternalJoin(await bundle("member 3"), removed=3)
    _, commit = await Group.join_external(ENGINE, await party[0].group_info(), join, settings=party.settings)
    await party[1].process(commit)


# Extensions


def test_each_extension_has_its_place() -> None:
    at_home = {
        ExtensionType.APPLICATION_ID: {Place.LEAF_NODE},
        ExtensionType.RATCHET_TREE: {Place.GROUP_INFO},
        ExtensionType.REQUIRED_CAPABILITIES: {Place.GROUP_CONTEXT},
        ExtensionType.EXTERNAL_PUB: {Place.GROUP_INFO},
        ExtensionType.EXTERNAL_SENDERS: {Place.GROUP_CONTEXT},
        GREASE_VALUES[3]: {Place.KEY_PACKAGE, Place.LEAF_NODE, Place.GROUP_INFO},
        UNKNOWN.extension_type: set(),
    }
    for extension_type, places in at_home.items():
        for place in Place:
            if place in places:
                check_extensions([Extension(extension_type, b"")], place, DEFAULT_LIMITS)
            else:
                with pytest.raises(InvalidExtensions, match="not known here"):
                    check_extensions([Extension(extension_type, b"")], place, DEFAULT_LIMITS)


def test_an_application_can_have_extensions_of_its_own() -> None:
    for place in Place:
        check_extensions([UNKNOWN], place, Limits(known_extensions=frozenset({UNKNOWN.extension_type})))


def test_extensions_are_few_and_short() -> None:
    limits, place = Limits(extensions=3, extension_bytes=100), Place.GROUP_INFO
    check_extensions([Extension(value, bytes(100)) for value in GREASE_VALUES[:3]], place, limits)
    check_extensions([Extension(ExtensionType.RATCHET_TREE, bytes(10_000))], place, limits)
    with pytest.raises(InvalidExtensions, match="4 extensions"):
        check_extensions([Extension(value, b"") for value in GREASE_VALUES[:4]], place, limits)
    with pytest.raises(InvalidExtensions, match="101 bytes"):
        check_extensions([Extension(GREASE_VALUES[0], bytes(101))], place, limits)


async def test_a_group_with_extensions_that_are_not_known_is_neither_made_nor_joined_nor_changed_into() -> None:
    with pytest.raises(InvalidExtensions):
        await Group.create(ENGINE, CLASSICAL, b"a group", await bundle(), extensions=(UNKNOWN,))
    opened = await scene()

    def with_unknown(info: GroupInfo) -> GroupInfo:
        return replace(info, extensions=(*info.extensions, UNKNOWN))

    with pytest.raises(InvalidExtensions):
        await opened.join(with_unknown(opened.info))
    alice, bob = (await Party.of(2)).members
    for proposal in (GroupContextExtensions((UNKNOWN,)), GroupContextExtensions((Extension(5, bytes(9000)),))):
        with pytest.raises(InvalidExtensions):
            await alice.commit([proposal])
        with pytest.raises(InvalidExtensions):
            await bob.process(await forge(alice, proposal))
        with pytest.raises(RemoteError):
            await bob.process(await forge(alice, Commit((proposal,), None)))


# Leaves and key packages

OVERSIZED: dict[str, Callable[[LeafNode], LeafNode]] = {
    "many suites": lambda leaf: with_capabilities(leaf, cipher_suites=range(100)),
    "many versions": lambda leaf: with_capabilities(leaf, versions=range(100)),
    "many extensions": lambda leaf: with_capabilities(leaf, extensions=range(100)),
    "many proposals": lambda leaf: with_capabilities(leaf, proposals=range(100)),
    "many credentials": lambda leaf: with_capabilities(leaf, credentials=range(100)),
    "a long identity": lambda leaf: replace(leaf, credential=BasicCredential(bytes(20_000))),
    "long certificates": lambda leaf: replace(leaf, credential=X509Credential((Certificate(bytes(9000)),) * 2)),
    "an unknown extension": lambda leaf: replace(
        with_capabilities(leaf, extensions=(UNKNOWN.extension_type,)), extensions=(UNKNOWN,)
    ),
    "a long extension": lambda leaf: replace(leaf, extensions=(Extension(1, bytes(9000)),)),
}


def with_capabilities(leaf: LeafNode, **lists: Sequence[int]) -> LeafNode:
    capabilities = leaf.capabilities
    longer = {name: (*getattr(capabilities, name), *values) for name, values in lists.items()}
    return replace(leaf, capabilities=replace(capabilities, **longer))


@pytest.mark.parametrize("kind", OVERSIZED)
async def test_an_oversized_leaf_comes_in_nowhere(kind: str) -> None:
    change, made, party = OVERSIZED[kind], await bundle("big"), await Party.of(2)
    package = await package_signed_again(replace(made.key_package, leaf_node=change(made.key_package.leaf_node)), made)
    trusting = replace(party.settings, authenticate=lambda leaf: True)
    with pytest.raises((InvalidLeafNode, InvalidExtensions)):
        LeafRules(CLASSICAL, (), trusting).check_key_package(package)
    for member in party.members:
        member.settings = trusting
    with pytest.raises((InvalidLeafNode, InvalidExtensions)):
        await party[1].process(await forge(party[0], Add(package)))
    founder = await Group.create(ENGINE, CLASSICAL, b"a trap", replace(made, key_package=package), settings=trusting)
    with pytest.raises((InvalidLeafNode, InvalidExtensions)):
        await Group.join_external(
            ENGINE, await founder.group_info(), ExternalJoin(await bundle("new")), settings=trusting
        )


async def test_a_renewal_that_is_too_long_for_the_others_is_not_committed() -> None:
    alice = (await Party.of(2))[0]
    key = await SignatureKeyPair.generate(ENGINE, CLASSICAL)
    with pytest.raises(InvalidLeafNode, match="credential"):
        await alice.commit(renewal=LeafRenewal(key, bytes(20_000)))
    await alice.commit(renewal=LeafRenewal(key, bytes(16_000)))


async def test_a_key_package_with_extensions_that_are_not_known_is_refused() -> None:
    made = await bundle()
    rules = LeafRules(CLASSICAL, (), Settings(clock=lambda: NOW))
    with pytest.raises(InvalidExtensions):
        rules.check_key_package(replace(made.key_package, extensions=(UNKNOWN,)))


# Commits


async def test_a_commit_has_no_more_proposals_than_the_limit() -> None:
    party = await Party.of(5)
    for member in party.members:
        member.settings = settings(proposals=3)
    removes: list[Proposal] = [Remove(number) for number in (1, 2, 3, 4)]
    with pytest.raises(InvalidProposal, match="4 proposals"):
        await party[0].commit(removes)
    before = state_of(party[1])
    with pytest.raises(InvalidCommit, match="4 proposals"):
        await party[1].process(await forge(party[0], Commit(tuple(removes), None)))
    assert state_of(party[1]) == before
    await party.commit(0, removes[1:])


# Depth


def test_the_deepest_tree_is_far_from_the_end_of_the_stack() -> None:
    tree = RatchetTree(CLASSICAL, [None] * Limits(members=1 << 15).tree_width)
    suite: CipherSuite = tree.suite
    with at_most_seconds(5):
        assert len(tree.tree_hash()) == suite.hash_length
        assert tree.resolution(tree.root) == []
