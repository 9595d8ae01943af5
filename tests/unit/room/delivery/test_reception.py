import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.room.cast import with_others
from volly_browser.room.content.content import SEQUENCE_LIMIT, SPANS_LIMIT, Base, Have, Numbered, Receipt, Span
from volly_browser.room.delivery.chains import START
from volly_browser.room.delivery.reception import (
    ALL_EARLY_BYTES_LIMIT,
    EARLY_BYTES_LIMIT,
    EARLY_LIMIT,
    GONE_LIMIT,
    Arrived,
    Missing,
    Reception,
    ReceptionEvent,
)
from volly_browser.room.mimi import ContentError
from volly_browser.room.timing import Timing

TIMING = Timing()
ME = b"M" * 16
A, B = b"A" * 16, b"B" * 16


def reception(*others: bytes) -> Reception:
    kept = Reception(TIMING, ME)
    kept.epoch_entered(with_others(ME, others or (A, B)), 0.0)
    return kept


def numbered(sequence: int, base: int | None = 1) -> Numbered:
    bases = () if base is None else (Base(B, 99), Base(ME, base))
    return Numbered(sequence, sequence, START, bases, str(sequence).encode(), before=max(0, (base or 1) - 1))


def told(sent: int, base: int | None = None) -> Receipt:
    return Receipt(sent, () if base is None else (Base(ME, base),), (), before=max(0, (base or 1) - 1))


def arrived(*sequences: int, sender: bytes = A, base: int | None = 1) -> list[ReceptionEvent]:
    return [Arrived(sender, numbered(sequence, base)) for sequence in sequences]


@given(st.permutations(range(1, 9)), st.lists(st.integers(1, 8), max_size=6))
def test_every_order_becomes_the_right_one_and_nothing_comes_twice(order: list[int], repeated: list[int]) -> None:
    kept, shown = reception(), []
    for sequence in [*order, *repeated]:
        shown += kept.got(A, numbered(sequence), 0.0)
    assert shown == arrived(*range(1, 9))
    assert kept.haves == (Have(A, 9, START, ()),)
    assert not kept.lacks
    assert kept.deadline() is None


@given(st.permutations(range(1, 9)))
def test_the_order_is_right_also_if_the_base_comes_late(order: list[int]) -> None:
    kept, shown = reception(), []
    for sequence in order:
        shown += kept.got(A, numbered(sequence, base=None), 0.0)
    assert shown == []
    assert kept.lacks
    shown += kept.told(A, told(8, base=4), 1.0)
    assert shown == arrived(*range(4, 9), base=None)
    assert not kept.lacks


def test_senders_are_counted_apart() -> None:
    kept = reception()
    assert kept.got(A, numbered(1), 0.0) == arrived(1)
    assert kept.got(B, numbered(1), 0.0) == arrived(1, sender=B)
    kept.got(B, numbered(3), 0.0)
    assert kept.lacks_of(B)
    assert not kept.lacks_of(A)
    assert not kept.lacks_of(b"X" * 16)


def test_a_newcomer_counts_from_its_base() -> None:
    kept = reception()
    assert kept.got(A, numbered(8, 7), 0.0) == []
    assert kept.got(A, numbered(7, 7), 0.0) == arrived(7, 8, base=7)


def test_what_was_sent_before_we_came_is_not_shown_to_us_even_if_it_arrives() -> None:
    kept = reception()
    kept.got(A, numbered(1), 0.0)
    assert kept.got(A, numbered(3), 1.0) == []
    assert kept.got(A, Numbered(2, 2, START, (), b"2", newcomers=(B, ME)), 2.0) == []
    assert kept.haves == (Have(A, 2, START, (Span(3, 3),)),)
    assert kept.got(A, Numbered(2, 2, START, (Base(ME, 3),), b"2", newcomers=(ME,)), 3.0) == [
        Missing(A, 2, 2),
        *arrived(3),
    ]
    for_us = Numbered(4, 4, START, (), b"4", newcomers=(B,))
    assert kept.got(A, for_us, 4.0) == [Arrived(A, for_us)]


