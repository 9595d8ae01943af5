"""Messages are answered, changed, deleted and reacted to, and all see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chatting import expect_message, say

pytestmark = pytest.mark.browser

BOX = "#composer-text"


def message(page: Page, text: str) -> Locator:
    return page.locator(".message", has=page.locator(".text", has_text=text)).last


def choose(page: Page, text: str, action: str) -> None:
    """What is in the menu of a message."""
    message(page, text).get_by_role("button", name="React, answer and more").click()
    page.locator("#message-menu").get_by_role("button", name=action).click()


@pytest.fixture
def talking(two: tuple[Page, Page]) -> tuple[Page, Page]:
    """Alice and Bob after they greeted each other."""
    alice, bob = two
    say(alice, "Hello, Bob")
    expect_message(bob, "Alice", "Hello, Bob")
    say(bob, "Hello, Alice")
    expect_message(alice, "Bob", "Hello, Alice")
    return alice, bob


def test_two_people_answer_change_react_and_delete(talking: tuple[Page, Page]) -> None:
    alice, bob = talking
    choose(bob, "Hello, Bob", "Answer")
    expect(bob.locator(BOX)).to_be_focused()
    expect(bob.locator("#about-line")).to_contain_text("Answer to Alice")
    bob.keyboard.type("How are you?")
    bob.keyboard.press("Enter")
    for page in (alice, bob):
        expect(message(page, "How are you?").locator(".quote")).to_have_text("AliceHello, Bob")
    expect(bob.locator("#about-line")).to_be_hidden()

    choose(alice, "Hello, Bob", "Edit")
    expect(alice.locator(BOX)).to_have_value("Hello, Bob")
    expect(alice.locator(BOX)).to_be_focused()
    alice.keyboard.type(" and Carol")
    alice.keyboard.press("Enter")
    for page in (alice, bob):
        expect(message(page, "Hello, Bob and Carol").locator(".edited")).to_have_text("edited")
        expect(message(page, "How are you?").locator(".quote")).to_have_text("AliceHello, Bob and Carol")

    choose(alice, "How are you?", "Thumbs up")
    for page, pressed in ((alice, "true"), (bob, "false")):
        reaction = message(page, "How are you?").locator(".reaction")
        expect(reaction).to_have_text("👍")
        expect(reaction).to_have_attribute("aria-pressed", pressed)
    message(bob, "How are you?").locator(".reaction").click()
    expect(message(alice, "How are you?").locator(".reaction")).to_have_text("👍 2")
    message(alice, "How are you?").locator(".reaction").click()
    expect(message(bob, "How are you?").locator(".reaction")).to_have_text("👍")

    choose(alice, "Hello, Bob", "Delete…")
    expect(alice.locator("#deleting")).to_contain_text("What cannot be promised")
    alice.get_by_role("button", name="Keep it").click()
    choose(alice, "Hello, Bob", "Delete…")
    alice.locator("#deleting").get_by_role("button", name="Delete").click()
    for page in (alice, bob):
        expect(page.locator(".message .text", has_text="This message was deleted.")).to_be_visible()
        expect(message(page, "How are you?").locator(".quote")).to_have_text("AliceThis message was deleted.")
        assert "and Carol" not in page.content()


def test_everything_in_the_menu_can_be_done_from_the_keyboard(talking: tuple[Page, Page]) -> None:
    alice, bob = talking
    keys = alice.keyboard
    more = message(alice, "Hello, Bob").get_by_role("button", name="React, answer and more")
    more.focus()
    keys.press("Enter")
    expect(alice.get_by_role("button", name="Thumbs up")).to_be_focused()
    keys.press("Escape")
    expect(alice.locator("#message-menu")).to_be_hidden()
    expect(more).to_be_focused()
    keys.press("Enter")
    keys.press("ArrowRight")
    expect(alice.get_by_role("button", name="Heart")).to_be_focused()
    keys.press("Enter")
    expect(message(bob, "Hello, Bob").locator(".reaction")).to_have_text("❤️")
    more.focus()
    keys.press("Enter")
    for choice in ("Delete…", "Edit", "Details", "Copy text", "Pin", "Answer"):
        keys.press("ArrowUp")
        expect(alice.locator("#message-menu").get_by_role("button", name=choice)).to_be_focused()
    keys.press("Enter")
    expect(alice.locator(BOX)).to_be_focused()
    keys.press("Escape")
    expect(alice.locator("#about-line")).to_be_hidden()


def test_only_own_messages_can_be_changed_or_deleted(talking: tuple[Page, Page]) -> None:
    alice, _ = talking
    message(alice, "Hello, Alice").get_by_role("button", name="React, answer and more").click()
    expect(alice.locator("#message-menu").get_by_role("button", name="Answer")).to_be_visible()
    for name in ("Edit", "Delete…"):
        expect(alice.locator("#message-menu").get_by_role("button", name=name)).to_be_hidden()


def test_a_quote_leads_to_what_it_quotes(talking: tuple[Page, Page]) -> None:
    alice, bob = talking
    for number in range(100):
        say(bob, f"Message {number}")
    expect_message(alice, "Bob", "Message 99")
    bob.locator("#log").evaluate("(log) => { log.scrollTop = 0; }")
    choose(bob, "Hello, Bob", "Answer")
    bob.keyboard.type("Late answer")
    bob.keyboard.press("Enter")
    quote = message(alice, "Late answer").locator(".quote")
    expect(quote).to_have_text("AliceHello, Bob")
    expect(message(alice, "Hello, Alice")).to_have_count(0)
    quote.click()
    expect(message(alice, "Hello, Bob")).to_be_in_viewport()
