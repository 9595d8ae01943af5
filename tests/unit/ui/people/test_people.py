from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ui.fake_page import FakeDocument
from tests.unit.ui.fake_room import ALICE, BOB, CAROL
from volly_browser.room.events import RoomMember
from volly_browser.ui.element import Page
from volly_browser.ui.people.people import NAMELESS, REMEMBERED, Acquaintances, PeopleView, Person, people_of, tag_of


def test_all_members_are_listed_and_counted_and_we_are_marked() -> None:
    document = FakeDocument()
    view = PeopleView(Page(document))
    view.show(list(people_of([ALICE, BOB, CAROL]).values()))
    assert document.lines("people-list") == ["AAliceyou", "BBob", "CCarol"]
    assert document.shown("people-count").textContent == "3"
    view.show(list(people_of([ALICE]).values()))
    assert document.lines("people-list") == ["AAliceyou"]


def test_whose_connection_is_gone_is_marked_until_it_is_back() -> None:
    document = FakeDocument()
    view, entries = PeopleView(Page(document)), document.shown("people-list")
    view.show(list(people_of([ALICE, BOB, CAROL]).values()))
    view.lose([BOB.member_id])
    assert document.lines("people-list") == ["AAliceyou", "BBobconnection lost", "CCarol"]
    assert ["lost" in entry.attributes["class"].split() for entry in entries.elements] == [False, True, False]
    view.show(list(people_of([BOB, ALICE]).values()))
    assert document.lines("people-list") == ["BBobconnection lost", "AAliceyou"]
    view.lose([])
    assert document.lines("people-list") == ["BBob", "AAliceyou"]
    assert not any("lost" in entry.attributes["class"].split() for entry in entries.elements)


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


def tags(*names: str, earlier: Iterable[Person] = ()) -> list[str]:
    members = [RoomMember(f"{number:02x}" * 16, name, is_self=False) for number, name in enumerate(names)]
    return [person.tag for person in people_of(members, earlier).values()]


def test_people_of_one_name_can_be_told_apart() -> None:
    other = RoomMember("12ab" + "0" * 28, "BOB", is_self=False)
    people = people_of([ALICE, BOB, other])
    assert [person.tag for person in people.values()] == ["", tag_of("b" * 32), tag_of(other.member_id)]


def test_a_tag_shows_forty_bits_of_the_id() -> None:
    assert tag_of("0" * 32) == "0000-0000"
    assert tag_of("f" * 32) == "zzzz-zzzz"
    assert tag_of("0123456789abcdef0123456789abcdef") == "04hm-asw9"
    changed = [tag_of(f"{1 << bit:010x}" + "0" * 22) for bit in range(40)]
    assert len({"0000-0000", *changed}) == 41
    assert not set("".join(changed)) & set("ilou")


@pytest.mark.parametrize(
    "other",
    [
        *(
            "ALICE",
            "aLice",
            "AIice",
            "Al1ce",
            "AL1CE",
            "\u0391lice",
            "\u0410lice",
            "\u0430l\u0456\u0441\u0435",
            "\uff21lice",
        ),
        *("\U0001d400lice", "Alice\u200d", "\u24b6lice", "A\u217cice"),
    ],
)
def test_names_that_look_alike_are_told_apart(other: str) -> None:
    assert all(tags("Alice", other))
    assert not any(tags("Alice", "Bob"))


def test_a_name_that_another_member_had_before_is_told_from_that() -> None:
    met = Acquaintances()
    met.meet(people_of([ALICE, BOB]))
    assert tags("Carol", "\u0412ob", earlier=met) == ["", tag_of("01" * 16)]
    assert tags("Alice", earlier=met) == [""], "our own name of an earlier visit"
    assert people_of([BOB], met)[BOB.member_id].tag == "", "the same Bob"


def test_a_name_that_was_given_up_is_remembered() -> None:
    met = Acquaintances()
    met.meet(people_of([BOB]))
    met.meet(people_of([replace(BOB, name="Robert")]))
    assert tags("Bob", "Robert", earlier=met) == [tag_of("00" * 16), tag_of("01" * 16)]
    last = met.last_seen(BOB.member_id)
    assert last
    assert last.name == "Robert"
    assert met.last_seen("0" * 32) is None


