"""Newcomers are told what was said before they came, by the members: three people over a real LiveKit."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import JOINED, enter, expect_message, expect_state, path_of, say
from tests.browser.conftest import Visits

pytestmark = pytest.mark.browser


def make_room_with_history(page: Page, name: str, choice: str) -> str:
    """Enter a new room that tells newcomers; gives its link."""
    page.get_by_label("Whoever comes later sees").select_option(label=choice)
    enter(page, name)
    return page.locator("#alone-link").input_value()


def act(page: Page, text: str, action: str) -> None:
    """Choose something from the menu of a message."""
    row = page.locator(".message").filter(has_text=text).last
    row.get_by_role("button", name="React, answer and more").click()
    page.get_by_role("group", name="This message").get_by_role("button", name=action).click()


def test_a_newcomer_reads_what_was_said_with_edits_and_reactions(open_page: Visits) -> None:
    alice = open_page("/").page
    link = path_of(make_room_with_history(alice, "Alice", "the last 20 messages as well"))
    bob = open_page(link).page
    expect(bob.locator("#start-lead")).to_contain_text("Whoever comes later is shown the last 20 messages as well.")
    expect(bob.get_by_label("Whoever comes later sees")).to_be_hidden()
    enter(bob, "Bob")
    expect_state(bob, "Sealed, post-quantum")
    say(alice, "We meet at seven")
    expect_message(bob, "Alice", "We meet at seven")
    say(bob, "Where?")
    expect_message(alice, "Bob", "Where?")
    say(bob, "A mistake")
    expect_message(alice, "Bob", "A mistake")
    act(alice, "We meet at seven", "Edit")
    say(alice, "We meet at eight")
    expect_message(bob, "Alice", "We meet at eight")
    act(bob, "We meet at eight", "Heart")
    expect(alice.get_by_role("button", name="❤️ 1: Bob")).to_be_visible(timeout=JOINED)
    act(bob, "A mistake", "Delete")
    bob.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(alice.get_by_text("This message was deleted.")).to_be_visible(timeout=JOINED)

    carol = open_page(link).page
    enter(carol, "Carol")
    expect_message(carol, "Alice", "We meet at eight")
    say(carol, "I come, too")
    expect_message(carol, "Bob", "Where?")
    expect(carol.get_by_text("edited")).to_be_visible()
    expect(carol.get_by_role("button", name="❤️ 1: Bob")).to_be_visible()
    expect(carol.locator(".message")).to_have_count(3)
    assert [row.locator(".text").inner_text() for row in carol.locator(".message").all()] == [
        "We meet at eight",
        "Where?",
        "I come, too",
    ]
    mark = carol.get_by_role("button", name="'s page").first
    mark.click()
    expect(carol.get_by_role("dialog", name="From before you came")).to_contain_text("confirmed every letter")
    carol.keyboard.press("Escape")
    expect(mark).to_be_focused()

    act(alice, "We meet at eight", "Edit")
    say(alice, "We meet at nine")
    expect_message(carol, "Alice", "We meet at nine")
    bob.get_by_role("button", name="Leave").click()
    bob.get_by_role("dialog").get_by_role("button", name="Leave").click()
    expect(carol.locator(".note").filter(has_text=re.compile("Bob.* left"))).to_be_visible(timeout=JOINED)

    dave = open_page(link).page
    enter(dave, "Dave")
    expect_message(dave, "Alice", "We meet at nine")
    expect_message(dave, "Bob", "Where?")
    left = dave.locator(".message").filter(has_text="Where?")
    left.get_by_role("button", name="from Alice's page, not confirmed").click()
    expect(dave.get_by_role("dialog", name="From before you came")).to_contain_text("made it up")
