import pytest
from volly_browser.room.door.group_age import GroupIdError, group_age, new_group_id

KEY = bytes(range(32))


def test_the_age_is_read_with_the_door_key() -> None:
    group_id = new_group_id(KEY, bytes(16), 1_700_000_000.123)
    assert group_age(KEY, group_id).created_at == 1_700_000_000_123


def test_the_older_group_comes_first_and_among_equals_one_of_them() -> None:
    ages = [
        group_age(KEY, new_group_id(KEY, bytes([nonce]) * 16, time)) for nonce, time in [(9, 1.0), (1, 2.0), (2, 2.0)]
    ]
    assert sorted(ages, key=lambda age: age.created_at) == sorted(ages)
    assert len(set(ages)) == 3


def test_the_clock_does_not_show_without_the_key() -> None:
    first, second = (new_group_id(KEY, bytes([nonce]) * 16, 1_700_000_000.0) for nonce in (1, 2))
    assert first[16:] != second[16:]
    assert (1_700_000_000_000).to_bytes(8, "big") not in (first[16:], second[16:])
    assert group_age(bytes(32), first).created_at != 1_700_000_000_000


@pytest.mark.parametrize("length", [0, 16, 23, 25])
def test_an_id_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(GroupIdError, match=f"not {length}"):
        group_age(KEY, bytes(length))
