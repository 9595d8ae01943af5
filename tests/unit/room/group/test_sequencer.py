import pytest

from tests.unit.room.cast import company
from volly_browser.room import labels
from volly_browser.room.door.knocks import CHECKED_AT_ONCE, Join
from volly_browser.room.group.sequencer import BUSY_LIMIT, Changes, Sequencer
from volly_browser.room.timing import SMALL_GROUP, Timing

TIMING = Timing()
A, B, C, D, E = (bytes([letter]) * 16 for letter in b"ABCDE")
LONG_AGO = -1000.0


def join(member_id: bytes, renewal: int = 1, key_package: bytes = b"") -> Join:
    package = key_package or b"key package %d of " % renewal + member_id
    return Join(member_id, renewal, package, "at " + member_id.hex())


def member(me: bytes, *ranking: bytes) -> Sequencer:
    sequencer = Sequencer(TIMING, me)
    sequencer.link_up(0.0)
    sequencer.epoch_entered(company(me, *ranking), LONG_AGO)
    return sequencer


def test_without_a_group_nothing_is_committed() -> None:
    sequencer = Sequencer(TIMING, A)
    sequencer.link_up(0.0)
    sequencer.got_hello(join(D), 0.0, checked=True)
    assert not sequencer.take_due(100.0)


def test_a_newcomer_that_knocked_before_the_group_began_is_let_in_when_it_begins() -> None:
    sequencer = Sequencer(TIMING, A)
    sequencer.link_up(0.0)
    sequencer.got_hello(join(D), 0.0, checked=True)
    sequencer.epoch_entered(company(A, A), LONG_AGO)
    assert sequencer.take_due(0.1) == Changes(joins=(join(D),))


def test_the_first_member_lets_newcomers_in_at_once_and_all_together() -> None:
    sequencer = member(A, A, B)
    assert sequencer.is_sequencing
    sequencer.got_hello(join(D), 1.0, checked=True)
    sequencer.got_hello(join(E), 1.0, checked=True)
    assert sequencer.take_due(1.0) == Changes(joins=(join(D), join(E)))


def test_nothing_is_due_once_the_newcomer_is_in() -> None:
    sequencer = member(A, A)
    sequencer.got_hello(join(D), 1.0, checked=True)
    sequencer.take_due(1.0)
    sequencer.member_added(D, 1)
    sequencer.epoch_entered(company(A, A, D), LONG_AGO)
    assert sequencer.deadline() is None


def test_each_next_member_takes_over_a_while_later() -> None:
    for position, me in enumerate((A, B, C)):
        sequencer = member(me, A, B, C)
        sequencer.got_hello(join(D), 1.0, checked=True)
        assert sequencer.deadline() == 1.0 + position * TIMING.takeover
        assert not sequencer.take_due(0.99 + position * TIMING.takeover)
        assert sequencer.take_due(1.0 + position * TIMING.takeover).joins == (join(D),)


def test_a_member_that_took_over_goes_on_until_the_one_before_is_heard_from() -> None:
    sequencer = member(B, A, B)
    sequencer.got_hello(join(D), 0.0, checked=True)
    sequencer.take_due(TIMING.takeover)
    sequencer.member_added(D, 1)
    sequencer.got_hello(join(E), 10.0, checked=True)
    assert sequencer.deadline() == 10.0
    sequencer.member_back(A)
    assert sequencer.deadline() == 10.0 + TIMING.takeover


def test_a_member_that_is_gone_leaving_or_knocking_is_not_waited_for() -> None:
    sequencer = member(D, A, B, C, D)
    sequencer.member_gone(A, 0.0)
    sequencer.got_farewell(B, 0.0)
    sequencer.got_hello(join(C), 0.0, checked=True)
    assert sequencer.is_sequencing
    assert sequencer.take_due(0.0) == Changes(joins=(join(C),), removals=(B,))


def test_a_member_that_was_away_from_our_old_group_is_not_away_from_our_new_one() -> None:
    sequencer = member(C, A, B, C)
    sequencer.member_gone(A, 0.0)
    sequencer.group_left()
    for each, seniority in ((A, 0), (B, 1), (C, 2)):
        sequencer.member_added(each, seniority)
    sequencer.epoch_entered(company(C, A, B, C), 20.0)
    assert sequencer.current == A
    assert not sequencer.take_due(20.0 + TIMING.absence)


