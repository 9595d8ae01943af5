from volly_browser.room.lag import Lag
from volly_browser.room.timing import Timing

TIMING = Timing()


def lag(epoch: int = 5) -> Lag:
    machine = Lag(TIMING)
    machine.entered_afresh(epoch)
    return machine


def test_talk_of_the_present_or_the_past_means_nothing() -> None:
    machine = lag()
    machine.saw(5, 0.0)
    machine.saw(3, 0.0)
    assert machine.deadline() is None


def test_talk_of_a_later_epoch_gives_the_commit_a_while() -> None:
    machine = lag()
    machine.saw(6, 1.0)
    machine.saw(6, 2.0)
    assert machine.deadline() == 1.0 + TIMING.missing_commit


def test_talk_of_ever_later_epochs_does_not_prolong_the_wait() -> None:
    machine = lag()
    machine.saw(6, 1.0)
    machine.saw(9, 2.0)
    assert machine.deadline() == 1.0 + TIMING.missing_commit


def test_the_commit_ends_the_wait() -> None:
    machine = lag()
    machine.saw(6, 1.0)
    machine.entered(6, 2.0)
    assert machine.deadline() is None


def test_the_next_commit_gets_its_own_time() -> None:
    machine = lag()
    machine.saw(7, 1.0)
    machine.entered(6, 2.0)
    assert machine.deadline() == 2.0 + TIMING.missing_commit


def test_fresh_keys_make_all_talk_from_before_void() -> None:
    machine = lag()
    machine.saw(1 << 63, 1.0)
    machine.entered_afresh(6)
    assert machine.deadline() is None
    machine.saw(7, 9.0)
    assert machine.deadline() == 9.0 + TIMING.missing_commit


def test_who_follows_no_group_lags_behind_nothing() -> None:
    machine = lag()
    machine.lost()
    machine.saw(9, 0.0)
    assert machine.deadline() is None
