"""The message box: input methods, texts without anything to see, texts without end, and drafts that nothing loses."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import ARRIVED, JOINED, enter, expect_message, expect_state, make_room, path_of, say
from tests.browser.conftest import Visit, Visits
from volly_browser.room.identity.names import is_blank
from volly_browser.room.invite import Invite

pytestmark = pytest.mark.browser

BOX = "#composer-text"
BLANKS = ["   ", "\n\n", "\u00a0", "\u3000", "\u3164", "\u2800", "\u200b", "\u00ad", "\u200b\u2060", "\u2800\n\u3164 "]
DRAFT = "Five hundred words that nobody wants to write again. " * 60
KEY_LIMIT = 200.0
"""Milliseconds from a key to what can be seen of it, for the median of some keys: one can meet a busy machine."""

SUBMITS = """() => {
  window.submits = 0;
  document.getElementById("composer").addEventListener("submit", () => { submits++; });
}"""
ENTER_OF_AN_INPUT_METHOD = """(isComposing) => {
  const text = document.getElementById("composer-text");
  text.dispatchEvent(new CompositionEvent("compositionend", { data: "日本" }));
  const enter = { key: "Enter", bubbles: true, cancelable: true };
  text.dispatchEvent(new KeyboardEvent("keydown", { ...enter, keyCode: 229, isComposing }));
  text.dispatchEvent(new KeyboardEvent("keyup", { ...enter, keyCode: 13 }));
}"""


@pytest.mark.parametrize("is_composing", [True, False], ids=["as in Chromium", "as in Safari"])
def test_the_enter_that_ends_a_conversion_sends_nothing_and_the_next_one_does(slow: Visit, is_composing: bool) -> None:
    page = slow.page
    make_room(page, "Alice")
    page.locator(BOX).fill("日本")
    page.evaluate(SUBMITS)
    page.evaluate(ENTER_OF_AN_INPUT_METHOD, is_composing)
    assert page.evaluate("submits") == 0
    page.locator(BOX).press("Enter")
    assert page.evaluate("submits") == 1


def test_a_text_in_which_nothing_can_be_seen_is_not_sendable(slow: Visit) -> None:
    page = slow.page
    make_room(page, "Alice")
    page.evaluate(SUBMITS)
    for text in BLANKS:
        assert is_blank(text), "the page and its program agree"
        page.locator(BOX).fill(text)
        assert page.locator("#send").is_disabled(), repr(text)
        page.locator(BOX).press("Enter")
    assert page.evaluate("submits") == 0
    for text in ["a", "🏳️‍🌈", "\u200ba", "©", "ـ", "\u0301"]:
        assert not is_blank(text)
        page.locator(BOX).fill(text)
        assert page.locator("#send").is_enabled(), repr(text)


# Long texts

FRAMES = """async (keys) => {
  const text = document.getElementById("composer-text");
  const took = [];
  for (const key of keys) {
    const began = performance.now();
    text.focus();
    document.execCommand("insertText", false, key);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    took.push(performance.now() - began);
  }
  return took.sort((one, other) => one - other)[took.length >> 1];
}"""


def paste(page: Page, text: str) -> None:
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.locator(BOX).focus()
    page.keyboard.press("ControlOrMeta+v")


@pytest.fixture
def alone(open_page: Visits) -> Page:
    """Alice in a room of her own, with Python."""
    page = open_page().page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    make_room(page, "Alice")
    expect_state(page, "Nobody else here")
    return page


@pytest.mark.parametrize(
    ("text", "fits"),
    [("x" * 5_000_000, False), ("line\n" * 50_000, False), ("x" * 69_000, True), ("some line\n" * 6_900, True)],
    ids=["one line without end", "lines without end", "a long line", "many lines"],
)
def test_a_paste_of_whatever_length_leaves_every_key_quick(alone: Page, text: str, fits: bool) -> None:
    began = time.monotonic()
    paste(alone, text)
    if fits:
        expect(alone.locator(BOX)).to_have_value(text)
    else:
        expect(alone.locator("#composer-problem")).to_contain_text(f"too long: {len(text):,} letters")
        expect(alone.locator(BOX)).to_have_value("")
    print(f"pasted within {time.monotonic() - began:.1f} s")
    took = alone.evaluate(FRAMES, "answer")
    print(f"a key took {took:.0f} ms")
    assert took < KEY_LIMIT
    if fits:
        alone.locator("#send").click()
        expect(alone.locator("#composer-problem")).to_contain_text("too long by about")
        assert len(alone.locator(BOX).input_value()) == len(text) + len("answer")
    alone.reload()
    expect_state(alone, "Nobody else here")
    assert alone.evaluate(FRAMES, "again") < KEY_LIMIT


def test_a_paste_that_is_too_long_is_refused_in_words_and_changes_nothing(slow: Visit) -> None:
    page = slow.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    make_room(page, "Alice")
    page.locator(BOX).press_sequentially("what stood there")
    paste(page, "one line\n" * 20_000)
    expect(page.locator("#composer-problem")).to_have_text(
        "That is too long: 180,000 letters in 20,001 lines, and one message can have about 64,000 letters. "
        "It was not put in; please send it in parts."
    )
    expect(page.locator(BOX)).to_have_value("what stood there")


def test_a_text_without_end_that_comes_another_way_leaves_the_page_working(alone: Page) -> None:
    alone.evaluate(
        """(text) => {
          const box = document.getElementById("composer-text");
          box.value = text;
          box.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        "x" * 5_000_000,
    )
    expect(alone.locator("#composer-problem")).to_contain_text("its end has been left out")
    assert len(alone.locator(BOX).input_value()) == 70_000
    assert alone.evaluate(FRAMES, "answer") < KEY_LIMIT


