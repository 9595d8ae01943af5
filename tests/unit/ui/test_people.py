from dataclasses import replace

import pytest

from tests.unit.ui.fake_page import FakeDocument
from tests.unit.ui.fake_room import ALICE, BOB, CAROL
from volly_browser.room.events import RoomMember
from volly_browser.ui.element import Page
from volly_browser.ui.people import PeopleView, people_of


def test_everybody_is_listed_and_counted_and_we_are_marked() -> None:
    document = FakeDocument()
    view = PeopleView(Page(document))
    view.show(list(people_of([ALICE, BOB, CAROL]).values()))
    assert document.lines("people-list") == ["AAliceyou", "BBob", "CCarol"]
    assert document.shown("people-count").textContent == "3"
    view.show(list(people_of([ALICE]).values()))
    assert document.lines("people-list") == ["AAliceyou"]


def test_the_list_follows_whatever_changes_and_touches_nobody_else() -> None:
    document = FakeDocument()
    view, entries = PeopleView(Page(document)), document.shown("people-list")
    alice, bob, carol, dora = people_of([ALICE, BOB, CAROL, RoomMember("d" * 32, "Dora", is_self=False)]).values()
    for people in ([alice, bob], [alice, bob, carol], [bob, carol], [dora, carol, bob], [alice], [], [carol, dora]):
        before = list(entries.elements)
        view.show(people)
        assert [entry.attributes["title"] for entry in entries.elements] == [person.name for person in people]
        assert document.shown("people-count").textContent == str(len(people))
        names = {person.name for person in people}
        assert all(entry in entries.elements for entry in before if entry.attributes["title"] in names)
    view.show([replace(carol, tag="(cccc)"), dora])
    assert document.lines("people-list") == ["CCarol(cccc)", "DDora"]


def test_people_of_one_name_can_be_told_apart() -> None:
    other = RoomMember("12ab" + "0" * 28, "BOB", is_self=False)
    people = people_of([ALICE, BOB, other])
    assert [person.tag for person in people.values()] == ["", "(bbbb)", "(12ab)"]


def test_everybody_has_a_colour_of_their_own_and_keeps_it() -> None:
    members = [RoomMember(f"{12 * number:08x}" + "0" * 24, "", is_self=False) for number in range(14)]
    people = people_of(members[:12])
    assert sorted(person.hue for person in people.values()) == list(range(12))
    later = people_of(members[3:], people)
    assert all(later[member_id].hue == person.hue for member_id, person in people.items() if member_id in later)
    assert len({person.hue for person in later.values()}) == 11, "eleven people, and twelve colours"


def test_the_second_person_looks_least_like_the_first() -> None:
    people = people_of([RoomMember("0" * 32, "", is_self=False), RoomMember("0" * 31 + "1", "", is_self=False)])
    assert [person.hue for person in people.values()] == [0, 6]


def test_more_people_than_colours_are_still_shown() -> None:
    people = people_of([RoomMember(f"{number:08x}" + "0" * 24, "", is_self=False) for number in range(30)])
    assert {person.hue for person in people.values()} == set(range(12))


def test_somebody_without_a_name_is_still_shown() -> None:
    [person] = people_of([RoomMember("0" * 32, "", is_self=False)]).values()
    assert person.name == "Somebody"


@pytest.mark.parametrize(
    ("name", "initial"), [("alice", "A"), ("  (Bob)", "B"), ("🦊 Fox", "F"), ("🦊", "?"), ("ßet", "SS")]
)
def test_the_picture_shows_the_first_letter(name: str, initial: str) -> None:
    [person] = people_of([RoomMember("0" * 32, name, is_self=False)]).values()
    assert person.initial == initial


def test_a_name_cannot_turn_the_sentence_it_stands_in() -> None:
    [person] = people_of([RoomMember("0" * 32, "אבג", is_self=False)]).values()
    assert person.in_a_sentence == "\u2068אבג\u2069"
