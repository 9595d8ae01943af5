"""Each invariant is found broken if it is, and only then."""

from collections.abc import Callable

import pytest

from tests.simulation.history import Fate, Gap, Handed, Heard, History, Said, Visit
from tests.simulation.invariants import KEPT, check

A, B, C = "a" * 32, "b" * 32, "c" * 32


class Story:
    """Two people that are in the room from the beginning to the end, and a third that is not."""

    def __init__(self) -> None:
        self.ann, self.ben, self.cy = Visit("A.1", A), Visit("B.1", B), Visit("C.1", C)
        for visit in (self.ann, self.ben):
            visit.views.append((0.0, frozenset({A, B})))
        self.history = History([self.ann, self.ben, self.cy])
        self.cy.fate = Fate.LEFT

    def say(self, author: Visit, text: str, members: set[str] | None = None) -> None:
        """Write a text and send it to these members."""
        author.said.append(Said(text, 1.0, len(author.views)))
        author.ids[text] = f"id of {text}"
        if members:
            author.handed[f"id of {text}"] = Handed(1.0, frozenset(members))

    def hear(self, reader: Visit, author: Visit, text: str, message_id: str = "") -> None:
        reader.shown.append(Heard(2.0, author.member_id, text, message_id or f"id of {text}"))

    @property
    def broken(self) -> dict[str, int]:
        """How often, by kind."""
        counts: dict[str, int] = {}
        for broken in check(self.history):
            counts[broken.kind] = counts.get(broken.kind, 0) + broken.count
        return counts


def test_all_holds_if_everybody_hears_what_all_say() -> None:
    story = Story()
    for number in range(3):
        story.say(story.ann, f"a{number}", {A, B})
        story.hear(story.ben, story.ann, f"a{number}")
        story.say(story.ben, f"b{number}", {A, B})
        story.hear(story.ann, story.ben, f"b{number}")
    story.ann.claimed = dict.fromkeys(story.ann.handed, 1)
    assert story.broken == {}


def test_what_is_told_wrongly_or_twice_is_retold() -> None:
    story = Story()
    story.say(story.ann, "once")
    for author, text, message_id in ((A, "once", "id of once"), (A, "once", "id of once"), (A, "never", "")):
        story.cy.told.append(Heard(3.0, author, text, message_id))
    assert story.broken["retold"] == 2
    story.cy.told[:] = [Heard(3.0, B, "once", "id of once")]
    assert story.broken["retold"] == 1
    story.cy.told[:] = [Heard(3.0, A, "once", "id of once")]
    assert "retold" not in story.broken


def test_what_is_shown_twice_is_duplicated() -> None:
    story = Story()
    story.say(story.ann, "once", {A, B})
    story.hear(story.ben, story.ann, "once")
    story.hear(story.ben, story.ann, "once")
    assert story.broken == {"duplicated": 1}


def test_a_visit_may_hear_what_an_earlier_one_of_the_same_person_has_heard() -> None:
    story = Story()
    again = Visit("B.2", C)
    story.history.visits.append(again)
    story.say(story.ann, "hello", {A, B, C})
    story.hear(story.ben, story.ann, "hello")
    story.hear(again, story.ann, "hello")
    assert story.broken == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda story: story.hear(story.ben, story.ann, "never said"),
        lambda story: story.hear(story.ben, story.cy, "hello"),
        lambda story: story.hear(story.ben, story.ann, "hello", "another id"),
    ],
)
def test_what_nobody_said_like_this_is_altered(change: Callable[[Story], None]) -> None:
    story = Story()
    story.say(story.ann, "hello", {A, B})
    change(story)
    assert story.broken["altered"] == 1


def test_a_later_text_before_an_earlier_one_is_disordered() -> None:
    story = Story()
    for text in ("first", "second", "third"):
        story.say(story.ann, text, {A, B})
    for text in ("first", "third", "second"):
        story.hear(story.ben, story.ann, text)
    assert story.broken == {"disordered": 1}


def test_texts_of_different_people_have_no_order() -> None:
    story = Story()
    story.say(story.ann, "first", {A, B, C})
    story.say(story.ben, "second", {A, B, C})
    story.hear(story.cy, story.ben, "second")
    story.hear(story.cy, story.ann, "first")
    assert "disordered" not in story.broken


def test_a_reader_that_was_no_member_for_the_sender_has_misread() -> None:
    story = Story()
    story.say(story.ann, "for Ben", {A, B})
    story.hear(story.ben, story.ann, "for Ben")
    story.hear(story.cy, story.ann, "for Ben")
    assert story.broken == {"misread": 1}