# Drafts


def test_a_draft_is_there_again_after_a_reload(slow: Visit) -> None:
    page = slow.page
    make_room(page, "Alice")
    page.locator(BOX).fill(DRAFT)
    page.reload(wait_until="domcontentloaded")
    expect(page.locator(BOX)).to_have_value(DRAFT)
    expect(page.locator("#send")).to_be_enabled()


def test_before_the_tab_is_closed_it_asks_about_a_draft(slow: Visit) -> None:
    page = slow.page
    make_room(page, "Alice")
    page.locator(BOX).press_sequentially(DRAFT[:20])
    with page.expect_event("dialog") as question:
        page.close(run_before_unload=True)
    assert question.value.type == "beforeunload"
    question.value.dismiss()
    expect(page.locator(BOX)).to_have_value(DRAFT[:20])


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_tab_without_a_draft_closes_unasked(slow: Visit, text: str) -> None:
    page = slow.page
    make_room(page, "Alice")
    page.locator(BOX).press_sequentially("x")
    page.locator(BOX).fill(text)
    with page.expect_event("close"):
        page.close(run_before_unload=True)


def test_a_draft_belongs_to_its_room(slow: Visit) -> None:
    page = slow.page
    address = page.url
    first = make_room(page, "Alice")
    page.locator(BOX).fill("For the first room only")
    page.goto(f"{address}#{Invite.create().fragment}")
    expect(page.locator("#switching")).to_contain_text("it is back when you open the link of this room here again")
    page.get_by_role("button", name="Go there").click()
    enter(page, "Alice")
    expect(page.locator(BOX)).to_have_value("")
    page.locator(BOX).fill("For the second")
    page.goto(first)
    page.get_by_role("button", name="Go there").click()
    enter(page, "Alice")
    expect(page.locator(BOX)).to_have_value("For the first room only")


