"""Hostile application data: the same errors whether it is from whom it was expected, and no key is lost by it."""

from dataclasses import replace
from random import Random

import pytest

from tests.unit.mls.party import Party, data_of, flip
from tests.unit.mls.stage import REUSE_GUARD, seal_by_hand
from tests.unit.mls.test_receiving import refuses
from volly_browser.crypto.engine import TAG_LENGTH
from volly_browser.errors import RemoteError
from volly_browser.mls.codec import DecodeError, opaque
from volly_browser.mls.errors import (
    InvalidSignature,
    MlsError,
    OwnMessage,
    SecretReuse,
    TooFarAhead,
    UndecryptableMessage,
    UnknownSender,
)
from volly_browser.mls.framing import ContentType
from volly_browser.mls.group import Group
from volly_browser.mls.messages import MLSMessage, to_message
from volly_browser.mls.padding import unpadded
from volly_browser.mls.private_message import PrivateMessage, SenderData
from volly_browser.mls.secret_tree import MAX_FORWARD

each_expectation = pytest.mark.parametrize(
    "heard", [None, 0, 1], ids=["nobody is expected", "the sender is expected", "another is expected"]
)

SIGNATURE = bytes(64)


async def three(heard: int | None) -> tuple[Group, Group, Group]:
    """Alice, whose messages these are to be, Mallory, and Carol, who has heard one of them before."""
    alice, mallory, carol = (await Party.of(3)).members
    if heard is not None:
        await carol.process(await (alice, mallory)[heard].encrypt(b"before"))
    return alice, mallory, carol


async def opens(carol: Group, alice: Group) -> None:
    assert data_of(await carol.process(await alice.encrypt(b"truth"))) == b"truth"


async def in_alices_name(mallory: Group, heard: int | None, content: bytes) -> bytes:
    """What Alice could send next, but for what is in it."""
    generation = int(heard == 0)
    sender_data = SenderData(0, generation, REUSE_GUARD).encode()
    return await seal_by_hand(mallory, ContentType.APPLICATION, content, sender_data, generation)


@each_expectation
async def test_every_flipped_bit_is_noticed_and_harmless(heard: int | None) -> None:
    alice, _, carol = await three(heard)
    message = await alice.encrypt(b"hello", b"in the clear", padding=unpadded)
    for position in range(len(message)):
        await refuses(carol, flip(message, position), RemoteError)
    assert data_of(await carol.process(message)) == b"hello"


@each_expectation
async def test_truncated_messages_are_refused(heard: int | None) -> None:
    alice, _, carol = await three(heard)
    message = await alice.encrypt(b"hello", padding=unpadded)
    for length in range(len(message)):
        await refuses(carol, message[:length], RemoteError)
    await opens(carol, alice)


@each_expectation
async def test_what_is_too_short_for_a_tag_does_not_open(heard: int | None) -> None:
    alice, _, carol = await three(heard)
    message = MLSMessage.decode(await alice.encrypt(b"hello")).body
    assert isinstance(message, PrivateMessage)
    for length in (0, 1, TAG_LENGTH - 1, TAG_LENGTH, TAG_LENGTH + 1):
        sender_data = replace(message, encrypted_sender_data=message.encrypted_sender_data[:length])
        await refuses(carol, to_message(sender_data), UndecryptableMessage)
        content = replace(message, ciphertext=message.ciphertext[:length])
        await refuses(carol, to_message(content), UndecryptableMessage)
    await opens(carol, alice)


@each_expectation
@pytest.mark.parametrize("signature", [SIGNATURE, SIGNATURE[1:], b""])
async def test_without_the_senders_signature_nothing_is_taken(heard: int | None, signature: bytes) -> None:
    alice, mallory, carol = await three(heard)
    lie = await in_alices_name(mallory, heard, opaque(b"lie") + opaque(signature))
    await refuses(carol, lie, InvalidSignature)
    await opens(carol, alice)


@each_expectation
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x05four",
        b"\x40\x03lie" + opaque(SIGNATURE),
        b"\xc0\x00\x00\x00\x00\x00\x00\x03lie" + opaque(SIGNATURE),
        b"\xbf\xff\xff\xff",
        opaque(b"lie"),
        opaque(b"lie") + b"\x41",
        opaque(b"lie") + b"\x80\x00\x00\x40" + SIGNATURE,
        opaque(b"lie") + opaque(SIGNATURE) + b"\1",
    ],
)
async def test_malformed_content_is_refused(heard: int | None, content: bytes) -> None:
    alice, mallory, carol = await three(heard)
    await refuses(carol, await in_alices_name(mallory, heard, content), DecodeError)
    await opens(carol, alice)


@each_expectation
async def test_malformed_sender_data_are_refused(heard: int | None) -> None:
    alice, mallory, carol = await three(heard)
    generation = int(heard == 0)
    sender_data = SenderData(0, generation, REUSE_GUARD).encode()
    content = opaque(b"lie") + opaque(SIGNATURE)
    for malformed in (b"", sender_data[:8], sender_data[:-1], sender_data + b"\0"):
        message = await seal_by_hand(mallory, ContentType.APPLICATION, content, malformed, generation)
        await refuses(carol, message, UndecryptableMessage)
    await opens(carol, alice)


@each_expectation
@pytest.mark.parametrize(
    ("leaf_index", "generation", "error"),
    [(2, 5, OwnMessage), (3, 5, UnknownSender), (1 << 31, 5, UnknownSender), (0, MAX_FORWARD + 2, TooFarAhead)],
)
async def test_nobody_speaks_from_where_nobody_is(
    heard: int | None, leaf_index: int, generation: int, error: type[MlsError]
) -> None:
    alice, mallory, carol = await three(heard)
    sender_data = SenderData(leaf_index, generation, REUSE_GUARD).encode()
    message = await seal_by_hand(mallory, ContentType.APPLICATION, b"", sender_data)
    await refuses(carol, message, error)
    await opens(carol, alice)


@pytest.mark.parametrize("seed", range(5))
async def test_in_whatever_order_messages_come_each_opens_once(seed: int) -> None:
    alice, bob, carol = (await Party.of(3)).members
    senders = [alice, bob] * 6
    texts = [f"{number}".encode() for number in range(len(senders))]
    sent = [(await sender.encrypt(text), text) for sender, text in zip(senders, texts, strict=True)]
    Random(seed).shuffle(sent)
    for message, text in sent:
        assert data_of(await carol.process(message)) == text
        await refuses(carol, message, SecretReuse)


async def test_the_sender_is_expected_in_the_epoch_of_the_message() -> None:
    party = await Party.of(3)
    alice, bob, carol = party.members
    late = [await alice.encrypt(text) for text in (b"one", b"two")]
    await party.commit(1)
    await opens(carol, bob)
    assert [data_of(await carol.process(message)) for message in late] == [b"one", b"two"]
    await opens(carol, bob)
