"""Hostile input of any shape to a group: refused with an error that says so, and without a trace.

Strangers send any bytes.  Members and inviters can do more: what they send is signed, sealed and tagged as it should
be, and wrong only inside.  See `tests/unit/fuzzing/examples.py` for long runs.
"""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fuzzing.alterations import altered
from tests.unit.fuzzing.examples import examples
from tests.unit.fuzzing.mutations import mutated
from tests.unit.fuzzing.structs import values
from tests.unit.mls.party import ENGINE, Party, bundle, data_of, twin
from tests.unit.mls.stage import (
    GENERATION,
    REUSE_GUARD,
    Stage,
    package_signed_again,
    seal_by_hand,
    set_up,
    signed_again,
    takes,
)
from tests.unit.mls.test_receiving import forge
from volly_browser.crypto.engine import run_one
from volly_browser.errors import RemoteError
from volly_browser.mls import commit_creation
from volly_browser.mls.codec import codec_for
from volly_browser.mls.commit import Commit
from volly_browser.mls.errors import InvalidCommit, UnusableKey
from volly_browser.mls.events import Member
from volly_browser.mls.extensions import Extension, ExtensionType, find_extension
from volly_browser.mls.framing import (
    CONTENT_OF_TYPE,
    Content,
    ContentType,
    MemberSender,
    Sender,
    content_type_of,
)
from volly_browser.mls.group import ExternalJoin, Group, LeafRenewal
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.judgement import CommitSummary
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.messages import to_message
from volly_browser.mls.private_message import SenderData
from volly_browser.mls.proposals import Add
from volly_browser.mls.ratchet_tree import RATCHET_TREE, RatchetTree
from volly_browser.mls.secret_tree import MAX_FORWARD
from volly_browser.mls.suites import CLASSICAL, POST_QUANTUM
from volly_browser.mls.tree_hashes import Node
from volly_browser.mls.tree_validation import check_tree


@pytest.fixture(scope="module")
def stage() -> Stage:
    return set_up()


@examples(60)
@given(data=st.data())
async def test_a_stranger_gets_nothing_in_and_keeps_nothing_out(stage: Stage, data: st.DataObject) -> None:
    message, victim = data.draw(mutated(stage.messages) | st.binary(max_size=100)), stage.victim
    if await takes(victim, message):
        assert message in stage.messages
    else:
        await stage.goes_on(victim)


async def drawn_content(stage: Stage, data: st.DataObject) -> Content:
    """A proposal or a commit that is wrong anywhere, often with right signatures inside."""
    content = data.draw(altered(data.draw(st.sampled_from(stage.contents)), times=data.draw(st.integers(0, 2))))
    return await signed_again(stage, content) if data.draw(st.integers(0, 3)) else content


@examples(60)
@given(data=st.data())
async def test_a_member_that_says_anything_changes_nothing_but_by_the_rules(stage: Stage, data: st.DataObject) -> None:
    content = await drawn_content(stage, data)
    sender = data.draw(st.just(MemberSender(0)) | st.just(MemberSender(0)) | values(Sender))
    key = data.draw(st.sampled_from([None, None, stage.outsider, stage.newcomer.signature_key]))
    victim = stage.victim
    accepted = await takes(victim, await forge(stage.attacker, content, sender, key))
    assert not accepted or not isinstance(content, Commit)
    await stage.goes_on(victim)


@examples(40)
@given(data=st.data())
async def test_a_member_that_seals_anything_changes_nothing(stage: Stage, data: st.DataObject) -> None:
    content = await drawn_content(stage, data)
    content_type = data.draw(st.sampled_from([content_type_of(content), *ContentType]))
    encoded = codec_for(CONTENT_OF_TYPE[content_type_of(content)]).encode(content)
    sender = SenderData(0, GENERATION, REUSE_GUARD)
    sender_data = data.draw(st.just(sender.encode()) | altered(sender).map(SenderData.encode) | st.binary(max_size=20))
    victim = stage.victim
    message = await seal_by_hand(stage.attacker, content_type, data.draw(mutated([encoded])), sender_data)
    assert not await takes(victim, message)
    await stage.goes_on(victim)


