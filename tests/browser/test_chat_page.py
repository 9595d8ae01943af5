"""The chat page as people use it, over a real LiveKit server."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.chatting import (
    APPLY,
    ARRIVED,
    JOINED,
    add_messages,
    enter,
    expect_message,
    expect_state,
    make_room,
    path_of,
    say,
)
from tests.browser.conftest import Visit, Visits
from tests.browser.wire import TokenAnswers
from volly_browser.room.invite import Invite
from volly_browser.tools.stack import Stack
from volly_browser.ui import wording

pytestmark = pytest.mark.browser


def test_two_people_meet_through_a_link_and_talk(two: tuple[Page, Page]) -> None:
    alice, bob = two
    expect(alice.locator("#people-list .person-name")).to_have_text(["Alice", "Bob"])
    say(alice, "Hello, quantum world!")
    expect_message(bob, "Alice", "Hello, quantum world!")
    expect(alice.locator(".message .delivery")).to_have_text(ARRIVED)
    say(bob, "مرحبا، <b>Alice</b>\nand a second line")
    expect_message(alice, "Bob", "<b>Alice</b>")
    expect(alice.locator(".message .text").last).to_have_text("مرحبا، <b>Alice</b>\nand a second line")
    expect(bob.locator(".message time")).to_have_count(2)


SAY_AT = """([when, texts]) => {
  const box = document.getElementById("composer-text");
  const say = () => {
    const text = texts.shift();
    if (!text) return;
    box.value = text;
    document.getElementById("composer").requestSubmit();
    setTimeout(say);
  };
  setTimeout(say, when - Date.now());
}"""


def test_texts_that_cross_stand_in_one_order_in_both_pages(two: tuple[Page, Page]) -> None:
    when = 1000 * time.time() + 1500
    for page, name in zip(two, ("Alice", "Bob"), strict=True):
        page.evaluate(SAY_AT, [when, [f"{name} {number}" for number in range(5)]])
    for page in two:
        expect(page.locator(".message")).to_have_count(10, timeout=JOINED)
        expect(page.locator(".message[data-delivery=received]")).to_have_count(5, timeout=JOINED)
    alice, bob = (page.locator(".message .text").all_text_contents() for page in two)
    assert alice == bob
    assert [text for text in alice if text.startswith("Bob")] == [f"Bob {number}" for number in range(5)]


def test_newcomers_in_place_of_all_that_one_talked_with_are_told_from_them(two: tuple[Page, Page]) -> None:
    alice, bob = two
    say(alice, "Only for you")
    expect_message(bob, "Alice", "Only for you")
    bob.reload()
    expect_state(bob, "Sealed, post-quantum")
    expect(alice.locator(".note").last).to_have_text(wording.ALL_OTHERS, timeout=JOINED)
    expect(bob.locator(".note", has_text=wording.ALL_OTHERS)).to_have_count(0)


def test_the_others_see_that_a_member_is_writing(two: tuple[Page, Page]) -> None:
    alice, bob = two
    bob.get_by_role("textbox", name="Message").press_sequentially("Wait, I am just", delay=250)
    expect(alice.locator("#activity")).to_have_text(re.compile("Bob.* is typing…"))
    expect(bob.locator("#activity")).to_be_hidden()
    bob.keyboard.press("Enter")
    expect_message(alice, "Bob", "Wait, I am just")
    expect(alice.locator("#activity")).to_be_hidden(timeout=1_000)


def test_leaving_is_seen_by_the_others_and_leads_back_to_the_start(two: tuple[Page, Page]) -> None:
    alice, bob = two
    bob.get_by_role("button", name="Leave").click()
    bob.locator("#leave-now").click()
    expect(bob.get_by_role("heading", name="Open a room")).to_be_visible(timeout=10_000)
    expect(bob.locator("#messages li")).to_have_count(0)
    expect_state(alice, "Nobody else here")
    expect(alice.locator("#messages")).to_contain_text("Bob")
    enter(bob, "Bob again")
    expect_state(bob, "Nobody else here")


def test_a_reload_leads_back_into_the_room(two: tuple[Page, Page]) -> None:
    alice, bob = two
    bob.reload()
    expect_state(bob, "Sealed, post-quantum")
    say(alice, "Still here?")
    expect_message(bob, "Alice", "Still here?")


JOIN_WITH_TOKEN = """async ([url, token]) => {
  const livekit = performance.getEntriesByType("resource").find(({name}) => name.endsWith("/livekit.mjs")).name;
  const room = new (await import(livekit)).Room();
  await room.connect(url, token, {autoSubscribe: false, rtcConfig: {iceServers: []}});
}"""


def test_a_place_that_another_connection_takes_is_taken_over_only_when_that_is_wanted(open_page: Visits) -> None:
    alice = open_page().page
    answers = TokenAnswers(alice)
    link = make_room(alice, "Alice")
    bob = open_page(path_of(link)).page
    enter(bob, "Bob")
    expect_state(alice, "Sealed, post-quantum")
    grant = json.loads(answers.bodies[-1])
    bob.evaluate(JOIN_WITH_TOKEN, [grant["url"], grant["token"]])
    expect_state(alice, "Place taken")
    say(alice, "Still me")
    alice.wait_for_timeout(3_000)
    expect_state(alice, "Place taken")
    expect(alice.locator(".message .delivery")).to_have_text("Waiting to be sent")
    alice.get_by_role("button", name="Take over").click()
    expect_message(bob, "Alice", "Still me")
    expect(alice.locator(".message .delivery")).to_have_text(ARRIVED)


def test_what_is_written_alone_waits_for_the_first_newcomer(open_page: Visits) -> None:
    alice = open_page().page
    link = make_room(alice, "Alice")
    expect_state(alice, "Nobody else here")
    say(alice, "Read this when you come")
    expect(alice.locator(".message .delivery")).to_have_text("Waiting for somebody")
    bob = open_page(path_of(link)).page
    enter(bob, "Bob")
    expect_message(bob, "Alice", "Read this when you come")
    expect(alice.locator(".message .delivery")).to_have_text(ARRIVED)


def test_a_classical_room_is_named_so_before_and_after_joining(open_page: Visits) -> None:
    path = f"/#{Invite.create('classical').fragment}"
    alice, bob = open_page(path).page, open_page(path).page
    expect(alice.locator("#start-lead")).to_contain_text("not against quantum computers")
    enter(alice, "Alice")
    enter(bob, "Bob")
    for page in (alice, bob):
        expect_state(page, "Sealed, not post-quantum")


def test_everything_can_be_done_from_the_keyboard(open_page: Visits) -> None:
    page = open_page().page
    keys = page.keyboard
    expect(page.get_by_label("Your name")).to_be_focused()
    keys.type("Alice")
    keys.press("Enter")
    expect(page.locator("#composer-text")).to_be_focused()
    link = page.locator("#alone-link").input_value()
    other = open_page(path_of(link)).page
    enter(other, "Bob")
    expect_state(page, "Sealed, post-quantum")
    keys.type("one")
    keys.press("Shift+Enter")
    keys.type("two")
    keys.press("Enter")
    expect_message(other, "Alice", "one\ntwo")
    page.get_by_role("button", name="Leave").focus()
    keys.press("Enter")
    expect(page.locator("#leaving")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#leaving")).not_to_be_visible()
    expect(page.get_by_role("button", name="Leave")).to_be_focused()


def test_a_server_that_is_down_is_waited_for_and_can_be_tried_at_once(open_page: Visits, stack: Stack) -> None:
    stack.stop_livekit()
    try:
        page = open_page().page
        make_room(page, "Alice")
        expect_state(page, "No connection")
        expect(page.locator("#notice-text")).not_to_be_empty()
    finally:
        stack.start_livekit()
    page.get_by_role("button", name="Try now").click()
    expect_state(page, "Nobody else here")
    expect(page.locator("#notice")).not_to_be_visible()


# Without Python: these need no start of it, and some make sure that it does not start.


def test_before_python_is_there_a_name_can_be_typed_and_a_link_be_copied(slow: Visit) -> None:
    page = slow.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator("#boot-text")).to_contain_text(re.compile(r"[1-9][\d.]* of \d\.\d MB"))
    link = make_room(page, "Alice")
    assert Invite.parse(link).policy == "hybrid"
    page.locator("#alone [data-copy-invite]").click()
    expect(page.locator("#alone [data-copy-invite]")).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == link
    say_early = page.get_by_role("textbox", name="Message")
    say_early.fill("too early")
    say_early.press("Enter")
    expect(page.locator("#composer-problem")).to_contain_text("still being loaded")
    expect(say_early).to_have_value("too early")


def test_the_secret_goes_out_of_the_address_and_stays_in_the_tab(slow: Visit) -> None:
    page = slow.page
    invite = Invite.create()
    page.goto(f"{page.url}#{invite.fragment}")
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    assert "#" not in page.url
    page.get_by_label("Your name").fill("Bob")
    page.locator("#enter-button").click()
    assert page.locator("#invite-link").input_value().endswith(f"#{invite.fragment}")
    page.reload(wait_until="domcontentloaded")
    expect(page.locator("#room")).to_be_visible()
    assert page.locator("#invite-link").input_value().endswith(f"#{invite.fragment}")
    assert not [url for url in slow.requests if invite.fragment[:10] in url.rpartition("#")[0]]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda good: good[:-5], "incomplete"),
        (lambda good: good[:9] + ("A" if good[9] != "A" else "B") + good[10:], "a letter is wrong"),
        (lambda good: "v3" + good[2:], "newer Volly"),
        (lambda _: "hello", "not an invite link"),
    ],
)
def test_a_wrong_link_is_refused_before_anything_is_joined(slow: Visit, change: object, sentence: str) -> None:
    assert callable(change)
    page = slow.page
    page.goto(f"{page.url}#{change(Invite.create().fragment)}")
    expect(page.locator("#link-problem")).to_contain_text(sentence)
    expect(page.locator("#enter-button")).to_have_text("Make a room")
    page.get_by_label("Invite link").first.fill(f"https://volly.example/#{Invite.create().fragment}")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#enter-button")).to_have_text("Join the room")
    expect(page.locator("#link-problem")).not_to_be_visible()


def test_a_room_wants_a_name(slow: Visit) -> None:
    page = slow.page
    enter(page, "   ")
    expect(page.locator("#name-problem")).to_have_text("Please type a name. Any will do.")
    expect(page.get_by_label("Your name")).to_be_focused()
    expect(page.locator("#start")).to_be_visible()


def test_a_link_opened_inside_a_room_asks_first(slow: Visit) -> None:
    page = slow.page
    address = page.url
    first = make_room(page, "Alice")
    other = Invite.create().fragment
    page.goto(f"{address}#{other}")
    page.get_by_role("button", name="Stay here").click()
    assert page.locator("#invite-link").input_value() == first
    page.goto(f"{address}#{other}")
    page.get_by_role("button", name="Go there").click()
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()


STAY_AND_OPEN_AGAIN = """(fragment) => {
  document.getElementById("switching").close();  // its close event comes only after the next link has been opened
  history.replaceState(history.state, "", `#${fragment}`);
  dispatchEvent(new HashChangeEvent("hashchange"));
}"""


def test_a_link_opened_again_at_once_is_asked_about_again(slow: Visit) -> None:
    page = slow.page
    address = page.url
    make_room(page, "Alice")
    other = Invite.create().fragment
    page.goto(f"{address}#{other}")
    expect(page.get_by_role("button", name="Stay here")).to_be_visible()
    page.evaluate(STAY_AND_OPEN_AGAIN, other)
    page.wait_for_timeout(100)
    page.get_by_role("button", name="Go there").click()
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()


AT_END = """() => {
  const log = document.getElementById("log");
  return log.scrollHeight - log.scrollTop - log.clientHeight < 5;
}"""


def test_the_log_stays_at_its_end_unless_the_user_reads_further_up(slow: Visit) -> None:
    page = slow.page
    make_room(page, "Alice")
    text = "Text\n" * 4
    for number in range(20):
        page.evaluate(APPLY, add_messages([text], first=number))
    assert page.evaluate(AT_END)
    page.locator("#log").hover()
    page.mouse.wheel(0, -600)
    newer = page.get_by_role("button", name="Jump to latest")
    expect(newer).to_be_visible()
    page.evaluate(APPLY, add_messages([text], first=20) | {"unread": [1, "20"]})
    page.evaluate(APPLY, add_messages([text], first=21) | {"unread": [2, "20"]})
    expect(newer).to_have_text("Jump to latest2 new")
    assert not page.evaluate(AT_END)
    newer.click()
    assert page.evaluate(AT_END)
    page.locator("#log").hover()
    page.mouse.wheel(0, -600)
    page.wait_for_timeout(200)
    page.evaluate(APPLY, add_messages([text], first=22, look="own") | {"follow": True})
    assert page.evaluate(AT_END), "what we write ourselves is always seen"


def expect_blocked(page: Page, title: str, sentence: str) -> None:
    expect(page.locator("#blocked-title")).to_have_text(title, timeout=JOINED)
    expect(page.locator("#blocked-text")).to_contain_text(sentence)
    expect(page.get_by_role("button", name="Reload the page")).to_be_focused()


def test_a_package_that_was_changed_stops_the_page(open_page: Visits) -> None:
    def change(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body() + b"\0")

    context = open_page.new_context()
    context.route("**/volly_browser-*.whl", change)
    expect_blocked(open_page("/", context).page, "This page has been changed", "Nothing was started.")


def test_a_mistake_in_the_configuration_is_named(open_page: Visits) -> None:
    def misconfigure(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('"engines":{}', '"engines":{"ML-KEM-768":"abacus"}'))

    context = open_page.new_context()
    context.route(re.compile(r"/$"), misconfigure)
    page = open_page("/", context).page
    expect_blocked(page, "Volly could not start", "The configuration names an unknown engine: abacus")


@pytest.mark.parametrize(
    "file", ["pyodide.asm.wasm", "python_stdlib.zip", "pyodide.asm.mjs", "livekit.mjs", "kyber_py-*.whl"]
)
def test_a_file_that_does_not_come_is_named_with_a_way_out(open_page: Visits, file: str) -> None:
    context = open_page.new_context()
    context.route(f"**/{file}", lambda route: route.abort())
    page = open_page("/", context).page
    expect_blocked(page, "Volly could not be loaded", "check your connection")
    context.unroute_all()
    page.get_by_role("button", name="Reload the page").click()
    expect(page.locator("#start")).to_be_visible()


def test_a_browser_without_webassembly_is_told_so(open_page: Visits) -> None:
    context = open_page.new_context()
    context.add_init_script("delete globalThis.WebAssembly")
    expect_blocked(open_page("/", context).page, "Volly cannot run in this browser", "WebAssembly")


def test_without_javascript_the_page_says_what_it_needs(open_page: Visits) -> None:
    page = open_page("/", open_page.new_context(java_script_enabled=False)).page
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("noscript p")).to_contain_text("needs JavaScript")
    expect(page.locator("#enter")).not_to_be_visible()
