"""Search in the conversation: by keys and by buttons, in what the page has no rows of as well."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chatting import expect_message, say
from tests.browser.test_message_actions import choose

pytestmark = pytest.mark.browser

MARKED = "() => [...CSS.highlights.get('found')].map((range) => " + (
    "range.startContainer === range.endContainer"
    " ? range.startContainer.data.slice(range.startOffset, range.endOffset) : 'over elements')"
)
"""The words that the browser highlights."""


def field(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search in this conversation")


def count(page: Page) -> Locator:
    return page.locator("#search-count")


def test_words_are_found_in_what_was_said_and_the_focus_goes_back(two: tuple[Page, Page]) -> None:
    alice, bob = two
    say(bob, "The Straße is long")
    say(bob, "so **very** CAFÉ")
    for number in range(100):
        say(bob, f"Message {number}")
    say(bob, "Another strasse")
    expect_message(alice, "Bob", "Another strasse")
    expect(alice.get_by_text("The Straße is long")).to_have_count(0)
    box = alice.get_by_role("textbox", name="Message")
    box.focus()
    alice.keyboard.press("Control+Shift+F")
    expect(field(alice)).to_be_focused()
    alice.keyboard.type("strasse")
    expect(count(alice)).to_have_text("1 of 2")
    expect(alice.get_by_text("Another strasse")).to_be_in_viewport()
    assert alice.evaluate(MARKED) == ["strasse"]
    alice.keyboard.press("Enter")
    expect(count(alice)).to_have_text("2 of 2")
    expect(alice.get_by_text("The Straße is long")).to_be_in_viewport()
    assert alice.evaluate(MARKED) == ["Straße"]
    alice.keyboard.press("Shift+Enter")
    expect(count(alice)).to_have_text("1 of 2")
    alice.get_by_role("button", name="Earlier message found").click()
    expect(count(alice)).to_have_text("2 of 2")
    field(alice).fill("VERY cafe")
    expect(count(alice)).to_have_text("1 of 1")
    assert alice.evaluate(MARKED) == ["over elements"]
    field(alice).fill("nowhere")
    expect(count(alice)).to_have_text("Not found")
    assert alice.evaluate(MARKED) == []
    field(alice).fill("long")
    expect(count(alice)).to_have_text("1 of 1")
    alice.keyboard.press("Escape")
    expect(field(alice)).to_be_hidden()
    expect(box).to_be_focused()
    assert alice.evaluate(MARKED) == []
    expect(alice.get_by_text("The Straße is long")).to_be_in_viewport()


def test_what_comes_is_found_and_what_was_deleted_is_not(two: tuple[Page, Page]) -> None:
    alice, bob = two
    say(bob, "A needle")
    expect_message(alice, "Bob", "A needle")
    alice.get_by_role("button", name="Search").click()
    field(alice).fill("NEEDLE")
    expect(count(alice)).to_have_text("1 of 1")
    say(bob, "Another needle")
    expect(count(alice)).to_have_text("2 of 2")
    choose(bob, "A needle", "Delete…")
    bob.locator("#deleting").get_by_role("button", name="Delete").click()
    expect(count(alice)).to_have_text("1 of 1")
    alice.get_by_role("button", name="Close the search").click()
    expect(alice.get_by_role("button", name="Search")).to_be_focused()
