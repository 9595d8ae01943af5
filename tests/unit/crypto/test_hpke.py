"""HPKE between this code and pyca's own HPKE, in both directions, and its edges."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hpke as pyca
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from volly_browser.crypto import hpke, kem
from volly_browser.crypto.engine import DecryptionFailed, InvalidKey
from volly_browser.crypto.native import NativeEngine

ENGINE = NativeEngine()
INFO, AAD, PLAINTEXT = b"info", b"aad", b"a path secret"


def pyca_x_wing(seed: bytes) -> pyca.MLKEM768X25519PrivateKey:
    expanded = hashlib.shake_256(seed).digest(96)
    return pyca.MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])
    )


KEMS: list[Any] = [
    pytest.param(kem.X_WING, pyca.KEM.MLKEM768_X25519, pyca_x_wing, id="x-wing"),
    pytest.param(kem.ML_KEM_768, pyca.KEM.MLKEM768, MLKEM768PrivateKey.from_seed_bytes, id="ml-kem-768"),
    pytest.param(kem.DHKEM_X25519, pyca.KEM.X25519, X25519PrivateKey.from_private_bytes, id="dhkem-x25519"),
]
SYMMETRIC: list[Any] = [
    pytest.param((kdf, aead), (their_kdf, their_aead), id=f"{kdf.hash_name}-aes{8 * aead.key_length}")
    for kdf, aead, their_kdf, their_aead in [
        (hpke.HKDF_SHA384, hpke.AES_256_GCM, pyca.KDF.HKDF_SHA384, pyca.AEAD.AES_256_GCM),
        (hpke.HKDF_SHA256, hpke.AES_128_GCM, pyca.KDF.HKDF_SHA256, pyca.AEAD.AES_128_GCM),
        (hpke.HKDF_SHA512, hpke.AES_256_GCM, pyca.KDF.HKDF_SHA512, pyca.AEAD.AES_256_GCM),
    ]
]
SUITE = hpke.HpkeSuite(kem.X_WING, hpke.HKDF_SHA384, hpke.AES_256_GCM)


@pytest.mark.parametrize(("our_kem", "their_kem", "load"), KEMS)
@pytest.mark.parametrize(("ours", "theirs"), SYMMETRIC)
async def test_each_side_opens_what_pyca_and_we_seal(
    our_kem: kem.Kem,
    their_kem: pyca.KEM,
    load: Callable[[bytes], Any],
    ours: tuple[hpke.Kdf, hpke.Aead],
    theirs: tuple[pyca.KDF, pyca.AEAD],
) -> None:
    suite, their_suite = hpke.HpkeSuite(our_kem, *ours), pyca.Suite(their_kem, *theirs)
    pair = await our_kem.generate_key_pair(ENGINE)

    sealed = await suite.seal(ENGINE, pair.public_key, INFO, b"", PLAINTEXT)
    assert their_suite.decrypt(b"".join(sealed), load(pair.private_key), INFO) == PLAINTEXT

    from_them = their_suite.encrypt(PLAINTEXT, load(pair.private_key).public_key(), INFO)
    length = our_kem.encapsulated_key_length
    opened = await suite.open(
        ENGINE, pair.private_key, hpke.HpkeCiphertext(from_them[:length], from_them[length:]), INFO, b""
    )
    assert opened == PLAINTEXT


@pytest.mark.parametrize(("our_kem", "their_kem", "load"), KEMS)
async def test_two_contexts_export_the_same_secret_and_count_messages(
    our_kem: kem.Kem, their_kem: pyca.KEM, load: Callable[[bytes], Any]
) -> None:
    suite = replace(SUITE, kem=our_kem)
    pair = await our_kem.generate_key_pair(ENGINE)
    enc, sender = await suite.setup_sender(ENGINE, pair.public_key, INFO)
    receiver = await suite.setup_receiver(ENGINE, pair.private_key, enc, INFO)
    for text in (b"one", b"two"):
        assert await receiver.open(ENGINE, AAD, await sender.seal(ENGINE, AAD, text)) == text
    assert sender.export(b"x", 48) == receiver.export(b"x", 48) != sender.export(b"y", 48)


async def test_a_failed_open_does_not_move_the_context_on() -> None:
    pair = await SUITE.kem.generate_key_pair(ENGINE)
    enc, sender = await SUITE.setup_sender(ENGINE, pair.public_key, INFO)
    receiver = await SUITE.setup_receiver(ENGINE, pair.private_key, enc, INFO)
    ciphertext = await sender.seal(ENGINE, AAD, PLAINTEXT)
    with pytest.raises(DecryptionFailed):
        await receiver.open(ENGINE, b"other", ciphertext)
    assert await receiver.open(ENGINE, AAD, ciphertext) == PLAINTEXT


async def test_many_recipients_each_open_their_own_and_nobody_elses() -> None:
    pairs = await SUITE.kem.derive_key_pairs(ENGINE, [bytes([number]) * 48 for number in range(5)])
    requests = [hpke.SealRequest(pair.public_key, INFO, bytes([number])) for number, pair in enumerate(pairs)]
    sealed = await SUITE.seal_many(ENGINE, requests)
    opens = [hpke.OpenRequest(pair.private_key, INFO, item) for pair, item in zip(pairs, sealed, strict=True)]
    assert await SUITE.open_many(ENGINE, opens) == [bytes([number]) for number in range(5)]
    with pytest.raises(DecryptionFailed):
        await SUITE.open(ENGINE, pairs[0].private_key, sealed[1], INFO, b"")


@pytest.mark.parametrize("change", ["info", "aad", "enc", "ciphertext"])
async def test_any_change_is_noticed(change: str) -> None:
    pair = await SUITE.kem.generate_key_pair(ENGINE)
    enc, ciphertext = await SUITE.seal(ENGINE, pair.public_key, INFO, AAD, PLAINTEXT)
    fields = {"info": INFO, "aad": AAD, "enc": enc, "ciphertext": ciphertext}
    fields[change] = bytes([fields[change][0] ^ 1]) + fields[change][1:]
    sealed = hpke.HpkeCiphertext(fields["enc"], fields["ciphertext"])
    with pytest.raises(DecryptionFailed):
        await SUITE.open(ENGINE, pair.private_key, sealed, fields["info"], fields["aad"])


@pytest.mark.parametrize(("our_kem", "_theirs", "_load"), KEMS)
async def test_wrong_lengths_are_refused_with_a_sentence(
    our_kem: kem.Kem, _theirs: pyca.KEM, _load: Callable[[bytes], Any]
) -> None:
    suite = replace(SUITE, kem=our_kem)
    pair = await our_kem.generate_key_pair(ENGINE)
    with pytest.raises(InvalidKey, match="has 3 bytes instead of"):
        await suite.seal(ENGINE, b"abc", INFO, AAD, PLAINTEXT)
    with pytest.raises(DecryptionFailed, match="has 3 bytes instead of"):
        await suite.open(ENGINE, pair.private_key, hpke.HpkeCiphertext(b"abc", bytes(20)), INFO, AAD)
    with pytest.raises(InvalidKey, match="has 1 bytes instead of"):
        await suite.setup_receiver(ENGINE, b"k", bytes(our_kem.encapsulated_key_length), INFO)
