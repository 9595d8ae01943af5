"""Message keys: each once, in any order, and never too many of them."""

import random
from dataclasses import dataclass, field, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.mls.errors import SecretReuse, TooFarAhead
from volly_browser.mls.secret_tree import (
    MAX_FORWARD,
    MAX_GENERATION,
    MAX_SKIPPED,
    STRIDE,
    Ratchet,
    RatchetType,
    SecretTree,
)
from volly_browser.mls.suites import CLASSICAL, CipherSuite

SECRET = bytes(range(32))


@dataclass(frozen=True, slots=True)
class CountingSuite(CipherSuite):
    """A suite that counts what is derived of ratchets."""

    derived: list[int] = field(default_factory=lambda: [0])

    @classmethod
    def of(cls, suite: CipherSuite) -> "CountingSuite":
        return cls(*(getattr(suite, item.name) for item in fields(suite)))

    def derive_tree_secret(self, secret: bytes, label: bytes, generation: int, length: int) -> bytes:
        self.derived[0] += 1
        return CipherSuite.derive_tree_secret(self, secret, label, generation, length)


def new_tree() -> SecretTree:
    return SecretTree(CLASSICAL, SECRET, 15)


def receive(tree: SecretTree, generation: int, leaf_index: int = 3) -> bytes:
    key = tree.find_key(leaf_index, RatchetType.APPLICATION, generation)
    tree.consume(leaf_index, RatchetType.APPLICATION, generation)
    return key.key


@given(st.permutations(range(12)))
def test_messages_in_any_order_find_the_keys_that_they_were_sent_with(order: list[int]) -> None:
    sender, receiver = new_tree(), new_tree()
    sent = [sender.next_key(3, RatchetType.APPLICATION).key for _ in range(12)]
    assert [receive(receiver, generation) for generation in order] == [sent[generation] for generation in order]


@given(st.permutations(range(6)))
def test_no_key_is_given_twice(order: list[int]) -> None:
    tree = new_tree()
    for generation in order:
        receive(tree, generation)
    for generation in order:
        with pytest.raises(SecretReuse):
            receive(tree, generation)


def test_looking_for_a_key_changes_nothing() -> None:
    tree = new_tree()
    first = tree.find_key(3, RatchetType.APPLICATION, 200)
    assert tree.find_key(3, RatchetType.APPLICATION, 0) == new_tree().find_key(3, RatchetType.APPLICATION, 0)
    assert tree.find_key(3, RatchetType.APPLICATION, 200) == first


def test_the_next_key_is_derived_once_for_finding_and_consuming_it() -> None:
    suite = CountingSuite.of(CLASSICAL)
    tree = SecretTree(suite, SECRET, 15)
    for generation in range(10):
        receive(tree, generation)
    assert suite.derived == [3 * 10]


def test_claims_to_be_far_ahead_are_paid_for_once() -> None:
    suite = CountingSuite.of(CLASSICAL)
    tree = SecretTree(suite, SECRET, 15)
    chance = random.Random(14)
    tree.find_key(3, RatchetType.APPLICATION, MAX_FORWARD)
    assert suite.derived[0] <= MAX_FORWARD + 2
    suite.derived[0] = 0
    for _ in range(100):
        tree.find_key(3, RatchetType.APPLICATION, chance.randint(1, MAX_FORWARD))
    assert suite.derived[0] < 100 * (STRIDE + 2)
    ratchet = tree._ratchets[3, RatchetType.APPLICATION]
    assert ratchet.generation == 0
    assert len(ratchet._ahead) <= MAX_FORWARD // STRIDE


def test_nothing_is_left_from_which_a_used_or_dropped_key_could_be_derived() -> None:
    tree = new_tree()
    tree.find_key(3, RatchetType.APPLICATION, MAX_FORWARD)
    for generation in (0, 5, 100, 99, 700):
        receive(tree, generation)
        ratchet = tree._ratchets[3, RatchetType.APPLICATION]
        assert min(ratchet._ahead) >= ratchet.generation
    assert ratchet.generation == 701


