"""The rows of the KEM table, and the ways of DeriveKeyPair."""

import pytest

from volly_browser.crypto import kem
from volly_browser.crypto.native import NativeEngine

ROWS = [kem.ML_KEM_768, kem.ML_KEM_768_SHAKE, kem.X_WING, kem.X_WING_SHAKE, kem.DHKEM_X25519]
ENGINE = NativeEngine()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id:#06x}-{row.derive}")
async def test_keys_and_encapsulations_have_the_registered_lengths(row: kem.Kem) -> None:
    pair = await row.generate_key_pair(ENGINE)
    assert (len(pair.private_key), len(pair.public_key)) == (row.private_key_length, row.public_key_length)
    [(enc, shared_secret)] = await row.encapsulate(ENGINE, [pair.public_key])
    assert (len(enc), len(shared_secret)) == (row.encapsulated_key_length, 32)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id:#06x}-{row.derive}")
async def test_key_pairs_follow_from_their_input_alone(row: kem.Kem) -> None:
    again, other = await row.derive_key_pairs(ENGINE, [b"ikm" * 16, b"other" * 16])
    assert await row.derive_key_pair(ENGINE, b"ikm" * 16) == again != other
    assert (await row.generate_key_pair(ENGINE)) != (await row.generate_key_pair(ENGINE))


def test_the_ways_of_derivation_differ() -> None:
    ikm = bytes(48)
    derived = {row.derive_private_key(ikm) for row in ROWS}
    assert len(derived) == len(ROWS)
