import pytest

from tests.unit.bounds import at_most_seconds
from tests.unit.room.cast import company, with_others
from volly_browser.room import labels
from volly_browser.room.content.content import (
    LAMPORT_LIMIT,
    SPANS_LIMIT,
    Base,
    Beginning,
    Have,
    Numbered,
    Receipt,
    Span,
)
from volly_browser.room.delivery import exchange
from volly_browser.room.delivery.chains import START, next_chain
from volly_browser.room.delivery.exchange import ACCUSED_LIMIT, HAVES_LIMIT, IDS_LIMIT, WRONG_CLOCK, Exchange
from volly_browser.room.delivery.lamports import LAMPORT_REACH
from volly_browser.room.delivery.outbox import OUTBOX_LIMIT, RESENDS_AT_ONCE, OutboxFull
from volly_browser.room.delivery.reception import BEGINNINGS_LIMIT
from volly_browser.room.events import (
    MemberMisbehaved,
    MessageDelivered,
    MessageGap,
    MessageQueued,
    MessageReceived,
    MessageSent,
    MessageUnreadable,
    Misbehaviour,
    RoomEvent,
)
from volly_browser.room.identity.roster import RosterEntry
from volly_browser.room.mimi import CONTENT_LIMIT, PLAIN_TEXT, Content, ContentError, Disposition, Part, text_content
from volly_browser.room.timing import Timing

TIMING = Timing()
ALICE, BOB, CAROL = b"A" * 16, b"B" * 16, b"C" * 16
ALICE_ENTRY = RosterEntry(ALICE, "Alice", 0, 1, b"key")
BOB_ENTRY = RosterEntry(BOB, "Bob", 1, 1, b"key")
CAROL_ENTRY = RosterEntry(CAROL, "Carol", 2, 1, b"key")
LATER = TIMING.resend_after + 1
EPOCH = 0
NOON = 1_700_049_600.0


class Kept:
    """A conversation with others, and the events that came out of it."""

    def __init__(self, member_id: bytes = ALICE, others: tuple[bytes, ...] = (BOB,)) -> None:
        self.events: list[RoomEvent] = []
        self.chain: dict[int, bytes] = {0: START}
        self.clock = NOON
        self.conversation = Exchange(
            "r" * 22, member_id, TIMING, self.events.append, chance=lambda: 0.0, clock=lambda: self.clock
        )
        self.conversation.epoch_entered(with_others(member_id, others), 0.0)

    def got(self, sequence: int, text: str, base: int = 1) -> None:
        content = text_content(text, bytes(16), 5.25).encode()
        self.got_content(sequence, content, base)

    def got_content(self, sequence: int, content: bytes, base: int = 1) -> None:
        """The next message of a sender that does not lie."""
        previous = self.chain.get(sequence - 1, START)
        if 0 < sequence < 1 << 53:
            self.chain[sequence] = next_chain(previous, sequence, 1, content)
        numbered = Numbered(sequence, 1, previous, (Base(ALICE, base),), content)
        self.conversation.got(BOB_ENTRY, numbered, 0.0, epoch=EPOCH)

    def send(self, text: str, now: float = 0.0) -> tuple[str, Numbered]:
        message_id = self.conversation.queue(text_content(text, bytes(16), 5.25))
        numbered = self.conversation.first()
        assert numbered is not None
        self.conversation.sent(now)
        return message_id, numbered

    def received(self, entry: RosterEntry, has_next: int, now: float, *beyond: Span) -> None:
        """A member says what it has of ours."""
        receipt = Receipt(0, (), (Have(CAROL, 99, START, ()), Have(ALICE, has_next, START, beyond)))
        self.conversation.got_receipt(entry, receipt, now, epoch=EPOCH)


def test_what_one_sends_is_what_the_other_shows() -> None:
    alice, bob = Kept(ALICE), Kept(BOB, (ALICE,))
    content = text_content("hello", bytes(16), 5.25)
    message_id, numbered = bob.send("hello")
    assert bob.events == [MessageQueued(message_id, BOB.hex(), content), MessageSent(message_id, 1)]
    alice.conversation.got(BOB_ENTRY, numbered, 0.0, epoch=EPOCH)
    assert alice.events == [MessageReceived(BOB.hex(), "Bob", content, 1, 5.25, message_id, 1)]


