"""What is not the state of a member: damaged, of another version, or parts that do not belong together."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.mls.party import ENGINE, Clock, CountingEngine, Party, flip
from volly_browser.errors import VollyError
from volly_browser.mls.codec import DecodeError
from volly_browser.mls.errors import InvalidProposal, InvalidState, InvalidTree
from volly_browser.mls.group import Group
from volly_browser.mls.limits import DEFAULT_LIMITS
from volly_browser.mls.secret_tree import MAX_SKIPPED
from volly_browser.mls.secret_tree_state import NodeSecret
from volly_browser.mls.settings import Settings
from volly_browser.mls.state import GroupState, OwnUpdate, StateVersion, StoredState


async def state_of(group: Group) -> GroupState:
    return StoredState.decode(await group.export_state()).unwrap()


async def eventful() -> Party:
    """A party whose member 1 has something in every part of its state."""
    party = await Party.of(4)
    lost = [await party[0].encrypt(b"never read") for _ in range(3)]
    await party[1].process(lost[1])
    await party.commit(1)
    lost = [await party[0].encrypt(b"never read") for _ in range(3)]
    await party[1].process(lost[2])
    await party.propose_update(1)
    await party[1].commit()
    return party


def stored(state: GroupState) -> bytes:
    return StoredState.of(state).encode()


def in_epoch(**changes: Any) -> Callable[[GroupState], GroupState]:  # noqa: ANN401
    return lambda state: replace(state, epoch=replace(state.epoch, **changes))


def in_keys(change: Callable[[Any], Any]) -> Callable[[GroupState], GroupState]:
    def changed(state: GroupState) -> GroupState:
        return replace(state, epoch=replace(state.epoch, keys=change(state.epoch.keys)))

    return changed


def in_context(**changes: Any) -> Callable[[GroupState], GroupState]:  # noqa: ANN401
    return in_keys(lambda keys: replace(keys, context=replace(keys.context, **changes)))


def in_secret_tree(change: Callable[[Any], Any]) -> Callable[[GroupState], GroupState]:
    return in_keys(lambda keys: replace(keys, secret_tree=change(keys.secret_tree)))


def in_ratchet(change: Callable[[Any], Any]) -> Callable[[GroupState], GroupState]:
    """Changes the application ratchet of leaf 0, of which two keys were skipped."""

    def changed(tree: Any) -> Any:  # noqa: ANN401
        [leaf, *others] = sorted(tree.ratchets, key=lambda leaf: int(leaf.leaf_index))
        return replace(tree, ratchets=(replace(leaf, application=change(leaf.application)), *others))

    return in_secret_tree(changed)


def in_pending(change: Callable[[Any], Any]) -> Callable[[GroupState], GroupState]:
    return lambda state: replace(state, pending=change(state.pending))


def in_pending_context(**changes: Any) -> Callable[[GroupState], GroupState]:  # noqa: ANN401
    def changed(item: Any) -> Any:  # noqa: ANN401
        keys = replace(item.epoch.keys, context=replace(item.epoch.keys.context, **changes))
        return replace(item, epoch=replace(item.epoch, keys=keys))

    return in_pending(changed)


def in_past(**changes: Any) -> Callable[[GroupState], GroupState]:  # noqa: ANN401
    def changed(state: GroupState) -> GroupState:
        [past] = state.past
        return replace(state, past=(replace(past, keys=replace(past.keys, **changes)),))

    return changed


def in_past_context(**changes: Any) -> Callable[[GroupState], GroupState]:  # noqa: ANN401
    return lambda state: in_past(context=replace(state.past[0].keys.context, **changes))(state)


def with_keys(change: Callable[[tuple[NodeSecret, ...]], tuple[NodeSecret, ...]]) -> Callable[[GroupState], GroupState]:
    return lambda state: in_epoch(private_keys=change(state.epoch.private_keys))(state)


def flip_secret(item: NodeSecret) -> NodeSecret:
    return replace(item, secret=flip(item.secret, 9))


CONTRADICTIONS: dict[str, tuple[Callable[[GroupState], GroupState], type[VollyError], str]] = {
    "another tree hash": (in_context(tree_hash=bytes(32)), InvalidState, "not that of its context"),
    "another suite": (in_context(cipher_suite=0x004E), InvalidState, "has 32 bytes instead of 48|not that of its"),
    "an unknown suite": (in_context(cipher_suite=0x7777), InvalidState, "cipher suite"),
    "an unknown derivation": (lambda state: replace(state, derive="by hand"), InvalidState, "cipher suite"),
    "another transcript": (in_context(confirmed_transcript_hash=bytes(32)), InvalidState, "confirmation tag"),
    "another tag": (in_epoch(confirmation_tag=bytes(32)), InvalidState, "confirmation tag"),
    "another group id": (in_context(group_id=b"other"), InvalidState, "past epoch"),
    "an earlier epoch": (in_context(epoch=1), InvalidState, "past epoch"),
    "a later epoch": (in_context(epoch=7), InvalidState, "pending commit"),
    "no tree": (in_keys(lambda keys: replace(keys, ratchet_tree=b"\0")), InvalidTree, "empty"),
    "a short secret": (
        lambda state: in_epoch(secrets=replace(state.epoch.secrets, init_secret=b"short"))(state),
        InvalidState,
        "init_secret has 5 bytes",
    ),
    "a secret that belongs elsewhere": (
        lambda state: in_epoch(secrets=replace(state.epoch.secrets, encryption_secret=bytes(32)))(state),
        InvalidState,
        "encryption_secret has 32 bytes",
    ),
    "a short sender data secret": (
        in_keys(lambda keys: replace(keys, sender_data_secret=b"")),
        InvalidState,
        "sender data secret",
    ),
    "a leaf beyond the tree": (lambda state: replace(state, own_leaf_index=9), InvalidState, "at the leaf that was"),
    "the leaf of another": (lambda state: replace(state, own_leaf_index=2), InvalidState, "private key of our leaf"),
    "another signature key": (in_epoch(signature_private_key=bytes(32)), InvalidState, "not that of the public key"),
    "a short signature key": (in_epoch(signature_private_key=b"k"), InvalidState, "malformed"),
    "another private key": (
        with_keys(lambda keys: (*keys[:-1], flip_secret(keys[-1]))),
        InvalidState,
        "not that of the public key",
    ),
    "a short private key": (
        with_keys(lambda keys: (replace(keys[0], secret=b"k"), *keys[1:])),
        InvalidState,
        "malform",
    ),
    "a private key twice": (with_keys(lambda keys: (*keys, keys[0])), InvalidState, "one is there twice"),
    "no private key of ours": (
        with_keys(lambda keys: tuple(key for key in keys if key.node != 2)),
        InvalidState,
        "missing",
    ),
    "a private key of nobody": (
        with_keys(lambda keys: (*keys, NodeSecret(77, bytes(32)))),
        InvalidState,
        "a node that is blank",
    ),
    "a leaf without message keys": (
        in_secret_tree(lambda tree: replace(tree, secrets=tree.secrets[1:])),
        InvalidState,
        "not at all",
    ),
    "a leaf whose keys could be used again": (
        in_secret_tree(lambda tree: replace(tree, secrets=(*tree.secrets, NodeSecret(3, bytes(32))))),
        InvalidState,
        "secrets twice",
    ),
    "ratchets twice": (
        in_secret_tree(lambda tree: replace(tree, ratchets=(*tree.ratchets, tree.ratchets[0]))),
        InvalidState,
        "a node twice",
    ),
    "ratchets beyond the tree": (
        in_secret_tree(lambda tree: replace(tree, ratchets=(*tree.ratchets, replace(tree.ratchets[0], leaf_index=99)))),
        InvalidState,
        "beyond the ratchet tree",
    ),
    "a short tree secret": (
        in_secret_tree(lambda tree: replace(tree, secrets=(replace(tree.secrets[0], secret=b"s"), *tree.secrets[1:]))),
        InvalidState,
        "secret of the secret tree",
    ),
    "a short ratchet secret": (in_ratchet(lambda ratchet: replace(ratchet, secret=b"s")), InvalidState, "of a ratchet"),
    "a short message key": (
        in_ratchet(lambda ratchet: replace(ratchet, skipped=(replace(ratchet.skipped[0], key=b"k"),))),
        InvalidState,
        "a message key",
    ),
    "a short nonce": (
        in_ratchet(lambda ratchet: replace(ratchet, skipped=(replace(ratchet.skipped[0], nonce=b"n"),))),
        InvalidState,
        "a nonce",
    ),
    "a key twice": (
        in_ratchet(lambda ratchet: replace(ratchet, skipped=ratchet.skipped[:1] * 2)),
        InvalidState,
        "skipped keys",
    ),
    "a skipped key that is still to come": (
        in_ratchet(lambda ratchet: replace(ratchet, generation=1)),
        InvalidState,
        "skipped keys",
    ),
    "more skipped keys than are kept": (
        in_ratchet(
            lambda ratchet: replace(
                ratchet,
                generation=1000,
                skipped=tuple(replace(ratchet.skipped[0], generation=number) for number in range(MAX_SKIPPED + 1)),
            )
        ),
        InvalidState,
        "skipped keys",
    ),
    "another update": (
        lambda state: replace(state, own_updates=(OwnUpdate(bytes(32), bytes(32)),)),
        InvalidState,
        "not that of the public key",
    ),
    "too many proposals": (
        lambda state: replace(
            state,
            proposals=tuple(
                replace(state.proposals[0], reference=replace(state.proposals[0].reference, reference=bytes([n, m])))
                for n in range(5)
                for m in range(256)
            ),
        ),
        InvalidProposal,
        f"More than {DEFAULT_LIMITS.proposals}",
    ),
    "a pending commit for another epoch": (
        in_pending(lambda item: replace(item, pending=replace(item.pending, epoch=1))),
        InvalidState,
        "pending commit",
    ),
    "a pending commit with a wrong tag": (
        in_pending(lambda item: replace(item, epoch=replace(item.epoch, confirmation_tag=bytes(32)))),
        InvalidState,
        "confirmation tag",
    ),
    "a pending commit with a wrong key": (
        in_pending(
            lambda item: replace(
                item, epoch=replace(item.epoch, private_keys=tuple(map(flip_secret, item.epoch.private_keys)))
            )
        ),
        InvalidState,
        "not that of the public key",
    ),
    "a pending commit with another signature key": (
        in_pending(lambda item: replace(item, epoch=replace(item.epoch, signature_private_key=bytes(32)))),
        InvalidState,
        "not that of the public key",
    ),
    "a pending commit of another group": (in_pending_context(group_id=b"other"), InvalidState, "pending commit"),
    "a pending commit that skips an epoch": (in_pending_context(epoch=4), InvalidState, "pending commit"),
    "a past epoch without a tree": (in_past(ratchet_tree=b"\0"), InvalidTree, "empty"),
    "a past epoch of another suite": (in_past_context(cipher_suite=0x004E), InvalidState, "not that of its context"),
    "a past epoch that is not over": (in_past_context(epoch=2), InvalidState, "past epoch"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
async def test_parts_that_do_not_belong_together_are_refused(name: str) -> None:
    change, error, problem = CONTRADICTIONS[name]
    with pytest.raises(error, match=problem):
        await Group.import_state(ENGINE, stored(change(await state_of((await eventful())[1]))), Settings(clock=Clock()))


async def test_reading_a_state_awaits_the_engine_once() -> None:
    party, engine = await eventful(), CountingEngine()
    await Group.import_state(engine, await party[1].export_state(), party.settings)
    assert engine.awaits == 1


async def test_the_unchanged_state_is_accepted() -> None:
    state = await state_of((await eventful())[1])
    assert state.past
    assert state.resumption_psks
    assert state.proposals
    assert state.own_updates
    assert state.pending
    assert (await Group.import_state(ENGINE, stored(state), Settings(clock=Clock()))).epoch == 2


async def test_a_state_of_another_version_is_refused() -> None:
    state = await (await Party.of(1))[0].export_state()
    for version in (b"\0\0", b"\0\1", b"\0\3", b"\1\2"):
        with pytest.raises(DecodeError, match="StateVersion"):
            await Group.import_state(ENGINE, version + state[2:])


async def test_a_state_that_ends_early_or_late_is_refused() -> None:
    state = await (await eventful())[1].export_state()
    for length in range(0, len(state), 7):
        with pytest.raises(DecodeError):
            await Group.import_state(ENGINE, state[:length])
    with pytest.raises(DecodeError, match="follow the end"):
        await Group.import_state(ENGINE, state + b"\0")


@cache
def an_eventful_state() -> bytes:
    """One for all examples: making it takes longer than reading it."""
    return asyncio.run(make_eventful_state())


async def make_eventful_state() -> bytes:
    return await (await eventful())[1].export_state()


@given(st.integers(0), st.binary(min_size=1, max_size=4))
def test_every_change_is_noticed(position: int, noise: bytes) -> None:
    state = an_eventful_state()
    start = position % len(state)
    changed = state[:start] + noise + state[start + len(noise) :]
    if changed != state:
        with pytest.raises(VollyError):
            asyncio.run(Group.import_state(ENGINE, changed, Settings(clock=Clock())))


@given(st.integers(0), st.integers(0, 4), st.binary(max_size=4))
def test_a_wrong_state_with_a_right_digest_is_refused_or_makes_a_group_that_refuses(
    position: int, lost: int, noise: bytes
) -> None:
    """Nobody can tell that an exporter secret is another one; what it may not do is to break the program."""
    state = StoredState.decode(an_eventful_state()).group_state
    start = position % len(state)
    changed = state[:start] + noise + state[start + lost :]
    with contextlib.suppress(VollyError):
        asyncio.run(use(StoredState(StateVersion.SECOND, sha256(changed).digest(), changed).encode()))


async def use(state: bytes) -> None:
    group = await Group.import_state(ENGINE, state, Settings(clock=Clock()))
    await group.export_state()
    group.merge(await group.commit())
    await group.encrypt(b"in a new epoch")


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data: bytes) -> None:
    for state in (data, b"\0\2" + data, an_eventful_state()[: 40 + len(data)] + data):
        with pytest.raises(VollyError):
            asyncio.run(Group.import_state(ENGINE, state))
