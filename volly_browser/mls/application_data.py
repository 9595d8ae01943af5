"""Application data in private messages (RFC 9420, sections 6.3 and 15): one way to the engine and back for each.

Only its encrypted sender data name the sender of a message, and so the key that opens it.  We expect the next message
of the member that was heard last, and let the engine open that at once.  If it is another member's, the engine is
asked twice.
"""

from dataclasses import dataclass

from volly_browser.crypto.engine import DecryptionFailed, Engine, run_one
from volly_browser.crypto.programs import Execute, Given, Program
from volly_browser.mls.codec import codec_for
from volly_browser.mls.epoch import Epoch, MessageKeys
from volly_browser.mls.errors import InvalidSignature, UndecryptableMessage
from volly_browser.mls.framing import (
    ApplicationData,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    data_to_be_signed_head,
)
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.message_programs import MessagePrograms
from volly_browser.mls.padding import Padding
from volly_browser.mls.private_message import (
    REUSE_GUARD_LENGTH,
    PrivateMessage,
    SenderData,
    check_padding,
    content_aad,
    decode_sender_data,
    guarded,
    open_sender_data,
    sealed,
    sealing_inputs,
    sender_data_aad,
    sender_data_key_and_nonce,
    zeros,
)
from volly_browser.mls.secret_tree import MessageKey, RatchetType

_data = codec_for(ApplicationData)
_auth = codec_for(FramedContentAuthData)


@dataclass(frozen=True, slots=True)
class OpenedData:
    """Application data of a member, whose signature is valid.

    Attributes:
        data: the content.
        leaf: the sender's.
        sender_data: its leaf index, and the key that it used.
    """

    data: bytes
    leaf: LeafNode
    sender_data: SenderData


async def seal_data(engine: Engine, epoch: Epoch, content: FramedContent, padding: Padding) -> PrivateMessage:
    """Sign and encrypt application data with our next key, which is used up even after a failure."""
    keys, data = epoch.keys, content.content.encode()
    inputs = sealing_inputs(engine, content, secret_tree=keys.secret_tree, sender_data_secret=keys.sender_data_secret)
    head = data_to_be_signed_head(content.group_id, content.epoch, content.sender, content.authenticated_data)
    inputs["signature_key"] = epoch.signature_key.private_key
    inputs["to_be_signed"] = head + data + epoch.context.encode()
    inputs["data"], inputs["padding"] = data, zeros(len(data), padding)
    return sealed(content, await run_one(engine, Execute(MessagePrograms.of(epoch.suite).sign_and_seal, inputs)))


async def open_data(engine: Engine, keys: MessageKeys, message: PrivateMessage) -> OpenedData:
    """Decrypt application data and verify its signature, leaving its key in place until that is consumed.

    Raises:
        UndecryptableMessage, DecodeError: it does not open, or is malformed.
        UnknownSender: no member is at the leaf that it names.
        OwnMessage: it is ours.
        SecretReuse, TooFarAhead: its key is gone, or too far away.
        InvalidSignature: the signature is not the sender's.
    """
    expected = keys.secret_tree.expected_key()
    if expected is None:
        sender_data = await open_sender_data(engine, keys.suite, message, keys.sender_data_secret)
    else:
        sender_data, plaintext, valid = await _open_expected(engine, keys, message, *expected)
        if (sender_data.leaf_index, sender_data.generation) == (expected[0], expected[1].generation):
            return _opened(keys, sender_data, plaintext, valid)
    leaf = keys.sender(sender_data.leaf_index)
    key = keys.secret_tree.find_key(sender_data.leaf_index, RatchetType.APPLICATION, sender_data.generation)
    inputs = _inputs(keys, message, sender_data.leaf_index, leaf, key)
    inputs["nonce"] = guarded(key.nonce, sender_data.reuse_guard)
    return _opened(keys, sender_data, *await _run(engine, MessagePrograms.of(keys.suite).open, inputs))


async def _open_expected(
    engine: Engine, keys: MessageKeys, message: PrivateMessage, leaf_index: int, key: MessageKey
) -> tuple[SenderData, bytes | None, bool | None]:
    """Open the sender data, and if they name this member and this key, the content; return plaintext and validity."""
    sender_key, sender_nonce = sender_data_key_and_nonce(keys.suite, keys.sender_data_secret, message.ciphertext)
    inputs = _inputs(keys, message, leaf_index, keys.sender(leaf_index), key)
    inputs |= {
        "sender_key": sender_key,
        "sender_nonce": sender_nonce,
        "sender_aad": sender_data_aad(message.group_id, message.epoch, message.content_type),
        "sealed_sender": message.encrypted_sender_data,
        "expected": SenderData(leaf_index, key.generation, bytes(REUSE_GUARD_LENGTH)).encode()[:-REUSE_GUARD_LENGTH],
        "nonce_head": key.nonce[:REUSE_GUARD_LENGTH],
        "nonce_tail": key.nonce[REUSE_GUARD_LENGTH:],
    }
    encoded, plaintext, valid = await _run(engine, MessagePrograms.of(keys.suite).open_expected, inputs)
    return decode_sender_data(encoded), plaintext, valid


def _inputs(
    keys: MessageKeys, message: PrivateMessage, leaf_index: int, leaf: LeafNode, key: MessageKey
) -> dict[str, bytes]:
    """Return the inputs by which both programs open and verify the content."""
    group_id, epoch, authenticated_data = message.group_id, message.epoch, message.authenticated_data
    return {
        "key": key.key,
        "aad": content_aad(group_id, epoch, message.content_type, authenticated_data),
        "ciphertext": message.ciphertext,
        "to_be_signed_head": data_to_be_signed_head(group_id, epoch, MemberSender(leaf_index), authenticated_data),
        "context": keys.context.encode(),
        "signature_key": leaf.signature_key,
    }


async def _run(engine: Engine, program: Program, inputs: dict[str, bytes]) -> Given:
    try:
        return await run_one(engine, Execute(program, inputs))
    except DecryptionFailed as error:
        raise UndecryptableMessage("A message does not open (RFC 9420, section 6.3).") from error


def _opened(keys: MessageKeys, sender_data: SenderData, plaintext: bytes | None, valid: bool | None) -> OpenedData:
    data = _decode(plaintext or b"")
    if not valid:
        raise InvalidSignature("The signature of a message is wrong (RFC 9420, section 6.1).")
    return OpenedData(data, keys.sender(sender_data.leaf_index), sender_data)


def _decode(plaintext: bytes) -> bytes:
    """Decode the data in a plaintext; they are what was verified, since each has one encoding only."""
    end = len(plaintext)
    content, start = _data.read(plaintext, 0, end)
    _, start = _auth.read(plaintext, start, end)
    check_padding(plaintext, start)
    data: bytes = content.application_data
    return data
