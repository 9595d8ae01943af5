"""PrivateMessage (RFC 9420, section 6.3): signed and encrypted, its sender hidden.

Sealing is one program for the engine, since the key of the sender data depends on the ciphertext of the content.
Opening is two operations: what is in the sender data says which key the content has.  Application data, which is most
of what is sent, is signed and opened within a program, too; see `application_data`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from volly_browser.crypto.engine import DecryptionFailed, Engine, Open, run_one
from volly_browser.crypto.programs import Execute, Given
from volly_browser.mls.codec import DecodeError, FixedOpaque, Opaque, Struct, Uint32, Uint64, codec_for, opaque
from volly_browser.mls.errors import MlsUsageError, UndecryptableMessage
from volly_browser.mls.framing import (
    CONTENT_OF_TYPE,
    AuthenticatedContent,
    ContentType,
    ContentTypeField,
    FramedContent,
    MemberSender,
    auth_data_type,
)
from volly_browser.mls.message_programs import MessagePrograms
from volly_browser.mls.padding import Padding
from volly_browser.mls.secret_tree import MessageKey, RatchetType, SecretTree
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.versions import WireFormat

REUSE_GUARD_LENGTH = 4


@dataclass(frozen=True, slots=True)
class PrivateMessage(Struct):
    """An encrypted message."""

    group_id: Opaque
    epoch: Uint64
    content_type: ContentTypeField
    authenticated_data: Opaque
    encrypted_sender_data: Opaque
    ciphertext: Opaque


@dataclass(frozen=True, slots=True)
class SenderDataAAD(Struct):
    """What is authenticated beside the sender data (section 6.3.2)."""

    group_id: Opaque
    epoch: Uint64
    content_type: ContentTypeField


@dataclass(frozen=True, slots=True)
class SenderData(Struct):
    """The sender of a message, and the key that it used (section 6.3.2)."""

    leaf_index: Uint32
    generation: Uint32
    reuse_guard: Annotated[bytes, FixedOpaque(REUSE_GUARD_LENGTH)]


@lru_cache(maxsize=16)
def sender_data_aad(group_id: bytes, epoch: int, content_type: ContentType) -> bytes:
    """The encoded SenderDataAAD, which is the same for all messages of a type in an epoch."""
    return SenderDataAAD(group_id, epoch, content_type).encode()


def content_aad(group_id: bytes, epoch: int, content_type: ContentType, authenticated_data: bytes) -> bytes:
    """The encoded PrivateContentAAD, authenticated beside the content (section 6.3.1); begins as SenderDataAAD does."""
    return sender_data_aad(group_id, epoch, content_type) + opaque(authenticated_data)


def ratchet_type_of(content_type: ContentType) -> RatchetType:
    """The ratchet that protects a type of content (section 9.1)."""
    return RatchetType.APPLICATION if content_type == ContentType.APPLICATION else RatchetType.HANDSHAKE


def guarded(nonce: bytes, reuse_guard: bytes) -> bytes:
    """The ratchet's nonce with its first four bytes XORed with the reuse guard (section 6.3.1)."""
    head = int.from_bytes(nonce[:REUSE_GUARD_LENGTH], "big") ^ int.from_bytes(reuse_guard, "big")
    return head.to_bytes(REUSE_GUARD_LENGTH, "big") + nonce[REUSE_GUARD_LENGTH:]


def sender_data_key_and_nonce(suite: CipherSuite, sender_data_secret: bytes, ciphertext: bytes) -> tuple[bytes, bytes]:
    """`sender_data_key` and `sender_data_nonce` (section 6.3.2), from the first KDF.Nh bytes of the ciphertext."""
    sample = ciphertext[: suite.hash_length]
    return (
        suite.expand_with_label(sender_data_secret, b"key", sample, suite.key_length),
        suite.expand_with_label(sender_data_secret, b"nonce", sample, suite.nonce_length),
    )


async def protect_private(
    engine: Engine,
    suite: CipherSuite,
    message: AuthenticatedContent,
    *,
    secret_tree: SecretTree,
    sender_data_secret: bytes,
    padding: Padding,
) -> PrivateMessage:
    """Encrypt a signed message with the sender's next key, which is used up even after a failure.

    Raises:
        MlsUsageError: the sender is not a member.
    """
    content = message.content
    inputs = sealing_inputs(engine, content, secret_tree=secret_tree, sender_data_secret=sender_data_secret)
    inputs["content"] = _padded_content(message, padding)
    return sealed(content, await run_one(engine, Execute(MessagePrograms.of(suite).seal, inputs)))


