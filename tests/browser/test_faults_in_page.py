"""Faults of the page as people meet them: said, with a way back, and nothing that was written is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import JOINED, enter, expect_message, expect_state, make_room, path_of, say
from tests.browser.conftest import Visit, Visits
from volly_browser.room.invite import Invite

pytestmark = pytest.mark.browser

POISON = """() => {
  const { get, set } = Object.getOwnPropertyDescriptor(Node.prototype, "textContent");
  Object.defineProperty(Node.prototype, "textContent", {
    get,
    set(text) {
      if (text === "poison") throw new Error("This text cannot be drawn.");
      set.call(this, text);
    },
  });
}"""


@pytest.fixture
def alice(open_page: Visits) -> Visit:
    """Alone in her room."""
    visit = open_page()
    make_room(visit.page, "Alice")
    expect_state(visit.page, "Nobody else here")
    return visit


@pytest.fixture
def bob(alice: Visit, open_page: Visits) -> Page:
    page = open_page(path_of(alice.page.locator("#invite-link").input_value())).page
    enter(page, "Bob")
    expect_state(page, "Sealed, post-quantum")
    return page


def test_one_message_that_cannot_be_drawn_is_said_to_be_there_and_the_conversation_goes_on(
    alice: Visit, bob: Page
) -> None:
    page = alice.page
    page.evaluate(POISON)
    for text in ("before", "poison", "after"):
        say(bob, text)
    expect(page.locator(".message .text")).to_have_text(["before", "This message cannot be shown.", "after"])
    say(page, "Did you write something in between?")
    expect_message(bob, "Alice", "in between")
    assert any("This text cannot be drawn." in message.text for message in alice.console), "it is on the console"


def test_a_server_that_refuses_is_named_and_can_be_tried_again(open_page: Visits) -> None:
    context = open_page.new_context()
    context.route("**/token", lambda route: route.fulfill(status=403, json={"error": "Not today."}))
    page = open_page("/", context).page
    make_room(page, "Alice")
    page.locator("#composer-text").fill("A draft")
    expect_state(page, "Closed")
    page.locator("#composer-text").press("Enter")
    expect(page.locator("#composer-problem")).to_contain_text("Start over to come back")
    context.unroute_all()
    page.get_by_role("button", name="Start over").click()
    expect_state(page, "Nobody else here")
    expect(page.locator("#composer-text")).to_have_value("A draft")
    expect(page.locator("#notice")).to_be_hidden()


def test_a_fault_that_ends_the_program_says_so_and_a_reload_brings_the_draft_back(alice: Visit) -> None:
    page = alice.page
    link = page.locator("#invite-link").input_value()
    page.locator("#composer-text").fill("A draft")
    page.evaluate("() => { HTMLInputElement.prototype.focus = () => { throw new Error('Nobody expected this.'); }; }")
    page.goto(f"{page.url}#{Invite.create().fragment}")
    page.get_by_role("button", name="Go there").click()
    expect(page.locator("#blocked-title")).to_have_text("Volly has stopped", timeout=JOINED)
    expect(page.locator("#blocked-text")).to_contain_text("what you had not sent is kept")
    page.get_by_role("button", name="Reload the page").click()
    expect(page.locator("#start")).to_be_visible()
    page.goto(link)
    enter(page, "Alice")
    expect(page.locator("#composer-text")).to_have_value("A draft")