def test_of_very_many_names_the_first_are_forgotten() -> None:
    met = Acquaintances()
    for number in range(REMEMBERED + 10):
        met.meet({f"{number:032x}": Person(f"{number:032x}", f"Guest {number}", is_self=False)})
    assert len(list(met)) == REMEMBERED
    assert met.last_seen("0" * 32) is None


@pytest.mark.parametrize(
    "name",
    [
        *("Alice (k3f9-7qzx)", "Alice [k3f9\u20107qzx]", "Alice (K3F9 7QZX) ", "Alice k3f9-7qzx", "k3f9-7qzx Alice"),
        *("Alice k3f9\u22127qzx.", "Alice\u00b7k3f9 - 7qzx", "Alice k3f9\u30fc7qzx", "Alice k3f9_7qzx"),
        *("Alice O2mm-abcd", "Alice 02rnm-abcd", "Alice \uff4b3f9-7qzx", "Alice 248\u04bb-248h"),
        *("Alice abcd-efgh-jkmn", f"Alice {tag_of('5a' * 16)}", f"Alice {tag_of('f' * 32).upper()}"),
    ],
)
def test_a_tag_that_a_member_writes_into_its_name_does_not_stand_alone(name: str) -> None:
    assert tags(name) == [tag_of("00" * 16)]


@given(st.binary(min_size=16, max_size=16).map(bytes.hex), st.sampled_from(["Alice {}", "{} Bob", "({})", "{}"]))
def test_every_tag_is_known_as_one(member_id: str, name: str) -> None:
    assert tags(name.format(tag_of(member_id))) != [""]


def test_names_that_differ_have_no_tags() -> None:
    assert not any(tags("Mary Jane", "Jean-Paul", "Hans-Peter", "agent_007", "Room 12", "Ada 2000"))
    names = "Anna Hanna Ann Jan Van Nan Ivan Iwan Ali Al Maria Mario Iris Jose José Max Mia Mira Nina Nino Leo Lea Ella"
    others = "Анна Маша Иван Елена Ελένη Νίκος 李 王 小明 محمد علی שרה דן"
    assert not any(tags(*names.split(), *others.split()))


def test_a_tag_stands_behind_the_name_in_a_sentence() -> None:
    assert replace(people_of([BOB])[BOB.member_id], tag="k3f9-7qzx").in_a_sentence == "\u2068Bob\u2069 (k3f9-7qzx)"


def test_each_member_has_a_colour_of_its_own_and_keeps_it() -> None:
    members = [RoomMember(f"{12 * number:08x}" + "0" * 24, "", is_self=False) for number in range(14)]
    people = people_of(members[:12])
    assert sorted(person.hue for person in people.values()) == list(range(12))
    later = people_of(members[3:], people.values())
    assert all(later[member_id].hue == person.hue for member_id, person in people.items() if member_id in later)
    assert len({person.hue for person in later.values()}) == 11, "eleven people, and twelve colours"


def test_the_second_person_looks_least_like_the_first() -> None:
    people = people_of([RoomMember("0" * 32, "", is_self=False), RoomMember("0" * 31 + "1", "", is_self=False)])
    assert [person.hue for person in people.values()] == [0, 6]


def test_more_people_than_colours_are_still_shown() -> None:
    people = people_of([RoomMember(f"{number:08x}" + "0" * 24, "", is_self=False) for number in range(30)])
    assert {person.hue for person in people.values()} == set(range(12))


def test_a_member_without_a_name_is_still_shown() -> None:
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


def test_of_very_many_names_that_others_tell_the_first_are_forgotten() -> None:
    met = Acquaintances()
    met.hear_of((f"{number:032x}", f"Name {number}") for number in range(REMEMBERED + 1))
    assert met.person(f"{0:032x}", "").name == NAMELESS
    assert met.person(f"{REMEMBERED:032x}", "").name == f"Name {REMEMBERED}"
