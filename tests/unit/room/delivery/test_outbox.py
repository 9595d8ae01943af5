from dataclasses import replace

import pytest

from tests.unit.room.cast import company, with_others
from volly_browser.room.content.content import Base, Have, Numbered, Span
from volly_browser.room.delivery.chains import START, next_chain
from volly_browser.room.delivery.lamports import LAMPORT_STEP
from volly_browser.room.delivery.outbox import OUTBOX_BYTES_LIMIT, OUTBOX_LIMIT, Outbox, OutboxFull, Progress, Resend
from volly_browser.room.delivery.resends import ASKED_A_MINUTE, ASKED_LIMIT, MESSAGE_COST
from volly_browser.room.timing import Timing

TIMING = Timing()
ME, A, B, C = b"M" * 16, b"A" * 16, b"B" * 16, b"C" * 16
LATER = TIMING.resend_after


def outbox(*others: bytes) -> Outbox:
    kept = Outbox(TIMING)
    kept.epoch_entered(with_others(ME, others), 0.0)
    return kept


def send(kept: Outbox, *contents: bytes, now: float = 0.0) -> None:
    for content in contents:
        kept.add(content)
        kept.sent(now)


def has(following: int, *beyond: Span) -> Have:
    """What a member says: everything before `following`, and what lies beyond."""
    return Have(b"", following, START, beyond)


def test_messages_are_counted_from_one_and_keep_their_order() -> None:
    kept = outbox(A)
    kept.acknowledged(A, has(1), 0.0)
    for content in (b"one", b"two"):
        kept.add(content)
    one, two = Numbered(1, 1, START, (), b"one"), Numbered(2, 2, next_chain(START, 1, 1, b"one"), (), b"two")
    assert kept.first() == kept.first() == one, "it stays until it was sent"
    assert kept.sent(0.0) == one
    assert kept.first() == two
    assert kept.sent(0.0) == two
    assert kept.first() is None
    assert (len(kept), kept.last) == (0, 2)


def test_a_newcomer_is_told_its_base_until_it_counts_from_it() -> None:
    kept = outbox(C)
    send(kept, b"before they came")
    kept.epoch_entered(with_others(ME, (A, B)), 1.0)
    assert kept.bases == (Base(A, 2), Base(B, 2))
    kept.acknowledged(A, has(0), 1.1)
    assert kept.has_base_for(A), "it has not learned it yet"
    kept.acknowledged(A, has(2), 1.2)
    assert not kept.has_base_for(A)
    assert kept.bases == (Base(B, 2),)


def test_what_all_members_have_is_settled_and_not_kept() -> None:
    kept = outbox(A, B)
    send(kept, b"one", b"two")
    assert kept.acknowledged(A, has(3), 0.1) == [Progress(1, 1, 2), Progress(2, 1, 2)]
    assert not kept.is_settled
    assert kept.acknowledged(B, has(1, Span(2, 2)), 0.1) == [Progress(2, 2, 2)]
    assert not kept.is_settled
    assert kept.acknowledged(B, has(3), 0.2) == [Progress(1, 2, 2)]
    assert kept.is_settled
    assert kept.acknowledged(B, has(3), 0.3) == [], "and is no news a second time"


def test_what_is_said_to_nobody_waits_for_the_first_that_comes() -> None:
    kept = outbox()
    kept.add(b"hello?")
    assert kept.first() is None
    assert kept.is_settled, "nobody is there that could wait for it"
    kept.epoch_entered(with_others(ME, (A,)), 1.0)
    assert not kept.is_settled
    assert kept.sent(1.0) == Numbered(1, 1, START, (Base(A, 1),), b"hello?")


def test_a_receipt_that_comes_too_soon_means_nothing_about_what_is_not_in_it() -> None:
    kept = outbox(A)
    send(kept, b"one", now=5.0)
    kept.acknowledged(A, has(1), 5.0 + LATER - 0.01)
    assert kept.next_resend() is None
    kept.acknowledged(A, has(1), 5.0 + LATER)
    assert kept.next_resend() == Resend(Numbered(1, 1, START, (), b"one"), (A,))


# The order of the messages of all


def test_a_message_comes_after_all_that_its_sender_has_read_and_sent() -> None:
    kept = outbox(A)
    kept.read(A, 7)
    kept.read(B, 3)
    kept.add(b"one")
    assert kept.sent(0.0).lamport == 8
    kept.add(b"two")
    assert kept.sent(0.0).lamport == 9


def test_a_newcomer_speaks_after_all_that_was_said_before_it_came_though_it_has_read_none_of_it() -> None:
    resident, newcomer = outbox(A), outbox(A)
    resident.read(A, LAMPORT_STEP - 1)  # the most that can be said in the first epoch
    newcomer.epoch_entered(company(ME, ME, A, epoch=1), 0.0)
    newcomer.add(b"hello")
    assert newcomer.sent(0.0).lamport > LAMPORT_STEP - 1