def test_the_ids_of_equal_texts_differ_by_their_salt() -> None:
    conversation = Kept().conversation
    first, second = (conversation.queue(text_content("hello", bytes([salt]) * 16, 0)) for salt in (0, 1))
    assert first != second
    assert conversation.waiting == 2


def test_each_acknowledgement_is_told_until_all_have_it() -> None:
    alice = Kept(others=(BOB, CAROL))
    message_id, _ = alice.send("hello")
    assert not alice.conversation.is_settled
    alice.received(BOB_ENTRY, 2, 0.5)
    alice.received(BOB_ENTRY, 2, 0.6)
    assert not alice.conversation.is_settled
    alice.received(CAROL_ENTRY, 2, 0.7)
    assert alice.conversation.is_settled
    assert alice.events[2:] == [MessageDelivered(message_id, 1, 2), MessageDelivered(message_id, 2, 2)]


def test_what_a_member_lacks_is_sent_again_to_that_member_and_shown_once() -> None:
    alice, bob = Kept(others=(BOB, CAROL)), Kept(BOB, (ALICE,))
    _, lost = alice.send("one")
    _, came = alice.send("two")
    bob.conversation.got(ALICE_ENTRY, came, 0.0, epoch=EPOCH)
    assert not bob.events
    alice.received(CAROL_ENTRY, 3, LATER)
    alice.received(BOB_ENTRY, 1, LATER, Span(2, 2))
    resend = next(iter(alice.conversation.resends()))
    assert resend.members == (BOB,)
    assert resend.numbered.content == lost.content
    alice.conversation.resent(resend, LATER)
    assert not list(alice.conversation.resends())
    for _ in range(2):
        bob.conversation.got(ALICE_ENTRY, resend.numbered, LATER, epoch=EPOCH)
    assert [event.text for event in bob.events if isinstance(event, MessageReceived)] == ["one", "two"]


def test_a_member_that_lacks_everything_is_served_a_little_at_a_time() -> None:
    alice = Kept()
    for number in range(3 * RESENDS_AT_ONCE):
        alice.send(str(number))
    alice.received(BOB_ENTRY, 1, LATER)
    again = []
    for resend in alice.conversation.resends():
        alice.conversation.resent(resend, LATER)
        again.append(resend.numbered.sequence)
    assert again == list(range(1, RESENDS_AT_ONCE + 1))


def test_a_receipt_says_what_was_sent_and_received() -> None:
    alice = Kept()
    alice.send("mine")
    alice.got(1, "one")
    alice.got(3, "three")
    alice.conversation.tick(0.0)
    due = alice.conversation.due_at()
    assert due is not None
    assert alice.conversation.receipt_due(due - 0.001) is None
    assert alice.conversation.receipt_due(due) == Receipt(
        1, (Base(BOB, 1),), (Have(BOB, 2, alice.chain[1], (Span(3, 3),), 1, Beginning(EPOCH, 0)),)
    )
    alice.conversation.receipt_sent(frozenset())
    assert alice.conversation.receipt_due(due) is None


def test_something_to_send_is_due_at_once_and_nothing_never() -> None:
    alice = Kept()
    assert alice.conversation.due_at() is None
    alice.conversation.queue(text_content("hello", bytes(16), 0))
    assert alice.conversation.due_at() == 0.0
    alice.conversation.sent(0.0)
    assert alice.conversation.due_at() is None
    alice.received(BOB_ENTRY, 1, LATER)
    assert alice.conversation.due_at() == 0.0


def test_a_gap_that_its_sender_cannot_fill_is_shown_with_the_sender_s_name() -> None:
    alice = Kept()
    alice.got(1, "one")
    alice.got(4, "four")
    assert len(alice.events) == 1
    alice.conversation.got_receipt(BOB_ENTRY, Receipt(4, (Base(ALICE, 4),), ()), 5.0, epoch=EPOCH)
    assert alice.events[1] == MessageGap(BOB.hex(), "Bob", 2)
    assert isinstance(alice.events[2], MessageReceived)


