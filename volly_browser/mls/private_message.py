"""PrivateMessage (RFC 9420, section 6.3): signed and encrypted, its sender hidden.

Sealing and opening take two awaits each: the key of the sender data depends on the ciphertext of the content.
"""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.crypto.engine import DecryptionFailed, Engine, Open, Seal, run_one
from volly_browser.mls.codec import DecodeError, FixedOpaque, Integer, Opaque, Struct, Uint32, Uint64, codec_for
from volly_browser.mls.errors import MlsUsageError, UndecryptableMessage
from volly_browser.mls.framing import (
    CONTENT_OF_TYPE,
    AuthenticatedContent,
    ContentType,
    FramedContent,
    MemberSender,
    auth_data_type,
)
from volly_browser.mls.padding import Padding
from volly_browser.mls.secret_tree import MessageKey, RatchetType, SecretTree
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.versions import WireFormat

REUSE_GUARD_LENGTH = 4

ContentTypeField = Annotated[ContentType, Integer(1)]


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
class PrivateContentAAD(Struct):
    """What is authenticated beside the content (section 6.3.1)."""

    group_id: Opaque
    epoch: Uint64
    content_type: ContentTypeField
    authenticated_data: Opaque


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


def ratchet_type_of(content_type: ContentType) -> RatchetType:
    """The ratchet that protects a type of content (section 9.1)."""
    return RatchetType.APPLICATION if content_type == ContentType.APPLICATION else RatchetType.HANDSHAKE


def guarded(nonce: bytes, reuse_guard: bytes) -> bytes:
    """The ratchet's nonce with its first four bytes XORed with the reuse guard (section 6.3.1)."""
    head = bytes(a ^ b for a, b in zip(nonce[:REUSE_GUARD_LENGTH], reuse_guard, strict=True))
    return head + nonce[REUSE_GUARD_LENGTH:]


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
    framed = message.content
    if not isinstance(framed.sender, MemberSender):
        raise MlsUsageError("Only members send private messages (RFC 9420, section 6.3.2).")
    content_type = framed.content_type
    leaf_index = framed.sender.leaf_index
    key = secret_tree.next_key(leaf_index, ratchet_type_of(content_type))
    sender_data = SenderData(leaf_index, key.generation, engine.random(REUSE_GUARD_LENGTH))
    aad = PrivateContentAAD(framed.group_id, framed.epoch, content_type, framed.authenticated_data).encode()
    nonce = guarded(key.nonce, sender_data.reuse_guard)
    ciphertext = await run_one(engine, Seal(key.key, nonce, aad, _padded_content(message, padding)))
    sender_aad = SenderDataAAD(framed.group_id, framed.epoch, content_type).encode()
    sender_key, sender_nonce = sender_data_key_and_nonce(suite, sender_data_secret, ciphertext)
    encrypted = await run_one(engine, Seal(sender_key, sender_nonce, sender_aad, sender_data.encode()))
    return PrivateMessage(framed.group_id, framed.epoch, content_type, framed.authenticated_data, encrypted, ciphertext)


def _padded_content(message: AuthenticatedContent, padding: Padding) -> bytes:
    """The encoded PrivateMessageContent.  What is padded is the content; the signature has a length of its own."""
    content = codec_for(CONTENT_OF_TYPE[message.content.content_type]).encode(message.content.content)
    zeros = bytes(max(0, padding(len(content)) - len(content)))
    return content + message.auth.encode() + zeros


async def open_sender_data(
    engine: Engine, suite: CipherSuite, message: PrivateMessage, sender_data_secret: bytes
) -> SenderData:
    """Open the sender data of a message; they prove only that a member sent it (section 6.3.2).

    Raises:
        UndecryptableMessage: the sender data do not open, or are malformed.
    """
    key, nonce = sender_data_key_and_nonce(suite, sender_data_secret, message.ciphertext)
    aad = SenderDataAAD(message.group_id, message.epoch, message.content_type).encode()
    try:
        return SenderData.decode(await run_one(engine, Open(key, nonce, aad, message.encrypted_sender_data)))
    except (DecryptionFailed, DecodeError) as error:
        raise UndecryptableMessage("The sender data of a message do not open (RFC 9420, section 6.3.2).") from error


async def open_content(
    engine: Engine, message: PrivateMessage, sender_data: SenderData, key: MessageKey
) -> AuthenticatedContent:
    """Open the content of a message; the signature is still to be verified (section 6.3.1).

    Raises:
        UndecryptableMessage: the content does not open.
        DecodeError: it is malformed, or its padding is not zero.
    """
    aad = PrivateContentAAD(message.group_id, message.epoch, message.content_type, message.authenticated_data).encode()
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
    if plaintext.count(0, start) != end - start:
        raise DecodeError("The padding of a message is not all zero (RFC 9420, section 6.3.1).")
    framed = FramedContent(message.group_id, message.epoch, sender, message.authenticated_data, content)
    return AuthenticatedContent(WireFormat.PRIVATE_MESSAGE, framed, auth)
