"""A long conversation in its window: the page has the rows that are near, and the reader notices nothing of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import make_room
from tests.browser.conftest import Visit
from volly_browser.chat.timeline import Timeline
from volly_browser.room.events import MessageReceived
from volly_browser.room.mimi import text_content
from volly_browser.ui.people.people import Acquaintances, Person
from volly_browser.ui.timeline.conversation import Conversation
from volly_browser.ui.timeline.drawing import Clock, Drawing
from volly_browser.ui.timeline.view import ListOfRows, TimelineView

pytestmark = pytest.mark.browser

MANY = 20_000
LISTEN = """() => {
  window.intents = [];
  document.addEventListener("volly:intent", ({ detail }) => intents.push(JSON.parse(detail)));
}"""
TAKE = "() => intents.splice(0)"
APPLY = "(patch) => globalThis[Symbol.for('volly.patch')](patch)"
IN_SIGHT = """() => {
  const log = document.getElementById("log").getBoundingClientRect();
  const rows = [...document.querySelectorAll("#messages li")].map((row) => [row, row.getBoundingClientRect()]);
  const inSight = rows.filter(([, place]) => place.bottom > log.top + 1 && place.top < log.bottom);
  return inSight.map(([row, place]) => [row.querySelector(".text").textContent.split("\\n")[0], place.top - log.top]);
}"""
"""The rows in sight, and their distances from the top of the list."""


class Conversing:
    """A page without Python, and the conversation here that it shows; what the page wants is done in `settle`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.planned: list[Callable[[], None]] = []
        self.timeline = Timeline("Alice")
        self.conversation = Conversation("Alice", lambda: 2000.0, lambda _: None)
        self.conversation.enter(self.timeline)
        clock = Clock(lambda _: "12:34", lambda _: "today")
        draws = Drawing(self.conversation, Person("0" * 32, "Alice", is_self=True), Acquaintances(), clock)
        self.view = TimelineView(self.conversation, draws, ListOfRows(self._take, self.planned.append))
        self.count = 0
        page.evaluate(LISTEN)

    def hears(self, count: int = 1) -> None:
        for number in range(self.count, self.count + count):
            text = "\n".join([f"Message {number}", *["and a line"] * (number * 7 % 5)])
            content = text_content(text, bytes(16), 2000.0)
            event = MessageReceived("b" * 32, "Bob", content, number, 2000.0, f"{number:064x}", number + 1)
            self.view.changed([f"1/{entry_id}" for entry_id in self.timeline.apply(event, 2000.0)])
            self.view.message_came(f"1/{event.message_id}", is_for_us=False)
        self.count += count
        self.settle()

    def settle(self) -> None:
        """Until the page wants nothing any more."""
        for _ in range(20):
            self.page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20)))")
            wanted = self.page.evaluate(TAKE)
            for kind, row_id, value in wanted:
                if kind == "read":
                    self.view.read(row_id, is_watched=value)
                else:
                    assert kind == "look"
                    self.view.look(row_id, *value)
            planned, self.planned[:] = list(self.planned), []
            for draw in planned:
                draw()
            if not wanted and not planned:
                return

    def scroll(self, pixels: int) -> None:
        self.page.evaluate("(pixels) => { document.getElementById('log').scrollTop += pixels; }", pixels)
        self.settle()

    @property
    def in_sight(self) -> list[tuple[int, float]]:
        """The numbers of the messages in sight, and their distances from the top of the list."""
        return [(int(text.removeprefix("Message ")), top) for text, top in self.page.evaluate(IN_SIGHT)]

    @property
    def numbers(self) -> list[int]:
        return [number for number, _ in self.in_sight]

    def _take(self, patch: str) -> None:
        self.page.evaluate(APPLY, patch)


@pytest.fixture
def talk(slow: Visit) -> Conversing:
    make_room(slow.page, "Alice")
    slow.page.evaluate("() => ['alone', 'boot'].forEach((id) => { document.getElementById(id).hidden = true; })")
    talk = Conversing(slow.page)
    talk.hears(MANY)
    return talk


def is_whole(talk: Conversing) -> bool:
    """Whether what is seen are messages one after the other, without a hole above or below."""
    seen = talk.in_sight
    height = talk.page.evaluate("() => document.getElementById('log').clientHeight")
    follow = [number for number, _ in seen] == list(range(seen[0][0], seen[0][0] + len(seen)))
    return follow and seen[0][1] < 20 and seen[-1][1] > height - 200