def test_what_waited_is_shown_a_while_after_its_sender_has_left() -> None:
    alice = Kept()
    alice.got(1, "one")
    alice.got(3, "three")
    alice.conversation.epoch_entered(with_others(ALICE, ()), 10.0)
    assert alice.conversation.deadline() == 10.0 + TIMING.gone_sender
    alice.conversation.tick(10.0 + TIMING.gone_sender)
    assert [type(event) for event in alice.events] == [MessageReceived, MessageGap, MessageReceived]


def test_a_connection_that_comes_back_asks_for_what_was_lost_at_once() -> None:
    alice = Kept()
    alice.conversation.hurry(7.0)
    assert alice.conversation.receipt_due(7.0) is not None


@pytest.mark.parametrize(("sequence", "base"), [(0, 1), (1 << 53, 1), (1, 1 << 53)])
def test_a_count_that_makes_no_sense_is_refused(sequence: int, base: int) -> None:
    alice = Kept()
    with pytest.raises(ContentError, match="count"):
        alice.got(sequence, "hello", base)
    assert not alice.events


def test_content_that_cannot_be_shown_is_said_and_does_not_stop_the_next() -> None:
    alice = Kept()
    alice.got_content(1, b"nonsense")
    nothing = Content(bytes(16), 0, None, b"", None, None, ()).encode()
    alice.got_content(2, nothing)
    alice.got(3, "hello")
    malformed, newer, shown = alice.events
    assert malformed == MessageUnreadable(BOB.hex(), "Bob")
    assert isinstance(newer, MessageReceived)
    assert newer.content.text is None
    assert isinstance(shown, MessageReceived)


def test_a_full_outbox_refuses_and_stays_as_it_was() -> None:
    conversation = Kept().conversation
    for _ in range(1000):
        conversation.queue(text_content("x", bytes(16), 0))
    with pytest.raises(OutboxFull):
        conversation.queue(text_content("x", bytes(16), 0))
    conversation.sent(0.0)
    assert conversation.waiting == 999


def test_a_receipt_that_names_very_many_messages_costs_no_more_than_a_short_one() -> None:
    alice = Kept()
    for number in range(1000):
        alice.send(str(number))
    spans = tuple(Span(number, number) for number in range(2, 200_000, 2))
    have = Have(ALICE, 1, START, spans)
    with at_most_seconds(0.5):
        alice.conversation.got_receipt(BOB_ENTRY, Receipt(0, (), (have,) * 1000), LATER, epoch=EPOCH)
    delivered = [event for event in alice.events if isinstance(event, MessageDelivered)]
    assert len(delivered) == SPANS_LIMIT


# One order for all, and times by our clock


def got_at(kept: Kept, sent_at: float, lamport: int = 1) -> MessageReceived:
    """A first text of Bob comes; as it is shown."""
    content = text_content("hello", bytes(16), sent_at).encode()
    kept.conversation.got(BOB_ENTRY, Numbered(1, lamport, START, (Base(ALICE, 1),), content), 0.0, epoch=EPOCH)
    [shown] = kept.events
    assert isinstance(shown, MessageReceived)
    return shown


def ordered(kept: Kept, own_id: bytes) -> list[str]:
    """The message ids in the order in which a reader shows them."""
    places = {}
    for event in kept.events:
        if isinstance(event, MessageSent):
            places[event.message_id] = (event.lamport, own_id.hex())
        if isinstance(event, MessageReceived):
            places[event.message_id] = (event.lamport, event.sender)
    return sorted(places, key=lambda message_id: places[message_id])


def test_all_see_the_texts_of_all_in_one_order_in_which_an_answer_follows_what_it_answers() -> None:
    alice, bob, carol = Kept(ALICE, (BOB, CAROL)), Kept(BOB, (ALICE, CAROL)), Kept(CAROL, (ALICE, BOB))
    question_id, question = bob.send("anybody there?")
    alone_id, alone = alice.send("at the same time")
    carol.conversation.got(BOB_ENTRY, question, 0.0, epoch=EPOCH)
    answer_id, answer = carol.send("I am")
    alice.conversation.got(CAROL_ENTRY, answer, 0.0, epoch=EPOCH)
    alice.conversation.got(BOB_ENTRY, question, 0.0, epoch=EPOCH)
    bob.conversation.got(CAROL_ENTRY, answer, 0.0, epoch=EPOCH)
    bob.conversation.got(ALICE_ENTRY, alone, 0.0, epoch=EPOCH)
    carol.conversation.got(ALICE_ENTRY, alone, 0.0, epoch=EPOCH)
    orders = [ordered(kept, own_id) for kept, own_id in ((alice, ALICE), (bob, BOB), (carol, CAROL))]
    assert orders == [[alone_id, question_id, answer_id]] * 3


