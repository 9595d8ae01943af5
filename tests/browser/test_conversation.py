"""What others can write, and how browsers differ: neither moves, covers, turns or loses what one reads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import (
    APPLY,
    ARRIVED,
    JOINED,
    add_messages,
    enter,
    expect_message,
    expect_state,
    insertions,
    make_room,
    patch,
    path_of,
    say,
)
from tests.browser.conftest import Visit, Visits

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def stacked(letters: str, marks: int = 60) -> str:
    """Letters with so many marks each, above and below."""
    return "".join(letter + "\u0301" * (marks // 2) + "\u0323" * (marks // 2) for letter in letters)


class Neighbours:
    """How places of a page look, before something beside them changes."""

    def __init__(self, page: Page, *places: str) -> None:
        self._page = page
        page.evaluate("() => document.activeElement.blur()")  # a caret blinks
        page.wait_for_timeout(500)  # until nothing fades in any more
        self._boxes = {place: page.locator(place).bounding_box() for place in places}
        self._before = self._look()

    @property
    def touched(self) -> list[str]:
        now = self._look()
        return [place for place, image in self._before.items() if now[place] != image]

    def _look(self) -> dict[str, bytes]:
        return {place: self._page.screenshot(clip=box) for place, box in self._boxes.items() if box}


# Letters with any number of marks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_upon_marks_stay_in_their_own_message(open_page: Visits, scheme: str) -> None:
    context = open_page.new_context(color_scheme=scheme, reduced_motion="reduce")
    context.route("**/pyodide.asm.wasm", lambda _: None)
    page = open_page("/", context).page
    make_room(page, "Alice")
    page.evaluate("() => ['alone', 'boot'].forEach((id) => { document.getElementById(id).hidden = true; })")
    page.evaluate(APPLY, add_messages(["Above", "Hello", "Below"]))
    own = ".message:nth-child(2)"
    neighbours = Neighbours(
        page,
        *(".message:first-child .bubble", ".message:last-child .bubble", "#bar", "#composer"),
        *(f"{own} .sender", f"{own} .foot"),
    )
    page.locator(f"{own} .text").evaluate("(node, text) => { node.textContent = text; }", stacked("Hello"))
    assert neighbours.touched == []


ADD_PERSON = """(names) => {
  for (const name of names) {
    const person = document.getElementById("person-template").content.firstElementChild.cloneNode(true);
    person.querySelector(".person-name").textContent = name;
    document.getElementById("people-list").append(person);
  }
  document.querySelector("#activity .who").textContent = names[1];
  document.querySelector("#activity .what").textContent = " is typing…";
  document.getElementById("activity").hidden = false;
  document.querySelector(".message .sender-name").textContent = names[1];
}"""


def test_marks_upon_marks_stay_in_their_own_name(slow: Visit) -> None:
    page = slow.page
    make_room(page, "Alice")
    page.evaluate("() => ['alone', 'boot'].forEach((id) => { document.getElementById(id).hidden = true; })")
    page.evaluate(APPLY, add_messages(["First", "Second"]))
    page.evaluate(ADD_PERSON, ["Alice", "Bob", "Carol"])
    page.evaluate(APPLY, patch(["insert", {"row_id": "2", "kind": "note", "text": "Bob came in."}, "1"]))
    page.evaluate(APPLY, add_messages(["Third"], first=3))
    neighbours = Neighbours(
        page,
        *(".person:nth-child(1)", ".person:nth-child(3)", "#composer"),
        *(".message .text >> nth=0", ".message .text >> nth=-1"),
    )
    for place in (".person:nth-child(2) .person-name", "#activity .who", ".note p", ".sender-name >> nth=0"):
        page.locator(place).evaluate("(node, text) => { node.textContent = text; }", stacked("Bob"))
    assert neighbours.touched == []


# Writing directions

ORDER = """(node) => {
  const range = document.createRange();
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const letters = [];
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    for (let place = 0; place < text.length; place++) {
      range.setStart(text, place);
      range.setEnd(text, place + 1);
      const { left, top, width } = range.getBoundingClientRect();
      if (width) letters.push([Math.round(top), left, text.data[place]]);
    }
  }
  return letters.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , letter]) => letter).join("");
}"""
"""The letters of an element from left to right, as they are painted."""


@pytest.mark.parametrize("name", ["אבי", "عمر 7", "Bob 2026", "\u202eBob"])
def test_a_name_turns_nothing_beside_it(open_page: Visits, name: str) -> None:
    alice = open_page().page
    bob = open_page(path_of(make_room(alice, "Alice"))).page
    enter(bob, name)
    expect_state(alice, "Sealed, post-quantum")
    bob.get_by_role("textbox", name="Message").press_sequentially("123 is what I want to say", delay=60)
    expect(alice.locator("#activity .what")).to_have_text(" is typing…")
    assert painted(alice, "#activity").endswith(" is typing…")
    bob.keyboard.press("Enter")
    expect(alice.locator(".message .text")).to_have_text("123 is what I want to say")
    assert painted(alice, ".message .text") == "123 is what I want to say"
    assert painted(alice, ".note >> nth=0").endswith("came in.")
    assert alice.title() == "Volly"


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


def test_a_name_too_long_ends_between_the_signs_that_one_sees_and_is_the_same_for_all(open_page: Visits) -> None:
    alice = open_page().page
    bob = open_page(path_of(make_room(alice, "Alice"))).page
    bob.get_by_label("Your name").press_sequentially("x" * 60)
    bob.keyboard.insert_text(FAMILY * 9)
    bob.locator("#enter-button").click()
    expect_state(bob, "Sealed, post-quantum")
    for page in (alice, bob):
        expect(page.locator("#people-list .person-name")).to_have_text(["Alice", "x" * 60 + FAMILY * 4])


def painted(page: Page, selector: str) -> str:
    order: str = page.locator(selector).evaluate(ORDER)
    return order.strip("\u2068\u2069 ").replace("\u2069", "")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\u202egnp.exe", "12:34"),
        ("\u202esee https://example.org/a ", "https://example.org/a"),
        ("שלום https://example.org/b עולם", "https://example.org/b"),
        ("\u2067\u2067\u202e never closed", "12:34"),
    ],
)
def test_a_message_turns_no_address_and_nothing_outside_itself(two: tuple[Page, Page], text: str, kept: str) -> None:
    alice, bob = two
    say(bob, text)
    expect(alice.locator(".message")).to_have_count(1)
    say(bob, "After it: 1, 2, 3.")
    expect(alice.locator(".message")).to_have_count(2)
    assert painted(alice, ".message .text >> nth=1") == "After it: 1, 2, 3."
    if kept.startswith("https"):
        assert painted(alice, ".message a") == kept
    assert painted(alice, ".message .sender >> nth=0") == "Bob"


def test_each_line_of_a_message_reads_in_its_own_direction(slow: Visit) -> None:
    page = slow.page
    make_room(page, "Alice")
    page.evaluate(APPLY, add_messages(["שלום!\nHello, world."]))
    assert painted(page, ".message .text").endswith("Hello, world.")


# Reading further up while messages come

READ_LINE = """() => {
  const log = document.getElementById("log").getBoundingClientRect();
  const isInSight = (entry) => entry.getBoundingClientRect().bottom > log.top + 1;
  const read = [...document.querySelectorAll("#messages li")].find(isInSight);
  return [read.querySelector(".text").textContent.split("\\n")[0], read.getBoundingClientRect().top - log.top];
}"""


@pytest.fixture
def reading(slow: Visit) -> Page:
    """Alice's page in a room with many messages, scrolled up."""
    page = slow.page
    make_room(page, "Alice")
    page.evaluate(APPLY, add_messages([f"Message {number}\n" * (1 + number % 3) for number in range(300)]))
    page.locator("#log").hover()
    page.mouse.wheel(0, -3000)
    page.wait_for_timeout(300)
    return page


