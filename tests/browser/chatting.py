"""What people do on the chat page, for tests of it."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

JOINED = 60_000
"""Milliseconds that a busy machine may take from the click to the keys."""


def enter(page: Page, name: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.locator("#enter-button").click()


def make_room(page: Page, name: str) -> str:
    """Enter a new room; gives its link."""
    enter(page, name)
    return page.locator("#alone-link").input_value()


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def expect_state(page: Page, text: str) -> None:
    expect(page.locator("#state-text")).to_have_text(text, timeout=JOINED)


def expect_message(page: Page, sender: str, text: str) -> None:
    message = page.locator(".message", has=page.locator(".sender", has_text=sender)).filter(has_text=text)
    expect(message.last).to_be_visible(timeout=JOINED)


def path_of(link: str) -> str:
    address = urlsplit(link)
    return f"{address.path}#{address.fragment}"