@given(st.lists(st.integers(0, 3 * STRIDE), min_size=1, max_size=12), st.lists(st.booleans(), min_size=12))
def test_what_was_searched_before_does_not_change_the_keys(generations: list[int], good: list[bool]) -> None:
    sender, receiver = new_tree(), new_tree()
    sent = [sender.next_key(3, RatchetType.APPLICATION) for _ in range(3 * STRIDE + 1)]
    used = set()
    for generation, is_good in zip(generations, good, strict=False):
        if generation in used:
            continue
        assert receiver.find_key(3, RatchetType.APPLICATION, generation) == sent[generation]
        if is_good:
            receiver.consume(3, RatchetType.APPLICATION, generation)
            used.add(generation)


def test_skipped_keys_are_forgotten_up_to_a_generation() -> None:
    tree = new_tree()
    for generation in (3, 6):
        receive(tree, generation)
    tree.forget_skipped(3, RatchetType.APPLICATION, 4)
    for generation in (0, 2):
        with pytest.raises(SecretReuse):
            receive(tree, generation)
    for generation in (4, 5, 7):
        receive(tree, generation)


def test_the_order_in_which_leaves_are_used_does_not_matter() -> None:
    expected = [new_tree().next_key(leaf, RatchetType.HANDSHAKE) for leaf in range(8)]
    order = random.Random(1).sample(range(8), 8)
    tree = new_tree()
    keys = {leaf: tree.next_key(leaf, RatchetType.HANDSHAKE) for leaf in order}
    assert [keys[leaf] for leaf in range(8)] == expected


def test_all_keys_differ() -> None:
    tree = new_tree()
    keys = {tree.next_key(leaf, ratchet).key for leaf in range(8) for ratchet in RatchetType for _ in range(5)}
    assert len(keys) == 80


def test_a_jump_too_far_ahead_is_refused() -> None:
    tree = new_tree()
    with pytest.raises(TooFarAhead):
        tree.find_key(3, RatchetType.APPLICATION, MAX_FORWARD + 1)
    with pytest.raises(TooFarAhead):
        tree.find_key(3, RatchetType.APPLICATION, 0xFFFFFFFF)
    receive(tree, MAX_FORWARD)


def test_skipped_keys_are_bounded_and_the_oldest_go_first() -> None:
    tree = new_tree()
    receive(tree, 1000)
    with pytest.raises(SecretReuse):
        receive(tree, 1000 - MAX_SKIPPED - 1)
    receive(tree, 1000 - MAX_SKIPPED)
    receive(tree, 1500)
    ratchet = tree._ratchets[3, RatchetType.APPLICATION]
    assert len(ratchet.skipped) == MAX_SKIPPED


def test_consumed_secrets_are_gone_from_the_tree() -> None:
    """Section 9.2: everything on the way to a used leaf is deleted, and siblings are kept."""
    tree = new_tree()
    tree.next_key(0, RatchetType.APPLICATION)
    assert sorted(tree._secrets) == [2, 5, 11]
    assert SECRET not in tree._secrets.values()


def test_a_ratchet_ends_with_its_last_generation() -> None:
    key, ratchet = Ratchet(CLASSICAL, SECRET, 0xFFFFFFFF).next()
    assert key.generation == 0xFFFFFFFF
    with pytest.raises(TooFarAhead):
        ratchet.next()


# The next message


def test_the_next_message_is_expected_from_the_member_that_was_heard_last() -> None:
    tree = new_tree()
    assert tree.expected_key() is None
    for leaf_index, generation in ((3, 0), (3, 2), (5, 0), (3, 1)):
        receive(tree, generation, leaf_index)
        following = 1 if leaf_index == 5 else {0: 1, 2: 3, 1: 3}[generation]
        key = tree.find_key(leaf_index, RatchetType.APPLICATION, following)
        assert tree.expected_key() == (leaf_index, key)


def test_commits_and_proposals_are_not_what_is_expected_next() -> None:
    tree = new_tree()
    receive(tree, 0)
    tree.consume(5, RatchetType.HANDSHAKE, 0)
    expected = tree.expected_key()
    assert expected is not None
    assert expected[0] == 3


def test_nothing_is_expected_after_the_last_message_that_there_can_be() -> None:
    leaf = 3, RatchetType.APPLICATION
    last = Ratchet(CLASSICAL, SECRET, MAX_GENERATION)
    tree = SecretTree.restore(CLASSICAL, {7: SECRET}, {leaf: last})
    receive(tree, MAX_GENERATION)
    assert tree.expected_key() is None
