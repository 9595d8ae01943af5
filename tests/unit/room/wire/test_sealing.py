import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.crypto.engine import NONCE_LENGTH, TAG_LENGTH, Seal, run_one
from volly_browser.crypto.native import NativeEngine
from volly_browser.room.wire.sealing import BUCKET, SealBroken, seal, unseal

ENGINE = NativeEngine()
KEY = bytes(range(32))


@given(st.binary(max_size=1000), st.binary(max_size=50))
def test_what_is_sealed_can_be_opened(content: bytes, aad: bytes) -> None:
    async def scenario() -> None:
        assert await unseal(ENGINE, KEY, aad, await seal(ENGINE, KEY, aad, content)) == content

    asyncio.run(scenario())


@pytest.mark.parametrize("length", [0, 1, 254, 255, 256, 1000])
async def test_lengths_are_multiples_of_a_bucket(length: int) -> None:
    sealed = await seal(ENGINE, KEY, b"", bytes(length))
    assert (len(sealed) - NONCE_LENGTH - TAG_LENGTH) % BUCKET == 0


async def test_content_that_ends_like_padding_is_kept() -> None:
    for content in (b"\x80", b"\x80\x00", b"\x00\x00", b"x\x80\x00\x80"):
        assert await unseal(ENGINE, KEY, b"", await seal(ENGINE, KEY, b"", content)) == content


async def test_the_same_content_never_looks_the_same() -> None:
    assert await seal(ENGINE, KEY, b"", b"hello") != await seal(ENGINE, KEY, b"", b"hello")


async def test_another_key_another_purpose_or_a_changed_bit_is_refused() -> None:
    sealed = await seal(ENGINE, KEY, b"purpose", b"content")
    with pytest.raises(SealBroken):
        await unseal(ENGINE, bytes(32), b"purpose", sealed)
    with pytest.raises(SealBroken):
        await unseal(ENGINE, KEY, b"another", sealed)
    for position in (0, NONCE_LENGTH, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            await unseal(ENGINE, KEY, b"purpose", bytes(changed))


@pytest.mark.parametrize("length", [0, 11, 27])
async def test_too_few_bytes_are_refused_before_any_cryptography(length: int) -> None:
    with pytest.raises(SealBroken, match="too few"):
        await unseal(ENGINE, KEY, b"", bytes(length))


@pytest.mark.parametrize("padded", [b"", b"no mark", bytes(256)])
async def test_content_without_its_padding_is_refused(padded: bytes) -> None:
    nonce = bytes(NONCE_LENGTH)
    with pytest.raises(SealBroken, match="padding"):
        await unseal(ENGINE, KEY, b"", nonce + await run_one(ENGINE, Seal(KEY, nonce, b"", padded)))
