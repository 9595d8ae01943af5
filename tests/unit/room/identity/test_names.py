import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.room.identity.names import clean_name
from volly_browser.room.labels import NAME_BYTES_LIMIT, NAME_LIMIT


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Alice", "Alice"),
        ("  Alice \n Smith\t", "Alice Smith"),
        ("", ""),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u0000b\u0007c", "abc"),
        ("\u2066Alice\u2069", "Alice"),
        ("e\u0301", "é"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("line\u2028end", "line end"),
        ("x" * 200, "x" * NAME_LIMIT),
    ],
)
def test_a_name_is_made_fit_to_be_shown(name: str, shown: str) -> None:
    assert clean_name(name) == shown


@given(st.text())
def test_a_clean_name_is_clean_and_fits(name: str) -> None:
    cleaned = clean_name(name)
    assert len(cleaned) <= NAME_LIMIT
    assert len(cleaned.encode()) <= NAME_BYTES_LIMIT
    assert "\n" not in cleaned
    assert clean_name(cleaned) == cleaned
