import pytest

from volly_browser.room.door import openings
from volly_browser.room.door.openings import OPENINGS_OF_ONE, Openings


def test_each_sender_has_some_turns_and_none_after_a_failure_until_our_next_knock() -> None:
    turns = Openings()
    assert [turns.take_turn("alice") for _ in range(OPENINGS_OF_ONE + 1)] == [True] * OPENINGS_OF_ONE + [False]
    assert turns.take_turn("mallory")
    turns.failed("mallory")
    assert not turns.take_turn("mallory")
    turns.begin_again()
    assert turns.take_turn("alice")
    assert turns.take_turn("mallory")


def test_one_that_was_not_heard_yet_has_a_turn_after_any_number_of_failures_and_the_noisiest_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(openings, "OPENERS_LIMIT", 3)
    turns = Openings()
    for number in range(100):
        assert turns.take_turn(f"mallory {number}")
        turns.failed(f"mallory {number}")
    assert len(turns._spent) == 3
    assert turns.take_turn("alice")
    assert turns.take_turn("alice"), "it was not forgotten, nor taken for one of those"
    assert turns._spent["alice"] == 2