def test_absence_leads_to_removal_only_after_a_while() -> None:
    sequencer = member(A, A, B)
    sequencer.member_gone(B, 5.0)
    assert sequencer.deadline() == 5.0 + TIMING.absence
    assert sequencer.take_due(5.0 + TIMING.absence).removals == (B,)


def test_a_member_that_was_never_seen_is_removed_as_well_but_not_passed_over_before() -> None:
    sequencer = member(B, A, B)
    sequencer.member_unseen(A, 5.0)
    sequencer.got_hello(join(D), 5.0, checked=True)
    assert not sequencer.is_sequencing
    assert not sequencer.take_due(5.0)
    sequencer.member_added(D, 1)
    assert sequencer.take_due(5.0 + TIMING.absence + TIMING.takeover).removals == (A,)
    sequencer.member_back(A)
    assert sequencer.deadline() is None


def test_a_member_that_comes_back_in_time_stays() -> None:
    sequencer = member(A, A, B)
    sequencer.member_gone(B, 5.0)
    sequencer.member_back(B)
    assert sequencer.deadline() is None


def test_a_farewell_is_not_taken_back_by_being_reachable() -> None:
    sequencer = member(A, A, B)
    sequencer.got_farewell(B, 5.0)
    sequencer.member_back(B)
    assert sequencer.take_due(5.0).removals == (B,)


def test_our_own_link_being_down_stops_everything_and_starts_absences_anew() -> None:
    sequencer = member(A, A, B)
    sequencer.member_gone(B, 0.0)
    sequencer.link_down()
    assert sequencer.deadline() is None
    sequencer.link_up(100.0)
    assert sequencer.deadline() == 100.0 + TIMING.absence


def test_nobody_commits_to_removing_or_adding_itself() -> None:
    sequencer = member(A, A, B)
    sequencer.got_farewell(A, 0.0)
    sequencer.got_hello(join(A), 0.0, checked=True)
    assert sequencer.deadline() is None


def test_strangers_are_not_removed() -> None:
    sequencer = member(A, A, B)
    sequencer.member_gone(E, 0.0)
    sequencer.got_farewell(E, 0.0)
    assert sequencer.deadline() is None


def test_whose_turn_it_is_is_known_to_all() -> None:
    assert Sequencer(TIMING, A).current is None
    assert member(A, A, B).current == A
    sequencer = member(C, A, B, C)
    assert sequencer.current == A
    sequencer.member_gone(A, 0.0)
    assert sequencer.current == B
    sequencer.got_farewell(B, 0.0)
    assert sequencer.current == C
    assert sequencer.is_sequencing
    sequencer.group_left()
    assert sequencer.current is None
    assert not sequencer.is_sequencing


def test_a_member_that_has_said_farewell_commits_nothing_any_more() -> None:
    sequencer = member(A, A, B, C)
    sequencer.got_farewell(B, 0.0)
    sequencer.got_hello(join(D), 0.0, checked=True)
    sequencer.said_farewell()
    assert not sequencer.is_sequencing
    assert sequencer.current is None
    assert sequencer.deadline() is None
    assert not sequencer.take_due(1000.0)


def test_a_silent_member_is_removed_at_once_and_not_waited_for() -> None:
    sequencer = member(B, A, B)
    sequencer.member_silent(A, 100.0)
    assert sequencer.is_sequencing
    assert sequencer.deadline() == 100.0
    assert sequencer.take_due(100.0).removals == (A,)


def test_being_silent_for_longer_and_longer_changes_nothing() -> None:
    sequencer = member(A, A, B)
    sequencer.member_gone(B, 50.0)
    sequencer.member_silent(B, 55.0)
    assert sequencer.deadline() == 55.0
    sequencer.member_silent(B, 58.0)
    assert sequencer.deadline() == 55.0


