"""The members that a newcomer asks for what was said before it came, and what it takes of their answers."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.unit.room.cast import company
from tests.unit.room.history.talk import ALICE, BOB, CAROL, DAVE, NOON, ROOM, Talk, passed
from volly_browser.chat.contents import Contents
from volly_browser.room.content.content import LAMPORT_LIMIT, SEQUENCE_LIMIT
from volly_browser.room.content.history import (
    Inquiry,
    Relayed,
    RelayedMessage,
    RelayedMessages,
    StatedMessage,
    StatedMessages,
    Statement,
    Stretch,
)
from volly_browser.room.content.settings import Setting, Title
from volly_browser.room.history.archive import HISTORY_BYTES_LIMIT, RELATED_LIMIT
from volly_browser.room.history.recall import RELAYERS_LIMIT, Judged, Outcome, Recall
from volly_browser.room.history.spoken import Spoken
from volly_browser.room.mimi import ContentError, Expiration
from volly_browser.room.timing import Timing

TIMING = Timing()
EPOCH = 7
GONE = b"G" * 16


class Newcomer:
    """Dave, who came last."""

    def __init__(self, *elders: bytes, limit: int = 50) -> None:
        self.talk = Talk()
        self.recall = Recall(ROOM, limit, TIMING)
        self.elders = elders or (ALICE, BOB, CAROL)
        self.enter()

    def enter(self, now: float = 0.0) -> None:
        self.recall.epoch_entered(company(DAVE, *self.elders, DAVE, epoch=EPOCH), now)

    def asks(self, now: float, reachable: Iterable[bytes] | None = None) -> bytes | None:
        self.recall.tick(now)
        asked = self.recall.member_to_ask(frozenset(self.elders if reachable is None else reachable), now)
        if asked:
            self.recall.asked(asked, now)
        return asked

    def is_told(self, by: bytes, *told: Spoken | RelayedMessage, now: float = 1.0, is_last: bool = True) -> None:
        messages = tuple(passed(each) if isinstance(each, Spoken) else each for each in told)
        self.recall.got_relayed(by, Relayed(DAVE, is_last, RelayedMessages(messages).encode()), now)

    def inquires(self) -> tuple[Stretch, ...]:
        inquiry = self.recall.inquiry
        self.recall.inquired()
        return inquiry.read() if inquiry else ()

    def hears(self, author: bytes, *standing: Spoken, sent: int = 1000, first: int = 1) -> None:
        stated = tuple(StatedMessage(each.sequence, each.lamport, each.message_id) for each in standing)
        self.recall.got_statement(author, Statement(DAVE, sent, first, StatedMessages(stated).encode()))

    def sees(self, now: float = 2.0) -> Outcome | None:
        self.recall.tick(now)
        return self.recall.take_outcome(now)


def confirmed(*said: Spoken, by: bytes = ALICE) -> Outcome:
    return Outcome(tuple(Judged(each, by, True) for each in said), ())


# Asking


def test_the_one_that_let_us_in_is_asked_first_then_the_others_by_their_rank() -> None:
    dave = Newcomer()
    dave.recall.let_in_by(BOB)
    assert dave.asks(0.0) == BOB
    assert dave.asks(TIMING.recall - 0.1) is None
    assert dave.asks(TIMING.recall) == ALICE
    assert dave.asks(2 * TIMING.recall) == CAROL
    assert dave.asks(3 * TIMING.recall) is None
    assert dave.sees(3 * TIMING.recall) == Outcome((), ())
    assert dave.recall.deadline(20.0) is None


def test_one_that_cannot_be_reached_is_passed_over() -> None:
    dave = Newcomer()
    assert dave.asks(0.0, reachable=[]) is None
    assert dave.asks(1.0, reachable=[CAROL]) == CAROL


def test_the_first_one_in_a_room_asks_nobody_nor_does_anyone_in_one_without_a_history() -> None:
    for dave in (Newcomer(limit=0),):
        assert dave.asks(0.0) is None
        assert dave.recall.deadline(0.0) is None
    alone = Recall(ROOM, 50, TIMING)
    alone.epoch_entered(company(DAVE, DAVE), 0.0)
    alone.epoch_entered(company(DAVE, DAVE, BOB, epoch=6), 1.0)
    assert alone.member_to_ask({BOB}, 1.0) is None
    assert alone.deadline(1.0) is None


def test_one_that_has_begun_a_group_of_its_own_and_goes_to_another_one_asks_there() -> None:
    dave = Recall(ROOM, 50, TIMING)
    dave.epoch_entered(company(DAVE, DAVE, group_id=b"own"), 0.0)
    dave.epoch_entered(company(DAVE, ALICE, DAVE), 5.0)
    assert dave.member_to_ask({ALICE}, 5.0) == ALICE


def test_few_are_asked_and_once_in_a_visit() -> None:
    crowd = [bytes([number]) * 16 for number in range(1, 10)]
    dave = Newcomer(*crowd)
    asked = [dave.asks(number * TIMING.recall) for number in range(7)]
    assert [each for each in asked if each] == crowd[:RELAYERS_LIMIT]
    dave.sees(100.0)
    dave.recall.group_left()
    dave.enter(101.0)
    assert dave.asks(101.0) is None


def test_if_the_one_that_was_asked_goes_the_next_is_asked_at_once() -> None:
    dave = Newcomer()
    assert dave.asks(0.0) == ALICE
    dave.elders = (BOB, CAROL)
    dave.enter(1.0)
    assert dave.asks(1.0) == BOB


def test_it_asks_anew_elsewhere_if_it_left_before_anything_came() -> None:
    dave = Newcomer()
    dave.asks(0.0)
    dave.recall.group_left()
    assert dave.recall.deadline(0.0) is None
    dave.enter(1.0)
    assert dave.asks(1.0) == BOB


# What it takes


def test_nothing_is_shown_before_the_authors_that_are_there_were_asked() -> None:
    dave = Newcomer()
    one, other, mine = (dave.talk.says(author, "said") for author in (BOB, CAROL, ALICE))
    dave.asks(0.0)
    dave.is_told(ALICE, one, is_last=False)
    assert dave.sees() is None
    dave.is_told(ALICE, other, mine)
    assert dave.inquires() == (Stretch(BOB, 1, 1), Stretch(CAROL, 1, 1))
    assert dave.sees() is None
    dave.hears(BOB, one)
    assert dave.sees() is None
    dave.hears(CAROL, other)
    assert dave.sees() == confirmed(one, other, mine)
    assert dave.sees() is None
    assert dave.recall.deadline(3.0) is None


def test_the_range_that_an_author_is_asked_about_is_that_of_what_was_told() -> None:
    dave = Newcomer()
    said = [dave.talk.says(BOB, str(number)) for number in range(9)]
    dave.asks(0.0)
    dave.is_told(ALICE, *said[3:7])
    assert dave.inquires() == (Stretch(BOB, 4, 7),)


def test_authors_that_have_gone_or_do_not_answer_confirm_nothing() -> None:
    dave = Newcomer()
    gone, silent = dave.talk.says(GONE, "gone"), dave.talk.says(BOB, "silent")
    dave.asks(0.0)
    dave.is_told(ALICE, gone, silent)
    assert dave.inquires() == (Stretch(BOB, 1, 1),)
    assert dave.sees(1.0 + TIMING.inquiry - 0.1) is None
    seen = dave.sees(1.0 + TIMING.inquiry)
    assert seen == Outcome((Judged(gone, ALICE, False), Judged(silent, ALICE, False)), ())
    dave.hears(BOB)
    assert dave.sees(20.0) is None


def test_an_author_that_goes_meanwhile_is_not_waited_for() -> None:
    dave = Newcomer()
    dave.asks(0.0)
    dave.is_told(ALICE, dave.talk.says(BOB, "said"))
    dave.elders = (ALICE, CAROL)
    dave.enter(1.5)
    seen = dave.sees()
    assert seen
    assert [judged.is_confirmed for judged in seen.judged] == [False]


def test_what_an_author_contradicts_is_not_shown_and_it_is_said_who_told_it() -> None:
    dave = Newcomer()
    true, changed = dave.talk.says(BOB, "true"), dave.talk.says(BOB, "changed")
    dave.asks(0.0)
    dave.is_told(ALICE, true, changed)
    dave.hears(BOB, true, replace(changed, message_id=b"x" * 32))
    assert dave.sees() == Outcome((Judged(true, ALICE, True),), ((ALICE, BOB),))


def test_what_an_author_has_taken_back_is_not_shown_and_nobody_is_blamed() -> None:
    dave = Newcomer()
    one, other = dave.talk.says(BOB, "one"), dave.talk.says(BOB, "other")
    dave.asks(0.0)
    dave.is_told(ALICE, one, other)
    dave.hears(BOB, other)
    assert dave.sees() == confirmed(other)


def test_a_word_that_nobody_waits_for_changes_nothing() -> None:
    dave = Newcomer()
    said = dave.talk.says(BOB, "said")
    dave.hears(BOB)
    dave.asks(0.0)
    dave.is_told(ALICE, said)
    dave.hears(CAROL)
    dave.hears(BOB, said)
    dave.hears(BOB)
    assert dave.sees() == confirmed(said)


def test_one_that_was_not_asked_tells_nothing() -> None:
    dave = Newcomer()
    dave.is_told(ALICE, dave.talk.says(BOB, "too early"))
    dave.asks(0.0)
    dave.is_told(CAROL, dave.talk.says(BOB, "unasked"))
    dave.is_told(ALICE)
    dave.is_told(ALICE, dave.talk.says(BOB, "too late"))
    assert dave.sees() == Outcome((), ())


def test_what_two_members_tell_is_shown_once() -> None:
    dave = Newcomer()
    said = [dave.talk.says(author, "said") for author in (GONE, BOB, GONE)]
    dave.asks(0.0)
    dave.is_told(ALICE, *said[:2], is_last=False)
    assert dave.asks(1.0 + TIMING.recall) == BOB
    dave.is_told(BOB, *said, now=6.0)
    dave.hears(BOB, said[1])
    seen = dave.sees(7.0)
    assert seen
    assert [(judged.spoken, judged.by, judged.is_confirmed) for judged in seen.judged] == [
        (said[0], ALICE, False),
        (said[1], ALICE, True),
        (said[2], BOB, False),
    ]


def test_of_two_messages_with_one_number_that_nobody_confirms_one_is_shown() -> None:
    dave = Newcomer()
    one = dave.talk.says(GONE, "one")
    other = replace(Talk().says(GONE, "other"), lamport=9)
    dave.asks(0.0)
    dave.is_told(ALICE, one, other)
    seen = dave.sees()
    assert seen
    assert [judged.spoken for judged in seen.judged] == [one]


def test_messages_come_before_what_was_said_about_them() -> None:
    dave = Newcomer()
    one = dave.talk.says(GONE, "one")
    reaction, other = dave.talk.reacts(GONE, one), dave.talk.says(GONE, "other")
    dave.asks(0.0)
    dave.is_told(ALICE, reaction, other, one)
    seen = dave.sees()
    assert seen
    assert [judged.spoken for judged in seen.judged] == [one, other, reaction]


def test_nobody_tells_us_what_we_said_nor_what_has_disappeared() -> None:
    dave = Newcomer()
    over = dave.talk.says(GONE, "over", expires=Expiration(0, int(NOON)))
    dave.asks(0.0)
    dave.is_told(ALICE, dave.talk.says(DAVE, "mine"), over)
    assert dave.sees() == Outcome((), ())


def test_a_message_stays_for_as_long_as_is_left_of_its_time_and_for_no_longer_than_that() -> None:
    for left, expected in ((20, 20.0), (900, 60.0)):
        dave = Newcomer()
        short = dave.talk.says(GONE, "short", expires=Expiration(1, 60))
        dave.asks(0.0)
        dave.is_told(ALICE, replace(passed(short), left=left))
        seen = dave.sees()
        assert seen
        assert [judged.spoken.left for judged in seen.judged] == [expected]


def test_what_is_set_for_the_room_is_no_message_that_can_be_told() -> None:
    dave = Newcomer()
    dave.asks(0.0)
    setting = Contents(bytes(16), NOON).settings((Setting(Title("forged"), 1),))
    dave.is_told(ALICE, dave.talk.sends(GONE, setting))
    assert dave.sees() == Outcome((), ())


BASE = Talk().says(GONE, "said")


@pytest.mark.parametrize(
    "broken",
    [
        replace(passed(BASE), sequence=0),
        replace(passed(BASE), sequence=SEQUENCE_LIMIT + 1),
        replace(passed(BASE), lamport=LAMPORT_LIMIT + 1),
        replace(passed(BASE), content=BASE.encoded[:-1]),
        passed(Talk().retracts(GONE, BASE)),
        passed(Talk().unreacts(GONE, BASE, BASE)),
        passed(Talk().says(GONE, "x" * 64_001)),
    ],
    ids=["no number", "too high a number", "too late a place", "malformed", "retraction", "unreaction", "too long"],
)
def test_one_that_tells_what_nobody_can_have_sent_is_not_believed_in_anything(broken: RelayedMessage) -> None:
    dave = Newcomer()
    dave.asks(0.0)
    dave.is_told(ALICE, dave.talk.says(GONE, "from Alice"), is_last=False)
    with pytest.raises(ContentError):
        dave.is_told(ALICE, broken, is_last=False)
    dave.is_told(ALICE, dave.talk.says(GONE, "again"))
    assert dave.asks(1.0) == BOB
    other = dave.talk.says(GONE, "from Bob")
    dave.is_told(BOB, other)
    assert dave.sees() == Outcome((Judged(other, BOB, False),), ())


def test_a_list_that_is_malformed_is_refused() -> None:
    dave = Newcomer()
    dave.asks(0.0)
    with pytest.raises(ContentError):
        dave.recall.got_relayed(ALICE, Relayed(DAVE, False, b"\x05abc"), 1.0)
    dave.is_told(BOB, dave.talk.says(CAROL, "unasked"))
    assert dave.asks(1.0) == BOB
    dave.is_told(BOB, dave.talk.says(CAROL, "asked"))
    with pytest.raises(ContentError):
        dave.recall.got_statement(CAROL, Statement(DAVE, 1, 1, b"\x05abc"))
    seen = dave.sees()
    assert seen
    assert [judged.is_confirmed for judged in seen.judged] == [False]


def too_many(talk: Talk) -> list[Spoken]:
    return [talk.says(GONE, str(number)) for number in range(51)]


def too_much_said_about_one(talk: Talk) -> list[Spoken]:
    one = talk.says(GONE, "one")
    return [one, *(talk.reacts(GONE, one) for _ in range(RELATED_LIMIT + 1))]


def too_large(talk: Talk) -> list[Spoken]:
    return [talk.says(GONE, "x" * 60_000) for _ in range(HISTORY_BYTES_LIMIT // 60_000 + 1)]


@pytest.mark.parametrize("excess", [too_many, too_much_said_about_one, too_large], ids=lambda each: each.__name__)
def test_one_that_tells_more_than_the_room_allows_is_not_believed_in_anything(excess: object) -> None:
    assert callable(excess)
    dave = Newcomer()
    dave.asks(0.0)
    said = excess(dave.talk)
    for spoken in said[:-1]:
        dave.is_told(ALICE, spoken, is_last=False)
    with pytest.raises(ContentError, match="more than this room allows"):
        dave.is_told(ALICE, said[-1])
    assert dave.asks(1.0) == BOB


def test_parts_are_not_waited_for_without_end() -> None:
    dave = Newcomer()
    now = 0.0
    dave.asks(now)
    one = dave.talk.says(GONE, "one")
    dave.is_told(ALICE, one, is_last=False)
    while now < TIMING.recall_at_most:
        assert dave.sees(now) is None
        dave.is_told(ALICE, is_last=False, now=now)
        now += 1.0
    assert dave.sees(now) == Outcome((Judged(one, ALICE, False),), ())


def test_what_came_is_shown_if_the_group_is_left_meanwhile() -> None:
    dave = Newcomer()
    dave.asks(0.0)
    one = dave.talk.says(BOB, "one")
    dave.is_told(ALICE, one, is_last=False)
    dave.recall.group_left()
    assert dave.sees() == Outcome((Judged(one, ALICE, False),), ())


def test_an_inquiry_is_as_long_as_a_full_room_at_most() -> None:
    crowd = [number.to_bytes(16, "big") for number in range(1, 200)]
    dave = Newcomer(*crowd, limit=500)
    dave.asks(0.0)
    dave.is_told(crowd[0], *(dave.talk.says(author, "said") for author in crowd))
    inquiry = dave.recall.inquiry
    assert inquiry is not None
    assert Inquiry.decode(inquiry.encode()) == inquiry
    assert len(dave.inquires()) == len(crowd) - 1
