"""How long a message is made (RFC 9420, section 15.1): a power of two up to 4096 bytes, then at most an eighth more."""

from collections.abc import Callable

SMALLEST_BUCKET = 128
LARGEST_POWER = 4096

Padding = Callable[[int], int]
"""Gives the padded length, in bytes, for a content of some length."""


def bucket(length: int) -> int:
    """The smallest bucket of at least `length` bytes: 128, 256 ... 4096, 4608 ... 8192, 9216 ... 16384, 18432 ..."""
    power = 1 << (length - 1).bit_length() if length > 1 else 1
    if power <= LARGEST_POWER:
        return max(SMALLEST_BUCKET, power)
    step = power // 16
    return -(-length // step) * step


def unpadded(length: int) -> int:
    """No padding at all."""
    return length