def test_what_one_member_claims_leads_the_others_no_further_than_they_are_followed() -> None:
    alice, carol = Kept(others=(BOB, CAROL)), Kept(CAROL, (ALICE, BOB))
    far = Numbered(1, LAMPORT_LIMIT, START, (Base(ALICE, 1), Base(CAROL, 1)), b"")
    for kept in (alice, carol):
        kept.conversation.got(BOB_ENTRY, far, 0.0, epoch=EPOCH)
    _, question = alice.send("before it, and after nobody else's")
    assert question.lamport == LAMPORT_REACH + 1
    carol.conversation.got(ALICE_ENTRY, question, 0.0, epoch=EPOCH)
    _, answer = carol.send("and this after the question")
    assert question.lamport < answer.lamport < LAMPORT_LIMIT


def test_what_was_said_in_a_branch_that_was_given_up_is_read_in_the_earlier_epoch_of_the_one_that_stays() -> None:
    bob, alice = Kept(BOB, (ALICE,)), Kept()
    for epoch in range(EPOCH, EPOCH + 100):
        bob.conversation.epoch_entered(company(BOB, BOB, ALICE, epoch=epoch), 0.0)
    _, said = bob.send("in the branch that was given up")
    alice.conversation.got(BOB_ENTRY, said, 0.0, epoch=EPOCH)
    [received] = [event for event in alice.events if isinstance(event, MessageReceived)]
    assert received.lamport == said.lamport


@pytest.mark.parametrize("epoch", [EPOCH, 1 << 60])
def test_a_place_is_valid_in_any_epoch_or_in_none(epoch: int) -> None:
    alice = Kept()
    assert got_at(alice, 5.0, lamport=LAMPORT_LIMIT).lamport == LAMPORT_LIMIT
    with pytest.raises(ContentError, match="than there can be"):
        alice.conversation.got(BOB_ENTRY, Numbered(2, LAMPORT_LIMIT + 1, START, (), b""), 0.0, epoch=epoch)
    assert len(alice.events) == 1


@pytest.mark.parametrize("ahead", [WRONG_CLOCK + 1, 86_400.0, -WRONG_CLOCK - 1, -86_400.0])
def test_a_text_of_a_member_with_a_wrong_clock_is_shown_at_the_right_time(ahead: float) -> None:
    alice = Kept()
    alice.conversation.clock_shows(BOB, NOON + ahead)
    assert got_at(alice, NOON - 30 + ahead).sent_at == NOON - 30


def test_a_clock_that_is_nearly_right_is_believed() -> None:
    alice = Kept()
    alice.conversation.clock_shows(BOB, NOON + WRONG_CLOCK)
    assert got_at(alice, NOON - 30).sent_at == NOON - 30


def test_no_text_comes_from_the_future() -> None:
    assert got_at(Kept(), NOON + 30).sent_at == NOON
    alice = Kept()
    alice.conversation.clock_shows(BOB, NOON - 3600)
    assert got_at(alice, NOON - 30).sent_at == NOON


def test_a_clock_is_of_one_member_for_as_long_as_it_is_there() -> None:
    alice = Kept(others=(BOB, CAROL))
    alice.conversation.clock_shows(CAROL, NOON - 3600)
    alice.conversation.clock_shows(BOB, NOON - 3600)
    alice.conversation.epoch_entered(with_others(ALICE, (CAROL,)), 1.0)
    assert got_at(alice, NOON - 30).sent_at == NOON - 30


# Members that tell different things to different members


def accusations(kept: Kept) -> list[MemberMisbehaved]:
    return [event for event in kept.events if isinstance(event, MemberMisbehaved)]


