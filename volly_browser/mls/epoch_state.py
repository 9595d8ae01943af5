"""An epoch as bytes, and the message keys of one that has ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from volly_browser.mls.codec import Opaque, Struct, Vector
from volly_browser.mls.epoch import Epoch, MessageKeys
from volly_browser.mls.errors import InvalidState
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.key_schedule import EpochSecrets
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.limits import Limits
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.secret_tree_state import NodeSecret, SecretTreeState, check_length
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.transcript import interim_transcript_hash
from volly_browser.mls.treekem import PrivateKeys

IN_MESSAGE_KEYS = ("sender_data_secret", "encryption_secret")
"""The secrets of the key schedule that an epoch has only in its message keys, and not beside the others."""


@dataclass(frozen=True, slots=True)
class MessageKeysState(Struct):
    """What reading and writing the messages of an epoch takes; `ratchet_tree` is encoded as in its extension."""

    context: GroupContext
    ratchet_tree: Opaque
    sender_data_secret: Opaque = field(repr=False)
    secret_tree: SecretTreeState

    @classmethod
    def of(cls, keys: MessageKeys) -> "MessageKeysState":
        """What message keys are to be restored from."""
        secret_tree = SecretTreeState.of(keys.secret_tree)
        return cls(keys.context, keys.tree.encode(), keys.sender_data_secret, secret_tree)

    def restore(self, suite: CipherSuite, own_leaf_index: int, limits: Limits) -> MessageKeys:
        """The message keys of the member at a leaf.

        Raises:
            InvalidState: the tree is not that of the context, we are not in it, or a secret is missing.
            InvalidTree, DecodeError: the tree is malformed.
        """
        tree = RatchetTree.decode(suite, self.ratchet_tree, limits)
        if (suite.id, tree.tree_hash()) != (self.context.cipher_suite, self.context.tree_hash):
            raise InvalidState("The ratchet tree of a stored epoch is not that of its context (RFC 9420, section 8.1).")
        if tree.leaf(own_leaf_index) is None:
            raise InvalidState("In a stored epoch, no member is at the leaf that was ours.")
        check_length(self.sender_data_secret, suite.hash_length, "the sender data secret")
        secret_tree = self.secret_tree.restore(suite, tree.width)
        return MessageKeys(suite, self.context, tree, own_leaf_index, self.sender_data_secret, secret_tree)


@dataclass(frozen=True, slots=True)
class EpochState(Struct):
    """An epoch, but for the leaf index, which a member keeps from one to the next."""

    signature_private_key: Opaque = field(repr=False)
    keys: MessageKeysState
    secrets: EpochSecrets = field(repr=False)
    confirmation_tag: Opaque
    private_keys: Vector[NodeSecret]

    @classmethod
    def of(cls, epoch: Epoch) -> "EpochState":
        """What an epoch is to be restored from."""
        private_keys = tuple(NodeSecret(node, key) for node, key in epoch.private_keys.items())
        signature_key = epoch.signature_key.private_key
        return cls(signature_key, MessageKeysState.of(epoch.keys), epoch.secrets, epoch.confirmation_tag, private_keys)

    def restore(self, suite: CipherSuite, own_leaf_index: int, limits: Limits) -> Epoch:
        """The epoch of the member at a leaf.  Whether private keys belong to the public ones is not checked here.

        Raises:
            InvalidState: the confirmation tag is wrong, a secret has a wrong length, or a private key has no node.
            InvalidTree, DecodeError: the tree is malformed.
        """
        keys = self.keys.restore(suite, own_leaf_index, limits)
        for item in fields(self.secrets):
            length = 0 if item.name in IN_MESSAGE_KEYS else suite.hash_length
            check_length(getattr(self.secrets, item.name), length, f"the field {item.name}")
        confirmed = keys.context.confirmed_transcript_hash
        if not suite.mac_is_valid(self.secrets.confirmation_key, confirmed, self.confirmation_tag):
            raise InvalidState("The confirmation tag of a stored epoch is wrong (RFC 9420, section 6.1).")
        leaf = keys.tree.leaf(own_leaf_index)
        assert leaf is not None  # or there would be no message keys
        return Epoch(
            keys,
            self.secrets,
            self.confirmation_tag,
            interim_transcript_hash(suite, confirmed, self.confirmation_tag),
            _private_keys(self.private_keys, keys.tree, own_leaf_index),
            SignatureKeyPair(self.signature_private_key, leaf.signature_key),
        )


def _private_keys(stored: Sequence[NodeSecret], tree: RatchetTree, own_leaf_index: int) -> PrivateKeys:
    private_keys = {item.node: item.secret for item in stored}
    if 2 * own_leaf_index not in private_keys or len(private_keys) != len(stored):
        raise InvalidState("In a stored epoch, the private key of our leaf is missing, or one is there twice.")
    if any(node >= tree.width or tree[node] is None for node in private_keys):
        raise InvalidState("A stored epoch has the private key of a node that is blank.")
    return private_keys
