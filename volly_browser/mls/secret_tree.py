"""The secret tree (RFC 9420, section 9): one message key after the other for each sender, each to be used once.

Secrets are derived when they are first needed and deleted when they are consumed (section 9.2).  Keys of messages that
have not arrived are kept, at most `MAX_SKIPPED` for a ratchet.  Finding the key for a received message changes nothing;
`consume` does, once the message has proved to be good.

A member can claim in another's name that a message is far ahead, and make us derive for nothing.  A search keeps one
secret of every `STRIDE` on its way, so that this is paid once for a ratchet and not for each claim.

Deleting means to hold no reference any more: Python gives no way to overwrite the memory of a `bytes` object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from volly_browser.mls import tree_math
from volly_browser.mls.codec import Opaque, Struct, Uint32
from volly_browser.mls.errors import SecretReuse, TooFarAhead
from volly_browser.mls.suites import CipherSuite

MAX_SKIPPED = 256
"""Keys of messages not yet received that are kept for one ratchet; the oldest go first."""

MAX_FORWARD = 1024
"""Generations that one message may skip (section 15.3)."""

STRIDE = 32
"""Generations between those whose secrets are kept by a search ahead of a ratchet."""

MAX_GENERATION = 0xFFFFFFFF


class RatchetType(Enum):
    """The two ratchets of a leaf (section 9.1); the value is the label of its root."""

    HANDSHAKE = b"handshake"
    APPLICATION = b"application"


@dataclass(frozen=True, slots=True)
class MessageKey(Struct):
    """The AEAD key and nonce of one message, and which message that is."""

    generation: Uint32
    key: Opaque = field(repr=False)
    nonce: Opaque = field(repr=False)


@dataclass(slots=True)
class Ratchet:
    """A sender ratchet (section 9.1): the secret of the next generation, and the keys that were skipped.

    It does not change, but remembers what it has derived: the next step, and a few secrets far ahead.
    """

    suite: CipherSuite
    secret: bytes = field(repr=False)
    generation: int = 0
    skipped: tuple[MessageKey, ...] = field(default=(), repr=False)
    _next: "tuple[MessageKey, Ratchet] | None" = field(default=None, init=False, repr=False, compare=False)
    _ahead: dict[int, bytes] = field(default_factory=dict, repr=False, compare=False)

    def next(self) -> tuple[MessageKey, "Ratchet"]:
        """The key of the next generation, and the ratchet without it.  Raises TooFarAhead after the last one."""
        if self._next is None:
            self._next = self._derive()
        return self._next

    def _derive(self) -> tuple[MessageKey, "Ratchet"]:
        if self.generation > MAX_GENERATION:
            raise TooFarAhead("This epoch's message keys of a sender are used up (RFC 9420, section 9.1).")
        suite, secret, generation = self.suite, self.secret, self.generation
        key = self._key(generation, secret)
        following = suite.derive_tree_secret(secret, b"secret", generation, suite.hash_length)
        return key, Ratchet(suite, following, generation + 1, self.skipped, _ahead=self._ahead)

    def _key(self, generation: int, secret: bytes) -> MessageKey:
        return MessageKey(
            generation,
            self.suite.derive_tree_secret(secret, b"key", generation, self.suite.key_length),
            self.suite.derive_tree_secret(secret, b"nonce", generation, self.suite.nonce_length),
        )

    def key_at(self, generation: int) -> MessageKey:
        """The key of a given generation.  Raises as `at`."""
        if generation <= self.generation:
            return self.at(generation)[0]
        self._check_reach(generation)
        return self._key(generation, self._secret_at(generation))

    def _secret_at(self, generation: int) -> bytes:
        """The secret of a generation to come, from the nearest one below that was derived before."""
        at = max((known for known in self._ahead if known <= generation), default=self.generation)
        secret = self._ahead.get(at, self.secret)
        for passed in range(at, generation):
            secret = self.suite.derive_tree_secret(secret, b"secret", passed, self.suite.hash_length)
            if (passed + 1) % STRIDE == 0:
                self._ahead[passed + 1] = secret
        return secret

    def _check_reach(self, generation: int) -> None:
        if generation - self.generation > MAX_FORWARD:
            raise TooFarAhead(
                f"The message skips {generation - self.generation} others, more than the {MAX_FORWARD} "
                "that are allowed (RFC 9420, section 15.3)."
            )

    def at(self, generation: int) -> tuple[MessageKey, "Ratchet"]:
        """The key of a given generation, and the ratchet without it.

        Raises:
            SecretReuse: the key was used before, or is no longer kept.
            TooFarAhead: more than MAX_FORWARD generations would be skipped.
        """
        if generation < self.generation:
            return self._skipped_at(generation)
        if generation == self.generation and not self._ahead:
            return self.next()
        self._check_reach(generation)
        key, ratchet = self.next()
        passed = list(self.skipped)
        while key.generation < generation:
            passed.append(key)
            key, ratchet = ratchet._derive()  # which keeps nothing for what is thrown away
        ahead = {known: secret for known, secret in self._ahead.items() if known >= ratchet.generation}
        return key, replace(ratchet, skipped=tuple(passed[-MAX_SKIPPED:]), _ahead=ahead)

    def _skipped_at(self, generation: int) -> tuple[MessageKey, "Ratchet"]:
        for position, key in enumerate(self.skipped):
            if key.generation == generation:
                return key, replace(self, skipped=self.skipped[:position] + self.skipped[position + 1 :])
        raise SecretReuse(
            f"The key of message {generation} was used before or is no longer kept (RFC 9420, section 9.2)."
        )


class SecretTree:
    """The message keys of one epoch.

    Args:
        suite: the cipher suite of the group.
        encryption_secret: the secret of the root.
        width: the number of nodes of the ratchet tree of the epoch.
    """

    def __init__(self, suite: CipherSuite, encryption_secret: bytes, width: int) -> None:
        self._suite = suite
        self._secrets = {tree_math.root(width): encryption_secret}
        self._ratchets: dict[tuple[int, RatchetType], Ratchet] = {}
        self._heard_last: int | None = None

    @classmethod
    def restore(
        cls, suite: CipherSuite, secrets: Mapping[int, bytes], ratchets: Mapping[tuple[int, RatchetType], Ratchet]
    ) -> "SecretTree":
        """The tree of which this is left."""
        tree = cls(suite, b"", 1)
        tree._secrets, tree._ratchets = dict(secrets), dict(ratchets)
        return tree

    @property
    def secrets(self) -> Mapping[int, bytes]:
        """The secrets of the nodes below which nothing was derived yet, by node index."""
        return MappingProxyType(self._secrets)

    @property
    def ratchets(self) -> Mapping[tuple[int, RatchetType], Ratchet]:
        """The ratchets of the leaves that were used, two for each, by leaf index and type."""
        return MappingProxyType(self._ratchets)

    def next_key(self, leaf_index: int, ratchet_type: RatchetType) -> MessageKey:
        """The next key for sending; it is deleted here at once, whatever becomes of the message."""
        key, ratchet = self._ratchet(leaf_index, ratchet_type).next()
        self._ratchets[leaf_index, ratchet_type] = ratchet
        return key

    def find_key(self, leaf_index: int, ratchet_type: RatchetType, generation: int) -> MessageKey:
        """The key of a received message, which stays until it is consumed.

        Raises:
            SecretReuse: the key was used before, or is no longer kept.
            TooFarAhead: more than MAX_FORWARD generations would be skipped.
        """
        return self._ratchet(leaf_index, ratchet_type).key_at(generation)

    def consume(self, leaf_index: int, ratchet_type: RatchetType, generation: int) -> None:
        """Delete the key of a message that was received well.  Raises what `find_key` raises."""
        _, ratchet = self._ratchet(leaf_index, ratchet_type).at(generation)
        self._ratchets[leaf_index, ratchet_type] = ratchet
        if ratchet_type is RatchetType.APPLICATION:
            self._heard_last = leaf_index

    def expected_key(self) -> tuple[int, MessageKey] | None:
        """The leaf that application data came from last, and the key of what comes next if that is from it, too."""
        if self._heard_last is None:
            return None
        ratchet = self._ratchets[self._heard_last, RatchetType.APPLICATION]
        return None if ratchet.generation > MAX_GENERATION else (self._heard_last, ratchet.next()[0])

    def forget_skipped(self, leaf_index: int, ratchet_type: RatchetType, below: int) -> None:
        """Delete the keys of one ratchet, before a generation, that were skipped."""
        ratchet = self._ratchets[leaf_index, ratchet_type]
        kept = tuple(key for key in ratchet.skipped if key.generation >= below)
        self._ratchets[leaf_index, ratchet_type] = replace(ratchet, skipped=kept)

    def _ratchet(self, leaf_index: int, ratchet_type: RatchetType) -> Ratchet:
        if (leaf_index, ratchet_type) not in self._ratchets:
            leaf_secret = self._take_leaf_secret(2 * leaf_index)
            for kind in RatchetType:
                secret = self._suite.derive_secret(leaf_secret, kind.value)
                self._ratchets[leaf_index, kind] = Ratchet(self._suite, secret)
        return self._ratchets[leaf_index, ratchet_type]

    def _take_leaf_secret(self, leaf: int) -> bytes:
        """The secret of a leaf; those on the way to it are replaced by their children's."""
        node = leaf
        while node not in self._secrets:
            node = tree_math.parent(node)
        while node != leaf:
            self._split(node)
            left, right = tree_math.left(node), tree_math.right(node)
            node = left if tree_math.contains(left, leaf) else right
        return self._secrets.pop(leaf)

    def _split(self, node: int) -> None:
        secret = self._secrets.pop(node)
        for child, side in ((tree_math.left(node), b"left"), (tree_math.right(node), b"right")):
            self._secrets[child] = self._suite.expand_with_label(secret, b"tree", side, self._suite.hash_length)