def test_a_sender_that_gives_two_texts_under_one_number_to_one_reader_is_found_out_once() -> None:
    alice = Kept()
    alice.got(1, "yes")
    for _ in range(3):
        alice.conversation.got(
            BOB_ENTRY, Numbered(1, 1, START, (), text_content("no", bytes(16), 0).encode()), 0.0, epoch=EPOCH
        )
    assert accusations(alice) == [MemberMisbehaved(BOB.hex(), "Bob", Misbehaviour.CHANGED_MESSAGE)]
    assert [event.text for event in alice.events if isinstance(event, MessageReceived)] == ["yes"]


def test_a_sender_that_changes_what_it_has_said_before_is_found_out_by_the_next_message() -> None:
    alice = Kept()
    alice.got(1, "yes")
    other_past = next_chain(START, 1, 1, text_content("no", bytes(16), 0).encode())
    content = text_content("as I said", bytes(16), 0).encode()
    alice.conversation.got(BOB_ENTRY, Numbered(2, 2, other_past, (), content), 0.0, epoch=EPOCH)
    assert accusations(alice) == [MemberMisbehaved(BOB.hex(), "Bob", Misbehaviour.CHANGED_MESSAGE)]


def read_by_carol(kept: Kept, sequence: int, chain: bytes, beginning: Beginning | None = None) -> None:
    """Carol's receipt says what it has read of Bob."""
    have = Have(BOB, sequence + 1, chain, (), sequence, beginning)
    kept.conversation.got_receipt(CAROL_ENTRY, Receipt(0, (), (have,)), 1.0, epoch=EPOCH)


def test_a_sender_that_told_another_something_else_is_found_out_by_the_other_one_s_receipt() -> None:
    alice = Kept(others=(BOB, CAROL))
    alice.got(1, "yes")
    read_by_carol(alice, 1, alice.chain[1])
    assert not accusations(alice)
    other = next_chain(START, 1, 1, b"no")
    for _ in range(2):
        read_by_carol(alice, 1, other)
    [accused] = accusations(alice)
    assert accused == MemberMisbehaved(BOB.hex(), "Bob", Misbehaviour.DIFFERENT_MESSAGES, CAROL.hex(), "Carol"), (
        "it is said who says so, since possibly that one lies"
    )


def test_what_is_read_after_a_gap_is_compared_too() -> None:
    """A gap that its sender never fills would otherwise hide all that comes behind it."""
    alice = Kept(others=(BOB, CAROL))
    alice.got(1, "one")
    alice.conversation.epoch_entered(with_others(ALICE, (CAROL,)), 0.0)
    alice.got(3, "three")
    alice.conversation.tick(TIMING.gone_sender)
    alice.conversation.epoch_entered(with_others(ALICE, (BOB, CAROL)), TIMING.gone_sender)
    alice.got(4, "four")
    receipt = alice.conversation.receipt_due(1e9)
    assert receipt is not None
    have = next(have for have in receipt.haves if have.member_id == BOB)
    assert (have.next, have.read, have.chain) == (2, 4, alice.chain[4])
    read_by_carol(alice, 4, alice.chain[4])
    assert not accusations(alice)
    read_by_carol(alice, 4, b"another chain of")
    assert [told.what for told in accusations(alice)] == [Misbehaviour.DIFFERENT_MESSAGES]


def test_a_sender_that_counts_otherwise_for_another_member_is_found_out_though_no_number_is_the_same() -> None:
    alice = Kept(others=(BOB, CAROL))
    alice.got(1, "yes")
    read_by_carol(alice, 1001, b"another chain of", Beginning(EPOCH + 1, 1000))
    assert not accusations(alice), "that was another epoch"
    read_by_carol(alice, 1001, b"another chain of", Beginning(EPOCH, 1000))
    assert [told.what for told in accusations(alice)] == [Misbehaviour.DIFFERENT_MESSAGES]


