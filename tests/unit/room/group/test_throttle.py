from volly_browser.room.group.throttle import ANSWER_RATE, ASKERS_LIMIT, Throttle
from volly_browser.room.timing import Timing

WHILE = Timing().answer_again


def test_each_is_answered_once_in_a_while() -> None:
    throttle = Throttle(Timing())
    assert throttle.allows("alice", 0.0)
    assert throttle.allows("bob", 0.1)
    assert not throttle.allows("alice", WHILE - 0.01)
    assert throttle.allows("alice", WHILE)


def test_asking_again_and_again_does_not_prolong_the_wait() -> None:
    throttle = Throttle(Timing())
    throttle.allows("alice", 0.0)
    for tenth in range(1, 5):
        throttle.allows("alice", tenth / 10)
    assert throttle.allows("alice", WHILE)


def test_all_together_are_answered_a_bounded_number_of_times() -> None:
    throttle = Throttle(Timing())
    answered = [throttle.allows(f"stranger {number}", 0.0) for number in range(10 * ASKERS_LIMIT)]
    assert sum(answered) == ASKERS_LIMIT
    assert throttle.allows("alice", WHILE)


def test_after_a_long_answer_nobody_gets_one_for_a_while() -> None:
    throttle = Throttle(Timing())
    assert throttle.allows("alice", 0.0)
    throttle.answered(2 * ANSWER_RATE, 0.0)
    throttle.answered(ANSWER_RATE, 1.0)
    assert not throttle.allows("bob", 2.9)
    assert throttle.allows("bob", 3.0)
    throttle.answered(ANSWER_RATE, 10.0)
    assert not throttle.allows("carol", 10.9)
    assert throttle.allows("carol", 11.0)