def test_a_last_message_does_not_bring_back_a_gone_member_but_one_that_was_only_unseen() -> None:
    sequencer = member(A, A, B, C)
    sequencer.member_gone(B, 0.0)
    sequencer.member_unseen(C, 1.0)
    sequencer.member_heard(B)
    sequencer.member_heard(C)
    assert sequencer.take_due(1000.0).removals == (B,)


def test_a_member_that_was_passed_over_and_speaks_is_waited_for_again() -> None:
    sequencer = member(B, A, B)
    sequencer.got_hello(join(D), 0.0, checked=True)
    sequencer.take_due(TIMING.takeover)
    assert sequencer.is_sequencing
    sequencer.member_heard(A)
    assert not sequencer.is_sequencing


def test_an_unusable_key_package_is_not_tried_again() -> None:
    sequencer = member(A, A)
    sequencer.got_hello(join(D), 0.0, checked=True)
    sequencer.refused(join(D))
    sequencer.got_hello(join(D), 1.0, checked=True)
    assert sequencer.deadline() is None


def test_the_latest_key_package_of_a_newcomer_counts() -> None:
    sequencer = member(A, A)
    sequencer.got_hello(join(D, key_package=b"first"), 0.0, checked=True)
    sequencer.got_hello(join(D, key_package=b"second"), 0.5, checked=True)
    assert [waiting.key_package for waiting in sequencer.take_due(1.0).joins] == [b"second"]


def test_a_knock_that_is_later_than_the_one_that_led_in_still_waits() -> None:
    sequencer = member(A, A)
    sequencer.got_hello(join(D, renewal=2), 0.0, checked=True)
    sequencer.member_added(D, 1)
    assert sequencer.take_due(0.0).joins == (join(D, renewal=2),)


def test_a_newcomer_to_a_full_room_is_told_so_and_a_member_gets_its_place_back() -> None:
    others = [number.to_bytes(16, "big") for number in range(labels.ROOM_LIMIT - 2)]
    sequencer = member(A, A, B, *others)
    newcomer, member_again = join(D), join(B)
    for each in (newcomer, member_again):
        sequencer.got_hello(each, 0.0, checked=True)
    assert sequencer.take_due(0.0) == Changes(joins=(member_again,), refused=(newcomer,))


def test_a_place_that_becomes_free_by_the_same_commit_is_taken() -> None:
    others = [number.to_bytes(16, "big") for number in range(labels.ROOM_LIMIT - 2)]
    sequencer = member(A, A, B, *others)
    newcomers = join(D), join(E)
    sequencer.got_farewell(B, 0.0)
    for each in newcomers:
        sequencer.got_hello(each, 0.0, checked=True)
    assert sequencer.take_due(0.0) == Changes(joins=newcomers[:1], removals=(B,), refused=newcomers[1:])


@pytest.mark.parametrize("free", [0, 1])
def test_a_knock_at_a_full_room_is_no_reason_to_take_over(free: int) -> None:
    """The sequencer says that there is no place, and to the newcomer only."""
    others = [number.to_bytes(16, "big") for number in range(labels.ROOM_LIMIT - 2 - free)]
    sequencer = member(B, A, B, *others)
    sequencer.got_hello(join(D), 0.0)
    sequencer.got_hello(join(A), 0.0, checked=True)
    assert sequencer.to_check(1e6) == (() if free == 0 else (join(D),))
    assert join(A) in sequencer.take_due(1e6).joins


def test_when_a_room_becomes_full_those_that_wait_are_left_to_whose_turn_it_is() -> None:
    others = [number.to_bytes(16, "big") for number in range(labels.ROOM_LIMIT - 3)]
    first, second = member(A, A, B, *others), member(B, A, B, *others)
    for sequencer in (first, second):
        sequencer.got_hello(join(D), 0.0, checked=True)
        sequencer.epoch_entered(company(sequencer._me, A, B, *others, C), 1.0)
        sequencer.epoch_entered(company(sequencer._me, A, B, *others), 2.0)
    assert second.deadline() is None
    assert first.take_due(1e6).joins == (join(D),)


def test_any_number_of_knocks_is_survived() -> None:
    sequencer = member(A, A)
    for number in range(2000):
        sequencer.got_hello(join(number.to_bytes(16, "big")), 0.0, checked=True)
    assert len(sequencer.take_due(0.0).joins) == CHECKED_AT_ONCE