def test_what_was_sent_and_did_not_come_is_known_to_be_lacking() -> None:
    kept = reception()
    kept.told(A, told(0, base=1), 0.0)
    assert not kept.lacks
    kept.told(A, told(2), 0.0)
    assert kept.lacks
    assert kept.haves == (Have(A, 1, START, ()),)
    assert kept.got(A, numbered(2), 0.0) == []
    assert kept.haves == (Have(A, 1, START, (Span(2, 2),)),)
    assert kept.got(A, numbered(1), 0.0) == arrived(1, 2)
    assert not kept.lacks


def test_a_gap_waits_for_as_long_as_its_sender_is_there() -> None:
    kept = reception()
    kept.got(A, numbered(1), 0.0)
    kept.got(A, numbered(3), 0.0)
    assert kept.deadline() is None
    assert kept.tick(1e9) == []
    assert kept.got(A, numbered(2), 1e9) == arrived(2, 3)


def test_what_the_sender_cannot_give_any_more_is_shown_as_missing() -> None:
    kept = reception()
    kept.got(A, numbered(1), 0.0)
    kept.got(A, numbered(3), 0.0)
    kept.got(A, numbered(7), 0.0)
    assert kept.told(A, told(7, base=6), 1.0) == [Missing(A, 2, 2), *arrived(3), Missing(A, 4, 5)]
    assert kept.haves == (Have(A, 6, START, (Span(7, 7),)),)
    assert kept.got(A, numbered(2), 2.0) == [], "too late"
    assert kept.got(A, numbered(6), 2.0) == arrived(6, 7)


def test_being_told_of_an_earlier_beginning_changes_nothing() -> None:
    kept = reception()
    kept.got(A, numbered(5, 5), 0.0)
    assert kept.told(A, told(5, base=2), 0.0) == []
    assert kept.haves == (Have(A, 6, START, ()),)


def test_what_waits_for_a_sender_that_is_gone_is_shown_after_a_while() -> None:
    kept = reception()
    kept.got(A, numbered(1), 0.0)
    kept.got(A, numbered(3), 0.0)
    kept.got(A, numbered(5), 0.0)
    kept.epoch_entered(with_others(ME, (B,)), 10.0)
    kept.epoch_entered(with_others(ME, (B,)), 20.0)
    assert kept.deadline() == 10.0 + TIMING.gone_sender
    assert not kept.lacks, "nobody is there to be asked"
    assert kept.haves == ()
    assert kept.tick(9.9 + TIMING.gone_sender) == []
    assert kept.tick(10.0 + TIMING.gone_sender) == [Missing(A, 2, 2), *arrived(3), Missing(A, 4, 4), *arrived(5)]
    assert kept.deadline() is None
    assert kept.got(A, numbered(6), 100.0) == arrived(6)


def passed() -> Reception:
    """1, 3, 6 and 7 were shown of A, which is back after a long absence."""
    kept = reception()
    for sequence in (1, 3, 6, 7):
        kept.got(A, numbered(sequence), 0.0)
    kept.epoch_entered(with_others(ME, (B,)), 10.0)
    assert kept.tick(10.0 + TIMING.gone_sender) == [Missing(A, 2, 2), *arrived(3), Missing(A, 4, 5), *arrived(6, 7)]
    kept.epoch_entered(with_others(ME, (A, B)), 100.0)
    return kept


def test_a_gap_that_was_shown_is_still_lacking_when_its_sender_comes_back() -> None:
    kept = passed()
    assert kept.lacks
    assert kept.haves == (Have(A, 2, START, (Span(3, 3), Span(6, 7))),)


def test_what_comes_late_is_shown_late_and_once() -> None:
    kept = passed()
    assert kept.got(A, numbered(4), 101.0) == arrived(4)
    assert kept.got(A, numbered(4), 101.0) == []
    assert kept.haves == (Have(A, 2, START, (Span(3, 4), Span(6, 7))),)
    assert kept.got(A, numbered(9), 102.0) == []
    assert kept.haves == (Have(A, 2, START, (Span(3, 4), Span(6, 7), Span(9, 9))),)
    assert kept.got(A, numbered(2), 103.0) + kept.got(A, numbered(5), 104.0) == arrived(2, 5)
    assert kept.got(A, numbered(8), 105.0) == arrived(8, 9)
    assert kept.haves == (Have(A, 10, START, ()),)
    assert not kept.lacks


