"""People mention each other: a name is offered, carried by its id, and seen by the one whose it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chatting import JOINED, enter, expect_message, make_room, path_of, say, violations
from tests.browser.conftest import Visits

pytestmark = pytest.mark.browser


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def offered(page: Page) -> Locator:
    return page.get_by_role("listbox", name="People to mention").get_by_role("option")


def last(page: Page, text: str) -> Locator:
    return page.locator(".message", has=page.locator(".text", has_text=text)).last


@pytest.fixture
def two_bobs(open_page: Visits) -> tuple[Page, Page, Page]:
    """Alice, and two of one name."""
    alice = open_page().page
    link = make_room(alice, "Alice")
    bobs = []
    for number in (2, 3):
        bob = open_page(path_of(link)).page
        enter(bob, "Bob")
        expect(alice.locator("#people-list li")).to_have_count(number, timeout=JOINED)
        bobs.append(bob)
    return alice, bobs[0], bobs[1]


def test_a_name_is_chosen_from_the_keyboard_and_its_bearer_is_told(two: tuple[Page, Page]) -> None:
    alice, bob = two
    box(alice).click()
    alice.keyboard.type("Hello @b")
    expect(offered(alice)).to_have_text(["BBob"])
    expect(offered(alice)).to_have_attribute("aria-selected", "true")
    active = box(alice).get_attribute("aria-activedescendant")
    assert active == offered(alice).get_attribute("id")
    expect(alice.locator("#announcer")).to_have_text("1 person to mention.")
    assert violations(alice) == []
    alice.keyboard.press("Escape")
    expect(offered(alice)).to_have_count(0)
    alice.keyboard.type("o")
    expect(offered(alice)).to_have_count(0)  # it was closed for this @
    alice.keyboard.press("Backspace")
    alice.keyboard.press("Backspace")
    alice.keyboard.press("Backspace")
    alice.keyboard.type("@")
    expect(offered(alice)).to_have_count(1)
    alice.keyboard.press("Enter")
    expect(box(alice)).to_have_value("Hello @Bob ")
    expect(box(alice)).to_be_focused()
    expect(box(alice)).not_to_have_attribute("aria-activedescendant", "mention-0")
    alice.keyboard.type("and **@Bob**")
    alice.keyboard.press("Escape")
    alice.keyboard.press("Enter")
    for page, look in ((alice, "mention"), (bob, "mention self")):
        mentions = last(page, "Hello @Bob and @Bob").locator(".mention")
        expect(mentions).to_have_count(2)
        expect(mentions.first).to_have_class(look)
    assert "for-us" in (last(bob, "Hello").get_attribute("class") or "").split()
    assert "for-us" not in (last(alice, "Hello").get_attribute("class") or "").split()
    copied = bob.evaluate(
        "getSelection().selectAllChildren(document.querySelector('.message:last-child .text'));"
        " getSelection().toString()"
    )
    assert copied.strip() == "Hello @Bob and @Bob"


def test_two_of_one_name_are_told_apart(two_bobs: tuple[Page, Page, Page]) -> None:
    alice, bob, other = two_bobs
    box(alice).click()
    alice.keyboard.type("@B")
    expect(offered(alice)).to_have_count(2)
    tags = offered(alice).locator(".tag").all_inner_texts()
    assert len(set(tags)) == 2
    alice.keyboard.press("ArrowDown")
    expect(offered(alice).nth(1)).to_have_attribute("aria-selected", "true")
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("ArrowUp")
    alice.keyboard.press("Tab")
    expect(box(alice)).to_have_value(f"@Bob ({tags[1]}) ")
    expect(box(alice)).to_be_focused()
    alice.keyboard.type("it is you")
    alice.keyboard.press("Enter")
    for page in (bob, other):
        expect_message(page, "Alice", "it is you")
    named = [page.locator(".mention.self").count() for page in (bob, other)]
    assert sorted(named) == [0, 1]
    expect(last(alice, "it is you").locator(".mention")).to_have_text(f"@Bob {tags[1]}")


def test_the_mouse_takes_a_name_and_an_edit_keeps_whom_it_mentions(two: tuple[Page, Page]) -> None:
    alice, bob = two
    box(alice).click()
    alice.keyboard.type("mail@b")
    expect(offered(alice)).to_have_count(0)  # an address names nobody
    box(alice).fill("")
    alice.keyboard.type("@")
    offered(alice).click()
    alice.keyboard.type("see this")
    alice.keyboard.press("Enter")
    expect(last(bob, "see this").locator(".mention.self")).to_have_text("@Bob")
    last(alice, "see this").get_by_role("button", name="React, answer and more").click()
    alice.get_by_role("button", name="Edit").click()
    expect(box(alice)).to_have_value("@Bob see this")
    alice.keyboard.type(", please")
    alice.keyboard.press("Enter")
    expect(last(bob, "see this, please").locator(".mention.self")).to_have_text("@Bob")


def test_what_came_for_one_that_reads_above_or_elsewhere_is_counted(two: tuple[Page, Page]) -> None:
    alice, bob = two
    for number in range(30):
        say(alice, f"Message {number}")
    expect_message(bob, "Alice", "Message 29")
    bob.locator("#log").evaluate("(log) => { log.scrollTop = 0; }")
    bob.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    say(alice, "@Bob where are you?")
    say(alice, "hm")
    expect(bob.locator("#newer-count")).to_have_text("2 new, 1 mentions you")
    expect(bob).to_have_title("(2, @1) Volly")
