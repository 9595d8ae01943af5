"""HKDF beyond the vectors."""

import pytest

from volly_browser.crypto.kdf import hkdf_expand, hkdf_extract
from volly_browser.errors import LocalError


@pytest.mark.parametrize(("hash_name", "length"), [("sha256", 32), ("sha384", 48), ("sha512", 64)])
def test_an_empty_salt_is_a_string_of_zeros(hash_name: str, length: int) -> None:
    prk = hkdf_extract(hash_name, b"", b"ikm")
    assert prk == hkdf_extract(hash_name, bytes(length), b"ikm")
    assert len(prk) == length


def test_longer_output_begins_with_the_shorter() -> None:
    longest = hkdf_expand("sha256", b"prk", b"info", 255 * 32)
    assert len(longest) == 255 * 32
    for length in (0, 1, 31, 32, 33, 100):
        assert hkdf_expand("sha256", b"prk", b"info", length) == longest[:length]


def test_more_than_255_blocks_are_refused_with_a_sentence() -> None:
    with pytest.raises(LocalError, match="HKDF with sha256 gives at most 8160 bytes, not 8161"):
        hkdf_expand("sha256", b"prk", b"info", 255 * 32 + 1)
