import asyncio

import pytest

from tests.unit.ui.fake_page import FakeDocument, FakeNode
from tests.unit.ui.fake_room import ALICE, BOB, CAROL
from tests.unit.virtual_time import virtual_time
from volly_browser.room.presence.typing import SHOWN_FOR
from volly_browser.ui import wording
from volly_browser.ui.element import Page
from volly_browser.ui.people.people import people_of
from volly_browser.ui.status.activity import Activity


class Line:
    """The line, in a room with Alice, Bob and Carol."""

    def __init__(self) -> None:
        self.node = FakeDocument()
        self.activity = Activity(Page(self.node))
        self.activity.people_are(people_of([ALICE, BOB, CAROL]))

    @property
    def text(self) -> str:
        line = self.node.shown("activity")
        return "" if line.hidden else line.textContent.replace("\u2068", "").replace("\u2069", "")


@virtual_time()
async def test_a_writer_that_does_not_go_on_is_shown_no_longer() -> None:
    line = Line()
    line.activity.writes(BOB.member_id)
    await asyncio.sleep(2)
    line.activity.writes(CAROL.member_id)
    assert line.text == "Bob and Carol are typing…"
    await asyncio.sleep(SHOWN_FOR - 1)
    assert line.text == "Carol is typing…"
    await asyncio.sleep(2)
    assert line.text == ""


@virtual_time()
async def test_a_writer_that_goes_on_is_shown_all_the_while() -> None:
    line = Line()
    for _ in range(20):
        line.activity.writes(BOB.member_id)
        await asyncio.sleep(SHOWN_FOR - 1)
        assert line.text == "Bob is typing…"


@virtual_time()
async def test_a_stranger_is_not_shown() -> None:
    line = Line()
    line.activity.writes("d" * 32)
    assert line.text == ""


@virtual_time()
async def test_what_our_text_waits_for_is_shown_instead_of_writers() -> None:
    line = Line()
    line.activity.writes(BOB.member_id)
    line.activity.waits_for("It waits.")
    assert line.text == "It waits."
    line.activity.waits_for("")
    assert line.text == "Bob is typing…"


@virtual_time()
async def test_a_line_that_is_closed_shows_nothing_and_looks_no_more() -> None:
    line = Line()
    line.activity.writes(BOB.member_id)
    line.activity.close()
    assert line.text == ""
    who = line.node.shown("activity").querySelector(".who")
    assert who
    who.textContent = "of the next visit"
    await asyncio.sleep(2 * SHOWN_FOR)
    assert who.textContent == "of the next visit"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["Alice"], "Alice is typing…"),
        (["Alice", "Bob"], "Alice and Bob are typing…"),
        (["Alice", "Bob", "Carol"], "Alice, Bob and Carol are typing…"),
        (["Alice", "Bob", "Carol", "Dave"], "Several people are typing…"),
    ],
)
def test_writers_are_named_in_one_short_sentence(names: list[str], said: str) -> None:
    assert "".join(wording.typing(names)) == said


def test_screen_readers_are_not_disturbed() -> None:
    node: FakeNode | None = FakeDocument().shown("activity")
    while node:
        assert node.attributes.get("role") not in {"log", "status", "alert"}
        assert "aria-live" not in node.attributes
        node = node.parent
