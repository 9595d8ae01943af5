"""What people do on the chat page, for tests of it."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from volly_browser.tools import node

ARRIVED = re.compile("^(Received|Read)$")
"""What stands at a message that another page has, whether or not its user has seen it by now."""

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


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page as it is."""
    page.wait_for_timeout(400)  # until nothing fades in any more, which would be measured as low contrast
    page.evaluate((node.prepare().package("axe-core") / "axe.min.js").read_text())
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run(document)).violations")
    return [f"{rule['id']}: {place['html']}" for rule in found for place in rule["nodes"]]


APPLY = "(patch) => globalThis[Symbol.for('volly.patch')](JSON.stringify(patch))"
"""Gives the page's list a patch, as Python does."""


def patch(*steps: list[object], **also: object) -> dict[str, object]:
    """A patch of these steps; see `volly_browser.ui.timeline.patch`."""
    return {"steps": list(steps), **also}


def insertions(texts: Sequence[str], *, first: int = 0, look: str = "hue-3") -> list[list[object]]:
    """Steps that put messages of Bob's at the end, whose rows are numbered."""
    return [
        ["insert", row_of(text, number, look), f"{number - 1}" if number else ""]
        for number, text in enumerate(texts, first)
    ]


def row_of(text: str, number: int, look: str = "hue-3") -> dict[str, object]:
    """A packed row; see `volly_browser.ui.timeline.rows`."""
    return {"row_id": f"{number}", "look": look, "name": "Bob", "text": text, "time": "12:34"}


def add_messages(texts: Sequence[str], *, first: int = 0, look: str = "hue-3") -> dict[str, object]:
    """A patch that puts messages at the end."""
    return patch(*insertions(texts, first=first, look=look))