def test_of_very_many_messages_the_page_has_few_and_shows_the_newest(talk: Conversing) -> None:
    assert talk.page.locator("#messages li").count() < 200
    assert talk.numbers[-1] == MANY - 1
    talk.hears(10)
    assert talk.numbers[-1] == MANY + 9
    expect(talk.page.locator("#newer")).to_be_hidden()


def test_reading_upwards_shows_message_after_message_and_nothing_jumps(talk: Conversing) -> None:
    for _ in range(40):
        before = dict(talk.in_sight)
        talk.scroll(-300)
        now = dict(talk.in_sight)
        assert is_whole(talk)
        still_seen = before.keys() & now.keys()
        assert still_seen
        for number in still_seen:
            assert now[number] == pytest.approx(before[number] + 300, abs=2)
    assert talk.page.locator("#messages li").count() < 200


def test_what_is_read_stays_while_very_many_messages_come(talk: Conversing) -> None:
    talk.scroll(-3000)
    before = talk.in_sight
    talk.hears(1000)
    assert [number for number, _ in before] == talk.numbers
    assert [top for _, top in talk.in_sight] == [pytest.approx(top, abs=1) for _, top in before]
    newer = talk.page.locator("#newer")
    expect(newer).to_have_text("Jump to latest1000 new")
    newer.click()
    talk.settle()
    assert talk.numbers[-1] == MANY + 999
    expect(newer).to_have_text("Back to where you were")
    talk.hears(1)
    assert talk.numbers[-1] == MANY + 1000
    newer.click()
    talk.settle()
    assert before == [(number, pytest.approx(top, abs=1)) for number, top in talk.in_sight]
    expect(newer).to_have_text("Jump to latest")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_the_bar_leads_to_any_place_at_once(talk: Conversing, share: float) -> None:
    talk.page.evaluate(
        """(share) => {
          const log = document.getElementById("log");
          log.scrollTop = share * log.scrollHeight;
        }""",
        share,
    )
    talk.settle()
    assert is_whole(talk)
    assert talk.numbers[0] == pytest.approx(share * MANY, abs=MANY / 50)


def test_what_we_write_leads_to_the_end(talk: Conversing) -> None:
    talk.scroll(-50_000)
    talk.view.said_something()
    talk.settle()
    assert talk.numbers[-1] == MANY - 1


def test_a_key_goes_on_acting_on_what_it_acted_on(talk: Conversing) -> None:
    talk.page.evaluate(
        """() => {
          const [row] = [...document.querySelectorAll("#messages li")].slice(-1);
          const link = document.createElement("a");
          link.href = "https://example.org/";
          row.querySelector(".text").append(link);
          link.focus();
        }"""
    )
    talk.hears(30)
    assert talk.page.evaluate("() => document.activeElement.tagName") == "A"
    talk.hears(300)
    assert talk.page.evaluate("() => document.activeElement.id") == "log", "its row is gone, and not the place"


def test_what_a_message_says_becomes_no_markup_and_leads_nowhere_else(talk: Conversing) -> None:
    row = {"row_id": "evil", "text": "<img src=x onerror=alert(1)> https://0x7f.1/"}
    talk.page.evaluate(APPLY, json.dumps({"fresh": True, "steps": [["insert", row, ""]]}))
    text = talk.page.locator(".message .text")
    expect(text).to_have_text("<img src=x onerror=alert(1)> https://0x7f.1/ (127.0.0.1)")
    link = text.locator("a")
    for name, value in {"target": "_blank", "rel": "noopener noreferrer nofollow", "dir": "ltr"}.items():
        expect(link).to_have_attribute(name, value)
    expect(text.locator("bdi")).to_have_attribute("dir", "ltr")
    assert talk.page.locator("#messages img").count() == 0


def test_a_press_tells_of_which_message_it_is(talk: Conversing) -> None:
    row = {"row_id": "long", "text": "x", "is_folded": True, "choices": [["unfold", "Show all"]]}
    talk.page.evaluate(APPLY, json.dumps({"fresh": True, "steps": [["insert", row, ""]]}))
    talk.page.evaluate(TAKE)
    talk.page.get_by_role("button", name="Show all").click()
    talk.page.locator(".message .text").click()
    assert [wanted for wanted in talk.page.evaluate(TAKE) if wanted[0] != "read"] == [["unfold", "long", None]]
    shown = {"row_id": "long", "text": "x"}
    talk.page.evaluate(APPLY, json.dumps({"steps": [["set", shown]]}))
    expect(talk.page.locator(".choices button")).to_have_count(0)
    expect(talk.page.locator(".message .text")).not_to_have_class("text folded")
