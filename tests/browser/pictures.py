"""Plays one conversation and takes the pictures of the README: `python3 build.py test tests/browser/pictures.py`."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import enter, expect_message, expect_state, make_room, path_of, say
from tests.browser.conftest import Visits
from tests.browser.test_message_actions import choose, message

pytestmark = pytest.mark.browser

DOCS = Path(__file__).parents[2] / "docs"
DESKTOP = {"viewport": {"width": 1120, "height": 700}, "color_scheme": "light", "locale": "en-GB"}
PHONE = {"viewport": {"width": 390, "height": 780}, "color_scheme": "dark", "locale": "en-GB"}
SHEET = """<style>
  body { margin: 0; padding: 27px; display: inline-flex; gap: 27px; align-items: center; background: #fff }
  img { border: 1px solid #8888; border-radius: 14px } img + img { border-radius: 28px; height: 660px }
</style>"""


def test_pictures_of_a_conversation(open_page: Visits) -> None:
    alice = open_page("/", open_page.new_context(**DESKTOP)).page
    link = make_room(alice, "Alice")
    bob, carol = (open_page(path_of(link), open_page.new_context(**PHONE)).page for _ in range(2))
    enter(bob, "Bob")
    for page in (alice, bob):
        expect_state(page, "Sealed, post-quantum")
    _say(alice, "Alice", "Good morning! Did the parcel from the printer arrive?", bob)
    _say(bob, "Bob", "It did, an hour ago.", alice)
    _say(bob, "Bob", "Two hundred copies, and they look lovely. The blue came out just right.", alice)
    enter(carol, "Carol")
    expect_state(carol, "Sealed, post-quantum")
    _say(alice, "Alice", "Wonderful. Carol, can you bring a box to the reading on Friday?", bob, carol)
    choose(carol, "can you bring a box", "Answer")
    _say(carol, "Carol", "Happy to. I have the car from three o'clock.", alice, bob)
    choose(alice, "I have the car", "Thumbs up")
    expect(message(bob, "I have the car").locator(".reaction")).to_be_visible()
    message(bob, "I have the car").locator(".reaction").click()
    _say(bob, "Bob", "The programme is at https://example.org/friday if you need it.", alice, carol)
    _say(alice, "Alice", "Thank you both! See you there.", bob, carol)
    expect(message(alice, "See you there").locator(".delivery")).to_have_text("Read by all")
    _beside(open_page().page, alice.screenshot(), bob.screenshot(), DOCS / "chat.png")


def _say(page: Page, name: str, text: str, *others: Page) -> None:
    say(page, text)
    for other in others:
        expect_message(other, name, text)


def _beside(page: Page, left: bytes, right: bytes, to: Path) -> None:
    """Put two pictures beside each other into one."""
    images = (f'<img src="data:image/png;base64,{base64.b64encode(image).decode()}">' for image in (left, right))
    page.goto("about:blank")
    page.set_content(SHEET + "".join(images))
    page.locator("body").screenshot(path=to)