def test_the_line_that_is_read_keeps_its_place_while_messages_come_and_the_oldest_go(reading: Page) -> None:
    text, top = reading.evaluate(READ_LINE)
    reading.evaluate("() => getSelection().selectAllChildren(document.querySelector('.message:nth-child(280) .text'))")
    selected = reading.evaluate("() => `${getSelection()}`")
    for number in range(20):
        reading.evaluate(
            APPLY,
            patch(*insertions([f"New {number}"], first=300 + number), ["remove", f"{number}"], unread=[number + 1, ""]),
        )
        reading.wait_for_timeout(20)
        assert reading.evaluate(READ_LINE) == [text, pytest.approx(top, abs=1)]
    assert reading.evaluate("() => `${getSelection()}`") == selected
    expect(reading.locator("#newer")).to_have_text("Jump to latest20 new")


def test_the_line_that_is_read_stays_in_sight_when_the_window_changes(reading: Page) -> None:
    text, top = reading.evaluate(READ_LINE)
    reading.evaluate("""() => {
      for (const text of document.querySelectorAll(".text")) text.append("Words that fill a line. ".repeat(9));
    }""")
    reading.set_viewport_size({"width": 400, "height": 720})
    reading.wait_for_timeout(300)
    assert reading.evaluate(READ_LINE) == [text, pytest.approx(top, abs=1)]


