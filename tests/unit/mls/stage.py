"""A group with a past in which to try hostile messages, and the means of a hostile member: right keys, wrong words."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.unit.mls.party import ENGINE, Party, bundle, twin
from tests.unit.mls.test_joining import Scene, open_scene
from tests.unit.mls.test_receiving import state_of
from volly_browser.crypto.engine import Seal, run_one
from volly_browser.errors import RemoteError
from volly_browser.mls.commit import Commit
from volly_browser.mls.extensions import Extension, ExtensionType, ExternalSender, ExternalSenders
from volly_browser.mls.framing import ContentType
from volly_browser.mls.group import ExternalJoin, Group
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.key_package import KEY_PACKAGE_LABEL, KeyPackage, KeyPackageBundle
from volly_browser.mls.labels import SignatureKeyPair, sign_with_label
from volly_browser.mls.leaf_node import LeafPosition, Lifetime, sign_leaf_node
from volly_browser.mls.messages import MLSMessage, to_message
from volly_browser.mls.private_message import (
    PrivateMessage,
    content_aad,
    guarded,
    ratchet_type_of,
    sender_data_aad,
    sender_data_key_and_nonce,
)
from volly_browser.mls.proposals import (
    Add,
    ExternalInit,
    GroupContextExtensions,
    Proposal,
    ReInit,
    Remove,
    Update,
)
from volly_browser.mls.psk import psk_proposal
from volly_browser.mls.public_message import PublicMessage

GENERATION = 40
"""Of the messages that are sealed by hand; no honest one here gets that far."""

REUSE_GUARD = bytes(4)


@dataclass(frozen=True, repr=False)
class Stage:
    """The members, and the messages that they could send next.

    Attributes:
        party: its first member, at leaf 0, is hostile; the second receives; leaf 3 is blank.
        messages: to the second member or to another address; each is accepted somewhere.
        commit: one of them, of the first member.
        contents: proposals and commits of the first member.
        newcomer: in no group yet.
        outsider: may send proposals from outside.
        info: of the group, signed by the first member, with which one can join from outside.
        welcome: for another newcomer, opened.
    """

    party: Party
    messages: Sequence[bytes]
    commit: bytes
    contents: Sequence[Proposal | Commit]
    newcomer: KeyPackageBundle
    outsider: SignatureKeyPair
    info: GroupInfo
    welcome: Scene

    @property
    def attacker(self) -> Group:
        """A copy of the hostile member."""
        return twin(self.party[0])

    @property
    def victim(self) -> Group:
        """A copy of the member that receives."""
        return twin(self.party[1])

    async def goes_on(self, victim: Group) -> None:
        """Check that an honest commit is still accepted and has its effect."""
        third = twin(self.party[4])
        await victim.process(self.commit)
        await third.process(self.commit)
        assert victim.epoch_authenticator == third.epoch_authenticator


def set_up() -> Stage:
    """A group in which all but the last have committed, one has left, and one has come; the same in every run."""
    ENGINE.random = Random(9420).randbytes  # type: ignore[method-assign]
    try:
        return asyncio.run(_set_up())
    finally:
        del ENGINE.random


async def _set_up() -> Stage:
    outsider = await SignatureKeyPair.generate(ENGINE, (await bundle()).suite)
    sender = ExternalSender(outsider.public_key, (await bundle()).key_package.leaf_node.credential)
    extension = Extension(ExtensionType.EXTERNAL_SENDERS, ExternalSenders((sender,)).encode())
    party = await Party.of(6)
    for member in range(5):
        await party.commit(member)
    await party.commit(4, [Remove(3), GroupContextExtensions((extension,))])
    await party.add(await bundle("late"), by=2)
    await party.commit(0, [Remove(3)])
    attacker, newcomer = party[0], await bundle("new")
    leaf = attacker._current.tree.leaf(0)
    assert leaf is not None
    fitting: list[Proposal] = [
        Add(newcomer.key_package),
        Remove(2),
        psk_proposal(ENGINE, attacker.suite, attacker._current.resumption_psk.name),
    ]
    proposals = [*fitting, Update(leaf), ReInit(b"", 1, 1, ()), ExternalInit(b""), GroupContextExtensions((extension,))]
    public = [await twin(attacker).commit(some, public=True) for some in (fitting, [])]
    sealed, info = await twin(attacker).commit(fitting), await attacker.group_info()
    _, joining = await Group.join_external(ENGINE, info, ExternalJoin(newcomer), settings=party.settings)
    assert sealed.welcome is not None
    messages = [
        *[await twin(attacker).propose(proposal, public=bool(at % 2)) for at, proposal in enumerate(proposals)],
        *[await twin(attacker).encrypt(b"hello"), await twin(attacker).propose_update(), newcomer.message, info],
        *[joining, sealed.welcome, sealed.commit, *(pending.commit for pending in public)],
    ]
    copied = Party(twin(attacker), party.settings)
    copied.members += [twin(member) for member in party.members[1:]]
    welcome = await open_scene(copied, with_path=True)
    contents = [*proposals, *(content_of(pending.commit) for pending in public * 3)]
    body = MLSMessage.decode(info).body
    assert isinstance(body, GroupInfo)
    return Stage(party, messages, sealed.commit, contents, newcomer, outsider, body, welcome)


def content_of(commit: bytes) -> Commit:
    """What is in a public commit."""
    message = MLSMessage.decode(commit).body
    assert isinstance(message, PublicMessage)
    assert isinstance(message.content.content, Commit)
    return message.content.content


async def takes(victim: Group, message: bytes) -> bool:
    """Whether a message is accepted; if not, it was refused as coming from outside, and nothing has changed."""
    before = state_of(victim)
    try:
        await victim.process(message)
    except RemoteError:
        assert state_of(victim) == before
        return False
    return True


async def seal_by_hand(
    attacker: Group, content_type: ContentType, content: bytes, sender_data: bytes, generation: int = GENERATION
) -> bytes:
    """A private message of the hostile member with any bytes in it, and any bytes as its sender data."""
    epoch, group_id, number = attacker._current, attacker.group_id, attacker.epoch
    key = epoch.keys.secret_tree.find_key(0, ratchet_type_of(content_type), generation)
    aad = content_aad(group_id, number, content_type, b"")
    ciphertext = await run_one(ENGINE, Seal(key.key, guarded(key.nonce, REUSE_GUARD), aad, content))
    sender_key, nonce = sender_data_key_and_nonce(epoch.suite, epoch.keys.sender_data_secret, ciphertext)
    sender_aad = sender_data_aad(group_id, number, content_type)
    encrypted = await run_one(ENGINE, Seal(sender_key, nonce, sender_aad, sender_data))
    return to_message(PrivateMessage(group_id, number, content_type, b"", encrypted, ciphertext))


async def signed_again(stage: Stage, content: Proposal | Commit) -> Proposal | Commit:
    """A content whose own parts have right signatures once more, whatever has become of them."""
    attacker, key = stage.party[0], stage.party[0]._current.signature_key.private_key
    position = LeafPosition(attacker.group_id, 0)
    match content:
        case Add(package):
            return Add(await package_signed_again(package, stage.newcomer))
        case Update(leaf):
            return Update(await sign_leaf_node(ENGINE, attacker.suite, leaf, key, position))
        case Commit(proposals, path) if path is not None:
            leaf = await sign_leaf_node(ENGINE, attacker.suite, path.leaf_node, key, position)
            return Commit(proposals, replace(path, leaf_node=leaf))
    return content


async def package_signed_again(package: KeyPackage, owner: KeyPackageBundle) -> KeyPackage:
    """A key package of a newcomer that signs whatever it likes."""
    leaf, key = package.leaf_node, owner.signature_key.private_key
    position = None if isinstance(leaf.source, Lifetime) else LeafPosition(b"", 0)
    package = replace(package, leaf_node=await sign_leaf_node(ENGINE, owner.suite, leaf, key, position))
    content = package.to_be_signed()
    return replace(package, signature=await sign_with_label(ENGINE, owner.suite, key, KEY_PACKAGE_LABEL, content))