def altered_info(data: st.DataObject, info: GroupInfo) -> GroupInfo:
    """A group info that is wrong anywhere, its tree included, but has the hash of that tree and a right signature."""
    if data.draw(st.booleans()):
        return data.draw(altered(info, times=data.draw(st.integers(0, 2))))
    honest = find_extension(info.extensions, ExtensionType.RATCHET_TREE)
    assert honest is not None
    encoded, tree_hash = data.draw(drawn_trees(honest)), bytes(32)
    with contextlib.suppress(RemoteError):
        tree_hash = RatchetTree.decode(CLASSICAL, encoded).tree_hash()
    others = tuple(item for item in info.extensions if item.extension_type != ExtensionType.RATCHET_TREE)
    return replace(
        info,
        extensions=(*others, Extension(ExtensionType.RATCHET_TREE, encoded)),
        group_context=replace(info.group_context, tree_hash=tree_hash),
    )


@st.composite
def drawn_trees(draw: st.DrawFn, honest: bytes) -> bytes:
    """The encoding of a tree with one node altered, or of no tree."""
    nodes = list(RATCHET_TREE.decode(honest))
    at = draw(st.integers(0, len(nodes) - 1))
    node = nodes[at]
    match draw(st.integers(0, 6)):
        case 0:
            return draw(mutated([honest]))
        case 6:
            nodes += [*[None] * draw(st.integers(0, 9) | st.sampled_from([400, 520, 2000])), nodes[0]]
        case 1:
            nodes[at] = nodes[draw(st.integers(0, len(nodes) - 1))]
        case 2:
            nodes[at] = draw(values(Node | None))
        case _ if node is not None:
            nodes[at] = draw(altered(node))
    return RATCHET_TREE.encode(tuple(nodes))


