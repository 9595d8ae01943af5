"""The order of what is shown: by the places of messages, whenever they come."""

from itertools import permutations
from random import Random

import pytest

from tests.unit.ui.fake_page import FakeDocument
from volly_browser.ui.element import Element, Page
from volly_browser.ui.log import TOGETHER, Line, Log, PlaceInLog

LIMIT = 100
BOB, CAROL = "b" * 32, "c" * 32


class Shown:
    """A log, and what can be read in the page."""

    def __init__(self) -> None:
        self.document = FakeDocument()
        self.page = Page(self.document)
        self.log = Log(self.page.find("messages"))

    def line(self, text: str, place: PlaceInLog | None = None, said: tuple[str, float] | None = None) -> Line:
        entry = Element(self.page.make("li").node)
        entry.text = text
        return Line(entry, said, place)

    def add(self, text: str, place: PlaceInLog | None = None, said: tuple[str, float] | None = None) -> Line:
        line = self.line(text, place, said)
        self.log.add(line, LIMIT)
        return line

    @property
    def lines(self) -> list[str]:
        return self.document.lines("messages")

    @property
    def grouped(self) -> list[str]:
        """Those without a name of their own."""
        return [node.textContent for node in self.document.shown("messages").elements if "same" in node.classes]


@pytest.fixture
def shown() -> Shown:
    return Shown()


def at(lamport: int, sender: str = BOB, sequence: int = 0) -> PlaceInLog:
    return PlaceInLog(lamport, sender, sequence)


PLACES = {"1b": at(1), "1c": at(1, CAROL), "2b": at(2), "2b later": at(2, BOB, 5), "7c": at(7, CAROL)}


@pytest.mark.parametrize("order", list(permutations(PLACES)), ids="-".join)
def test_whenever_messages_come_they_stand_in_one_order(order: tuple[str, ...]) -> None:
    shown = Shown()
    for text in order:
        shown.add(text, PLACES[text])
    assert shown.lines == list(PLACES)


def test_a_late_message_stands_before_those_of_later_places_and_notes_stay_where_they_came(shown: Shown) -> None:
    shown.add("first", at(1))
    shown.add("Carol came")
    shown.add("third", at(3))
    shown.add("Carol went")
    shown.add("second", at(2))
    assert shown.lines == ["first", "Carol came", "second", "third", "Carol went"]


def test_what_has_no_place_yet_stays_at_the_end_until_it_gets_one(shown: Shown) -> None:
    shown.add("first", at(1))
    mine = shown.add("mine")
    shown.add("third", at(3))
    assert shown.lines == ["first", "mine", "third"]
    shown.log.move(mine, at(4))
    assert shown.lines == ["first", "third", "mine"]


@pytest.mark.parametrize("place", [at(2, CAROL), at(3, "a" * 32)])
def test_what_stands_at_its_place_is_left_alone(shown: Shown, place: PlaceInLog) -> None:
    """An assistive program would say it again."""
    shown.add("first", at(1))
    mine = shown.add("mine")
    shown.add("a note")
    shown.add("third", at(3))
    entry = mine.entry.node
    entry.remove = entry.parent.append = None
    shown.log.move(mine, place)
    assert shown.lines == ["first", "mine", "a note", "third"]


def test_a_message_of_ours_may_have_to_go_up(shown: Shown) -> None:
    shown.add("third", at(3))
    shown.add("a note")
    mine = shown.add("mine")
    shown.log.move(mine, at(2))
    assert shown.lines == ["mine", "third", "a note"]


def test_in_another_conversation_places_begin_anew(shown: Shown) -> None:
    shown.add("long ago", at(1000))
    shown.log.begin_stretch()
    shown.add("two", at(2))
    shown.add("one", at(1))
    assert shown.lines == ["long ago", "one", "two"]


def test_messages_of_one_person_stand_under_one_name_wherever_they_come(shown: Shown) -> None:
    shown.add("one", at(1), (BOB, 0.0))
    third = shown.add("three", at(3), (BOB, 2.0))
    assert shown.grouped == ["three"]
    second = shown.add("two", at(2, CAROL), (CAROL, 1.0))
    assert shown.grouped == []
    shown.log.remove(second)
    assert shown.grouped == ["three"]
    shown.log.move(third, at(4))
    shown.add("much later", at(5), (BOB, 2.0 + TOGETHER))
    assert shown.grouped == ["three"]


def test_of_too_many_the_first_give_way_and_are_forgotten(shown: Shown) -> None:
    lines = [shown.add(str(number), at(number)) for number in range(LIMIT + 3)]
    assert shown.lines == [str(number) for number in range(3, LIMIT + 3)]
    shown.log.move(lines[0], at(1000))
    shown.log.remove(lines[0])
    shown.log.clear()
    assert shown.lines == []
    shown.add("anew", at(1))
    assert shown.lines == ["anew"]


def test_all_readers_see_one_order_whatever_comes_when() -> None:
    places = [at(number, sender, number) for number in range(20) for sender in (BOB, CAROL)]
    seen = set()
    for seed in range(20):
        shown = Shown()
        for place in Random(seed).sample(places, len(places)):
            if place.sender == BOB and seed % 2:  # ours are shown before they have their place
                shown.log.move(shown.add(str(place)), place)
            else:
                shown.add(str(place), place)
        seen.add(tuple(shown.lines))
    assert seen == {tuple(map(str, sorted(places)))}
