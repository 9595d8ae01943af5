"""The settings: kept, believed only if they are some, and followed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chatting import expect_message, make_room, say
from tests.browser.conftest import Visit, Visits
from tests.browser.test_accessibility import violations
from tests.browser.test_message_actions import choose, message
from tests.browser.test_unread import HIDE
from volly_browser.tools import node

pytestmark = pytest.mark.browser

NOTICES = """() => {
  window.notices = [];
  window.Notification = class extends EventTarget {
    static permission = "default";
    static requestPermission = async () => (Notification.permission = window.answer);
    constructor(title, options) { super(); notices.push([title, options.body]); }
    close() { notices.closed = (notices.closed ?? 0) + 1; }
  };
}"""
"""Notifications of a browser, whose user answers with `window.answer`."""


def settings(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Settings")


def open_settings(page: Page) -> None:
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Settings").click()


def theme_of(page: Page) -> str:
    return str(page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor"))


def test_what_is_chosen_is_seen_at_once_and_after_a_reload(slow: Visit) -> None:
    page = slow.page
    make_room(page, "Alice")
    open_settings(page)
    expect(settings(page)).to_be_visible()
    seen = []
    for label in ("Light", "Dark", "High contrast"):
        settings(page).get_by_label("Colours").select_option(label)
        seen.append(theme_of(page))
    assert len({*seen}) == 3
    settings(page).get_by_label("Spacing").select_option("Compact")
    settings(page).get_by_label("Make a sound").check()
    settings(page).get_by_label("Tell the others what I have read").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More", exact=True)).to_be_focused()
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload(wait_until="domcontentloaded")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'contrast'")
    assert theme_of(page) == seen[-1]
    assert page.evaluate("() => document.documentElement.dataset.density") == "compact"
    for name, is_checked in [("set-sound", True), ("set-receipts", False), ("set-count", True)]:
        assert page.locator(f"#{name}").is_checked() == is_checked


@pytest.mark.parametrize(
    "kept",
    [
        "{",
        "null",
        "[[[[",
        '"dark"',
        json.dumps({"theme": "url(evil)", "density": ["compact"], "receipts": {}, "more": "x"}),
        json.dumps({"__proto__": {"theme": "dark"}, "constructor": "dark"}),
        json.dumps({"theme": "dark", "more": "x" * 1000}),
        "[" * 100_000,
    ],
)
def test_what_lies_in_the_storage_is_not_believed(open_page: Visits, kept: str) -> None:
    context = open_page.new_context()
    context.route("**/pyodide.asm.wasm", lambda _: None)
    context.add_init_script(f"localStorage.setItem('volly settings', {json.dumps(kept)})")
    page = open_page("/", context).page
    page.wait_for_function("() => document.documentElement.dataset.theme")
    dataset = page.evaluate("() => ({ ...document.documentElement.dataset })")
    assert (dataset["theme"], dataset["density"]) == ("system", "roomy")
    assert page.locator("#set-receipts").is_checked()


def test_notifications_are_asked_for_by_a_press_and_say_what_was_chosen(two: tuple[Page, Page]) -> None:
    alice, bob = two
    alice.evaluate(NOTICES)
    alice.evaluate("() => { window.answer = 'denied'; }")
    open_settings(alice)
    choice = settings(alice).get_by_label("Notifications", exact=True)
    choice.select_option("That a message came")
    expect(choice).to_have_value("off")
    expect(settings(alice).get_by_role("alert")).to_contain_text("does not let this page show notifications")
    alice.evaluate("() => { window.answer = 'granted'; }")
    choice.select_option("That a message came")
    expect(choice).to_have_value("plain")
    alice.keyboard.press("Escape")
    alice.evaluate(HIDE, True)
    say(bob, "A ||secret|| word")
    alice.wait_for_function("() => notices.length === 1")
    assert alice.evaluate("() => notices") == [["Volly", "A new message has come."]]
    alice.evaluate("() => { document.title = ''; }")
    alice.evaluate(HIDE, False)
    open_settings(alice)
    choice.select_option("With name and text")
    alice.keyboard.press("Escape")
    alice.evaluate(HIDE, True)
    say(bob, "Another ||secret|| word")
    alice.wait_for_function("() => notices.length === 2")
    assert alice.evaluate("() => notices[1]") == ["Bob", "Another [spoiler] word"]
    assert alice.title() == "(1) Volly"


def test_a_notification_shows_no_spoiler_before_it_can_be_read_and_goes_with_its_message(
    two: tuple[Page, Page],
) -> None:
    alice, bob = two
    alice.route("**/formatting.mjs", lambda route: route.abort())
    alice.evaluate(NOTICES)
    alice.evaluate("() => { window.answer = 'granted'; }")
    open_settings(alice)
    settings(alice).get_by_label("Notifications", exact=True).select_option("With name and text")
    alice.keyboard.press("Escape")
    alice.evaluate(HIDE, True)
    say(bob, "A ||secret|| word")
    alice.wait_for_function("() => notices.length === 1")
    assert alice.evaluate("() => notices[0]") == ["Bob", "A new message has come."]
    assert alice.evaluate("() => notices.closed") is None
    choose(bob, "word", "Delete…")
    bob.locator("#deleting").get_by_role("button", name="Delete").click()
    alice.wait_for_function("() => notices.closed === 1")


def test_an_author_sees_who_has_read_a_message_unless_they_do_not_say_so(two: tuple[Page, Page]) -> None:
    alice, bob = two
    bob.evaluate(HIDE, True)
    say(alice, "Hello")
    expect(message(alice, "Hello").locator(".delivery")).to_have_text("Received")
    bob.evaluate(HIDE, False)
    expect(message(alice, "Hello").locator(".delivery")).to_have_text("Read")
    choose(alice, "Hello", "Details")
    details = alice.get_by_role("dialog", name="What became of this message")
    expect(details).to_contain_text("Bob")
    expect(details).to_contain_text("Received by 1 of 1.")
    alice.keyboard.press("Escape")
    open_settings(bob)
    settings(bob).get_by_label("Tell the others what I have read").uncheck()
    bob.keyboard.press("Escape")
    say(alice, "Unseen")
    expect_message(bob, "Alice", "Unseen")
    expect(message(alice, "Unseen").locator(".delivery")).to_have_text("Received")
    alice.wait_for_timeout(5000)
    expect(message(alice, "Unseen").locator(".delivery")).to_have_text("Received")


def test_the_conversation_is_saved_on_this_device(two: tuple[Page, Page], tmp_path: Path) -> None:
    alice, bob = two
    say(bob, "Hello, Alice")
    expect_message(alice, "Bob", "Hello, Alice")
    for name, ending in (("Save as text", "txt"), ("Save as JSON", "json")):
        alice.get_by_role("button", name="More", exact=True).click()
        alice.get_by_role("button", name="Save the conversation…").click()
        expect(alice.get_by_role("dialog", name="Save the conversation")).to_contain_text("The file is not encrypted.")
        with alice.expect_download() as download:
            alice.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"conversation.{ending}"
        download.value.save_as(tmp_path / ending)
    assert "Bob\n    Hello, Alice\n" in (tmp_path / "txt").read_text()
    assert [told["text"] for told in json.loads((tmp_path / "json").read_text())] == ["Hello, Alice"]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_all_of_it_is_accessible_in_each_theme_and_in_a_narrow_page(open_page: Visits, theme: str) -> None:
    context = open_page.new_context(viewport={"width": 320, "height": 640})
    context.route("**/pyodide.asm.wasm", lambda _: None)
    context.add_init_script(path=node.prepare().package("axe-core") / "axe.min.js")
    context.add_init_script(f"localStorage.setItem('volly settings', '{json.dumps({'theme': theme})}')")
    page = open_page("/", context).page
    make_room(page, "Alice")
    page.keyboard.press("Control+Shift+F")
    assert violations(page) == [], "with the search"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More", exact=True).click()
    assert violations(page) == [], "with the menu"
    for name in ("Settings", "Keyboard shortcuts", "Save the conversation…"):
        if not page.locator("#more-menu").is_visible():
            page.get_by_role("button", name="More", exact=True).click()
        page.locator("#more-menu").get_by_role("button", name=name).click()
        assert violations(page) == [], name
        dialog = page.get_by_role("dialog")
        assert dialog.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth"), name
        page.keyboard.press("Escape")
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")


def test_a_long_dialog_opens_at_its_beginning_and_all_is_seen_with_colours_of_the_system(slow: Visit) -> None:
    page = slow.page
    page.set_viewport_size({"width": 320, "height": 480})
    page.emulate_media(forced_colors="active")
    make_room(page, "Alice")
    open_settings(page)
    expect(settings(page).get_by_role("heading", name="Settings")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(settings(page).get_by_label("Colours")).to_be_focused()
    order = []
    for _ in range(8):
        page.keyboard.press("Tab")
        order.append(page.evaluate("() => document.activeElement.id || document.activeElement.textContent"))
        assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
    names = ("density", "notices", "sound", "count", "badge", "undisturbed", "receipts")
    assert order == [*(f"set-{name}" for name in names), "Close"]