def test_only_whose_turn_it_is_checks_a_knock() -> None:
    first, second = member(A, A, B), member(B, A, B)
    for sequencer in (first, second):
        sequencer.got_hello(join(D), 0.0)
    assert first.to_check(0.0) == (join(D),)
    assert not first.take_due(0.0), "unchecked, nobody is let in"
    first.checked(join(D))
    assert first.take_due(0.0).joins == (join(D),)
    assert second.to_check(TIMING.takeover - 0.1) == ()
    assert second.to_check(TIMING.takeover) == (join(D),)


def test_a_forged_knock_makes_nobody_take_over() -> None:
    sequencer = member(B, A, B)
    sequencer.got_hello(join(D), 0.0)
    for forged in sequencer.to_check(TIMING.takeover):
        sequencer.refused(forged)
    assert not sequencer.take_due(TIMING.takeover)
    assert sequencer.current == A


def test_an_unchecked_knock_in_a_member_s_name_does_not_make_it_unavailable() -> None:
    sequencer = member(B, A, B)
    sequencer.got_hello(join(A), 0.0)
    assert sequencer.current == A


def large(me: bytes, members: int, now: float) -> Sequencer:
    sequencer = Sequencer(TIMING, me)
    sequencer.link_up(0.0)
    sequencer.epoch_entered(company(me, A, B, *(bytes([number]) * 16 for number in range(members - 2))), now)
    return sequencer


def test_newcomers_that_knock_right_after_a_commit_and_in_the_pause_share_the_next_one() -> None:
    sequencer = large(A, 11, 10.0)
    sequencer.got_hello(join(D), 10.1, checked=True)
    assert sequencer.deadline() == 10.0 + 10 * TIMING.commit_pause
    sequencer.got_hello(join(E), 10.15, checked=True)
    assert sequencer.take_due(10.0 + 10 * TIMING.commit_pause).joins == (join(D), join(E))


def test_the_pause_is_no_longer_in_the_largest_group_nor_for_commits_that_follow() -> None:
    sequencer = large(A, 200, 10.0)
    sequencer.got_hello(join(D), 10.0, checked=True)
    assert sequencer.deadline() == 10.0 + TIMING.longest_commit_pause
    sequencer.epoch_entered(company(A, A, B), 10.5)
    sequencer.epoch_entered(company(A, A, B, C), 10.9)
    assert sequencer.deadline() == 10.0 + 2 * TIMING.commit_pause


def test_a_newcomer_that_knocks_long_after_the_last_commit_is_let_in_at_once() -> None:
    sequencer = large(A, 50, 10.0)
    sequencer.got_hello(join(D), 20.0, checked=True)
    assert sequencer.deadline() == 20.0


def test_nobody_takes_over_while_the_first_commits_one_thing_after_the_other_but_not_for_ever() -> None:
    sequencer = member(B, A, B)
    sequencer.got_hello(join(D), 10.0, checked=True)
    sequencer.epoch_entered(company(B, A, B), 12.0)
    assert sequencer.deadline() == 12.0 + TIMING.takeover
    sequencer.epoch_entered(company(B, A, B), 100.0)
    assert sequencer.deadline() == 10.0 + (1 + BUSY_LIMIT) * TIMING.takeover


def test_in_a_crowd_at_the_door_or_inside_nobody_is_quick_to_take_over() -> None:
    sequencer = large(B, 24, LONG_AGO)
    sequencer.got_hello(join(D), 10.0, checked=True)
    assert sequencer.deadline() == 10.0 + TIMING.takeover * 25 / SMALL_GROUP
    for number in range(11):
        sequencer.got_hello(join(bytes([100 + number]) * 16), 10.0)
    assert sequencer.deadline() == 10.0 + TIMING.takeover * 36 / SMALL_GROUP


def test_a_newcomer_that_has_knocked_twice_and_is_inside_by_the_first_is_not_let_in_again() -> None:
    sequencer = member(A, A)
    sequencer.got_hello(join(D, renewal=2), 0.0, checked=True)
    sequencer.member_added(D, 1)
    sequencer.got_inside(join(D).identity)
    assert sequencer.deadline() is None
