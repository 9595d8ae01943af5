import pytest

from tests.unit.room.cast import company
from volly_browser.room.group.refresh import SMALL_GROUP, Refresh
from volly_browser.room.machine import Company
from volly_browser.room.timing import Timing

TIMING = Timing()


def of(members: int) -> Company:
    ranking = tuple(number.to_bytes(16, "big") for number in range(members))
    return company(ranking[0], *ranking)


def refresh(chance: float = 0.5, members: int = 2) -> Refresh:
    machine = Refresh(TIMING, lambda: chance)
    machine.epoch_entered(of(members), 0.0)
    return machine


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.5), (0.5, 1.0), (1.0, 1.5)])
def test_members_refresh_soon_after_entering_and_not_all_at_once(chance: float, share: float) -> None:
    machine = refresh(chance)
    machine.entered(10.0)
    due = 10.0 + share * TIMING.refresh_soon
    assert machine.deadline() == due
    assert not machine.is_due(due - 0.001)
    assert machine.is_due(due)


def test_in_a_large_group_they_take_the_longer() -> None:
    machine = refresh(members=10 * SMALL_GROUP)
    machine.entered(0.0)
    assert machine.deadline() == 10 * TIMING.refresh_soon


def test_alone_the_age_of_keys_does_not_count_until_a_newcomer_comes() -> None:
    machine = refresh(members=1)
    machine.entered(0.0)
    assert not machine.is_due(1e9)
    assert machine.deadline() is None
    machine.epoch_entered(of(2), 1000.0)
    assert machine.deadline() == 1000.0 + TIMING.refresh_soon, "who comes is let in without having to wait for it"
    machine.epoch_entered(of(3), 1001.0)
    assert machine.deadline() == 1000.0 + TIMING.refresh_soon


def test_a_member_that_lost_its_group_refreshes_nothing_however_many_are_in_it() -> None:
    machine = refresh(members=1)
    machine.epoch_entered(of(2), 0.0)
    assert machine.deadline() is None


def test_after_a_refresh_the_next_one_takes_long() -> None:
    machine = refresh()
    machine.entered(0.0)
    machine.refreshed(5.0)
    assert machine.deadline() == 5.0 + TIMING.refresh_every


def test_an_attempt_that_is_not_accepted_is_made_again() -> None:
    machine = refresh()
    machine.entered(0.0)
    machine.attempted(5.0)
    assert not machine.is_due(5.0)
    assert machine.is_due(5.0 + TIMING.refresh_retry)


def test_many_messages_are_a_reason_too() -> None:
    machine = refresh()
    machine.refreshed(0.0)
    for _ in range(TIMING.refresh_messages - 1):
        machine.sent_message(50.0)
    assert machine.deadline() == TIMING.refresh_every
    machine.sent_message(50.0)
    assert machine.deadline() == 50.0 + TIMING.refresh_soon
    for _ in range(5):
        machine.sent_message(52.0)
    assert machine.deadline() == 50.0 + TIMING.refresh_soon, "and it does not move on with each"


def test_many_messages_do_not_make_a_refresh_later_that_is_due_soon() -> None:
    machine = refresh()
    machine.entered(0.0)
    for _ in range(TIMING.refresh_messages):
        machine.sent_message(TIMING.refresh_soon - 1)
    assert machine.deadline() == TIMING.refresh_soon


def test_the_messages_are_counted_anew_after_a_refresh() -> None:
    machine = refresh()
    for _ in range(TIMING.refresh_messages - 1):
        machine.sent_message(0.0)
    machine.refreshed(1.0)
    machine.sent_message(2.0)
    assert machine.deadline() == 1.0 + TIMING.refresh_every


def test_without_a_group_nothing_is_refreshed() -> None:
    machine = refresh()
    machine.entered(0.0)
    machine.group_left()
    assert machine.deadline() is None


def test_an_early_member_does_not_disturb_later_newcomers() -> None:
    machine = refresh()
    machine.entered(0.0)
    assert machine.deadline() == TIMING.refresh_soon
    machine.epoch_entered(of(10 * SMALL_GROUP), 1.0)
    assert machine.deadline() == 10 * TIMING.refresh_soon
    machine.refreshed(60.0)
    assert machine.deadline() == 60.0 + TIMING.refresh_every, "later ones are rare enough in a group of any size"


def test_keys_that_stay_old_though_we_tried_are_told_of_once_and_again_after_the_next_ones() -> None:
    machine = refresh()
    machine.entered(0.0)
    assert machine.overdue_at() == TIMING.refresh_overdue
    machine.attempted(TIMING.refresh_overdue - 1.0)
    assert not machine.is_overdue(TIMING.refresh_overdue - 0.1)
    assert machine.is_overdue(TIMING.refresh_overdue)
    machine.told()
    assert not machine.is_overdue(1e9)
    assert machine.overdue_at() is None
    machine.refreshed(2000.0)
    assert machine.overdue_at() == 2000.0 + TIMING.refresh_overdue


def test_old_keys_are_no_matter_alone_or_outside() -> None:
    machine = refresh(members=1)
    machine.entered(0.0)
    assert not machine.is_overdue(1e9)
    machine.epoch_entered(of(2), 1000.0)
    assert machine.overdue_at() == 1000.0 + TIMING.refresh_overdue, "counted from when there was another member"
    machine.group_left()
    assert not machine.is_overdue(1e9)


def test_the_attempts_are_counted_until_one_is_accepted() -> None:
    machine = refresh()
    machine.entered(0.0)
    for attempt in range(3):
        assert machine.attempts == attempt
        machine.attempted(float(attempt))
    machine.refreshed(9.0)
    assert machine.attempts == 0
