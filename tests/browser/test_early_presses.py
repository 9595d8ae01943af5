"""What is pressed before the page's program is there: it is remembered, said so, and done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.late import Held, open_with_late_scripts
from tests.browser.test_chat_page import expect_state, path_of
from volly_browser.room.invite import Invite

pytestmark = pytest.mark.browser

Late = Callable[[str], tuple[Page, Held]]


@pytest.fixture
def late(open_page: Visits) -> Iterator[Late]:
    """Opens pages whose scripts all wait to be released, and whose engine never comes."""
    opened = []

    def open_late(path: str = "/") -> tuple[Page, Held]:
        page, held = open_with_late_scripts(open_page, path)
        engine = Held(page.context, "**/pyodide.asm.wasm")
        opened.extend([held, engine])
        return page, held

    yield open_late
    for held in opened:
        held.drop()


def press_enter(page: Page) -> None:
    page.get_by_label("Your name").press("Enter")


def press_button(page: Page) -> None:
    page.locator("#enter-button").click()


@pytest.mark.parametrize("press", [press_enter, press_button])
def test_a_press_before_any_script_is_there_is_said_to_be_remembered_and_then_done(
    late: Late, press: Callable[[Page], None]
) -> None:
    page, held = late("/")
    page.get_by_label("Your name").fill("Alice")
    press(page)
    expect(page.locator("#early")).to_be_visible()
    expect(page.locator("#enter")).not_to_be_visible()
    held.release()
    expect(page.locator("#room")).to_be_visible()
    expect(page.locator("#early")).not_to_be_visible()
    assert page.evaluate("() => history.state.visit.name") == "Alice"
    assert "?" not in page.url


def test_an_early_press_without_a_name_asks_for_one(late: Late) -> None:
    page, held = late("/")
    press_enter(page)
    held.release()
    expect(page.locator("#name-problem")).to_have_text("Please type a name. Any will do.")
    expect(page.get_by_label("Your name")).to_be_focused()


def test_an_early_press_behind_a_link_enters_the_room_of_the_link(late: Late) -> None:
    fragment = Invite.create().fragment
    page, held = late(f"/#{fragment}")
    page.get_by_label("Your name").fill("Bob")
    press_enter(page)
    held.release()
    expect(page.locator("#room")).to_be_visible()
    expect(page.locator("#invite-link")).to_have_value(re.compile(f"#{re.escape(fragment)}$"))
    expect(page).not_to_have_url(re.compile("#"))


@pytest.mark.parametrize(
    ("fragment", "place", "says"),
    [
        (Invite.create("classical").fragment, "#start-lead", "not against quantum computers"),
        (Invite.create().fragment[:-5], "#link-problem", "incomplete"),
    ],
)
def test_an_early_press_does_nothing_where_something_is_to_be_read_first(
    late: Late, fragment: str, place: str, says: str
) -> None:
    page, held = late(f"/#{fragment}")
    page.get_by_label("Your name").fill("Bob")
    press_enter(page)
    held.release()
    expect(page.locator(place)).to_contain_text(says)
    page.wait_for_timeout(500)
    expect(page.locator("#enter")).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Bob")


def test_a_link_given_early_is_opened(late: Late) -> None:
    fragment = Invite.create().fragment
    page, held = late("/")
    page.get_by_label("Your name").fill("Bob")
    page.get_by_text("I was sent a link").click()
    page.locator("#link").fill(f"https://volly.example/#{fragment}")
    page.locator("#link").press("Enter")
    expect(page.locator("#early")).to_be_visible()
    held.release()
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Bob")
    press_enter(page)
    assert page.locator("#invite-link").input_value().endswith(f"#{fragment}")


def test_a_press_while_the_link_is_being_read_goes_where_the_link_leads(late: Late) -> None:
    """Reading a link takes a few milliseconds, in which a browser may already have a press to hand over."""
    page, held = late("/")
    held.release()
    expect(page.locator("#boot-text")).to_contain_text(re.compile(r"[1-9][\d.]* of"))
    fragment = Invite.create().fragment
    page.evaluate(
        """(fragment) => {
          document.getElementById("name").value = "Bob";
          history.replaceState(null, "", `#${fragment}`);
          dispatchEvent(new HashChangeEvent("hashchange"));
          document.getElementById("enter").requestSubmit();
        }""",
        fragment,
    )
    expect(page.locator("#room")).to_be_visible()
    assert page.locator("#invite-link").input_value().endswith(f"#{fragment}")


def test_two_people_whose_scripts_were_late_meet(open_page: Visits) -> None:
    pages = []
    path = "/"
    for name in ("Alice", "Bob"):
        page, held = open_with_late_scripts(open_page, path)
        page.get_by_label("Your name").fill(name)
        press_enter(page)
        page.wait_for_timeout(2_000)
        held.release()
        expect(page.locator("#room")).to_be_visible()
        path = path_of(page.locator("#invite-link").input_value())
        pages.append(page)
    for page in pages:
        expect_state(page, "Sealed, post-quantum")


def test_how_it_works_can_be_read_before_any_script_is_there(late: Late) -> None:
    page, held = late("/")
    page.get_by_role("button", name="How it works").click()
    expect(page.locator("#about")).to_be_visible()
    page.locator("#about").get_by_role("button", name="Close").click()
    expect(page.locator("#about")).not_to_be_visible()
    held.release()
    expect(page.locator("#boot-text")).to_contain_text(re.compile(r"[1-9][\d.]* of"))
    page.get_by_role("button", name="How it works").click()
    expect(page.locator("#about")).to_be_visible()
