from volly_browser.room.throttle import ASKERS_LIMIT, Throttle
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