def test_a_message_that_has_to_be_tried_again_or_sent_again_keeps_its_place_in_the_order() -> None:
    kept = outbox(A)
    kept.add(b"one")
    first = kept.first()
    assert first is not None
    kept.read(A, 50)
    assert kept.first() == first, "possibly it went out, though it was said to have failed"
    assert kept.sent(0.0) == first
    kept.read(A, 99)
    kept.acknowledged(A, has(1), LATER)
    resend = kept.next_resend()
    assert resend is not None
    assert replace(resend.numbered, bases=first.bases) == first
    kept.add(b"two")
    assert kept.sent(LATER).lamport == 100


# What is sent again


def test_what_several_lack_is_sent_again_once() -> None:
    kept = outbox(A, B)
    send(kept, b"one", b"two")
    kept.acknowledged(A, has(1), LATER)
    kept.acknowledged(B, has(1, Span(2, 2)), LATER)
    resend = kept.next_resend()
    assert resend == Resend(Numbered(1, 1, START, (), b"one"), (A, B))
    assert resend == kept.next_resend(), "it stays until it was sent"
    kept.resent(resend, LATER)
    resend = kept.next_resend()
    assert resend == Resend(Numbered(2, 2, next_chain(START, 1, 1, b"one"), (), b"two"), (A,))
    kept.resent(resend, LATER)
    assert kept.next_resend() is None
    kept.acknowledged(A, has(1), LATER + 0.5)
    assert kept.next_resend() is None, "what was sent again gets its time anew"
    kept.acknowledged(A, has(1), 2 * LATER)
    assert kept.next_resend() is not None


def test_what_one_member_lacks_is_sent_again_to_all_that_possibly_lack_it() -> None:
    """The time since its sending begins anew for all of them, so a member that was left out would wait for long."""
    kept = outbox(A, B)
    send(kept, b"one")
    kept.acknowledged(B, has(1), LATER / 2)
    kept.acknowledged(A, has(1), LATER)
    resend = kept.next_resend()
    assert resend == Resend(Numbered(1, 1, START, (), b"one"), (A, B))


def test_what_was_acknowledged_meanwhile_is_not_sent_again() -> None:
    kept = outbox(A)
    send(kept, b"one")
    kept.acknowledged(A, has(1), LATER)
    kept.acknowledged(A, has(2), LATER)
    assert kept.next_resend() is None


def test_the_latest_sending_that_is_not_acknowledged_is_known() -> None:
    kept = outbox(A)
    assert kept.unacknowledged_since is None
    send(kept, b"one", now=1.0)
    send(kept, b"two", now=2.0)
    assert kept.unacknowledged_since == 2.0
    kept.acknowledged(A, has(1, Span(2, 2)), 2.1)
    assert kept.unacknowledged_since == 1.0
    kept.epoch_entered(with_others(ME, ()), 3.0)
    assert kept.unacknowledged_since is None


def test_a_gone_member_is_not_waited_for_but_gets_everything_when_it_comes_back() -> None:
    kept = outbox(A, B)
    send(kept, b"one")
    kept.acknowledged(B, has(2), 0.1)
    kept.epoch_entered(with_others(ME, (B,)), 1.0)
    send(kept, b"not for A", now=2.0)
    kept.acknowledged(A, has(1), 50.0)
    assert kept.next_resend() is None
    kept.acknowledged(B, has(3), 50.0)
    assert kept.is_settled
    kept.epoch_entered(with_others(ME, (A, B)), 100.0)
    assert Base(A, 1) in kept.bases
    assert not kept.is_settled
    kept.acknowledged(A, has(1), 100.0)
    assert kept.next_resend() == Resend(Numbered(1, 1, START, kept.bases, b"one", before=2), (A,))


def test_a_member_that_comes_back_after_messages_that_were_not_for_it_is_told_its_base() -> None:
    kept = outbox(A, B)
    send(kept, b"one")
    kept.acknowledged(A, has(2), 0.1)
    kept.epoch_entered(with_others(ME, (B,)), 1.0)
    send(kept, b"not for A", now=2.0)
    kept.epoch_entered(with_others(ME, (A, B)), 3.0)
    send(kept, b"three", now=4.0)
    assert Base(A, 3) in kept.bases
    kept.acknowledged(A, has(2, Span(3, 3)), 5.0)
    assert kept.has_base_for(A), "it waits for what will not come"
    kept.acknowledged(A, has(4), 6.0)
    assert not kept.has_base_for(A)


def test_what_is_sent_again_names_the_newcomers_that_must_not_read_it() -> None:
    kept = outbox(A)
    send(kept, b"for A")
    kept.epoch_entered(with_others(ME, (A, B)), 1.0)
    kept.acknowledged(A, has(1), LATER)
    kept.acknowledged(B, has(0), LATER)
    assert kept.next_resend() == Resend(Numbered(1, 1, START, kept.bases, b"for A", (B,), 1), (A,))
    assert kept.acknowledged(A, has(2), LATER) == [Progress(1, 1, 1)]


