"""HKDF (RFC 5869), synchronous: `hmac.digest` takes 3 us in the page, one awaited WebCrypto call 80."""

import hashlib
import hmac
from functools import cache
from typing import NamedTuple

from volly_browser.errors import LocalError


@cache
def _digest_size(hash_name: str) -> int:
    return hashlib.new(hash_name).digest_size


def hkdf_extract(hash_name: str, salt: bytes, ikm: bytes) -> bytes:
    """HKDF-Extract (RFC 5869, section 2.2): PRK, as long as the hash.

    Args:
        hash_name: as `hashlib` names it, for example `sha384`.
        salt: possibly empty, which the RFC defines as a string of zeros.
        ikm: the input keying material.
    """
    return hmac.digest(salt, ikm, hash_name)


def hkdf_expand(hash_name: str, prk: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand (RFC 5869, section 2.3): OKM of `length` bytes.

    Raises:
        LocalError: more than 255 blocks are asked for.
    """
    hash_length = _digest_size(hash_name)
    if length <= hash_length:
        return hmac.digest(prk, info + b"\x01", hash_name)[:length]
    if length > 255 * hash_length:
        raise LocalError(f"HKDF with {hash_name} gives at most {255 * hash_length} bytes, not {length}.")
    okm = block = b""
    for counter in range(1, -(-length // hash_length) + 1):
        block = hmac.digest(prk, block + info + bytes([counter]), hash_name)
        okm += block
    return okm[:length]


class LabeledHkdf(NamedTuple):
    """LabeledExtract and LabeledExpand (RFC 9180, section 4) of one suite."""

    hash_name: str
    suite_id: bytes

    def extract(self, salt: bytes, label: bytes, ikm: bytes) -> bytes:
        """LabeledExtract."""
        return hkdf_extract(self.hash_name, salt, b"HPKE-v1" + self.suite_id + label + ikm)

    def expand(self, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
        """LabeledExpand."""
        labeled_info = length.to_bytes(2, "big") + b"HPKE-v1" + self.suite_id + label + info
        return hkdf_expand(self.hash_name, prk, labeled_info, length)
