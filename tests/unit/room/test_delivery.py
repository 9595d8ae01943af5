import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.room.content import Numbered
from volly_browser.room.delivery import (
    EARLY_LIMIT,
    OUTBOX_BYTES_LIMIT,
    OUTBOX_LIMIT,
    Arrived,
    Delivery,
    Missing,
    Outbox,
    OutboxFull,
    Reception,
)
from volly_browser.room.timing import Timing

TIMING = Timing()
A, B = b"A" * 16, b"B" * 16


def numbered(sequence: int, epoch_start: int = 1) -> Numbered:
    return Numbered(sequence, epoch_start, str(sequence).encode())


def arrived(*sequences: int, sender: bytes = A) -> list[Delivery]:
    return [Arrived(sender, sequence, str(sequence).encode()) for sequence in sequences]


@given(st.permutations(range(1, 9)), st.lists(st.integers(1, 8), max_size=6))
def test_every_order_becomes_the_right_one_and_nothing_comes_twice(order: list[int], repeated: list[int]) -> None:
    reception, shown = Reception(TIMING), []
    for sequence in [*order, *repeated]:
        shown += reception.got(A, numbered(sequence), 0.0)
    assert shown == arrived(*range(1, 9))
    assert reception.deadline() is None


def test_senders_are_counted_apart() -> None:
    reception = Reception(TIMING)
    assert reception.got(A, numbered(1), 0.0) == arrived(1)
    assert reception.got(B, numbered(1), 0.0) == arrived(1, sender=B)


def test_who_joins_later_counts_from_the_epoch_s_first_message() -> None:
    reception = Reception(TIMING)
    assert reception.got(A, numbered(8, 7), 0.0) == []
    assert reception.got(A, numbered(7, 7), 0.0) == arrived(7, 8)


def test_what_does_not_come_is_shown_as_missing_after_a_while() -> None:
    reception = Reception(TIMING)
    reception.got(A, numbered(1), 0.0)
    reception.got(A, numbered(4), 1.0)
    assert reception.deadline() == 1.0 + TIMING.missing_message
    assert reception.tick(0.9 + TIMING.missing_message) == []
    assert reception.tick(1.0 + TIMING.missing_message) == [Missing(A, 2, 3), *arrived(4)]


def test_what_comes_after_it_was_given_up_is_not_shown_any_more() -> None:
    reception = Reception(TIMING)
    reception.got(A, numbered(1), 0.0)
    reception.got(A, numbered(3), 0.0)
    reception.tick(100.0)
    assert reception.got(A, numbered(2), 101.0) == []
    assert reception.got(A, numbered(4), 101.0) == arrived(4)


def test_when_a_sender_is_gone_nothing_is_waited_for() -> None:
    reception = Reception(TIMING)
    reception.got(A, numbered(1), 0.0)
    reception.got(A, numbered(3), 0.0)
    reception.got(A, numbered(5), 0.0)
    assert reception.finish(A) == [Missing(A, 2, 2), *arrived(3), Missing(A, 4, 4), *arrived(5)]
    assert reception.finish(A) == []
    assert reception.finish(B) == []


def test_a_sender_that_leaves_gaps_everywhere_takes_bounded_memory() -> None:
    reception, shown = Reception(TIMING), []
    reception.got(A, numbered(1), 0.0)
    for sequence in range(3, 3 + 4 * EARLY_LIMIT, 2):
        shown += reception.got(A, numbered(sequence), 0.0)
    assert len(shown) >= EARLY_LIMIT


def test_the_outbox_counts_and_keeps_the_order() -> None:
    outbox = Outbox()
    for content in (b"one", b"two"):
        outbox.add(content)
    outbox.entered(b"group", 5)
    assert outbox.first() == Numbered(1, 1, b"one")
    assert outbox.first() == Numbered(1, 1, b"one"), "it stays until it was sent"
    outbox.sent()
    outbox.entered(b"group", 6)
    assert outbox.first() == Numbered(2, 2, b"two")
    outbox.sent()
    assert outbox.first() is None
    assert len(outbox) == 0


def test_entering_the_same_epoch_again_does_not_move_its_start() -> None:
    outbox = Outbox()
    outbox.entered(b"group", 5)
    outbox.add(b"one")
    outbox.sent()
    outbox.entered(b"group", 5)
    outbox.add(b"two")
    assert outbox.first() == Numbered(2, 1, b"two")
    outbox.entered(b"another group", 5)
    assert outbox.first() == Numbered(2, 2, b"two")


def test_the_outbox_is_bounded_in_number_and_in_bytes() -> None:
    many, large = Outbox(), Outbox()
    for _ in range(OUTBOX_LIMIT):
        many.add(b"x")
    with pytest.raises(OutboxFull, match=f"{OUTBOX_LIMIT} messages wait"):
        many.add(b"x")
    for _ in range(OUTBOX_BYTES_LIMIT // 64_000):
        large.add(bytes(64_000))
    with pytest.raises(OutboxFull):
        large.add(bytes(64_000))
    many.sent()
    many.add(b"x")
