"""Message keys: each once, in any order, and never too many of them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.mls.errors import SecretReuse, TooFarAhead
from volly_browser.mls.secret_tree import MAX_FORWARD, MAX_SKIPPED, Ratchet, RatchetType, SecretTree
from volly_browser.mls.suites import CLASSICAL

SECRET = bytes(range(32))


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


def test_a_ratchet_remembers_one_step_however_far_a_message_claims_to_be_ahead() -> None:
    tree = new_tree()
    tree.find_key(3, RatchetType.APPLICATION, MAX_FORWARD)
    step = tree._ratchets[3, RatchetType.APPLICATION]._next
    assert step is not None
    assert step[1]._next is None


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
