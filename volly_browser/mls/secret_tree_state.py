"""A secret tree as bytes: what of it is left, and the keys that were skipped (RFC 9420, section 9.2)."""

from dataclasses import dataclass, field

from volly_browser.mls import tree_math
from volly_browser.mls.codec import Opaque, Struct, Uint32, Uint64, Vector
from volly_browser.mls.errors import InvalidState
from volly_browser.mls.secret_tree import MAX_SKIPPED, MessageKey, Ratchet, RatchetType, SecretTree
from volly_browser.mls.suites import CipherSuite


@dataclass(frozen=True, slots=True)
class NodeSecret(Struct):
    """A secret that belongs to a node of the tree."""

    node: Uint32
    secret: Opaque = field(repr=False)


@dataclass(frozen=True, slots=True)
class RatchetState(Struct):
    """A sender ratchet; its generation is 2^32 once all of its keys were used."""

    secret: Opaque = field(repr=False)
    generation: Uint64
    skipped: Vector[MessageKey] = field(repr=False)

    @classmethod
    def of(cls, ratchet: Ratchet) -> "RatchetState":
        """What a ratchet is to be restored from."""
        return cls(ratchet.secret, ratchet.generation, ratchet.skipped)

    def restore(self, suite: CipherSuite) -> Ratchet:
        """Restore the ratchet.  Raises InvalidState if a key or the order of the keys is wrong."""
        check_length(self.secret, suite.hash_length, "the secret of a ratchet")
        for key in self.skipped:
            check_length(key.key, suite.key_length, "a message key")
            check_length(key.nonce, suite.nonce_length, "a nonce")
        skipped = [key.generation for key in self.skipped]
        in_order = skipped == sorted({*skipped}) and all(generation < self.generation for generation in skipped)
        if not in_order or len(skipped) > MAX_SKIPPED:
            raise InvalidState("The skipped keys of a stored ratchet are too many, or not before its generation.")
        return Ratchet(suite, self.secret, self.generation, self.skipped)


@dataclass(frozen=True, slots=True)
class LeafRatchets(Struct):
    """Both ratchets of a leaf."""

    leaf_index: Uint32
    handshake: RatchetState
    application: RatchetState


@dataclass(frozen=True, slots=True)
class SecretTreeState(Struct):
    """A secret tree: what nothing was derived from yet, and the ratchets of the leaves that were used."""

    secrets: Vector[NodeSecret]
    ratchets: Vector[LeafRatchets]

    @classmethod
    def of(cls, tree: SecretTree) -> "SecretTreeState":
        """What a secret tree is to be restored from."""
        states = {name: RatchetState.of(ratchet) for name, ratchet in tree.ratchets.items()}
        leaves = dict.fromkeys(leaf_index for leaf_index, _ in states)
        return cls(
            tuple(NodeSecret(node, secret) for node, secret in tree.secrets.items()),
            tuple(LeafRatchets(leaf, *(states[leaf, ratchet_type] for ratchet_type in RatchetType)) for leaf in leaves),
        )

    def restore(self, suite: CipherSuite, width: int) -> SecretTree:
        """The secret tree beside a ratchet tree of `width` nodes.

        Raises:
            InvalidState: a secret has a wrong length; a leaf's are missing, or could be derived again.
        """
        secrets = {item.node: item.secret for item in self.secrets}
        for secret in secrets.values():
            check_length(secret, suite.hash_length, "a secret of the secret tree")
        self._check_leaves(width)
        ratchets = {}
        for leaf in self.ratchets:
            ratchets[leaf.leaf_index, RatchetType.HANDSHAKE] = leaf.handshake.restore(suite)
            ratchets[leaf.leaf_index, RatchetType.APPLICATION] = leaf.application.restore(suite)
        return SecretTree.restore(suite, secrets, ratchets)

    def _check_leaves(self, width: int) -> None:
        """Check that every leaf has its ratchets, or one secret above it to derive them from."""
        nodes = [item.node for item in self.secrets] + [2 * leaf.leaf_index for leaf in self.ratchets]
        if len({*nodes}) != len(nodes) or any(node >= width for node in nodes):
            raise InvalidState("A stored secret tree has a node twice, or beyond the ratchet tree.")
        leaves = [leaf_index for node in nodes for leaf_index in tree_math.leaves_below(node)]
        if sorted(leaves) != list(range((width + 1) // 2)):
            raise InvalidState("A leaf of a stored secret tree has its secrets twice, or not at all.")


def check_length(value: bytes, length: int, what: str) -> None:
    """Check that a stored value has `length` bytes.  Raises InvalidState."""
    if len(value) != length:
        raise InvalidState(f"In the stored state, {what} has {len(value)} bytes instead of {length}.")
