from tests.unit.room.cast import company
from volly_browser.room.session.early import Early
from volly_browser.room.timing import Timing
from volly_browser.room.wire.frames import Kind, Parcel

TIMING = Timing()
ME = b"M" * 16


def parcel(number: int) -> Parcel:
    return Parcel(Kind.GROUP, bytes([number]), "sender")


def enter_epoch(early: Early, now: float = 0.0) -> None:
    early.epoch_entered(company(ME, ME), now)


def test_what_came_too_early_is_tried_again_with_each_epoch_and_not_before() -> None:
    early = Early(TIMING)
    early.for_a_later_epoch(parcel(1), 1.0)
    assert early.take_readable() == []
    enter_epoch(early)
    assert early.take_readable() == [(parcel(1), 1.0)]
    assert early.take_readable() == []
    early.for_a_later_epoch(parcel(1), 1.0)
    assert early.take_readable() == [], "it would be tried for ever"
    enter_epoch(early)
    assert early.take_readable() == [(parcel(1), 1.0)]


def test_what_was_for_another_group_waits_until_we_are_in_another_one() -> None:
    early = Early(TIMING)
    early.for_another_group(parcel(1), 1.0)
    enter_epoch(early)
    assert early.take_readable() == []
    early.entered_group(2.0)
    enter_epoch(early)
    assert early.take_readable() == [(parcel(1), 1.0)]


def test_what_waited_long_for_an_epoch_of_the_group_before_is_given_up() -> None:
    early = Early(TIMING)
    early.for_a_later_epoch(parcel(1), 1.0)
    early.for_a_later_epoch(parcel(2), 4.0)
    early.entered_group(1.5 + TIMING.early)
    enter_epoch(early)
    assert early.take_readable() == [(parcel(2), 4.0)]