def sealing_inputs(
    engine: Engine, content: FramedContent, *, secret_tree: SecretTree, sender_data_secret: bytes
) -> dict[str, bytes]:
    """What `MessagePrograms.seal` and `sign_and_seal` need besides the plaintext.

    The sender's next key is among it, and used up.

    Raises:
        MlsUsageError: the sender is not a member.
    """
    if not isinstance(content.sender, MemberSender):
        raise MlsUsageError("Only members send private messages (RFC 9420, section 6.3.2).")
    leaf_index, content_type = content.sender.leaf_index, content.content_type
    key = secret_tree.next_key(leaf_index, ratchet_type_of(content_type))
    sender_data = SenderData(leaf_index, key.generation, engine.random(REUSE_GUARD_LENGTH))
    sender_aad = sender_data_aad(content.group_id, content.epoch, content_type)
    return {
        "key": key.key,
        "nonce": guarded(key.nonce, sender_data.reuse_guard),
        "aad": content_aad(content.group_id, content.epoch, content_type, content.authenticated_data),
        "sender_data_secret": sender_data_secret,
        "sender_aad": sender_aad,
        "sender_data": sender_data.encode(),
    }


def sealed(content: FramedContent, given: Given) -> PrivateMessage:
    """The message of what `MessagePrograms.seal` or `sign_and_seal` has given."""
    ciphertext, sender_data = given
    return PrivateMessage(
        content.group_id, content.epoch, content.content_type, content.authenticated_data, sender_data, ciphertext
    )


def zeros(length: int, padding: Padding) -> bytes:
    """What pads a content of some length."""
    return bytes(max(0, padding(length) - length))


def _padded_content(message: AuthenticatedContent, padding: Padding) -> bytes:
    """The encoded PrivateMessageContent.  What is padded is the content; the signature has a length of its own."""
    content = codec_for(CONTENT_OF_TYPE[message.content.content_type]).encode(message.content.content)
    return content + message.auth.encode() + zeros(len(content), padding)


async def open_sender_data(
    engine: Engine, suite: CipherSuite, message: PrivateMessage, sender_data_secret: bytes
) -> SenderData:
    """Open the sender data of a message; they prove only that a member sent it (section 6.3.2).

    Raises:
        UndecryptableMessage: the sender data do not open, or are malformed.
    """
    key, nonce = sender_data_key_and_nonce(suite, sender_data_secret, message.ciphertext)
    aad = sender_data_aad(message.group_id, message.epoch, message.content_type)
    try:
        encoded = await run_one(engine, Open(key, nonce, aad, message.encrypted_sender_data))
    except DecryptionFailed as error:
        raise UndecryptableMessage("The sender data of a message do not open (RFC 9420, section 6.3.2).") from error
    return decode_sender_data(encoded)


def decode_sender_data(encoded: bytes) -> SenderData:
    """Decode sender data.  Raises UndecryptableMessage if they are malformed."""
    try:
        return SenderData.decode(encoded)
    except DecodeError as error:
        raise UndecryptableMessage("The sender data of a message are malformed (RFC 9420, 6.3.2).") from error


async def open_content(
    engine: Engine, message: PrivateMessage, sender_data: SenderData, key: MessageKey
) -> AuthenticatedContent:
    """Open the content of a message; the signature is still to be verified (section 6.3.1).

    Raises:
        UndecryptableMessage: the content does not open.
        DecodeError: it is malformed, or its padding is not zero.
    """
    aad = content_aad(message.group_id, message.epoch, message.content_type, message.authenticated_data)
    nonce = guarded(key.nonce, sender_data.reuse_guard)
    try:
        plaintext = await run_one(engine, Open(key.key, nonce, aad, message.ciphertext))
    except DecryptionFailed as error:
        raise UndecryptableMessage("The content of a message does not open (RFC 9420, section 6.3.1).") from error
    return _decode_content(message, MemberSender(sender_data.leaf_index), plaintext)


def _decode_content(message: PrivateMessage, sender: MemberSender, plaintext: bytes) -> AuthenticatedContent:
    end = len(plaintext)
    content, start = codec_for(CONTENT_OF_TYPE[message.content_type]).read(plaintext, 0, end)
    auth, start = codec_for(auth_data_type(message.content_type)).read(plaintext, start, end)
    check_padding(plaintext, start)
    framed = FramedContent(message.group_id, message.epoch, sender, message.authenticated_data, content)
    return AuthenticatedContent(WireFormat.PRIVATE_MESSAGE, framed, auth)


def check_padding(plaintext: bytes, start: int) -> None:
    """Refuse padding that is not all zero.  Raises DecodeError."""
    if plaintext.count(0, start) != len(plaintext) - start:
        raise DecodeError("The padding of a message is not all zero (RFC 9420, section 6.3.1).")
