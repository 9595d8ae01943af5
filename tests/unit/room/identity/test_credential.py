import pytest

from volly_browser.room.identity.credential import Identity, IdentityError

MEMBER = bytes(range(16))


def test_an_identity_is_read_as_it_was_written_but_with_a_clean_name() -> None:
    assert Identity.read(Identity(MEMBER, 3, "Alice\u202e").encode()) == Identity(MEMBER, 3, "Alice")


@pytest.mark.parametrize("credential", [b"", b"Alice", bytes(20), bytes(22), MEMBER + bytes(4) + b"\x02\xff\xff"])
def test_a_credential_that_holds_no_identity_is_refused(credential: bytes) -> None:
    with pytest.raises(IdentityError):
        Identity.read(credential)