# On-screen keyboards

KEYBOARD = """({ visible, offset, inner }) => {
  for (const [name, value] of Object.entries({ height: visible, offsetTop: offset })) {
    Object.defineProperty(visualViewport, name, { configurable: true, get: () => value });
  }
  Object.defineProperty(window, "innerHeight", { configurable: true, get: () => inner });
  visualViewport.dispatchEvent(new Event("resize"));
  visualViewport.dispatchEvent(new Event("scroll"));
}"""
PLACES = """() => ["bar", "composer"].map((id) => {
  const { top, bottom } = document.getElementById(id).getBoundingClientRect();
  return [Math.round(top), Math.round(bottom)];
})"""


@pytest.fixture
def phone(open_page: Visits) -> Page:
    context = open_page.new_context(viewport=PHONE, has_touch=True)
    context.route("**/pyodide.asm.wasm", lambda _: None)
    page = open_page("/", context).page
    make_room(page, "Alice")
    page.evaluate("() => { document.getElementById('boot').hidden = true; }")
    return page


@pytest.mark.parametrize(
    ("inner", "offset"),
    [(844, 0), (844, 336), (508, 0), (508, 336)],
    ids=["Safari, unscrolled", "Safari, scrolled", "Safari on iOS 26, unscrolled", "Safari on iOS 26, scrolled"],
)
def test_the_bar_and_the_message_box_are_seen_above_a_keyboard(phone: Page, inner: int, offset: int) -> None:
    phone.evaluate(KEYBOARD, {"visible": 508, "offset": offset, "inner": inner})
    bar, composer = phone.evaluate(PLACES)
    assert bar[0] == offset
    assert composer[1] == offset + 508
    phone.evaluate(KEYBOARD, {"visible": 844, "offset": 0, "inner": 844})
    bar, composer = phone.evaluate(PLACES)
    assert (bar[0], composer[1]) == (0, 844), "when it is gone"


def test_the_bar_of_a_hardware_keyboard_and_a_turn_of_the_phone_leave_both_in_sight(phone: Page) -> None:
    phone.evaluate(KEYBOARD, {"visible": 789, "offset": 0, "inner": 844})
    assert phone.evaluate(PLACES)[1][1] == 789
    phone.evaluate(KEYBOARD, {"visible": 844, "offset": 0, "inner": 844})
    phone.set_viewport_size({"width": 844, "height": 390})
    phone.evaluate(KEYBOARD, {"visible": 180, "offset": 0, "inner": 390})
    bar, composer = phone.evaluate(PLACES)
    assert (bar[0], composer[1]) == (0, 180)
    assert composer[0] >= bar[1], "they do not cover each other"


def test_a_zoomed_page_keeps_its_own_height(phone: Page) -> None:
    phone.evaluate("() => Object.defineProperty(visualViewport, 'scale', { configurable: true, get: () => 2 })")
    phone.evaluate(KEYBOARD, {"visible": 422, "offset": 100, "inner": 844})
    bar, composer = phone.evaluate(PLACES)
    assert (bar[0], composer[1]) == (0, 844)


# Translators

WRAP_TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let text = walker.nextNode(); text; text = walker.nextNode()) texts.push(text);
  const isKept = ({ data, parentElement }) => !data.trim() || parentElement.closest("script, template, [translate=no]");
  for (const text of texts.filter((text) => !isKept(text))) {
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    text.replaceWith(outer);
    outer.append(inner);
    inner.append(`~${text.data}`);
  }
}"""
"""As the translators of Chromium and Edge do it."""

TRANSLATED = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    if (!text.parentElement.closest("script, template, [translate=no]")) texts.push(text.data);
  }
  const titled = [...document.querySelectorAll("[title], [aria-label], [placeholder]")];
  for (const node of titled.filter((node) => !node.closest("[translate=no]"))) {
    texts.push(node.title, node.ariaLabel, node.placeholder);
  }
  return texts.join(" ");
}"""
"""All that a translator would send away."""