def test_what_its_sender_cannot_give_any_more_is_not_waited_for() -> None:
    kept = passed()
    assert kept.told(A, told(7, base=5), 101.0) == []
    assert kept.haves == (Have(A, 5, START, (Span(6, 7),)),)
    assert kept.told(A, told(7, base=8), 101.0) == []
    assert kept.haves == (Have(A, 8, START, ()),)
    assert kept.got(A, numbered(5), 102.0) == []


def test_gaps_that_could_still_be_filled_take_bounded_memory_and_none_is_forgotten() -> None:
    kept = reception()
    kept.got(A, numbered(1), 0.0)
    for start in range(1, 10 * EARLY_LIMIT, EARLY_LIMIT):
        kept.epoch_entered(with_others(ME, (A, B)), 0.0)
        for sequence in range(start, start + EARLY_LIMIT, 2):
            kept.got(A, numbered(sequence + 1), 0.0)
        kept.epoch_entered(with_others(ME, (B,)), 0.0)
        kept.tick(TIMING.gone_sender)
    kept.epoch_entered(with_others(ME, (A, B)), 1e3)
    assert kept._senders[A].passed == [Span(odd, odd) for odd in range(3, 3 + 2 * EARLY_LIMIT, 2)]
    assert kept.haves[0].next == 3


def test_a_gap_that_was_shown_is_not_split_without_bounds() -> None:
    kept = reception()
    for sequence in (1, 10 * EARLY_LIMIT):
        kept.got(A, numbered(sequence), 0.0)
    kept.epoch_entered(with_others(ME, (B,)), 0.0)
    kept.tick(TIMING.gone_sender)
    kept.epoch_entered(with_others(ME, (A, B)), 100.0)
    shown = [kept.got(A, numbered(sequence), 100.0) for sequence in range(3, 5 * EARLY_LIMIT, 2)]
    assert sum(map(len, shown)) == len(kept._senders[A].passed) - 1 == EARLY_LIMIT - 1
    assert kept.got(A, numbered(2), 101.0) == arrived(2)
    assert kept.got(A, numbered(4 * EARLY_LIMIT + 1), 101.0) == arrived(4 * EARLY_LIMIT + 1), "there is room again"


def test_what_waits_without_a_beginning_is_shown_when_its_sender_is_gone() -> None:
    kept = reception()
    kept.got(A, numbered(3, base=None), 0.0)
    kept.got(A, numbered(4, base=None), 0.0)
    kept.epoch_entered(with_others(ME, (B,)), 0.0)
    assert kept.tick(TIMING.gone_sender) == arrived(3, 4, base=None)


def test_a_sender_that_comes_back_is_waited_for_again() -> None:
    kept = reception()
    kept.got(A, numbered(1), 0.0)
    kept.got(A, numbered(3), 0.0)
    kept.epoch_entered(with_others(ME, (B,)), 10.0)
    kept.epoch_entered(with_others(ME, (A, B)), 20.0)
    assert kept.tick(1000.0) == []
    assert kept.haves == (Have(A, 2, START, (Span(3, 3),)),)
    assert kept.got(A, numbered(2), 1000.0) == arrived(2, 3)


def test_a_last_message_of_a_member_that_is_gone_already_is_shown() -> None:
    kept = reception(B)
    assert kept.got(A, numbered(1), 0.0) == arrived(1)
    kept.got(A, numbered(3), 0.0)
    assert kept.deadline() == TIMING.gone_sender


def test_a_sender_that_leaves_gaps_everywhere_takes_bounded_memory() -> None:
    kept = reception()
    kept.got(A, numbered(1), 0.0)
    for sequence in range(3, 3 + 4 * EARLY_LIMIT, 2):
        assert kept.got(A, numbered(sequence), 0.0) == []
    [have] = kept.haves
    assert have.beyond == tuple(Span(sequence, sequence) for sequence in range(3, 3 + 2 * SPANS_LIMIT, 2))
    shown = kept.told(A, told(0, base=1 << 20), 1.0)
    assert len([delivery for delivery in shown if isinstance(delivery, Arrived)]) == EARLY_LIMIT


