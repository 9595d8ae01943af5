import pytest

from tests.unit.room.cast import with_others
from volly_browser.room.delivery.receipts import ASIDE_LIMIT, DOUBLINGS_LIMIT, RECEIPTS_TO_ALL, Receipts
from volly_browser.room.timing import Timing

A, B = b"a" * 16, b"b" * 16
TIMING = Timing()
MOMENT = TIMING.receipt + 4 * TIMING.receipt_growth
"""What two members wait at most before they acknowledge."""


def others(members: int) -> list[bytes]:
    return [number.to_bytes(16, "big") for number in range(members - 1)]


def receipts(chance: float = 1.0, members: int = 2) -> Receipts:
    machine = Receipts(TIMING, lambda: chance)
    machine.epoch_entered(with_others(b"me" * 8, others(members)), 0.0)
    return machine


def test_nothing_is_due_where_nothing_happened() -> None:
    machine = receipts()
    machine.lack(lacking=False, now=5.0)
    machine.unacknowledged(None)
    assert machine.deadline() is None


def test_messages_are_acknowledged_together_a_moment_after_the_first() -> None:
    machine = receipts()
    machine.got_message(A, 5.0)
    machine.got_message(A, 5.1)
    assert machine.deadline() == 5.0 + MOMENT
    machine.sent(())
    assert machine.deadline() is None


def test_not_all_members_acknowledge_at_the_same_time() -> None:
    early, late = receipts(0.0), receipts(1.0)
    for machine in (early, late):
        machine.got_message(A, 0.0)
    assert (early.deadline(), late.deadline()) == (MOMENT / 2, MOMENT)


def test_a_whole_group_sends_as_many_receipts_in_a_second_whatever_its_size() -> None:
    def in_a_second(members: int) -> float:
        machine = receipts(members=members)
        machine.got_message(A, 0.0)
        due = machine.deadline()
        assert due is not None
        return members * (members - 1) / due

    assert in_a_second(200) < 1.1 * in_a_second(50)
    assert in_a_second(200) < 600


def test_what_is_lacking_is_said_soon_and_then_less_and_less_often() -> None:
    machine, now, waits = receipts(), 0.0, []
    for _ in range(DOUBLINGS_LIMIT + 3):
        machine.lack(lacking=True, now=now)
        machine.lack(lacking=True, now=now + 0.01)
        due = machine.deadline()
        assert due is not None
        waits.append(due - now)
        now = due
        machine.sent(())
    doubled = [TIMING.lack * 2**times for times in range(DOUBLINGS_LIMIT)]
    assert waits == pytest.approx([*doubled, *[TIMING.lack * 2**DOUBLINGS_LIMIT] * 3])


def test_receipts_for_another_reason_do_not_make_it_less_often() -> None:
    """They come several times a second while people talk, and each of them says what is lacking as well."""
    machine = receipts()
    for _ in range(5):
        machine.got_message(A, 9.0)
        machine.lack(lacking=True, now=9.5)
        machine.sent(())
    machine.lack(lacking=True, now=10.0)
    assert machine.deadline() == 10.0 + TIMING.lack


def test_what_is_not_lacking_any_more_is_not_said_and_the_next_lack_is_said_soon() -> None:
    machine = receipts()
    for _ in range(3):
        machine.lack(lacking=True, now=0.0)
        machine.sent(())
    machine.lack(lacking=True, now=0.0)
    machine.lack(lacking=False, now=1.0)
    assert machine.deadline() is None
    machine.lack(lacking=True, now=2.0)
    assert machine.deadline() == 2.0 + TIMING.lack


def test_an_unanswered_member_says_how_much_it_has_sent_and_then_less_and_less_often() -> None:
    machine, waits = receipts(), []
    for _ in range(DOUBLINGS_LIMIT + 3):
        machine.unacknowledged(10.0)
        due = machine.deadline()
        assert due is not None
        waits.append(due - 10.0)
        machine.sent(())
    first = TIMING.nudge + 2 * MOMENT
    assert waits == pytest.approx([first * 2 ** min(times, DOUBLINGS_LIMIT) for times in range(DOUBLINGS_LIMIT + 3)])


def test_an_answer_in_part_begins_the_patience_anew() -> None:
    machine = receipts()
    for _ in range(3):
        machine.unacknowledged(10.0)
        machine.sent(())
    machine.progressed()
    machine.unacknowledged(20.0)
    assert machine.deadline() == pytest.approx(20.0 + TIMING.nudge + 2 * MOMENT)


def test_a_receipt_for_another_reason_does_not_make_the_nudge_later() -> None:
    machine = receipts()
    machine.got_message(A, 10.0)
    machine.unacknowledged(10.0)
    machine.sent(())
    machine.unacknowledged(10.0)
    assert machine.deadline() == pytest.approx(10.0 + TIMING.nudge + 2 * MOMENT)


def test_once_all_have_everything_no_member_is_nudged() -> None:
    machine = receipts()
    machine.unacknowledged(10.0)
    machine.unacknowledged(None)
    assert machine.deadline() is None


def test_a_nudge_leaves_the_answers_the_time_that_they_take_in_a_large_group() -> None:
    machine, other = receipts(members=100), receipts(members=100)
    machine.unacknowledged(0.0)
    other.got_message(A, 0.0)
    nudge, answer = machine.deadline(), other.deadline()
    assert nudge is not None
    assert answer is not None
    assert nudge > answer


def test_a_receipt_in_a_hurry_is_sent_at_once() -> None:
    machine = receipts()
    machine.got_message(A, 0.0)
    machine.hurry(0.1)
    assert machine.deadline() == 0.1


def crowded() -> Receipts:
    machine = Receipts(TIMING, lambda: 1.0)
    machine.epoch_entered(with_others(b"me" * 8, others(RECEIPTS_TO_ALL + 1)), 0.0)
    return machine


def test_in_a_small_group_a_receipt_goes_to_all() -> None:
    machine = crowded()
    machine.epoch_entered(with_others(b"me" * 8, others(RECEIPTS_TO_ALL)), 0.0)
    machine.got_message(A, 0.0)
    assert machine.audience((B,), 1.0) == frozenset()


def test_in_a_large_one_it_goes_to_those_whose_messages_came_or_are_lacking() -> None:
    machine = crowded()
    machine.got_message(A, 0.0)
    assert machine.audience((), 1.0) == {A}
    assert machine.audience((B,), 1.0) == {A, B}
    machine.sent({A, B})
    machine.got_message(B, 2.0)
    assert machine.audience((), 3.0) == {B}


def test_a_member_that_lacks_acknowledgements_or_is_back_tells_all() -> None:
    machine = crowded()
    machine.got_message(A, 0.0)
    machine.hurry(0.0)
    assert machine.audience((), 0.0) == frozenset()
    machine.sent(())
    machine.got_message(A, 0.0)
    machine.unacknowledged(0.0)
    assert machine.audience((), 0.0) == {A}
    assert machine.audience((), 1000.0) == frozenset()


def test_now_and_then_all_members_hear_of_us_lest_too_many_message_keys_be_skipped() -> None:
    machine = crowded()
    for _ in range(ASIDE_LIMIT):
        machine.got_message(A, 0.0)
        assert machine.audience((), 1.0) == {A}
        machine.sent({A})
    machine.got_message(A, 0.0)
    assert machine.audience((), 1.0) == frozenset()
    machine.spoke_to_all()
    assert machine.audience((), 1.0) == {A}
