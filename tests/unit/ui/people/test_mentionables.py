"""The words that stand for people in what the user writes."""

import json

from volly_browser.ui.people.mentionables import Mentionables, mentioned_of
from volly_browser.ui.people.people import Person

ALICE, BOB, BOBBY = (letter * 32 for letter in "abc")


def people(*bobs: Person) -> dict[str, Person]:
    return {person.member_id: person for person in (Person(ALICE, "Alice", is_self=True), *bobs)}


def bob(member_id: str = BOB, tag: str = "") -> Person:
    return Person(member_id, "Bob", is_self=False, tag=tag)


def test_the_others_can_be_mentioned_by_name_and_tag() -> None:
    assert mentioned_of(people(bob())) == {"@Bob": BOB}
    both = people(bob(tag="k3f9-7qzx"), bob(BOBBY, "aaaa-bbbb"))
    assert mentioned_of(both) == {"@Bob (k3f9-7qzx)": BOB, "@Bob (aaaa-bbbb)": BOBBY}


def test_words_that_could_be_of_two_stand_for_nobody() -> None:
    assert mentioned_of(people(bob(), bob(BOBBY))) == {}


def test_what_was_chosen_stands_for_that_member_though_another_takes_the_name_meanwhile() -> None:
    offered: list[str] = []
    mentionables = Mentionables(offered.append)
    mentionables.people_are(people(bob()))
    assert json.loads(offered[-1]) == [[BOB, "Bob", "", "@Bob", "B", "hue-0"]]
    mentionables.choose("@Bob", BOB)
    mentionables.people_are(people(bob(BOBBY)))
    assert mentionables.take() == {"@Bob": BOB}
    assert mentionables.take() == {"@Bob": BOBBY}, "it was chosen for one text"
