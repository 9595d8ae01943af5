"""Buckets."""

from hypothesis import given
from hypothesis import strategies as st

from volly_browser.mls.padding import bucket


def test_buckets_are_powers_of_two_and_then_eighths() -> None:
    lengths = [0, 1, 128, 129, 300, 4096, 4097, 8193, 20_000]
    assert [bucket(length) for length in lengths] == [128, 128, 128, 256, 512, 4096, 4608, 9216, 20_480]


@given(st.integers(0, 1 << 24))
def test_a_bucket_holds_its_content_and_is_its_own_bucket(length: int) -> None:
    padded = bucket(length)
    assert padded >= length
    assert bucket(padded) == padded
    assert padded <= max(128, 2 * length)
    assert length <= 4096 or padded * 8 <= length * 9 + 8
