"""Messages disappear for all when their time is over."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import JOINED, expect_message, expect_state, say

pytestmark = pytest.mark.browser

LATER = """(milliseconds) => {
  const now = performance.now.bind(performance);
  performance.now = () => now() + milliseconds;
}"""
"""Lets the clock that runs evenly jump, as after a long sleep."""


def test_a_message_disappears_for_all_with_its_quotes_and_one_from_before_the_timer_stays(
    two: tuple[Page, Page],
) -> None:
    alice, bob = two
    say(alice, "This one stays")
    expect_message(bob, "Alice", "This one stays")
    alice.get_by_role("button", name="Title, topic and timer").click()
    dialog = alice.get_by_role("dialog", name="This room")
    expect(dialog).to_contain_text("What cannot be promised")
    dialog.get_by_label("Messages that are written from now on").select_option("disappear after 5 minutes")
    dialog.get_by_role("button", name="Set", exact=True).click()
    for page, setter in ((alice, "You"), (bob, "Alice")):
        note = page.locator(".note", has_text="set messages to disappear after 5 minutes")
        expect(note).to_contain_text(setter)
        expect(page.locator("#room-timer")).to_have_text("5 minutes")
    say(bob, "Soon gone")
    expect_message(alice, "Bob", "Soon gone")
    expect(alice.locator(".message", has_text="Soon gone").locator(".timer")).to_have_text("disappears after 5 minutes")
    message = alice.locator(".message", has=alice.locator(".text", has_text="Soon gone"))
    message.get_by_role("button", name="React, answer and more").click()
    alice.locator("#message-menu").get_by_role("button", name="Answer").click()
    expect(alice.locator("#about-line")).to_contain_text("Soon gone")
    for page in (alice, bob):
        page.evaluate(LATER, 301_000)
    for page in (alice, bob):
        expect(page.locator(".message", has_text="Soon gone")).to_have_count(0, timeout=JOINED)
        expect(page.locator(".message", has_text="This one stays")).to_have_count(1)
        assert "Soon gone" not in page.content()
    expect(alice.locator("#about-line")).to_be_hidden()
    expect(alice.locator("#notice-text")).to_contain_text("has disappeared")
    expect_state(alice, "Sealed, post-quantum")
