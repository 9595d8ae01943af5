"""Keys of the right length that are none: refused when they arrive, or blamed on their author if found later."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.unit.mls.party import ENGINE, Party, bundle
from tests.unit.mls.stage import package_signed_again
from tests.unit.mls.test_receiving import forge
from volly_browser.crypto.engine import Engine
from volly_browser.mls import commit_processing, joining, proposal_list
from volly_browser.mls.commit import Commit
from volly_browser.mls.errors import InvalidCommit, InvalidTree, InvalidWelcome, MlsError, UnusableKey
from volly_browser.mls.extensions import Extension, ExtensionType, ExternalPub
from volly_browser.mls.group import ExternalJoin, Group
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.leaf_node import LeafPosition, UpdateSource, sign_leaf_node
from volly_browser.mls.messages import MLSMessage, to_message
from volly_browser.mls.proposals import Add, Remove, Update
from volly_browser.mls.suites import CLASSICAL, HYBRID, POST_QUANTUM, CipherSuite
from volly_browser.mls.tree_validation import author_of
from volly_browser.mls.usable_keys import find_unusable

NO_KEYS = {
    "X25519, all zero": (CLASSICAL, bytes(32)),
    "X25519, a point of small order": (CLASSICAL, b"\1" + bytes(31)),
    "ML-KEM, numbers too large": (POST_QUANTUM, b"\xff" * 1184),
    "ML-KEM, one number too large": (POST_QUANTUM, b"\x01\x0d" + bytes(1182)),
    "X-Wing, numbers too large": (HYBRID, b"\xff" * 1216),
    "X-Wing, a right half and one of zeros": (HYBRID, bytes(1216)),
}

each_no_key = pytest.mark.parametrize(("suite", "no_key"), NO_KEYS.values(), ids=NO_KEYS)


async def crooked(
    suite: CipherSuite, *, encryption_key: bytes | None = None, init_key: bytes | None = None
) -> KeyPackageBundle:
    """The key package of a newcomer, signed, with a key that is none."""
    made = await bundle("mallory", suite)
    package = made.key_package
    leaf = replace(package.leaf_node, encryption_key=encryption_key or package.leaf_node.encryption_key)
    package = replace(package, leaf_node=leaf, init_key=init_key or package.init_key)
    return replace(made, key_package=await package_signed_again(package, made))


def careless(monkeypatch: pytest.MonkeyPatch, *modules: object) -> None:
    """Let members take keys untried."""

    async def try_nothing(engine: Engine, suite: CipherSuite, keys: Sequence[bytes]) -> None:
        """Believe."""

    for module in modules:
        monkeypatch.setattr(module, "try_keys", try_nothing)


@each_no_key
@pytest.mark.parametrize("part", ["encryption_key", "init_key"])
async def test_a_newcomer_to_whom_nobody_can_encrypt_is_named_and_not_added(
    suite: CipherSuite, no_key: bytes, part: str
) -> None:
    alice, bob = (await Party.of(2, suite)).members
    good, bad = await bundle("good", suite), await crooked(suite, **{part: no_key})
    with pytest.raises(UnusableKey) as caught:
        await alice.commit([Add(good.key_package), Add(bad.key_package)])
    assert caught.value.signature_key == bad.signature_key.public_key
    assert caught.value.leaf_index is None
    with pytest.raises(UnusableKey):
        await bob.process(await alice.propose(Add(bad.key_package)))
    await bob.commit()


@each_no_key
async def test_a_member_does_not_get_a_key_that_is_none_into_the_tree(
    suite: CipherSuite, no_key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = await Party.of(3, suite)
    alice, bob = party[0], party[1]
    bad = await crooked(suite, encryption_key=no_key)
    with monkeypatch.context() as patch:
        careless(patch, proposal_list)
        adding = await alice.commit([Add(bad.key_package)])
    with pytest.raises(InvalidCommit, match="malformed"):
        await bob.process(adding.commit)
    leaf = bob._current.tree.leaf(0)
    assert leaf is not None
    leaf = replace(leaf, encryption_key=no_key, source=UpdateSource())
    position = LeafPosition(alice.group_id, 0)
    leaf = await sign_leaf_node(ENGINE, suite, leaf, alice._current.signature_key.private_key, position)
    with pytest.raises(UnusableKey) as caught:
        await bob.process(await forge(alice, Update(leaf)))
    assert caught.value.leaf_index == 0
    honest = await party[2].commit()
    await bob.process(honest.commit)


@each_no_key
async def test_a_path_of_keys_that_are_none_is_refused(
    suite: CipherSuite, no_key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = (await Party.of(2, suite)).members
    good = await alice.commit(public=True)
    content = MLSMessage.decode(good.commit).body.content.content
    assert isinstance(content, Commit)
    assert content.path is not None
    [node] = content.path.nodes
    bad = replace(content, path=replace(content.path, nodes=(replace(node, encryption_key=no_key),)))
    with pytest.raises(InvalidCommit):
        await bob.process(await forge(alice, bad))


@each_no_key
async def test_a_tree_with_a_key_that_is_none_is_not_joined(
    suite: CipherSuite, no_key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, newcomer = await crooked(suite, encryption_key=no_key), await bundle("new", suite)
    founder = await Group.create(ENGINE, suite, b"a trap", bad, settings=(await Party.of(1)).settings)
    pending = await founder.commit([Add(newcomer.key_package)], with_path=False)
    assert pending.welcome is not None
    with pytest.raises(InvalidTree, match="encrypt"):
        await Group.join(ENGINE, pending.welcome, newcomer, settings=founder.settings)
    with pytest.raises(InvalidTree, match="encrypt"):
        await Group.join_external(ENGINE, await founder.group_info(), ExternalJoin(newcomer), settings=founder.settings)


@each_no_key
async def test_a_member_with_a_key_that_is_none_is_named_and_can_be_removed(
    suite: CipherSuite, no_key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = await Party.of(2, suite)
    with monkeypatch.context() as patch:
        careless(patch, proposal_list, commit_processing, joining)
        bad = await crooked(suite, encryption_key=no_key)
        await party.commit(0, [Add(bad.key_package)])
    for member in party.members:
        with pytest.raises(UnusableKey, match="leaf 2") as caught:
            await member.commit()
        assert (caught.value.leaf_index, caught.value.signature_key) == (2, bad.signature_key.public_key)
        assert isinstance(caught.value, MlsError)
    await party.commit(1, [Remove(2)])
    await party.commit(0)


@each_no_key
async def test_a_group_info_with_a_key_for_newcomers_that_is_none_is_no_way_in(
    suite: CipherSuite, no_key: bytes
) -> None:
    founder, newcomer = (await Party.of(1, suite))[0], await bundle("new", suite)
    info = MLSMessage.decode(await founder.group_info()).body
    assert isinstance(info, GroupInfo)
    extension = Extension(ExtensionType.EXTERNAL_PUB, ExternalPub(no_key).encode())
    others = tuple(item for item in info.extensions if item.extension_type != ExtensionType.EXTERNAL_PUB)
    info = replace(info, extensions=(*others, extension))
    key = founder._current.signature_key.private_key
    [signature] = await ENGINE.run([info.signing(suite, key)])
    with pytest.raises(InvalidWelcome, match="encrypt"):
        await Group.join_external(
            ENGINE, to_message(info.signed(signature)), ExternalJoin(newcomer), settings=founder.settings
        )


async def test_the_author_of_a_key_of_the_tree_is_known_from_the_tree_alone() -> None:
    party, chance = await Party.of(9), random.Random(7)
    authors: dict[bytes, int] = {}

    def attribute(author: int) -> None:
        for index, parent in party[0]._current.tree.parents():
            assert author_of(party[0]._current.tree, index) == authors.setdefault(parent.encryption_key, author)

    attribute(0)
    for number in range(30):
        by = chance.randrange(len(party.members))
        author = party[by].own_leaf_index
        others = [member.own_leaf_index for member in party.members if member is not party[by]]
        await party.commit(by, [Remove(chance.choice(others))] if number % 10 == 9 else [])
        attribute(author)
        if number % 4 == 0:
            await party.add(await bundle(f"{number}"), by=by)
            attribute(author)
    assert len(authors) > 30


async def test_the_first_of_several_unusable_keys_is_found() -> None:
    keys = [made.public_key for made in [await CLASSICAL.kem.generate_key_pair(ENGINE) for _ in range(4)]]
    for position in range(4):
        bad = [*keys[:position], *[bytes(32)] * (4 - position)]
        assert await find_unusable(ENGINE, CLASSICAL, bad) == position
