"""Hostile messages: each is refused with an error of its own kind, and leaves the group as it was."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.mls.party import ENGINE, Party, bundle, data_of, flip
from volly_browser.crypto.engine import Operation
from volly_browser.crypto.native import NativeEngine
from volly_browser.errors import RemoteError, VollyError
from volly_browser.mls.codec import DecodeError
from volly_browser.mls.commit import Commit
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.errors import (
    InvalidCommit,
    InvalidConfirmationTag,
    InvalidExtensions,
    InvalidLeafNode,
    InvalidMembershipTag,
    InvalidProposal,
    InvalidSignature,
    MlsError,
    OwnMessage,
    TooFarAhead,
    UnexpectedMessage,
    UnknownProposal,
    UnknownSender,
)
from volly_browser.mls.events import ProposalReceived
from volly_browser.mls.extensions import Extension, ExtensionType, ExternalSender, ExternalSenders, RequiredCapabilities
from volly_browser.mls.framing import (
    ApplicationData,
    AuthenticatedContent,
    CommitAuthData,
    Content,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    NewMemberCommitSender,
    NewMemberProposalSender,
    OutsideSender,
    Sender,
    sign_content,
)
from volly_browser.mls.group import ExternalJoin, Group
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.leaf_node import CommitSource, LeafPosition, sign_leaf_node
from volly_browser.mls.messages import MLSMessage, to_message
from volly_browser.mls.padding import unpadded
from volly_browser.mls.private_message import protect_private
from volly_browser.mls.proposals import (
    Add,
    ExternalInit,
    ExternalPsk,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    ProposalRef,
    ReInit,
    Remove,
    Update,
)
from volly_browser.mls.public_message import PublicMessage, protect_public
from volly_browser.mls.secret_tree import MAX_FORWARD, RatchetType
from volly_browser.mls.suites import suite_for
from volly_browser.mls.versions import WireFormat

Result = TypeVar("Result")

PSK = PreSharedKey(PreSharedKeyID(ExternalPsk(b"a key"), bytes(32)))


async def forge(
    group: Group, content: Content, sender: Sender | None = None, signature_key: SignatureKeyPair | None = None
) -> bytes:
    """A public message with whatever content a member chooses, rightly signed and tagged."""
    epoch = group._current
    framed = FramedContent(
        epoch.context.group_id, epoch.context.epoch, sender or MemberSender(epoch.own_leaf_index), b"", content
    )
    signature = await sign_content(
        ENGINE,
        epoch.suite,
        (signature_key or epoch.signature_key).private_key,
        wire_format=WireFormat.PUBLIC_MESSAGE,
        content=framed,
        context=epoch.context,
    )
    auth = CommitAuthData(signature, b"tag") if isinstance(content, Commit) else FramedContentAuthData(signature)
    message = AuthenticatedContent(WireFormat.PUBLIC_MESSAGE, framed, auth)
    return to_message(protect_public(epoch.suite, message, epoch.context, epoch.secrets.membership_key))


def state_of(group: Group) -> tuple[object, ...]:
    return group.epoch, group.epoch_authenticator, group.members(), group.has_proposals, group._current.tree.encode()


async def refuses(group: Group, message: bytes, error: type[VollyError]) -> None:
    before = state_of(group)
    with pytest.raises(error) as caught:
        await group.process(message)
    assert isinstance(caught.value, RemoteError)
    assert state_of(group) == before


async def test_every_flipped_bit_of_a_message_is_noticed_and_harmless() -> None:
    alice, bob = (await Party.of(2)).members
    message = await alice.encrypt(b"hello", b"in the clear", padding=unpadded)
    for position in range(len(message)):
        await refuses(bob, flip(message, position), RemoteError)
    assert data_of(await bob.process(message)) == b"hello"


@pytest.mark.parametrize("public", [True, False])
async def test_every_flipped_bit_of_a_commit_is_noticed_and_harmless(public: bool) -> None:
    party = await Party.of(4)
    pending = await party[0].commit([Add((await bundle("new")).key_package)], public=public, padding=unpadded)
    for position in range(0, len(pending.commit), 7):
        await refuses(party[3], flip(pending.commit, position), RemoteError)
    await party[3].process(pending.commit)
    party[0].merge(pending)
    assert party[3].epoch_authenticator == party[0].epoch_authenticator


async def test_every_flipped_bit_of_a_welcome_is_noticed() -> None:
    party = await Party.of(3)
    newcomer = await bundle("new")
    pending = await party[0].commit([Add(newcomer.key_package)])
    assert pending.welcome is not None
    for position in range(0, len(pending.welcome), 5):
        with pytest.raises(RemoteError):
            await Group.join(ENGINE, flip(pending.welcome, position), newcomer, settings=party.settings)


async def test_truncated_messages_are_refused() -> None:
    party = await Party.of(2)
    newcomer = await bundle("new")
    pending = await party[0].commit([Add(newcomer.key_package)])
    assert pending.welcome is not None
    for length in range(0, len(pending.commit), 11):
        await refuses(party[1], pending.commit[:length], RemoteError)
    for length in range(0, len(pending.welcome), 11):
        with pytest.raises(RemoteError):
            await Group.join(ENGINE, pending.welcome[:length], newcomer)


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=400))
async def test_random_bytes_are_refused(data: bytes) -> None:
    newcomer = await bundle("new")
    for message in (data, b"\0\1\0\1" + data, b"\0\1\0\2" + data, b"\0\1\0\3" + data):
        with pytest.raises(RemoteError):
            await (await Party.of(1))[0].process(message)
        with pytest.raises(RemoteError):
            await Group.join(ENGINE, message, newcomer)


async def test_a_message_with_the_signature_of_another_member_is_refused() -> None:
    """Every member could encrypt as any other: only the signature tells."""
    alice, bob, carol = (await Party.of(3)).members
    epoch = bob._current
    framed = FramedContent(bob.group_id, bob.epoch, MemberSender(alice.own_leaf_index), b"", ApplicationData(b"lie"))
    signature = await sign_content(
        ENGINE,
        epoch.suite,
        epoch.signature_key.private_key,
        wire_format=WireFormat.PRIVATE_MESSAGE,
        content=framed,
        context=epoch.context,
    )
    forged = await protect_private(
        ENGINE,
        epoch.suite,
        AuthenticatedContent(WireFormat.PRIVATE_MESSAGE, framed, FramedContentAuthData(signature)),
        secret_tree=epoch.keys.secret_tree,
        sender_data_secret=epoch.keys.sender_data_secret,
        padding=unpadded,
    )
    await refuses(carol, to_message(forged), InvalidSignature)
    assert data_of(await carol.process(await alice.encrypt(b"truth"))) == b"truth"


class CovertEngine(NativeEngine):
    """Hides a byte behind the padding of every content that it encrypts."""

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        return await super().run(list(map(self._marked, operations)))

    @staticmethod
    def _marked(operation: Any) -> Any:  # noqa: ANN401
        return replace(operation, inputs={**operation.inputs, "padding": operation.inputs["padding"] + b"\1"})


async def test_padding_that_is_not_zero_is_refused() -> None:
    alice, bob = (await Party.of(2)).members
    alice.engine = CovertEngine()
    await refuses(bob, await alice.encrypt(b"hello"), DecodeError)


async def test_a_generation_too_far_ahead_is_refused() -> None:
    alice, bob = (await Party.of(2)).members
    for _ in range(MAX_FORWARD + 1):
        alice._current.keys.secret_tree.next_key(0, RatchetType.APPLICATION)
    await refuses(bob, await alice.encrypt(b"far ahead"), TooFarAhead)


async def test_a_message_from_a_blank_leaf_is_refused() -> None:
    party = await Party.of(4)
    await party.commit(0, [Remove(2)])
    alice, bob = party[0], party[1]
    message = await forge(alice, Remove(1), MemberSender(2))
    await refuses(bob, message, UnknownSender)
    await refuses(bob, await forge(alice, Remove(1), MemberSender(77)), UnknownSender)


async def test_a_public_message_needs_the_membership_tag() -> None:
    alice, bob = (await Party.of(2)).members
    message = MLSMessage.decode(await forge(alice, PSK)).body
    assert isinstance(message, PublicMessage)
    assert message.membership_tag is not None
    forged = replace(message, membership_tag=flip(message.membership_tag, 0))
    await refuses(bob, to_message(forged), InvalidMembershipTag)


async def test_application_data_in_the_clear_is_refused() -> None:
    alice, bob = (await Party.of(2)).members
    message = MLSMessage.decode(await forge(alice, PSK)).body
    assert isinstance(message, PublicMessage)
    content = replace(message.content, content=ApplicationData(b"in the clear"))
    await refuses(bob, to_message(replace(message, content=content)), UnexpectedMessage)


async def forged_commits(party: Party) -> dict[str, tuple[Commit, type[MlsError]]]:
    """Commits that the first member makes against the rules, and how they are refused."""
    honest = MLSMessage.decode((await party[0].commit(public=True)).commit).body
    assert isinstance(honest, PublicMessage)
    assert isinstance(honest.content.content, Commit)
    path = honest.content.content.path
    assert path is not None
    newcomer = (await bundle("new")).key_package
    old = (await bundle("old")).key_package
    leaf = path.leaf_node
    required = Extension(ExtensionType.REQUIRED_CAPABILITIES, RequiredCapabilities((0xF001,), (), ()).encode())
    bad_signature = replace(newcomer, signature=flip(newcomer.signature, 0))
    other = replace(path.nodes[0], encryption_key=bytes(32))
    return {
        "a path is missing": (Commit((), None), InvalidCommit),
        "a path is missing for a remove": (Commit((Remove(1),), None), InvalidCommit),
        "the committer removes itself": (Commit((Remove(0),), path), InvalidProposal),
        "a member is removed twice": (Commit((Remove(1), Remove(1)), path), InvalidProposal),
        "a blank leaf is removed": (Commit((Remove(9),), path), InvalidProposal),
        "the committer updates itself": (Commit((Update(leaf),), path), InvalidProposal),
        "an unknown proposal": (Commit((ProposalRef(b"?"),), path), UnknownProposal),
        "an external init": (Commit((ExternalInit(b""),), path), InvalidProposal),
        "a reinitialization": (Commit((ReInit(b"", 1, 1, ()),), path), InvalidProposal),
        "extensions twice": (Commit((GroupContextExtensions(()), GroupContextExtensions(())), path), InvalidProposal),
        "an extension twice": (Commit((GroupContextExtensions((required, required)),), path), InvalidExtensions),
        "unsupported extensions": (Commit((GroupContextExtensions((required,)),), path), InvalidLeafNode),
        "a nonce of a wrong length": (
            Commit((PreSharedKey(PreSharedKeyID(ExternalPsk(b"id"), b"short")),), path),
            InvalidProposal,
        ),
        "a key twice": (Commit((PSK, PSK), path), InvalidProposal),
        "a client twice": (Commit((Add(newcomer), Add(newcomer)), path), InvalidProposal),
        "a key package of a wrong signature": (Commit((Add(bad_signature),), None), InvalidSignature),
        "a tree that does not fit": (Commit((Add(newcomer), Add(old)), replace(path, nodes=())), InvalidCommit),
        "a node too few": (Commit((), replace(path, nodes=path.nodes[1:])), InvalidCommit),
        "a ciphertext too few": (
            Commit((), replace(path, nodes=(replace(path.nodes[0], encrypted_path_secret=()), *path.nodes[1:]))),
            InvalidCommit,
        ),
        "another public key": (Commit((), replace(path, nodes=(other, *path.nodes[1:]))), InvalidCommit),
        "a public key twice": (
            Commit((), replace(path, nodes=(path.nodes[1], *path.nodes[1:]))),
            InvalidCommit,
        ),
        "a public key of a wrong length": (
            Commit((), replace(path, nodes=(replace(path.nodes[0], encryption_key=b"x"), *path.nodes[1:]))),
            InvalidCommit,
        ),
        "a leaf of another source": (
            Commit((), replace(path, leaf_node=newcomer.leaf_node)),
            InvalidLeafNode,
        ),
        "a leaf that another member signed": (
            Commit((), replace(path, leaf_node=replace(leaf, signature=flip(leaf.signature, 0)))),
            InvalidSignature,
        ),
        "another epoch in the end": (Commit((), path), InvalidConfirmationTag),
    }


async def test_a_commit_against_the_rules_is_refused_and_harmless() -> None:
    party = await Party.of(3)
    for what, (commit, error) in (await forged_commits(party)).items():
        try:
            await refuses(party[2], await forge(party[0], commit), error)
        except BaseException as problem:
            problem.add_note(f"in the case: {what}")
            raise
    await party.commit(1)


async def test_a_key_of_the_tree_cannot_be_used_again() -> None:
    party = await Party.of(3)
    honest = MLSMessage.decode((await party[0].commit(public=True)).commit).body
    assert isinstance(honest, PublicMessage)
    assert isinstance(honest.content.content, Commit)
    path = honest.content.content.path
    member = party[1]._current.tree.leaf(1)
    assert path is not None
    assert member is not None
    stolen = replace(path.nodes[0], encryption_key=member.encryption_key)
    commit = Commit((), replace(path, nodes=(stolen, *path.nodes[1:])))
    await refuses(party[2], await forge(party[0], commit), InvalidCommit)


async def test_a_commit_that_reuses_the_committers_key_is_refused() -> None:
    party = await Party.of(3)
    leaf = party[0]._current.tree.leaf(0)
    honest = MLSMessage.decode((await party[0].commit(public=True)).commit).body
    assert isinstance(honest, PublicMessage)
    assert isinstance(honest.content.content, Commit)
    path = honest.content.content.path
    assert path is not None
    assert leaf is not None
    kept = replace(path, leaf_node=replace(path.leaf_node, encryption_key=leaf.encryption_key))
    await refuses(party[2], await forge(party[0], Commit((), kept)), InvalidProposal)


async def test_proposals_against_the_rules_are_not_kept() -> None:
    party = await Party.of(3)
    newcomer = (await bundle("new")).key_package
    for proposal, error in (
        (Remove(5), InvalidProposal),
        (PreSharedKey(PreSharedKeyID(ExternalPsk(b"id"), b"short")), InvalidProposal),
        (Add(replace(newcomer, init_key=newcomer.leaf_node.encryption_key)), MlsError),
    ):
        await refuses(party[1], await forge(party[0], proposal), error)


async def test_proposals_from_outside_come_only_from_known_senders() -> None:
    outsider = await SignatureKeyPair.generate(ENGINE, (await bundle()).suite)
    senders = ExternalSenders((ExternalSender(outsider.public_key, BasicCredential(b"a bot")),))
    extension = Extension(ExtensionType.EXTERNAL_SENDERS, senders.encode())
    party = await Party.of(3)
    await refuses(party[1], await forge(party[0], Remove(2), OutsideSender(0), outsider), UnknownSender)
    await party.commit(0, [GroupContextExtensions((extension,))])
    leaf = party[0]._current.tree.leaf(0)
    assert leaf is not None
    await refuses(party[1], await forge(party[0], Remove(2), OutsideSender(1), outsider), UnknownSender)
    await refuses(party[1], await forge(party[0], Remove(2), OutsideSender(0)), InvalidSignature)
    await refuses(party[1], await forge(party[0], Update(leaf), OutsideSender(0), outsider), InvalidProposal)
    await refuses(party[1], await forge(party[0], Commit((), None), OutsideSender(0), outsider), InvalidCommit)
    message = await forge(party[0], Remove(2), OutsideSender(0), outsider)
    for member in party.members:
        event = await member.process(message)
        assert isinstance(event, ProposalReceived)
        assert event.sender is None
    await party.commit(1)
    assert len(party.members) == 2


async def test_a_newcomer_proposes_itself_and_nothing_else() -> None:
    party = await Party.of(2)
    newcomer = await bundle("new")
    sender, key = NewMemberProposalSender(), newcomer.signature_key
    await refuses(party[1], await forge(party[0], Remove(1), sender, key), UnknownSender)
    message = await forge(party[0], Add(newcomer.key_package), sender, key)
    for member in party.members:
        await member.process(message)
    pending = await party.commit(0)
    assert pending.welcome is not None
    party.members.append(await Group.join(ENGINE, pending.welcome, newcomer, settings=party.settings))
    party.check_agreement()


async def test_a_key_that_nobody_can_encrypt_to_does_not_enter_the_tree() -> None:
    """Of the right length, and yet no key: below the lowest common node, nobody but the committer would notice."""
    party = await Party.of(4, suite_for("post-quantum"))
    honest = MLSMessage.decode((await party[0].commit(public=True)).commit).body
    assert isinstance(honest, PublicMessage)
    assert isinstance(honest.content.content, Commit)
    path = honest.content.content.path
    assert path is not None
    epoch = party[0]._current
    tree = epoch.tree.copy()
    steps = tree.filtered_direct_path(0)
    keys = [b"\xff" * 1184, *(node.encryption_key for node in path.nodes[1:])]
    source = CommitSource(tree.merge_path(0, steps, keys))
    leaf = await sign_leaf_node(
        ENGINE,
        epoch.suite,
        replace(path.leaf_node, source=source),
        epoch.signature_key.private_key,
        LeafPosition(epoch.context.group_id, 0),
    )
    nodes = (replace(path.nodes[0], encryption_key=keys[0]), *path.nodes[1:])
    message = await forge(party[0], Commit((), replace(path, leaf_node=leaf, nodes=nodes)))
    await refuses(party[3], message, InvalidCommit)


async def test_an_external_commit_without_a_path_or_with_references_is_refused() -> None:
    party = await Party.of(2)
    newcomer = await bundle("new")
    _, commit = await Group.join_external(ENGINE, await party[0].group_info(), ExternalJoin(newcomer))
    honest = MLSMessage.decode(commit).body
    assert isinstance(honest, PublicMessage)
    content = honest.content.content
    assert isinstance(content, Commit)
    message = await party[0].propose(Remove(1))
    with pytest.raises(OwnMessage):
        await party[0].process(message)
    [reference] = party[0]._proposals.proposals
    sender, key = NewMemberCommitSender(), newcomer.signature_key
    for forged, error in (
        (replace(content, path=None), InvalidCommit),
        (replace(content, proposals=(*content.proposals, reference)), InvalidCommit),
        (replace(content, proposals=()), InvalidProposal),
        (replace(content, proposals=(*content.proposals, Remove(0), Remove(1))), InvalidProposal),
        (replace(content, proposals=(*content.proposals, Add(newcomer.key_package))), InvalidProposal),
        (replace(content, proposals=(ExternalInit(b"short"),)), InvalidCommit),
    ):
        await refuses(party[0], await forge(party[0], forged, sender, key), error)
