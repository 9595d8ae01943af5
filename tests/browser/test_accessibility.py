"""Every view against axe-core's rules for WCAG 2.2 AA and good practice, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, Route

from tests.browser.chatting import APPLY, patch
from tests.browser.conftest import Visits
from volly_browser.room.invite import Invite
from volly_browser.tools import node

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FILL_ROOM = """() => {
  const stamp = (name) => document.getElementById(name).content.firstElementChild.cloneNode(true);
  document.getElementById("alone").hidden = true;
  for (const style of ["hue-1", "hue-7 own", "hue-10"]) {
    const message = stamp("message-template");
    message.className += ` ${style}`;
    message.querySelector(".sender-name").textContent = "Somebody";
    const link = document.createElement("a");
    link.href = link.textContent = "https://example.org/";
    message.querySelector(".text").append("Text and ", link);
    message.querySelector("time").textContent = "12:34";
    message.querySelector(".delivery").textContent = "Received by 2 of 3";
    document.getElementById("messages").append(message);
  }
  const failed = stamp("message-template");
  failed.classList.add("own");
  failed.dataset.delivery = "failed";
  failed.querySelector(".text").textContent = "There is nothing to be seen in this message.";
  failed.querySelector(".text").classList.add("stand-in");
  failed.querySelector("time").textContent = "12:34, arrived 12:56";
  failed.querySelector(".delivery").textContent = "Possibly not sent";
  for (const words of ["Send again", "Edit"]) {
    const button = document.createElement("button");
    button.className = "plain";
    button.textContent = words;
    failed.querySelector(".choices").append(button);
  }
  document.getElementById("messages").append(failed);
  for (const line of document.querySelectorAll("[data-unsent]")) line.hidden = false;
  const note = stamp("note-template");
  note.classList.add("warning");
  note.firstElementChild.textContent = "1 message is missing.";
  document.getElementById("messages").append(note);
  document.querySelector("#activity .who").textContent = "Somebody";
  document.querySelector("#activity .what").textContent = " is typing…";
  document.getElementById("activity").hidden = false;
  const person = stamp("person-template");
  person.querySelector(".person-name").textContent = "Alice";
  document.getElementById("people-list").append(person);
}"""

EVERYTHING = {
    "row_id": "everything",
    "look": "hue-4 own",
    "day": "Tuesday, 24 November",
    "quote": ["other", "Somebody", "What is answered"],
    "text": (
        "# An answer\n*with* **all** ~~that~~ `there` ||is|| https://example.org/ [and](https://example.org/)\n"
        "- a list\n\n7. another\n\n> a quote\n\n```py\ndef f(a: int) -> str:\n    return 'b'  # c\n```\n---\n"
    ),
    "is_markdown": True,
    "mentions": [[2, 2, "@Alice", "k3f9-7qzx", True], [5, 6, "@Bob", "", False]],
    "time": "12:34",
    "timer": "disappears after 1 hour",
    "pinned": "pinned",
    "edited": "edited",
    "reactions": [["👍", 2, True, "Somebody and you"], ["🎉", 1, False, "Somebody"]],
    "can": ["react", "reply", "unpin", "edit", "delete"],
}
"""A row with all that one can have."""


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, open_page: Visits) -> Iterator[Page]:
    """The chat page without Python, which only fills in texts, and with axe in it."""
    context = open_page.new_context(color_scheme=request.param)
    held: list[Route] = []
    context.route("**/pyodide.asm.wasm", lambda route: held.append(route))  # noqa: PLW0108 - no built-ins here
    context.add_init_script(path=node.prepare().package("axe-core") / "axe.min.js")
    yield open_page("/", context).page
    for route in held:
        route.abort()


def violations(page: Page) -> list[str]:
    page.wait_for_timeout(400)  # until nothing fades in any more, which would be measured as low contrast
    found: dict[str, list[dict[str, Any]]] = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    assert len(found["passes"]) > 15, "axe has looked at the page"
    return [f"{rule['id']}: {place['html']}" for rule in found["violations"] for place in rule["nodes"]]


def test_every_view_is_accessible(page: Page) -> None:
    assert violations(page) == []
    page.locator("#enter-button").click()
    assert violations(page) == [], "with a name missing"
    page.get_by_text("How it works").click()
    assert violations(page) == [], "with the explanation"
    page.keyboard.press("Escape")
    page.get_by_label("Your name").fill("Alice")
    page.locator("#enter-button").click()
    assert violations(page) == [], "alone in the room"
    page.evaluate(FILL_ROOM)
    page.evaluate(APPLY, patch(["insert", EVERYTHING, ""], ["insert", EVERYTHING | {"row_id": "o", "look": ""}, ""]))
    page.locator(".code-keyword").first.wait_for()
    assert violations(page) == [], "in a conversation"
    page.get_by_role("button", name="Show spoiler").first.click()
    assert violations(page) == [], "with a spoiler that is shown"
    told = EVERYTHING | {
        "row_id": "t",
        "look": "hue-2",
        "relayed": ["from Alice's page", "What it means."],
        "reactions": [["👍", 1, False, "Bob (not confirmed)", True]],
    }
    doubtful = told | {"row_id": "d", "look": "unconfirmed", "relayed": ["from Alice's page, not confirmed", "Why."]}
    page.evaluate(APPLY, patch(["insert", told, ""], ["insert", doubtful, ""]))
    assert violations(page) == [], "told what was said before"
    page.get_by_role("button", name="from Alice's page, not confirmed").click()
    assert violations(page) == [], "asked what that means"
    page.keyboard.press("Escape")
    page.locator(".more").first.click()
    assert violations(page) == [], "with the menu of a message"
    page.get_by_role("button", name="Delete…").click()
    assert violations(page) == [], "asked whether to delete it"
    page.keyboard.press("Escape")
    page.evaluate("() => { document.getElementById('about-line').hidden = false; }")
    assert violations(page) == [], "about to answer"
    for button, dialog in [
        ("#state", "#protection"),
        ("#show-setting", "#setting"),
        ("#show-invite", "#invite"),
        ("#leave", "#leaving"),
    ]:
        page.locator(button).click()
        assert violations(page) == [], dialog
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Keep on this device").click()
    page.get_by_role("button", name="Keep it").click()
    for dialog in ("keep", "unlock", "kept", "erasing"):
        if page.locator(f"#{dialog}").is_hidden():
            page.evaluate("(id) => document.getElementById(id).showModal()", dialog)
        assert violations(page) == [], dialog
        page.keyboard.press("Escape")


def test_the_list_of_people_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Your name").fill("Alice")
    page.locator("#enter-button").click()
    page.evaluate(FILL_ROOM)
    page.locator("#show-people").click()
    assert violations(page) == []


def test_the_page_that_says_why_nothing_works(open_page: Visits) -> None:
    context = open_page.new_context()
    context.add_init_script("delete globalThis.WebAssembly")
    context.add_init_script(path=node.prepare().package("axe-core") / "axe.min.js")
    page = open_page("/", context).page
    page.locator("#blocked").wait_for()
    assert page.evaluate("async () => (await axe.run(document)).violations.map((rule) => rule.id)") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_that_warns_of_a_link_that_was_changed(open_page: Visits, scheme: Literal["light", "dark"]) -> None:
    context = open_page.new_context(color_scheme=scheme)
    context.add_init_script(path=node.prepare().package("axe-core") / "axe.min.js")
    page = open_page(f"/%23{Invite.create().fragment}", context).page
    page.locator("#sent").wait_for()
    assert violations(page) == []


def test_the_page_after_an_early_press_and_when_it_does_not_start(page: Page) -> None:
    page.evaluate("() => document.getElementById('entering').close('enter')")
    assert violations(page) == [], "after an early press"
    page.evaluate(
        """() => {
          const stuck = document.createElement("p");
          stuck.className = "card problem stuck known";
          stuck.textContent = "A part of this page is not what it should be.";
          document.getElementById("start").append(stuck);
        }"""
    )
    assert violations(page) == [], "when it does not start"


def test_axe_would_notice(page: Page) -> None:
    page.evaluate("() => document.getElementById('start-lead').style.setProperty('color', 'var(--line)')")
    page.evaluate("() => document.querySelector('label[for=name]').remove()")
    assert {found.partition(":")[0] for found in violations(page)} >= {"color-contrast", "label"}
