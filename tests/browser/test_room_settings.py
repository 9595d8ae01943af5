"""A room gets a title, a topic and pins, all see the same, and one that comes later sees it, too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chatting import JOINED, enter, expect_message, expect_state, make_room, path_of, say, violations
from tests.browser.conftest import Visits

pytestmark = pytest.mark.browser


def set_room(page: Page, **wanted: str) -> None:
    """Fill in the dialog; the names are those of its fields."""
    page.get_by_role("button", name="Title, topic and timer").click()
    dialog = page.get_by_role("dialog", name="This room")
    for name, value in wanted.items():
        field = dialog.get_by_label(name.capitalize(), exact=True)
        field.fill(value)
    dialog.get_by_role("button", name="Set", exact=True).click()


def line(page: Page) -> Locator:
    return page.locator("#room-line")


def choose(page: Page, text: str, action: str) -> None:
    message = page.locator(".message", has=page.locator(".text", has_text=text)).last
    message.get_by_role("button", name="React, answer and more").click()
    page.locator("#message-menu").get_by_role("button", name=action, exact=True).click()


def test_title_topic_and_pins_are_seen_by_all_and_by_one_that_comes_later(open_page: Visits) -> None:
    alice = open_page().page
    link = make_room(alice, "Alice")
    expect_state(alice, "Nobody else here")
    set_room(alice, title="Tea at five", topic="Who brings the cake?")
    expect(line(alice)).to_contain_text("Tea at five Who brings the cake?")
    bob = open_page(path_of(link)).page
    enter(bob, "Bob")
    expect(line(bob)).to_contain_text("Tea at five Who brings the cake?", timeout=JOINED)

    say(bob, "I bring the cake")
    expect_message(alice, "Bob", "I bring the cake")
    choose(alice, "I bring the cake", "Pin")
    for page in (alice, bob):
        expect(page.get_by_role("button", name="1 pinned: show them")).to_be_visible()
        expect(page.locator(".message .pinned", has_text="pinned")).to_be_visible()
    expect(bob.locator(".note", has_text="pinned a message")).to_have_count(1)
    for number in range(40):
        say(bob, f"Message {number}")
    expect_message(alice, "Bob", "Message 39")
    alice.get_by_role("button", name="1 pinned: show them").click()
    pins = alice.get_by_role("dialog", name="Pinned messages")
    expect(pins).to_contain_text("I bring the cake")
    expect(pins).to_contain_text("set by you")
    assert violations(alice) == []
    pins.get_by_role("button", name="Show the message of Bob").click()
    expect(alice.locator(".message .text", has_text="I bring the cake")).to_be_in_viewport()

    set_room(bob, title="Tea at six")
    for page in (alice, bob):
        expect(line(page)).to_contain_text("Tea at six Who brings the cake?")
    expect(alice.locator(".note", has_text="set the title to")).to_have_count(2)

    carol = open_page(path_of(link)).page
    enter(carol, "Carol")
    expect(line(carol)).to_contain_text("Tea at six Who brings the cake?", timeout=JOINED)
    carol.get_by_role("button", name="1 pinned: show them").click()
    expect(carol.get_by_role("dialog", name="Pinned messages")).to_contain_text("A message that is not here")
    carol.get_by_role("button", name="Take down").click()
    for page in (alice, bob, carol):
        expect(page.get_by_role("button", name="pinned: show them")).to_be_hidden()
    carol.keyboard.press("Escape")


def test_what_one_that_has_left_has_set_is_told_as_the_word_of_another(
    two: tuple[Page, Page], open_page: Visits
) -> None:
    alice, bob = two
    set_room(bob, title="Bob's room")
    expect(line(alice)).to_contain_text("Bob's room")
    alice.locator("#show-invite").click()
    link = alice.locator("#invite-link").input_value()
    alice.keyboard.press("Escape")
    bob.get_by_role("button", name="Leave").click()
    bob.locator("#leave-now").click()
    expect(alice.locator("#people-list li")).to_have_count(1, timeout=JOINED)
    carol = open_page(path_of(link)).page
    enter(carol, "Carol")
    expect(line(carol)).to_contain_text("Bob's room", timeout=JOINED)
    expect(carol.locator(".note", has_text="who has left, set the title")).to_be_visible()
    carol.get_by_role("button", name="Title, topic and timer").click()
    expect(carol.locator("#set-title-by")).to_have_text("set by \u2068Bob\u2069, as \u2068Alice\u2069's page says")
