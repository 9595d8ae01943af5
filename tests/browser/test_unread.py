"""What came unseen: the line before it, its number, and the ways to the end and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chatting import expect_message, say

pytestmark = pytest.mark.browser

HIDE = """(isHidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""Lets the page believe that its tab is in the background, or in front again."""


def line_of(page: Page) -> Locator:
    return page.locator(".unread-line").filter(has_text="New messages")


def expect_line_before(page: Page, text: str) -> None:
    expect(page.locator(".message", has=line_of(page))).to_contain_text(text)


def latest(page: Page) -> Locator:
    return page.get_by_role("button", name="Jump to latest")


def back(page: Page) -> Locator:
    return page.get_by_role("button", name="Back to where you were")


def top_of(page: Page, text: str) -> float:
    box = page.locator(".message").filter(has=page.get_by_text(text, exact=True)).bounding_box()
    assert box
    return box["y"]


def says_all(page: Page, hearing: Page, name: str, count: int) -> None:
    for number in range(count):
        say(page, f"{name} {number}")
    expect_message(hearing, "Bob", f"{name} {count - 1}")


def test_what_came_in_the_background_has_a_line_before_it_until_one_answers(two: tuple[Page, Page]) -> None:
    alice, bob = two
    says_all(bob, alice, "Seen", 2)
    alice.evaluate(HIDE, True)
    says_all(bob, alice, "Unseen", 2)
    alice.evaluate(HIDE, False)
    expect_line_before(alice, "Unseen 0")
    expect(latest(alice)).to_be_hidden()
    says_all(bob, alice, "Later", 1)
    expect_line_before(alice, "Unseen 0")
    say(alice, "I have read it")
    expect(line_of(alice)).to_have_count(0)


def test_after_very_much_one_comes_back_to_the_first_that_one_has_not_seen(two: tuple[Page, Page]) -> None:
    alice, bob = two
    says_all(bob, alice, "Seen", 2)
    alice.evaluate(HIDE, True)
    for number in range(90):
        say(bob, f"Unseen {number}")
    expect(latest(alice).locator(".count")).to_have_text("90 new")
    alice.evaluate(HIDE, False)
    expect_line_before(alice, "Unseen 0")
    expect(line_of(alice)).to_be_in_viewport()
    expect(latest(alice)).to_contain_text("new")
    unread = int((latest(alice).locator(".count").text_content() or "").split()[0])
    assert 40 < unread < 90, "what is in view counts as read"
    latest(alice).click()
    expect(alice.get_by_text("Unseen 89", exact=True)).to_be_in_viewport()
    expect(line_of(alice)).not_to_be_in_viewport()
    back(alice).click()
    expect(line_of(alice)).to_be_in_viewport()
    expect(latest(alice).locator(".count")).to_be_hidden()


def test_the_way_to_the_end_loses_no_place_and_can_be_gone_by_keyboard(two: tuple[Page, Page]) -> None:
    alice, bob = two
    says_all(bob, alice, "Seen", 60)
    alice.locator("#log").focus()
    alice.keyboard.press("PageUp")
    alice.keyboard.press("PageUp")
    expect(latest(alice)).to_be_visible()
    expect(alice.get_by_text("Seen 59", exact=True)).not_to_be_in_viewport()
    alice.wait_for_timeout(500)
    before = top_of(alice, "Seen 40")
    says_all(bob, alice, "Unseen", 3)
    expect(latest(alice).locator(".count")).to_have_text("3 new")
    assert top_of(alice, "Seen 40") == pytest.approx(before, abs=1)
    latest(alice).focus()
    alice.keyboard.press("Enter")
    expect(alice.get_by_text("Unseen 2", exact=True)).to_be_in_viewport()
    expect_line_before(alice, "Unseen 0")
    expect(back(alice)).to_be_focused()
    alice.keyboard.press("Enter")
    expect(alice.get_by_text("Unseen 2", exact=True)).not_to_be_in_viewport()
    assert top_of(alice, "Seen 40") == pytest.approx(before, abs=1)
    latest(alice).click()
    say(alice, "Here")
    expect(back(alice)).to_be_hidden()
    expect(line_of(alice)).to_have_count(0)


def test_in_a_narrow_page_nothing_reaches_beyond_its_side(two: tuple[Page, Page]) -> None:
    alice, bob = two
    alice.set_viewport_size({"width": 320, "height": 640})
    says_all(bob, alice, "Seen", 2)
    alice.evaluate(HIDE, True)
    says_all(bob, alice, "Unseen", 30)
    alice.evaluate(HIDE, False)
    expect(latest(alice)).to_be_visible()
    assert alice.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    assert alice.evaluate(
        "() => { const log = document.getElementById('log'); return log.scrollWidth <= log.clientWidth; }"
    )
