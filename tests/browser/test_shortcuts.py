"""Keyboard shortcuts: with a modifier each, listed in a sheet, and out of the way of what others use."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import APPLY, add_messages, expect_message, make_room, say
from tests.browser.conftest import Visit
from tests.browser.test_message_actions import choose

pytestmark = pytest.mark.browser


@pytest.fixture
def page(slow: Visit) -> Page:
    make_room(slow.page, "Alice")
    slow.page.evaluate(APPLY, add_messages([f"Message {number}" for number in range(60)]))
    return slow.page


def test_a_sheet_of_them_is_opened_by_a_button_and_by_keys(page: Page) -> None:
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    box = page.get_by_role("textbox", name="Message")
    box.focus()
    page.keyboard.press("Control+/")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(box).to_be_focused()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(sheet).to_be_visible()
    page.keyboard.press("Control+Shift+F")
    expect(page.locator("#search")).to_be_hidden()


def test_letters_alone_and_the_keys_of_the_browser_do_nothing_here(page: Page) -> None:
    page.locator("#log").focus()
    before = page.evaluate("() => document.body.outerHTML.length")
    taken = page.evaluate(
        """() => {
          const codes = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => `Key${letter}`).concat("Slash");
          const press = (code, held) => !document.getElementById("log").dispatchEvent(
            new KeyboardEvent("keydown", { code, bubbles: true, cancelable: true, ...held }));
          return codes.filter((code) => press(code, {}) || press(code, { shiftKey: true }))
            .concat(press("KeyF", { ctrlKey: true }) || press("KeyF", { metaKey: true }) ? ["search"] : []);
        }"""
    )
    assert taken == []
    assert page.evaluate("() => document.body.outerHTML.length") == before


def test_one_jumps_to_the_latest_and_back(page: Page) -> None:
    page.locator("#log").hover()
    page.mouse.wheel(0, -1500)
    expect(page.get_by_role("button", name="Jump to latest")).to_be_visible()
    page.keyboard.press("Alt+PageDown")
    expect(page.get_by_text("Message 59")).to_be_in_viewport()
    page.keyboard.press("Alt+PageDown")
    expect(page.get_by_text("Message 59")).not_to_be_in_viewport()


def test_a_message_is_copied_as_it_was_written(two: tuple[Page, Page]) -> None:
    alice, bob = two
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    say(bob, "so **very** good")
    expect_message(alice, "Bob", "so very good")
    choose(alice, "so very good", "Copy text")
    expect(alice.locator("#announcer")).to_have_text("The message is on the clipboard.")
    assert alice.evaluate("() => navigator.clipboard.readText()") == "so **very** good"