def test_a_sender_that_tells_one_reader_two_counts_for_an_epoch_is_found_out() -> None:
    alice = Kept()
    alice.got(1, "yes")
    alice.conversation.got_receipt(BOB_ENTRY, Receipt(7, (), (), before=7), 1.0, epoch=EPOCH + 1)
    assert not accusations(alice)
    alice.conversation.got_receipt(BOB_ENTRY, Receipt(7, (), (), before=7), 1.0, epoch=EPOCH)
    assert [told.what for told in accusations(alice)] == [Misbehaviour.CHANGED_MESSAGE]


def test_epochs_of_a_group_that_was_left_are_not_compared_with_those_of_the_next() -> None:
    alice = Kept(others=(BOB, CAROL))
    alice.got(1, "yes")
    alice.conversation.group_left()
    read_by_carol(alice, 1, alice.chain[1], Beginning(EPOCH, 1000))
    assert not accusations(alice)


def test_the_beginnings_of_few_epochs_are_remembered() -> None:
    alice = Kept()
    for epoch in range(10 * BEGINNINGS_LIMIT):
        alice.conversation.got_receipt(BOB_ENTRY, Receipt(0, (), ()), 0.0, epoch=epoch)
    [sender] = alice.conversation._reception._senders.values()
    assert list(sender.beginnings) == list(range(9 * BEGINNINGS_LIMIT, 10 * BEGINNINGS_LIMIT))


def test_one_that_slanders_silences_no_other_witness() -> None:
    alice = Kept(others=(BOB, CAROL))
    alice.got(1, "yes")
    read_by_carol(alice, 1, b"another chain of")
    dave = RosterEntry(b"D" * 16, "Dave", 3, 1, b"key")
    have = Have(BOB, 2, b"and another one!", (), 1)
    alice.conversation.got_receipt(dave, Receipt(0, (), (have,)), 1.0, epoch=EPOCH)
    assert [told.witness_name for told in accusations(alice)] == ["Carol", "Dave"]


def test_what_was_reported_is_forgotten_before_it_takes_much_memory() -> None:
    alice = Kept()
    alice.got(1, "yes")
    for number in range(ACCUSED_LIMIT + 10):
        entry = RosterEntry(number.to_bytes(16, "big"), "Mallory", 3, 1, b"key")
        have = Have(BOB, 2, b"another chain of", (), 1)
        alice.conversation.got_receipt(entry, Receipt(0, (), (have,)), 1.0, epoch=EPOCH)
    assert len(alice.conversation._accused) == ACCUSED_LIMIT


def test_what_was_handed_to_the_network_has_possibly_been_said_though_it_reports_a_failure() -> None:
    alice, bob = Kept(), Kept(BOB, (ALICE,))
    message_id = alice.conversation.queue(text_content("hello", bytes(16), 5.25))
    handed = alice.conversation.first()
    assert handed is not None
    bob.conversation.got(ALICE_ENTRY, handed, 0.0, epoch=EPOCH)
    receipt = bob.conversation.receipt_due(10.0)
    assert receipt is not None
    alice.conversation.got_receipt(BOB_ENTRY, receipt, 10.0, epoch=EPOCH)
    assert not accusations(alice)
    alice.conversation.hurry(10.0)
    own = alice.conversation.receipt_due(10.0)
    assert own is not None
    assert own.sent == 1
    alice.conversation.sent(11.0)
    alice.conversation.got_receipt(BOB_ENTRY, receipt, 12.0, epoch=EPOCH)
    assert alice.events[-1] == MessageDelivered(message_id, 1, 1)


@pytest.mark.parametrize(("read", "chain"), [(2, START), (1, b"another chain of")])
def test_a_receipt_for_what_was_not_sent_is_false_and_acknowledges_nothing(read: int, chain: bytes) -> None:
    alice = Kept()
    alice.send("hello")
    have = Have(ALICE, read + 1, chain, (), read)
    alice.conversation.got_receipt(BOB_ENTRY, Receipt(0, (), (have,)), LATER, epoch=EPOCH)
    assert accusations(alice) == [MemberMisbehaved(BOB.hex(), "Bob", Misbehaviour.FALSE_RECEIPT)]
    assert not alice.conversation.is_settled
    assert not [event for event in alice.events if isinstance(event, MessageDelivered)]


