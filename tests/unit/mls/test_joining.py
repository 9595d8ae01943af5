"""Welcomes that a dishonest member might send: everything in them is checked before it is believed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from tests.unit.mls.party import ENGINE, Party, bundle, flip
from volly_browser.mls.errors import (
    InvalidCommit,
    InvalidConfirmationTag,
    InvalidExtensions,
    InvalidSignature,
    InvalidTree,
    InvalidWelcome,
    MissingPsk,
    MlsError,
    NotForUs,
)
from volly_browser.mls.extensions import Extension, ExtensionType
from volly_browser.mls.group import Group
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.messages import MLSMessage, to_message
from volly_browser.mls.proposals import Add, ExternalPsk, PreSharedKeyID, ResumptionPsk, ResumptionUsage
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.tree_hashes import ParentNode
from volly_browser.mls.welcome import OpenedWelcome, PathSecret, Welcome, open_welcome, seal_welcome


class Scene(NamedTuple):
    """An honest welcome, opened, ready to be changed."""

    party: Party
    newcomer: KeyPackageBundle
    opened: OpenedWelcome

    @property
    def info(self) -> GroupInfo:
        return self.opened.group_info

    @property
    def tree(self) -> RatchetTree:
        suite = self.newcomer.suite
        return RatchetTree.decode(suite, self.extension.extension_data)

    @property
    def extension(self) -> Extension:
        return next(item for item in self.info.extensions if item.extension_type == ExtensionType.RATCHET_TREE)

    def with_tree(self, tree: RatchetTree) -> GroupInfo:
        """The group info with another tree, and its right hash."""
        context = replace(self.info.group_context, tree_hash=tree.tree_hash())
        return replace(self.info, group_context=context, extensions=(Extension(2, tree.encode()),))

    async def join(self, info: GroupInfo, signer: SignatureKeyPair | None = None, **secrets: Any) -> Group:  # noqa: ANN401
        """Join by a welcome that has this group info, signed anew, and these changes of the group secrets."""
        party, bundle = self.party, self.newcomer
        key = signer or party[0]._current.signature_key
        [signature] = await ENGINE.run([info.signing(bundle.suite, key.private_key)])
        group_secrets = replace(self.opened.group_secrets, **secrets)
        newcomers = [(bundle.key_package, group_secrets)]
        welcome = await seal_welcome(ENGINE, self.opened.member_secret, info.signed(signature), newcomers)
        return await Group.join(ENGINE, to_message(welcome), bundle, settings=party.settings)


async def scene() -> Scene:
    party = await Party.of(5)
    await party.commit(3)
    return await open_scene(party, with_path=True)


async def scene_without_path() -> Scene:
    return await open_scene(await Party.of(1), with_path=False)


async def open_scene(party: Party, with_path: bool) -> Scene:
    newcomer = await bundle("new")
    pending = await party[0].commit([Add(newcomer.key_package)], with_path=with_path)
    assert pending.welcome is not None
    welcome = MLSMessage.decode(pending.welcome).body
    assert isinstance(welcome, Welcome)
    return Scene(party, newcomer, await open_welcome(ENGINE, welcome, [newcomer], ()))


async def test_the_honest_welcome_is_accepted() -> None:
    welcome = await scene()
    assert (await welcome.join(welcome.info)).epoch == 3


INFO_CHANGES: dict[str, tuple[Callable[[GroupInfo], GroupInfo], type[MlsError]]] = {
    "another tag": (lambda info: replace(info, confirmation_tag=bytes(32)), InvalidConfirmationTag),
    "a blank signer": (lambda info: replace(info, signer=7), InvalidSignature),
    "a signer beyond the tree": (lambda info: replace(info, signer=1000), InvalidSignature),
    "another signer": (lambda info: replace(info, signer=1), InvalidSignature),
    "no tree": (lambda info: replace(info, extensions=()), InvalidTree),
    "an extension twice": (lambda info: replace(info, extensions=info.extensions * 2), InvalidExtensions),
    "another suite": (
        lambda info: replace(info, group_context=replace(info.group_context, cipher_suite=0x004E)),
        InvalidWelcome,
    ),
    "another group id": (
        lambda info: replace(info, group_context=replace(info.group_context, group_id=b"another")),
        InvalidSignature,  # of the leaves that were signed within the group
    ),
    "another epoch": (
        lambda info: replace(info, group_context=replace(info.group_context, epoch=9)),
        InvalidConfirmationTag,
    ),
    "another tree hash": (
        lambda info: replace(info, group_context=replace(info.group_context, tree_hash=bytes(32))),
        InvalidTree,
    ),
    "extensions that we do not know": (
        lambda info: replace(info, group_context=replace(info.group_context, extensions=(Extension(0xF00D, b""),))),
        InvalidExtensions,
    ),
}


@pytest.mark.parametrize("change", INFO_CHANGES)
async def test_a_changed_group_info_is_refused_even_with_a_right_signature(change: str) -> None:
    welcome = await scene()
    alter, error = INFO_CHANGES[change]
    with pytest.raises(error):
        await welcome.join(alter(welcome.info))


async def test_a_group_info_that_no_member_signed_is_refused() -> None:
    welcome = await scene()
    with pytest.raises(InvalidSignature):
        await welcome.join(welcome.info, signer=welcome.newcomer.signature_key)


async def test_a_tree_given_beside_the_welcome_is_used() -> None:
    party = await Party.of(2)
    newcomer = await bundle("new")
    pending = await party[0].commit([Add(newcomer.key_package)])
    assert pending.welcome is not None
    party[0].merge(pending)
    encoded = party[0]._current.tree.encode()
    joined = await Group.join(ENGINE, pending.welcome, newcomer, ratchet_tree=encoded, settings=party.settings)
    assert joined.epoch_authenticator == party[0].epoch_authenticator


async def test_a_leaf_that_its_owner_did_not_sign_is_refused() -> None:
    welcome = await scene_without_path()
    tree = welcome.tree
    leaf = tree.leaf(0)
    assert leaf is not None
    tree[0] = replace(leaf, signature=flip(leaf.signature, 0))
    with pytest.raises(InvalidSignature):
        await welcome.join(welcome.with_tree(tree))


async def test_a_tree_without_us_is_refused() -> None:
    welcome = await scene()
    tree = welcome.tree
    tree.remove(5)
    with pytest.raises(InvalidWelcome, match="does not have us"):
        await welcome.join(welcome.with_tree(tree))


async def test_a_parent_node_that_nobody_vouches_for_is_refused() -> None:
    welcome = await scene()
    tree = welcome.tree
    tree[1] = ParentNode(bytes(31) + b"\1", b"", ())
    with pytest.raises(InvalidTree, match="parent-hash"):
        await welcome.join(welcome.with_tree(tree))


async def test_a_path_secret_that_does_not_fit_the_tree_is_refused() -> None:
    welcome = await scene()
    with pytest.raises(InvalidCommit):
        await welcome.join(welcome.info, path_secret=PathSecret(bytes(32)))


async def test_a_path_secret_for_a_blank_node_is_refused() -> None:
    welcome = await scene_without_path()
    assert (await welcome.join(welcome.info)).epoch == 1
    with pytest.raises(InvalidWelcome, match="blank"):
        await welcome.join(welcome.info, path_secret=PathSecret(bytes(32)))


async def test_a_group_info_that_claims_to_be_ours_is_refused() -> None:
    welcome = await scene()
    with pytest.raises(InvalidWelcome, match="our own key"):
        await welcome.join(replace(welcome.info, signer=5), signer=welcome.newcomer.signature_key)


async def test_a_joiner_secret_of_another_epoch_is_refused() -> None:
    welcome = await scene()
    with pytest.raises(InvalidWelcome):
        await welcome.join(welcome.info, joiner_secret=bytes(32))


async def test_pre_shared_keys_must_be_there_and_named_rightly() -> None:
    welcome = await scene()
    external = PreSharedKeyID(ExternalPsk(b"id"), bytes(32))
    branch = PreSharedKeyID(ResumptionPsk(ResumptionUsage.BRANCH, b"g", 1), bytes(32))
    with pytest.raises(MissingPsk):
        await welcome.join(welcome.info, psks=(external,))
    with pytest.raises(InvalidWelcome):
        await welcome.join(welcome.info, psks=(external, external))
    with pytest.raises(InvalidWelcome, match="section 11"):
        await welcome.join(welcome.info, psks=(branch,))


async def test_a_welcome_for_another_suite_is_not_for_us() -> None:
    party = await Party.of(1)
    newcomer = await bundle("new")
    pending = await party[0].commit([Add(newcomer.key_package)])
    assert pending.welcome is not None
    welcome = MLSMessage.decode(pending.welcome).body
    assert isinstance(welcome, Welcome)
    with pytest.raises(NotForUs):
        await Group.join(ENGINE, to_message(replace(welcome, cipher_suite=0x004E)), newcomer)
    changed = replace(welcome, encrypted_group_info=flip(welcome.encrypted_group_info, 0))
    with pytest.raises(InvalidWelcome):
        await Group.join(ENGINE, to_message(changed), newcomer)
