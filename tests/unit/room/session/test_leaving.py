from volly_browser.room.session.leaving import Leaving
from volly_browser.room.timing import Timing

TIMING = Timing()


def leaving(now: float = 0.0) -> Leaving:
    machine = Leaving(TIMING)
    machine.wanted(now)
    return machine


def test_a_member_that_stays_says_no_farewell() -> None:
    machine = Leaving(TIMING)
    assert not machine.is_under_way
    assert not machine.farewell_is_due(100.0, settled=True)
    assert not machine.is_over(100.0, inside=False)
    assert machine.deadline() is None


def test_the_farewell_waits_until_everything_has_arrived_but_not_for_ever() -> None:
    machine = leaving(5.0)
    assert machine.is_under_way
    assert machine.farewell_is_due(5.0, settled=True)
    assert not machine.farewell_is_due(5.0, settled=False)
    assert machine.deadline() == 5.0 + TIMING.last_words
    assert machine.farewell_is_due(5.0 + TIMING.last_words, settled=False)


def test_wanting_it_again_does_not_prolong_it() -> None:
    machine = leaving(5.0)
    machine.wanted(7.0)
    assert machine.deadline() == 5.0 + TIMING.last_words


def test_the_farewell_is_said_once_and_its_answer_waited_for_a_while() -> None:
    machine = leaving()
    machine.said_farewell(1.0)
    assert not machine.farewell_is_due(100.0, settled=True)
    assert machine.deadline() == 1.0 + TIMING.farewell
    assert not machine.is_over(0.9 + TIMING.farewell, inside=True)
    assert machine.is_over(1.0 + TIMING.farewell, inside=True)


def test_a_member_that_was_removed_or_is_alone_goes_at_once() -> None:
    machine = leaving()
    assert machine.is_over(0.0, inside=False)
    machine.said_farewell(0.0)
    assert machine.is_over(0.1, inside=False)


def test_a_member_does_not_go_before_its_farewell() -> None:
    assert not leaving().is_over(0.9 * TIMING.last_words, inside=True)
