"""What an author says of its own messages, and what follows from that."""

import pytest

from tests.unit.room.history.talk import ALICE, BOB, CAROL, NOON, Talk
from volly_browser.room.content.history import STATED_LIMIT, StatedMessage, Statement, Stretch
from volly_browser.room.history.own_words import OwnWords
from volly_browser.room.history.spoken import Spoken
from volly_browser.room.history.verdict import Verdict, Word
from volly_browser.room.mimi import Expiration


def own_words(*said: Spoken) -> OwnWords:
    made = OwnWords(lambda: NOON)
    for spoken in said:
        made.take(spoken)
    return made


def stated(spoken: Spoken) -> StatedMessage:
    return StatedMessage(spoken.sequence, spoken.lamport, spoken.message_id)


def word(words: OwnWords, first: int = 1, last: int = 1 << 40) -> Word:
    statement = words.statement(CAROL, Stretch(ALICE, first, last))
    assert Statement.decode(statement.encode()) == statement
    return Word.of(statement, statement.read())


def test_an_author_states_what_it_is_asked_about_and_no_more() -> None:
    talk = Talk()
    said = [talk.says(ALICE, str(number)) for number in range(5)]
    statement = own_words(*said).statement(CAROL, Stretch(ALICE, 2, 3))
    assert statement.to == CAROL
    assert (statement.sent, statement.first) == (5, 1)
    assert statement.read() == (stated(said[1]), stated(said[2]))


def test_one_who_has_said_nothing_states_nothing() -> None:
    assert word(own_words()) == Word(0, 1, {})


def test_what_an_author_has_taken_back_is_not_stated() -> None:
    talk = Talk()
    one, other = talk.says(ALICE, "one"), talk.says(ALICE, "other")
    edit, reaction, liked = talk.edits(ALICE, one, "uno"), talk.reacts(ALICE, other), talk.reacts(ALICE, other, "🎉")
    words = own_words(one, other, edit, reaction, liked, talk.retracts(ALICE, one))
    assert word(words).standing == {spoken.sequence: stated(spoken) for spoken in (other, reaction, liked)}
    words.take(talk.unreacts(ALICE, other, reaction))
    assert word(words).standing == {spoken.sequence: stated(spoken) for spoken in (other, liked)}
    assert word(words).sent == 7


def test_what_has_disappeared_is_not_stated() -> None:
    talk = Talk()
    times = iter((5.0, 64.0, 65.0))
    words = OwnWords(lambda: next(times))
    words.take(talk.says(ALICE, "one", expires=Expiration(1, 60)))
    assert word(words).standing
    assert not word(words).standing


def test_an_author_remembers_so_many_and_says_from_where_on() -> None:
    talk = Talk()
    said = [talk.says(ALICE, "x") for _ in range(STATED_LIMIT + 3)]
    known = word(own_words(*said))
    assert known.first == 4
    assert len(known.standing) == STATED_LIMIT
    assert known.on(stated(said[2])) is Verdict.UNCONFIRMED
    assert known.on(stated(said[3])) is Verdict.CONFIRMED


TALK = Talk()
SAID = [TALK.says(ALICE, str(number)) for number in range(3)]
GONE = TALK.retracts(ALICE, SAID[1])
WORD = word(own_words(*SAID, GONE))
ANOTHER = TALK.says(BOB, "another").message_id


@pytest.mark.parametrize(
    ("message", "verdict"),
    [
        (stated(SAID[0]), Verdict.CONFIRMED),
        (stated(SAID[1]), Verdict.WITHDRAWN),
        (StatedMessage(1, SAID[0].lamport, ANOTHER), Verdict.CONTRADICTED),
        (StatedMessage(1, SAID[0].lamport + 1, SAID[0].message_id), Verdict.CONTRADICTED),
        (StatedMessage(3, SAID[0].lamport, SAID[0].message_id), Verdict.CONTRADICTED),
        (StatedMessage(5, 5, ANOTHER), Verdict.CONTRADICTED),
        (StatedMessage(4, 5, ANOTHER), Verdict.WITHDRAWN),
    ],
)
def test_an_author_s_word_decides(message: StatedMessage, verdict: Verdict) -> None:
    assert WORD.on(message) is verdict