def test_a_member_that_stays_away_for_long_is_given_up() -> None:
    kept = outbox(A)
    send(kept, b"one")
    kept.epoch_entered(with_others(ME, ()), 10.0)
    kept.tick(10.0 + TIMING.forget_gone - 1)
    kept.epoch_entered(with_others(ME, (A,)), 320.0)
    assert kept.bases == (Base(A, 1),)
    kept.epoch_entered(with_others(ME, ()), 330.0)
    kept.tick(330.0 + TIMING.forget_gone)
    kept.epoch_entered(with_others(ME, (A,)), 700.0)
    assert kept.bases == (Base(A, 2),)


def test_a_member_that_is_given_up_does_not_count_as_having_received_anything() -> None:
    kept = outbox(A, B)
    send(kept, b"one")
    kept.epoch_entered(with_others(ME, (A,)), 10.0)
    kept.tick(10.0 + TIMING.forget_gone)
    assert kept.acknowledged(A, has(2), 400.0) == [Progress(1, 1, 2)]


def test_what_waits_is_bounded_in_number_and_in_bytes() -> None:
    many, large = outbox(), outbox()
    for _ in range(OUTBOX_LIMIT):
        many.add(b"x")
    with pytest.raises(OutboxFull, match=f"{OUTBOX_LIMIT} messages wait"):
        many.add(b"x")
    for _ in range(OUTBOX_BYTES_LIMIT // 64_000):
        large.add(bytes(64_000))
    with pytest.raises(OutboxFull):
        large.add(bytes(64_000))
    many.sent(0.0)
    many.add(b"x")


def test_what_is_kept_is_bounded_and_members_that_lack_more_are_told_that_it_will_not_come() -> None:
    kept = outbox(A, B)
    send(kept, b"one")
    for member in (A, B):
        kept.acknowledged(member, has(2), 0.1)
    send(kept, *[b"x"] * (OUTBOX_LIMIT + 2))
    assert kept.bases == (Base(A, 4), Base(B, 4)), "2 and 3 were given up"
    kept.acknowledged(A, has(2), LATER)
    assert Base(A, 4) in kept.bases, "it does not know yet"
    kept.acknowledged(A, has(4), LATER)
    assert kept.bases == (Base(B, 4),)
    resend = kept.next_resend()
    assert resend is not None
    assert resend.numbered.sequence == 4


def test_large_messages_that_nobody_acknowledges_take_bounded_memory() -> None:
    kept = outbox(A)
    for _ in range(2 * OUTBOX_BYTES_LIMIT // 64_000):
        send(kept, bytes(64_000))
    kept.acknowledged(A, has(0), LATER)
    [base] = kept.bases
    assert kept.last - base.sequence + 1 == OUTBOX_BYTES_LIMIT // 64_000


def test_a_member_that_asks_for_everything_again_and_again_gets_a_bounded_amount() -> None:
    kept, now, sent = outbox(A, B), 0.0, 0
    send(kept, *[bytes(30_000)] * 60)
    while now < 600:
        now += LATER
        kept.acknowledged(A, has(1), now)
        while resend := kept.next_resend():
            kept.resent(resend, now)
            sent += MESSAGE_COST + len(resend.numbered.content)
    assert ASKED_LIMIT < sent <= ASKED_LIMIT + 10 * ASKED_A_MINUTE
    kept.acknowledged(B, has(1), now + LATER)
    assert kept.next_resend() is not None, "another one has not asked yet"


def test_what_is_asked_for_several_times_before_it_is_sent_is_charged_once() -> None:
    kept = outbox(A)
    send(kept, *[bytes(30_000)] * 60)
    for _ in range(100):
        kept.acknowledged(A, has(1), LATER)
    assert len(kept._lacked) == 60


def test_one_that_has_been_gone_for_long_is_charged_for_nothing() -> None:
    kept = outbox(A)
    send(kept, b"one")
    kept.acknowledged(A, has(1), LATER)
    kept.epoch_entered(with_others(ME, ()), 10.0)
    kept.tick(10.0 + TIMING.forget_gone)
    assert not kept._budgets


def test_what_is_said_to_have_failed_counts_as_possibly_sent() -> None:
    kept = outbox(A)
    kept.add(b"one")
    assert (kept.last, kept.possibly_sent, kept.before) == (0, 0, 0)
    kept.first()
    assert (kept.last, kept.possibly_sent) == (0, 1)
    kept.epoch_entered(company(ME, ME, A, epoch=1), 1.0)
    assert kept.before == 1, "it has possibly been said in the epoch before"
    kept.sent(1.0)
    assert (kept.last, kept.possibly_sent) == (1, 1)