def test_what_a_crashed_member_may_have_sent_can_be_for_all_it_saw_since_it_was_written() -> None:
    story = Story()
    story.ann.fate = Fate.CRASHED
    story.ann.views = [(0.0, frozenset({A, C})), (0.5, frozenset({A, B}))]
    story.say(story.ann, "last words")
    story.hear(story.ben, story.ann, "last words")
    assert story.broken == {}
    story.hear(story.cy, story.ann, "last words")
    assert story.broken == {"misread": 1}


def test_what_was_refused_can_have_been_for_all_that_were_seen_until_it_was_sent() -> None:
    story = Story()
    story.ann.views = [(0.0, frozenset({A, C})), (0.5, frozenset({A, B})), (2.0, frozenset({A, B, "d" * 32}))]
    story.say(story.ann, "hello", {A, B})
    story.ann.said[0] = Said("hello", 0.2, 1)
    story.hear(story.cy, story.ann, "hello")
    story.hear(story.ben, story.ann, "hello")
    assert story.broken == {"misread": 1}
    story.history.is_sending_sure = False
    assert story.broken == {}
    story.history.visits.append(Visit("D.1", "d" * 32, fate=Fate.LEFT))
    story.hear(story.history.visits[-1], story.ann, "hello")
    assert story.broken == {"misread": 1}


@pytest.mark.parametrize(("back", "broken"), [(1.0 + KEPT - 1, {"lost": 1}), (1.0 + KEPT + 1, {})])
def test_what_was_kept_for_as_long_as_promised_is_not_lost(back: float, broken: dict[str, int]) -> None:
    story = Story()
    together, alone = frozenset({A, B}), frozenset({A})
    story.ann.views = [(0.0, together), (1.0, alone), (2.0, alone), (back, together)]
    story.say(story.ann, "hello", {A, B})
    assert story.broken == broken


def test_what_a_member_does_not_get_is_lost() -> None:
    story = Story()
    story.say(story.ann, "first", {A, B})
    story.say(story.ann, "second", {A, B})
    story.hear(story.ben, story.ann, "first")
    assert story.broken == {"lost": 1}


def test_nothing_is_lost_for_people_that_were_no_members_or_are_gone() -> None:
    story = Story()
    story.say(story.ann, "for nobody", {A})
    story.say(story.ann, "for Cy, who left", {A, C})
    assert story.broken == {}
    story.cy.fate = Fate.LIVE
    assert story.broken == {"lost": 1}


def test_where_the_reader_saw_itself_outside_it_is_said() -> None:
    story = Story()
    story.ben.views.append((0.9, frozenset()))
    story.say(story.ann, "hello", {A, B})
    [broken] = check(story.history)
    assert "B.1 was in no group" in broken.sentence


def test_a_gap_is_for_what_is_missing() -> None:
    story = Story()
    story.say(story.ann, "before Ben", {A})
    story.ben.shown.append(Gap(2.0, A, 1))
    assert story.broken == {}
    story.ben.shown.append(Gap(3.0, A, 1))
    assert story.broken == {"gaps": 1}


def test_a_gap_for_what_a_member_should_have_got_counts_as_lost() -> None:
    story = Story()
    story.say(story.ann, "hello", {A, B})
    story.ben.shown.append(Gap(2.0, A, 1))
    assert story.broken == {"lost": 1}


def test_more_receivers_than_there_can_be_are_overclaimed() -> None:
    story = Story()
    story.say(story.ann, "hello", {A, B, C})
    story.hear(story.ben, story.ann, "hello")
    story.ann.claimed["id of hello"] = 2
    assert story.broken == {}, "Cy may have received it before leaving"
    story.cy.fate = Fate.LIVE
    assert story.broken == {"overclaimed": 1, "lost": 1}
    story.ann.fate = Fate.CRASHED
    assert story.broken == {}, "Cy has it, and still waits for an earlier one"


def test_what_still_waits_is_unsent() -> None:
    story = Story()
    story.say(story.ann, "waits")
    assert story.broken == {"unsent": 1}
    story.ann.views.append((9.0, frozenset({A})))
    assert story.broken == {}, "alone, it waits for the next member"
    story.ann.views.pop()
    story.ann.fate = Fate.CRASHED
    assert story.broken == {}


def test_a_mistake_is_reported_with_its_author() -> None:
    story = Story()
    story.cy.mistakes.append("A task crashed.")
    [broken] = check(story.history)
    assert (broken.kind, broken.sentence) == ("mistakes", "C.1: A task crashed.")
