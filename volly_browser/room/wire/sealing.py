"""AES-256-GCM with a random nonce and padding, for all that goes over the wire outside of MLS messages.

    sealed = nonce (12) || AES-256-GCM(key, nonce, aad, content || 0x80 || zeros)

The zeros pad to a multiple of 256 bytes, which hides the length of a name.
"""

from volly_browser.crypto.engine import NONCE_LENGTH, TAG_LENGTH, DecryptionFailed, Engine, Open, Seal, run_one
from volly_browser.errors import RemoteError

BUCKET = 256
"""Sealed bytes are padded to a multiple of this."""

PADDING_MARK = b"\x80"


class SealBroken(RemoteError):
    """Sealed bytes were not made with this key for this purpose, or were changed on their way."""


async def seal(engine: Engine, key: bytes, aad: bytes, content: bytes) -> bytes:
    """Seal under a 32-byte key.

    Args:
        engine: has AES-GCM.
        key: 32 bytes.
        aad: names the purpose and the context.
        content: what to encrypt.
    """
    nonce = engine.random(NONCE_LENGTH)
    return nonce + await run_one(engine, Seal(key, nonce, aad, _pad(content)))


async def unseal(engine: Engine, key: bytes, aad: bytes, sealed: bytes) -> bytes:
    """Open what `seal` made.  Raises SealBroken."""
    if len(sealed) < NONCE_LENGTH + TAG_LENGTH:
        raise SealBroken(f"{len(sealed)} bytes are too few to be sealed.")
    nonce, ciphertext = sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:]
    try:
        padded = await run_one(engine, Open(key, nonce, aad, ciphertext))
    except DecryptionFailed as error:
        raise SealBroken("Sealed bytes were made with another key, or were changed on their way.") from error
    return _unpad(padded)


def _pad(content: bytes) -> bytes:
    marked = content + PADDING_MARK
    return marked + bytes(-len(marked) % BUCKET)


def _unpad(padded: bytes) -> bytes:
    content = padded.rstrip(b"\0")
    if not content.endswith(PADDING_MARK):
        raise SealBroken("Sealed content does not end with its padding.")
    return content[: -len(PADDING_MARK)]