@examples(60)
@given(data=st.data())
def test_a_tree_of_any_shape_is_refused_or_whole(stage: Stage, data: st.DataObject) -> None:
    honest = stage.party[0]._current.tree.encode()
    try:
        tree = RatchetTree.decode(CLASSICAL, data.draw(drawn_trees(honest)))
        check_tree(tree)
    except RemoteError:
        return
    again = RatchetTree.decode(CLASSICAL, tree.encode())
    assert again.tree_hash() == tree.tree_hash()
    assert {node // 2 for node in tree.resolution(tree.root) if node % 2 == 0} <= {index for index, _ in tree.leaves()}


@examples(60)
@given(data=st.data())
async def test_an_inviter_that_describes_anything_is_refused(stage: Stage, data: st.DataObject) -> None:
    scene = stage.welcome
    info = altered_info(data, scene.info)
    secrets = data.draw(altered(scene.opened.group_secrets, times=data.draw(st.integers(0, 1))))
    same = info == scene.info and secrets == scene.opened.group_secrets
    fields = {name: getattr(secrets, name) for name in ("joiner_secret", "path_secret", "psks")}
    try:
        group = await scene.join(info, **fields)
    except RemoteError:
        assert not same
    else:
        assert group.epoch_authenticator


@examples(60)
@given(data=st.data())
async def test_a_member_that_renews_itself_into_anything_is_refused_or_agrees_with_all(
    stage: Stage, data: st.DataObject
) -> None:
    """The leaf of its path is what it likes, and all signatures are right."""
    attacker, victim, third = stage.attacker, stage.victim, twin(stage.party[4])
    leaf = attacker._current.tree.leaf(0)
    assert leaf is not None
    keys = [stage.newcomer.signature_key, victim._current.signature_key, attacker._current.signature_key]
    key = data.draw(st.sampled_from(keys))
    wanted = data.draw(altered(replace(leaf, signature_key=key.public_key), times=data.draw(st.integers(0, 2))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commit_creation, "_check_renewed", lambda *_: None)
        patch.setattr(LeafRenewal, "renewed", lambda *_: wanted)
        try:
            pending = await attacker.commit(renewal=LeafRenewal(key, b""), public=data.draw(st.booleans()))
        except RemoteError:
            return
    accepted = await takes(victim, pending.commit)
    assert accepted == await takes(third, pending.commit)
    if accepted:
        attacker.merge(pending)
        assert len({member.epoch_authenticator for member in (attacker, victim, third)}) == 1
        assert [member for member in victim.members() if member.leaf_index == 0] == [Member.at(0, wanted)]
        await victim.process(await attacker.encrypt(b"with the new key"))
    else:
        await stage.goes_on(victim)


@examples(60)
@given(data=st.data())
async def test_what_the_application_refuses_leaves_no_trace(stage: Stage, data: st.DataObject) -> None:
    asked: list[CommitSummary] = []

    def judge(commit: CommitSummary) -> None:
        asked.append(commit)
        if data.draw(st.booleans()):
            raise InvalidCommit("not in this room")

    victim = stage.victim
    victim.settings = replace(victim.settings, judge=judge)
    message = data.draw(st.sampled_from(stage.messages) if data.draw(st.integers(0, 3)) else mutated(stage.messages))
    if await takes(victim, message):
        return
    assert not asked or message in stage.messages
    victim.settings = stage.party.settings
    await stage.goes_on(victim)


@examples(40)
@given(data=st.data())
async def test_claims_of_any_generation_and_sender_leave_the_keys_as_they_were(
    stage: Stage, data: st.DataObject
) -> None:
    attacker, victim = stage.attacker, stage.victim
    generations = st.integers(0, 2 * MAX_FORWARD) | st.integers(0, 0xFFFFFFFF)
    honest = [await attacker.encrypt(bytes([number])) for number in range(3)]
    for _ in range(data.draw(st.integers(1, 5))):
        claim = SenderData(data.draw(st.integers(0, 6)), data.draw(generations), REUSE_GUARD)
        message = await seal_by_hand(attacker, ContentType.APPLICATION, b"", claim.encode())
        assert not await takes(victim, message)
    for number in data.draw(st.permutations(range(3))):
        assert data_of(await victim.process(honest[number])) == bytes([number])


@examples(30)
@given(data=st.data())
async def test_whatever_key_of_a_newcomer_is_taken_can_be_encrypted_to_by_all(data: st.DataObject) -> None:
    """ML-KEM keys of the right length, which are mostly none."""
    alice, bob = (await Party.of(2, POST_QUANTUM)).members
    made = await bundle("new", POST_QUANTUM)
    key, changes = bytearray(made.key_package.leaf_node.encryption_key), data.draw(st.binary(max_size=12))
    at = data.draw(st.integers(0, len(key) - len(changes)))
    key[at : at + len(changes)] = changes
    leaf = replace(made.key_package.leaf_node, encryption_key=bytes(key))
    package = await package_signed_again(replace(made.key_package, leaf_node=leaf), made)
    try:
        pending = await alice.commit([Add(package)])
    except UnusableKey:
        return
    await bob.process(pending.commit)
    alice.merge(pending)
    await alice.process((await bob.commit()).commit)


@examples(40)
@given(data=st.data())
async def test_a_member_that_joins_from_outside_trusts_no_group_info(stage: Stage, data: st.DataObject) -> None:
    attacker = stage.party[0]
    info = altered_info(data, stage.info)
    key = attacker._current.signature_key.private_key
    message = to_message(info.signed(await run_one(ENGINE, info.signing(CLASSICAL, key))))
    join = ExternalJoin(stage.newcomer, data.draw(st.none() | st.integers(0, 9)))
    try:
        group, commit = await Group.join_external(ENGINE, message, join, settings=stage.party.settings)
    except RemoteError:
        assert info != stage.info or join.removed is not None
    else:
        assert commit
        assert await group.encrypt(b"hello")


@examples(60)
@given(data=st.data())
async def test_a_key_package_that_says_anything_is_refused_or_can_be_added(stage: Stage, data: st.DataObject) -> None:
    package = data.draw(altered(stage.newcomer.key_package, times=data.draw(st.integers(0, 2))))
    if data.draw(st.booleans()):
        package = await package_signed_again(package, stage.newcomer)
    message = data.draw(mutated([package.message])) if not data.draw(st.integers(0, 3)) else package.message
    host = stage.attacker
    try:
        pending = await host.commit([Add(KeyPackage.from_message(message))])
    except RemoteError:
        assert message != stage.newcomer.message
        return
    host.merge(pending)
    guest = twin(stage.party[4])
    await guest.process(pending.commit)
    assert guest.epoch_authenticator == host.epoch_authenticator