def test_a_page_that_is_translated_goes_on_working(two: tuple[Page, Page]) -> None:
    alice, bob = two
    for _ in range(2):
        alice.evaluate(WRAP_TEXTS)
        say(bob, "Hello, Alice")
        expect_message(alice, "Bob", "Hello, Alice")
        say(alice, "Hello, Bob")
        expect_message(bob, "Alice", "Hello, Bob")
        expect(alice.locator(".message .delivery").last).to_have_text(ARRIVED)
    bob.get_by_role("textbox", name="Message").press_sequentially("Wait, I am just about to", delay=250)
    expect(alice.locator("#activity")).to_contain_text("is typing…")
    alice.evaluate(WRAP_TEXTS)
    bob.get_by_role("button", name="Leave").click()
    bob.locator("#leave-now").click()
    expect_state(alice, "Nobody else here")
    expect(alice.locator("#people-list .person-name")).to_have_text(["Alice"])
    alice.locator("#leave").click()
    alice.locator("#leave-now").click()
    expect(alice.locator("#start")).to_be_visible()


def test_a_translator_is_not_given_what_people_write_nor_their_names(two: tuple[Page, Page]) -> None:
    alice, bob = two
    say(bob, "Between you and me")
    expect_message(alice, "Bob", "Between you and me")
    bob.get_by_role("textbox", name="Message").press_sequentially("Wait, I am just about to", delay=250)
    expect(alice.locator("#activity")).to_contain_text("is typing…")
    sent_away = alice.evaluate(TRANSLATED)
    assert "In the room" in sent_away
    assert "is typing…" in sent_away
    for secret in ("Between you", "Bob", "Alice"):
        assert secret not in sent_away


# The clipboard

CLIPBOARDS = {
    "refuses": "() => Promise.reject(new DOMException('no', 'NotAllowedError'))",
    "never answers": "() => new Promise(() => {})",
    "is not there": None,
}


@pytest.mark.parametrize("clipboard", CLIPBOARDS)
@pytest.mark.parametrize("place", ["alone", "invite", "leaving"])
def test_a_link_that_is_not_on_the_clipboard_is_selected_and_not_said_to_be_there(
    slow: Visit, clipboard: str, place: str
) -> None:
    page = slow.page
    write = CLIPBOARDS[clipboard]
    value = f"{{ writeText: {write} }}" if write else "undefined"
    page.evaluate(f"() => Object.defineProperty(navigator, 'clipboard', {{ value: {value} }})")
    link = make_room(page, "Alice")
    if place != "alone":
        page.locator({"invite": "#show-invite", "leaving": "#leave"}[place]).click()
    button = page.locator(f"#{place} [data-copy-invite]")
    button.click()
    expect(button).to_have_text("Copy by hand")
    expect(page.locator("#announcer")).to_contain_text("The link is selected")
    assert page.evaluate("() => `${getSelection()}`") == link
    expect(button).to_have_text("Copy link")


def test_a_link_that_comes_late_to_the_clipboard_is_said_to_be_there_only_then(slow: Visit) -> None:
    page = slow.page
    page.evaluate(
        """() => Object.defineProperty(navigator, "clipboard", {
          value: { writeText: () => new Promise((resolve) => { window.arrive = resolve; }) } })"""
    )
    make_room(page, "Alice")
    button = page.locator("#alone [data-copy-invite]")
    button.click()
    page.wait_for_timeout(500)
    expect(button).to_have_text("Copy link")
    page.evaluate("() => arrive()")
    expect(button).to_have_text("Copied")


# What waits, and what comes late


def test_what_is_written_while_nothing_can_be_sent_is_shown_to_wait_and_comes_late(two: tuple[Page, Page]) -> None:
    alice, bob = two
    alice.context.set_offline(True)
    expect(alice.locator("#state-text")).to_have_text(re.compile("Reconnecting|No connection"), timeout=JOINED)
    for number in range(3):
        say(alice, f"Late {number}")
    expect(alice.locator(".message .delivery")).to_have_text(["Waiting to be sent"] * 3)
    alice.context.set_offline(False)
    expect_message(bob, "Alice", "Late 2")
    expect(bob.locator(".message .text")).to_have_text([f"Late {number}" for number in range(3)])
    expect(alice.locator(".message .delivery")).to_have_text([ARRIVED] * 3)
