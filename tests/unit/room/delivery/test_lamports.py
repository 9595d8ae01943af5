from volly_browser.room.content.content import LAMPORT_LIMIT
from volly_browser.room.delivery.lamports import LAMPORT_REACH, LAMPORT_STEP, LamportClock

ME, A, B = b"M" * 16, b"A" * 16, b"B" * 16


def test_what_is_said_next_comes_after_all_that_was_seen() -> None:
    clock = LamportClock()
    assert clock.next == 1
    for sender, lamport in ((A, 7), (B, 5), (A, 6)):
        clock.saw(sender, lamport)
    assert clock.next == 8


def test_one_sender_leads_no_further_than_the_reach_however_often_and_however_far_it_counts() -> None:
    clock = LamportClock()
    clock.saw(A, 10)
    for times in range(1, 100):
        clock.saw(B, times * LAMPORT_REACH)
    clock.saw(B, LAMPORT_LIMIT)
    assert clock.next == 10 + LAMPORT_REACH + 1


def test_who_counts_on_after_another_is_followed_from_there() -> None:
    clock = LamportClock()
    clock.saw(A, LAMPORT_REACH)
    clock.saw(B, LAMPORT_REACH + 1)
    clock.saw(A, 2 * LAMPORT_REACH + 1)
    assert clock.next == 2 * LAMPORT_REACH + 2


def test_one_that_talks_alone_is_followed_from_epoch_to_epoch() -> None:
    clock = LamportClock()
    for epoch in range(3):
        clock.epoch_entered(epoch)
        for lamport in range(LAMPORT_STEP * epoch, LAMPORT_STEP * epoch + LAMPORT_REACH):
            clock.saw(A, lamport + 1)
            assert clock.next == lamport + 2


def test_no_epoch_leads_to_where_no_place_is_left() -> None:
    clock = LamportClock()
    clock.epoch_entered((1 << 64) - 1)
    assert clock.next == LAMPORT_LIMIT // 2 + 1
    clock.saw(A, LAMPORT_LIMIT)
    assert clock.next < LAMPORT_LIMIT


def test_in_a_group_of_a_lower_epoch_places_are_counted_anew() -> None:
    clock = LamportClock()
    clock.epoch_entered(1 << 43)
    clock.saw(A, LAMPORT_LIMIT)
    clock.saw(ME, clock.next)
    clock.epoch_entered(3)
    assert clock.next == 3 * LAMPORT_STEP + 1
    clock.saw(A, 3 * LAMPORT_STEP + 7)
    clock.epoch_entered(3)
    assert clock.next == 3 * LAMPORT_STEP + 8