def test_what_was_not_taken_for_lack_of_memory_is_taken_when_it_comes_again() -> None:
    kept, shown = reception(), []
    for sequence in range(2, EARLY_LIMIT + 10):
        shown += kept.got(A, numbered(sequence), 0.0)
    assert shown == []
    for sequence in range(1, EARLY_LIMIT + 10):
        shown += kept.got(A, numbered(sequence), 0.0)
    assert shown == arrived(*range(1, EARLY_LIMIT + 10))


@pytest.mark.parametrize(("sequence", "base"), [(0, 1), (SEQUENCE_LIMIT + 1, 1), (1, SEQUENCE_LIMIT + 1)])
def test_counts_that_make_no_sense_are_refused_and_change_nothing(sequence: int, base: int) -> None:
    kept = reception()
    kept.got(A, numbered(1), 0.0)
    with pytest.raises(ContentError):
        kept.got(A, numbered(sequence, base), 0.0)
    if sequence:
        with pytest.raises(ContentError):
            kept.told(A, told(sequence, base), 0.0)
    assert kept.haves == (Have(A, 2, START, ()),)


def test_the_highest_count_of_all_is_survived() -> None:
    kept = reception()
    [missing, last] = kept.got(A, numbered(SEQUENCE_LIMIT, 1), 0.0) or kept.told(A, told(0, SEQUENCE_LIMIT), 0.0)
    assert missing == Missing(A, 1, SEQUENCE_LIMIT - 1)
    assert [last] == arrived(SEQUENCE_LIMIT)
    assert Receipt(0, (), kept.haves).encode()


def test_the_bytes_that_wait_for_an_earlier_message_are_bounded_for_each_sender() -> None:
    kept = reception()
    kept.got(A, numbered(1), 0.0)
    large = EARLY_BYTES_LIMIT // 8
    for sequence in range(3, 3 + 100):
        kept.got(A, Numbered(sequence, sequence, START, (), bytes(large)), 0.0)
    assert kept._senders[A].early_bytes == EARLY_BYTES_LIMIT
    assert kept.got(A, numbered(2), 0.0)[0] == arrived(2)[0], "what fills the gap is always taken"


def test_the_bytes_that_wait_are_bounded_for_all_senders_together() -> None:
    senders = [number.to_bytes(16, "big") for number in range(2 * ALL_EARLY_BYTES_LIMIT // EARLY_BYTES_LIMIT)]
    kept = reception(*senders)
    for sender in senders:
        kept.got(sender, Numbered(1, 1, START, (Base(ME, 1),), b"1"), 0.0)
        for sequence in range(3, 3 + 16):
            kept.got(sender, Numbered(sequence, sequence, START, (), bytes(EARLY_BYTES_LIMIT // 16)), 0.0)
    assert sum(sender.early_bytes for sender in kept._senders.values()) <= ALL_EARLY_BYTES_LIMIT


def test_of_very_many_members_that_have_gone_the_first_are_forgotten_but_not_what_is_still_to_be_shown() -> None:
    kept = reception()
    members = [number.to_bytes(16, "big") for number in range(3 * GONE_LIMIT)]
    for now, member_id in enumerate(members):
        kept.epoch_entered(with_others(ME, (A, member_id)), float(now))
        kept.got(member_id, numbered(2 if member_id == members[0] else 1), float(now))
    kept.epoch_entered(with_others(ME, (A, members[-2])), float(len(members)))
    assert len(kept._senders) <= GONE_LIMIT + 3
    assert not kept.got(members[-2], numbered(1), 0.0), "it was shown before"
    late = float(len(members)) + TIMING.gone_sender
    assert kept.tick(late) == [Missing(members[0], 1, 1), *arrived(2, sender=members[0])]
    kept.epoch_entered(with_others(ME, (A,)), late)
    assert members[0] not in kept._senders


def test_a_base_that_leaves_out_what_was_said_in_our_epoch_is_a_gap() -> None:
    """What is said in an epoch is said to all its members: its sender cannot count anew for one of them."""
    kept = reception()
    message = Numbered(1001, 1, START, (Base(ME, 1001),), b"1001", before=3)
    assert kept.got(A, message, 0.0) == [Missing(A, 4, 1000), Arrived(A, message)]
