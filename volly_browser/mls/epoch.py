"""One epoch of a group as one member sees it, and the step from one to the next (RFC 9420, section 8).

An epoch does not change, except that message keys are used up.  A commit makes a new one, which either replaces the old
one or is dropped.
"""

from dataclasses import dataclass, field, replace

from volly_browser.crypto.engine import Engine
from volly_browser.mls.errors import OwnMessage, UnknownSender
from volly_browser.mls.extensions import Extension
from volly_browser.mls.framing import AuthenticatedContent
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.key_schedule import EpochSecrets, MemberSecret, joiner_secret
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.padding import Padding
from volly_browser.mls.private_message import (
    PrivateMessage,
    SenderData,
    open_content,
    open_sender_data,
    protect_private,
    ratchet_type_of,
)
from volly_browser.mls.proposals import ResumptionPsk, ResumptionUsage
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.secret_tree import SecretTree
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.transcript import confirmed_transcript_hash, interim_transcript_hash
from volly_browser.mls.treekem import PrivateKeys
from volly_browser.mls.versions import ProtocolVersion


@dataclass(frozen=True, slots=True)
class Opened:
    """A private message whose signature is still to be verified.

    Attributes:
        message: the content with its authentication.
        leaf: the sender's.
        sender_data: its sender, and the key that it used.
    """

    message: AuthenticatedContent
    leaf: LeafNode
    sender_data: SenderData


@dataclass(frozen=True, slots=True)
class MessageKeys:
    """What reading and writing the messages of an epoch takes; kept a little longer than the epoch (section 15.3)."""

    suite: CipherSuite
    context: GroupContext
    tree: RatchetTree
    own_leaf_index: int
    sender_data_secret: bytes = field(repr=False)
    secret_tree: SecretTree = field(repr=False)

    async def seal(self, engine: Engine, message: AuthenticatedContent, padding: Padding) -> PrivateMessage:
        """Encrypt a signed message of ours (section 6.3); one await."""
        return await protect_private(
            engine,
            self.suite,
            message,
            secret_tree=self.secret_tree,
            sender_data_secret=self.sender_data_secret,
            padding=padding,
        )

    async def open(self, engine: Engine, message: PrivateMessage) -> Opened:
        """Decrypt a message, leaving its key in place (section 6.3); two awaits.

        Raises:
            UndecryptableMessage, DecodeError: it does not open, or is malformed.
            UnknownSender: no member is at the leaf that it names.
            OwnMessage: it is ours.
            SecretReuse, TooFarAhead: its key is gone, or too far away.
        """
        sender_data = await open_sender_data(engine, self.suite, message, self.sender_data_secret)
        leaf = self.sender(sender_data.leaf_index)
        ratchet_type = ratchet_type_of(message.content_type)
        key = self.secret_tree.find_key(sender_data.leaf_index, ratchet_type, sender_data.generation)
        return Opened(await open_content(engine, message, sender_data, key), leaf, sender_data)

    def sender(self, leaf_index: int) -> LeafNode:
        """Return the leaf of the sender of a message.  Raises UnknownSender and OwnMessage."""
        leaf = self.tree.leaf(leaf_index)
        if leaf is None:
            raise UnknownSender(f"No member is at leaf {leaf_index}, where a message comes from (RFC 9420, 6.3.2).")
        if leaf_index == self.own_leaf_index:
            raise OwnMessage("This is a message that we sent ourselves (RFC 9420, section 9.2).")
        return leaf


