"""Shared secrets by ML-KEM-768, and what they protect."""

import pytest

from volly_browser.crypto import Crypto, initialize_crypto
from volly_browser.crypto.engine import Algorithm, DecryptionFailed, InvalidKey, Open
from volly_browser.crypto.native import NativeEngine
from volly_browser.crypto.selection import EngineSet, WrongEngineChoice

CRYPTO = Crypto(EngineSet(dict.fromkeys(Algorithm, NativeEngine())), ())
SECRET = bytes(range(32))


async def test_two_people_share_a_secret_and_a_message() -> None:
    crypto = await initialize_crypto()
    bob = await crypto.generate_key_pair()
    ciphertext, secret = await crypto.encapsulate(bob.public_key)
    sealed = await crypto.encrypt(b"metadata", secret)

    assert await crypto.decapsulate(ciphertext, bob.secret_key) == secret
    assert await crypto.decrypt(sealed, secret) == b"metadata"
    assert {result.engine for result in crypto.self_test} == {"native"}


async def test_the_engines_are_those_of_the_configuration() -> None:
    crypto = await initialize_crypto({"ML-KEM-768": "python"})
    assert crypto.engines.chosen[Algorithm.ML_KEM_768].name == "python"
    with pytest.raises(WrongEngineChoice):
        await initialize_crypto({"ML-KEM-768": "abacus"})


async def test_the_format_is_version_nonce_ciphertext_tag() -> None:
    sealed = await CRYPTO.encrypt(b"data", SECRET)
    assert (len(sealed), sealed[:1]) == (29 + 4, b"\x01")
    assert sealed != await CRYPTO.encrypt(b"data", SECRET)
    # The key that the module's documentation describes, computed by hand.
    key = bytes.fromhex("60fd9bbe459126f8a2113ba835e52228cd3284a365438a885ede541ac84d26b9")
    [opened] = await CRYPTO.engines.run([Open(key, sealed[1:13], b"\x01", sealed[13:])])
    assert opened == b"data"


@pytest.mark.parametrize("position", [0, 1, 12, 13, -1])
async def test_a_changed_byte_is_noticed(position: int) -> None:
    sealed = bytearray(await CRYPTO.encrypt(b"data", SECRET))
    sealed[position] ^= 1
    with pytest.raises(DecryptionFailed):
        await CRYPTO.decrypt(bytes(sealed), SECRET)


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x01" + bytes(11), b"\x01" + bytes(20), b"\x02" + bytes(40)])
async def test_what_encrypt_never_makes_is_refused(data: bytes) -> None:
    with pytest.raises(DecryptionFailed):
        await CRYPTO.decrypt(data, SECRET)


async def test_another_secret_does_not_open() -> None:
    with pytest.raises(DecryptionFailed):
        await CRYPTO.decrypt(await CRYPTO.encrypt(b"data", SECRET), bytes(32))


@pytest.mark.parametrize("secret", [b"", SECRET[:31], SECRET + b"0"])
async def test_a_secret_of_another_length_is_refused_with_a_sentence(secret: bytes) -> None:
    with pytest.raises(InvalidKey, match=f"The secret has {len(secret)} bytes instead of 32"):
        await CRYPTO.encrypt(b"data", secret)
    with pytest.raises(InvalidKey, match=f"The secret has {len(secret)} bytes instead of 32"):
        await CRYPTO.decrypt(b"\x01" + bytes(40), secret)
