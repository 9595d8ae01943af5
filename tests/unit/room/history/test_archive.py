"""What is passed on to newcomers, and what is not."""

from itertools import permutations
from math import inf

import pytest

from tests.unit.room.history.talk import ALICE, BOB, CAROL, NOON, Talk
from volly_browser.chat.contents import Contents
from volly_browser.room import labels
from volly_browser.room.content.settings import Setting, Title
from volly_browser.room.history.archive import HISTORY_BYTES_LIMIT, RELATED_LIMIT, TAKEN_BACK_LIMIT, Archive
from volly_browser.room.history.spoken import MESSAGE_COST, Spoken
from volly_browser.room.mimi import Expiration


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


def archive(*said: Spoken, limit: int = 10) -> Archive:
    made = Archive(limit, Clock())
    for spoken in said:
        made.take(spoken)
    return made


def test_the_last_messages_are_passed_on_in_their_order() -> None:
    talk = Talk()
    said = [talk.says((ALICE, BOB)[number % 2], str(number)) for number in range(5)]
    for order in permutations(said):
        assert archive(*order, limit=3).passed_on() == said[2:]


@pytest.mark.parametrize("limit", [0, 1, labels.HISTORY_LIMIT])
def test_no_more_are_kept_than_the_room_allows(limit: int) -> None:
    talk = Talk()
    kept = archive(*(talk.says(ALICE, "hello") for _ in range(labels.HISTORY_LIMIT + 5)), limit=limit)
    assert len(kept.passed_on()) == limit
    assert (kept.size == 0) is (limit == 0)


def test_edits_and_reactions_go_with_their_message_whichever_came_first() -> None:
    talk = Talk()
    one, other = talk.says(ALICE, "one"), talk.says(BOB, "other")
    edit, reaction = talk.edits(ALICE, one, "uno"), talk.reacts(BOB, one)
    for order in permutations((one, other, edit, reaction)):
        assert archive(*order).passed_on() == [one, edit, reaction, other]


def test_what_was_said_about_a_message_goes_when_that_gives_way() -> None:
    talk = Talk()
    one = talk.says(ALICE, "one")
    reaction, other = talk.reacts(BOB, one), talk.says(BOB, "other")
    kept = archive(one, reaction, other, limit=1)
    assert kept.passed_on() == [other]
    assert kept.size == other.cost


def test_an_edit_by_another_is_not_passed_on() -> None:
    talk = Talk()
    one = talk.says(ALICE, "one")
    assert archive(one, talk.edits(BOB, one, "Bob's")).passed_on() == [one]


def test_what_its_author_has_taken_back_is_not_passed_on_whichever_came_first() -> None:
    talk = Talk()
    one, other = talk.says(ALICE, "one"), talk.says(BOB, "other")
    edit, reaction, gone = talk.edits(ALICE, one, "uno"), talk.reacts(BOB, one), talk.retracts(ALICE, one)
    for order in permutations((one, other, edit, reaction, gone)):
        assert archive(*order).passed_on() == [other]


def test_a_reaction_that_was_taken_back_is_not_passed_on_whichever_came_first() -> None:
    talk = Talk()
    one = talk.says(ALICE, "one")
    reaction = talk.reacts(BOB, one)
    gone = talk.unreacts(BOB, one, reaction)
    for order in permutations((one, reaction, gone)):
        assert archive(*order).passed_on() == [one]


def test_nobody_takes_back_what_another_said() -> None:
    talk = Talk()
    one = talk.says(ALICE, "one")
    reaction = talk.reacts(BOB, one)
    gone = talk.retracts(CAROL, one), talk.unreacts(CAROL, one, reaction)
    for order in permutations((one, reaction, *gone)):
        assert archive(*order).passed_on() == [one, reaction]


@pytest.mark.parametrize("expires", [Expiration(1, 60), Expiration(0, int(NOON) + 60)])
def test_what_disappears_is_passed_on_until_its_time_is_over(expires: Expiration) -> None:
    talk, clock = Talk(), Clock()
    kept = Archive(10, clock)
    short, reaction = talk.says(ALICE, "short", expires=expires), None
    reaction = talk.reacts(BOB, short)
    lasting = talk.says(ALICE, "lasting")
    for spoken in (short, reaction, lasting):
        kept.take(spoken)
    clock.now += 59
    assert kept.passed_on() == [short, reaction, lasting]
    assert (kept.left(short), kept.left(lasting)) == (1.0, inf)
    clock.now += 1
    assert kept.passed_on() == [lasting]
    assert kept.size == lasting.cost


def test_a_message_that_comes_twice_is_kept_once() -> None:
    talk = Talk()
    one = talk.says(ALICE, "one")
    reaction = talk.reacts(BOB, one)
    kept = archive(one, reaction, one, reaction)
    assert kept.passed_on() == [one, reaction]
    assert kept.size == len(one.encoded) + len(reaction.encoded) + 2 * MESSAGE_COST


def test_the_bytes_that_are_kept_are_bounded_and_the_earliest_messages_give_way() -> None:
    talk = Talk()
    said = [talk.says(ALICE, "x" * 60_000) for _ in range(40)]
    kept = archive(*said, limit=500)
    assert HISTORY_BYTES_LIMIT - 61_000 < kept.size <= HISTORY_BYTES_LIMIT
    assert kept.passed_on() == said[-len(kept.passed_on()) :]


def test_edits_and_reactions_without_end_push_out_their_author_s_own_and_no_message() -> None:
    talk = Talk()
    one = talk.says(ALICE, "one")
    mine = talk.edits(ALICE, one, "uno")
    few = archive(one, mine, *(talk.reacts(BOB, one) for _ in range(RELATED_LIMIT + 20)))
    assert len(few.passed_on()) == 1 + RELATED_LIMIT
    assert few.passed_on()[:2] == [one, mine]
    large = archive(one, mine, *(talk.edits(BOB, one, "x" * 60_000) for _ in range(30)))
    assert large.passed_on() == [one, mine]
    assert large.size <= HISTORY_BYTES_LIMIT


def test_what_was_taken_back_before_it_came_is_remembered_within_bounds() -> None:
    talk = Talk()
    said = [talk.says(ALICE, "never") for _ in range(TAKEN_BACK_LIMIT + 1)]
    kept = archive(*(talk.retracts(ALICE, spoken) for spoken in said))
    for spoken in said:
        kept.take(spoken)
    assert kept.passed_on() == said[:1]


def test_what_is_set_for_the_room_is_no_message_to_pass_on() -> None:
    setting = Contents(bytes(16), NOON).settings((Setting(Title("a title"), 1),))
    assert archive(Talk().sends(ALICE, setting)).passed_on() == []