def test_leaving_for_good_forgets_the_draft_and_says_so_before(slow: Visit) -> None:
    page = slow.page
    link = make_room(page, "Alice")
    page.locator("#leave").click()
    expect(page.locator("#leaving [data-unsent]")).to_be_hidden()
    page.keyboard.press("Escape")
    page.locator(BOX).fill("Nobody will read this")
    page.locator("#leave").click()
    expect(page.locator("#leaving [data-unsent]")).to_contain_text("forgotten")
    page.locator("#leave-now").click()
    expect(page.locator("#start")).to_be_visible()
    assert page.evaluate("() => sessionStorage.length") == 0
    page.goto(link)
    enter(page, "Alice")
    expect(page.locator(BOX)).to_have_value("")


def test_what_is_kept_does_not_tell_the_secret_of_the_room_and_ends_with_the_sending(alone: Page) -> None:
    secret = alone.locator("#invite-link").input_value().partition("#v1.")[2]
    alone.locator(BOX).fill("Soon sent")
    alone.wait_for_timeout(500)
    kept = alone.evaluate("() => JSON.stringify({ ...sessionStorage })")
    assert "Soon sent" in kept
    assert secret not in kept
    assert "Soon sent" not in alone.evaluate("() => JSON.stringify({ ...localStorage })")
    alone.locator(BOX).press("Enter")
    bob = alone.context.new_page()
    bob.goto(alone.locator("#invite-link").input_value())
    assert bob.evaluate("() => sessionStorage.length") == 0, "no other tab has it"
    enter(bob, "Bob")
    expect_message(bob, "Alice", "Soon sent")
    expect(alone.locator(".message .delivery")).to_have_text(ARRIVED)
    assert alone.evaluate("() => sessionStorage.length") == 0


def test_a_browser_that_keeps_nothing_for_sites_lets_one_write(open_page: Visits) -> None:
    context = open_page.new_context()
    context.add_init_script(
        """Object.defineProperty(window, "sessionStorage", {
          get() { throw new DOMException("no", "SecurityError"); },
        });"""
    )
    page = open_page("/", context).page
    make_room(page, "Alice")
    expect_state(page, "Nobody else here")
    say(page, "Hello")
    expect(page.locator(".message .delivery")).to_have_text("Waiting for somebody")
    page.locator(BOX).fill("A draft")
    page.locator("#leave").click()
    page.locator("#leave-now").click()
    expect(page.locator("#start")).to_be_visible(timeout=JOINED)


def test_what_waits_to_be_sent_is_there_after_a_reload_to_be_sent_again(alone: Page, open_page: Visits) -> None:
    say(alone, "Is anybody there?")
    expect(alone.locator(".message .delivery")).to_have_text("Waiting for somebody")
    alone.locator(BOX).fill("and a draft")
    alone.reload()
    expect_state(alone, "Nobody else here")
    message = alone.locator(".message", has_text="Is anybody there?")
    expect(message.locator(".delivery")).to_have_text("Possibly not sent")
    bob = open_page(path_of(alone.locator("#invite-link").input_value())).page
    enter(bob, "Bob")
    expect_state(alone, "Sealed, post-quantum")
    expect(bob.locator(".message")).to_have_count(0)
    message.get_by_role("button", name="Send again").click()
    expect_message(bob, "Alice", "Is anybody there?")
    expect(alone.locator(".message .delivery")).to_have_text(ARRIVED)
    expect(alone.locator(BOX)).to_have_value("and a draft")


def test_a_text_that_was_not_sent_is_edited_in_the_box_behind_what_is_there(alone: Page) -> None:
    say(alone, "Is anybody here?")
    alone.reload()
    expect_state(alone, "Nobody else here")
    alone.locator(BOX).fill("Hm.")
    alone.get_by_role("button", name="Edit").click()
    expect(alone.locator(BOX)).to_have_value("Hm.\nIs anybody here?")
    expect(alone.locator(BOX)).to_be_focused()
    expect(alone.locator(".message")).to_have_count(0)


def test_no_word_goes_to_a_spelling_service(slow: Visit) -> None:
    box = slow.page.locator(BOX)
    for attribute, value in [("spellcheck", "false"), ("writingsuggestions", "false"), ("autocomplete", "off")]:
        expect(box).to_have_attribute(attribute, value)
