import pytest

from volly_browser.room.group.throttle import ANSWER_RATE, ANSWERS_A_MINUTE, Throttle
from volly_browser.room.timing import Timing

WHILE = Timing().answer_again


def test_each_is_answered_once_in_a_while() -> None:
    throttle = Throttle(Timing())
    assert throttle.take_turn("alice", 0.0)
    assert throttle.take_turn("bob", 0.1)
    assert not throttle.take_turn("alice", WHILE - 0.01)
    assert throttle.take_turn("alice", WHILE)


def test_asking_again_and_again_does_not_prolong_the_wait() -> None:
    throttle = Throttle(Timing())
    throttle.take_turn("alice", 0.0)
    for tenth in range(1, 5):
        throttle.take_turn("alice", tenth / 10)
    assert throttle.take_turn("alice", WHILE)


def test_all_together_are_answered_a_bounded_number_of_times_in_a_minute() -> None:
    """A holder of the invite has as many identities as the server gives it."""
    throttle = Throttle(Timing())
    answered = [throttle.take_turn(f"stranger {number}", number / 100) for number in range(6000)]
    assert sum(answered[:100]) == 100
    assert sum(answered) == 2 * ANSWERS_A_MINUTE - 1
    assert not throttle.take_turn("alice", 60.0)
    assert throttle.take_turn("alice", 60.0 + 60 / ANSWERS_A_MINUTE)


def test_being_asked_by_nobody_for_hours_does_not_make_it_more() -> None:
    throttle = Throttle(Timing())
    answered = [throttle.take_turn(f"stranger {number}", 1e6) for number in range(6000)]
    assert sum(answered) == ANSWERS_A_MINUTE


def test_few_are_kept_in_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("volly_browser.room.group.throttle.ASKERS_LIMIT", 3)
    throttle = Throttle(Timing())
    assert [throttle.take_turn(name, 0.0) for name in "abcd"] == [True, True, True, False]
    assert throttle.take_turn("bob", 0.0, is_member=True), "members do not wait for a place among strangers"
    assert throttle.take_turn("d", WHILE)


def test_after_a_long_answer_nobody_gets_one_for_a_while() -> None:
    throttle = Throttle(Timing())
    assert throttle.take_turn("alice", 0.0)
    throttle.answered(2 * ANSWER_RATE, 0.0)
    throttle.answered(ANSWER_RATE, 1.0)
    assert not throttle.take_turn("bob", 2.9)
    assert throttle.take_turn("bob", 3.0)
    throttle.answered(ANSWER_RATE, 10.0)
    assert not throttle.take_turn("carol", 10.9)
    assert throttle.take_turn("carol", 11.0)