def test_a_true_receipt_accuses_nobody() -> None:
    alice, bob = Kept(), Kept(BOB, (ALICE,))
    for text in ("one", "two"):
        _, numbered = alice.send(text)
        bob.conversation.got(ALICE_ENTRY, numbered, 0.0, epoch=EPOCH)
    receipt = bob.conversation.receipt_due(10.0)
    assert receipt is not None
    alice.conversation.got_receipt(BOB_ENTRY, receipt, 10.0, epoch=EPOCH)
    assert alice.conversation.is_settled
    assert not accusations(alice) + accusations(bob)


def test_a_message_that_is_longer_than_any_text_is_refused_before_it_is_kept() -> None:
    alice = Kept()
    with pytest.raises(ContentError, match="longer"):
        alice.got_content(1, bytes(CONTENT_LIMIT + 1))
    assert alice.conversation.receipt_due(1e9) is None


def test_a_text_that_is_longer_than_a_text_can_be_is_not_shown() -> None:
    """Room is left in a message for what is said about the text, and could be used for more of it."""
    alice = Kept()
    part = Part(Disposition.RENDER, "", PLAIN_TEXT, b"x" * (labels.TEXT_BYTES_LIMIT + 1))
    alice.got_content(1, Content(bytes(16), 0, None, b"", None, None, (part,)).encode())
    alice.got(2, "x" * labels.TEXT_BYTES_LIMIT)
    assert [type(event) for event in alice.events] == [MessageUnreadable, MessageReceived]


def test_a_receipt_that_tells_of_more_senders_than_a_room_holds_is_read_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice, compared = Kept(), []
    monkeypatch.setattr(alice.conversation._reception, "differs", compared.append)
    haves = [Have(number.to_bytes(16, "big"), 1, START, ()) for number in range(10 * HAVES_LIMIT)]
    alice.conversation.got_receipt(BOB_ENTRY, Receipt(0, (), tuple(haves)), 0.0, epoch=EPOCH)
    assert len(compared) == HAVES_LIMIT


def test_of_several_things_that_a_receipt_says_of_one_sender_the_first_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice, read = Kept(), []
    alice.send("hello")
    monkeypatch.setattr(alice.conversation._outbox, "acknowledged", lambda *claim: read.append(claim) or [])
    haves = tuple(Have(ALICE, 2 - number % 2, START, ()) for number in range(HAVES_LIMIT))
    alice.conversation.got_receipt(BOB_ENTRY, Receipt(0, (), haves), 0.5, epoch=EPOCH)
    assert read == [(BOB, haves[0], 0.5)]


def test_a_receipt_of_a_full_room_is_read_to_its_end() -> None:
    alice = Kept()
    message_id, _ = alice.send("hello")
    others = [Have(number.to_bytes(16, "big"), 1, START, ()) for number in range(labels.ROOM_LIMIT - 2)]
    alice.conversation.got_receipt(BOB_ENTRY, Receipt(0, (), (*others, Have(ALICE, 2, START, ()))), 0.5, epoch=EPOCH)
    assert alice.events[-1] == MessageDelivered(message_id, 1, 1)


def test_the_ids_of_old_texts_are_forgotten_and_those_that_are_kept_are_not() -> None:
    alice = Kept()
    for number in range(IDS_LIMIT + 10):
        alice.send(str(number))
    assert len(alice.conversation._sent_ids) == IDS_LIMIT
    alice.events.clear()
    alice.received(BOB_ENTRY, IDS_LIMIT + 11, 0.5)
    assert sum(isinstance(event, MessageDelivered) for event in alice.events) == OUTBOX_LIMIT


def test_names_and_accusations_of_members_without_end_take_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "NAMES_LIMIT", 8)
    monkeypatch.setattr(exchange, "ACCUSED_LIMIT", 8)
    alice = Kept()
    for number in range(50):
        entry = RosterEntry(number.to_bytes(16, "big"), f"Guest {number}", 1, 1, b"key")
        for _ in range(2):
            alice.received(entry, 77, 0.0)
    told = [event.name for event in alice.events if isinstance(event, MemberMisbehaved)]
    assert told == [f"Guest {number}" for number in range(50)], "each once, with its name"
    assert len(alice.conversation._names) == len(alice.conversation._accused) == 8
