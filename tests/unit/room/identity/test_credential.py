import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.room.identity.credential import Identity, IdentityError, clean_name
from volly_browser.room.labels import NAME_BYTES_LIMIT, NAME_LIMIT

MEMBER = bytes(range(16))


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


def test_an_identity_is_read_as_it_was_written_but_with_a_clean_name() -> None:
    assert Identity.read(Identity(MEMBER, 3, "Alice\u202e").encode()) == Identity(MEMBER, 3, "Alice")


@pytest.mark.parametrize("credential", [b"", b"Alice", bytes(20), bytes(22), MEMBER + bytes(4) + b"\x02\xff\xff"])
def test_a_credential_that_holds_no_identity_is_refused(credential: bytes) -> None:
    with pytest.raises(IdentityError):
        Identity.read(credential)