@dataclass(frozen=True, slots=True)
class Transition:
    """What a commit derives: everything about the new epoch that is the same for all members."""

    context: GroupContext
    joiner_secret: bytes = field(repr=False)
    member_secret: MemberSecret = field(repr=False)
    secrets: EpochSecrets = field(repr=False)
    confirmation_tag: bytes


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch, seen by a member.

    Attributes:
        keys: for messages.
        secrets: of the key schedule, without those that live on in `keys`.
        confirmation_tag: of the commit that began the epoch.
        interim_transcript_hash: with which the next commit begins.
        private_keys: of our leaf and of the nodes above it that we know, by node index.
        signature_key: ours.
    """

    keys: MessageKeys
    secrets: EpochSecrets = field(repr=False)
    confirmation_tag: bytes
    interim_transcript_hash: bytes
    private_keys: PrivateKeys = field(repr=False)
    signature_key: SignatureKeyPair

    @classmethod
    def begin(
        cls,
        tree: RatchetTree,
        context: GroupContext,
        secrets: EpochSecrets,
        *,
        own_leaf_index: int,
        private_keys: PrivateKeys,
        signature_key: SignatureKeyPair,
    ) -> "Epoch":
        """The epoch of `context` for the member at a leaf."""
        suite = tree.suite
        secret_tree = SecretTree(suite, secrets.encryption_secret, tree.width)
        keys = MessageKeys(suite, context, tree, own_leaf_index, secrets.sender_data_secret, secret_tree)
        tag = secrets.confirmation_tag(suite, context.confirmed_transcript_hash)
        interim = interim_transcript_hash(suite, context.confirmed_transcript_hash, tag)
        kept = replace(secrets, encryption_secret=b"", sender_data_secret=b"")
        return cls(keys, kept, tag, interim, private_keys, signature_key)

    @property
    def suite(self) -> CipherSuite:
        """The cipher suite of the group."""
        return self.keys.suite

    @property
    def context(self) -> GroupContext:
        """The group context of this epoch."""
        return self.keys.context

    @property
    def tree(self) -> RatchetTree:
        """The ratchet tree of this epoch, which is not to be changed."""
        return self.keys.tree

    @property
    def own_leaf_index(self) -> int:
        """The index of our leaf."""
        return self.keys.own_leaf_index

    @property
    def resumption_psk(self) -> PskBundle:
        """The key by which a later epoch, or another group, demands membership in this one (section 8.6)."""
        name = ResumptionPsk(ResumptionUsage.APPLICATION, self.context.group_id, self.context.epoch)
        return PskBundle(name, self.secrets.resumption_psk)


def advance(
    provisional: GroupContext,
    commit: AuthenticatedContent,
    *,
    suite: CipherSuite,
    interim: bytes,
    init_secret: bytes,
    commit_secret: bytes,
    psk_secret: bytes,
) -> Transition:
    """Derive what follows from a commit (sections 8 and 8.2).

    Args:
        provisional: the context of the new epoch, with the old confirmed transcript hash.
        commit: the signed commit; its confirmation tag is not used.
        suite: the cipher suite of the group.
        interim: the interim transcript hash of the old epoch.
        init_secret: of the old epoch, or from an external commit.
        commit_secret: from the update path; zeros without one.
        psk_secret: of the pre-shared keys; zeros without any.
    """
    confirmed = confirmed_transcript_hash(suite, interim, commit.wire_format, commit.content, commit.auth.signature)
    context = replace(provisional, confirmed_transcript_hash=confirmed)
    joiner = joiner_secret(suite, init_secret, commit_secret, context)
    member_secret = MemberSecret.derive(suite, joiner, psk_secret)
    secrets = member_secret.epoch_secrets(context)
    return Transition(context, joiner, member_secret, secrets, secrets.confirmation_tag(suite, confirmed))


def provisional_context(context: GroupContext, tree: RatchetTree, extensions: tuple[Extension, ...]) -> GroupContext:
    """The context of the epoch after that of `context`, with the old confirmed transcript hash (section 12.4.1)."""
    return replace(context, epoch=context.epoch + 1, tree_hash=tree.tree_hash(), extensions=extensions)


def first_context(tree: RatchetTree, group_id: bytes, extensions: tuple[Extension, ...]) -> GroupContext:
    """The context of epoch 0 (section 11)."""
    return GroupContext(ProtocolVersion.MLS10, tree.suite.id, group_id, 0, tree.tree_hash(), b"", extensions)
