"""A page and a terminal in one room."""

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import expect_message, expect_state, make_room, say
from tests.browser.conftest import Visits
from tests.browser.test_message_actions import choose, message
from tests.livekit.terminal import CTRL_D, Terminal
from volly_browser.terminal.exits import Exit

pytestmark = pytest.mark.browser


def test_a_page_and_a_terminal_answer_change_react_and_part(open_page: Visits) -> None:
    alice = open_page().page
    link = make_room(alice, "Alice")
    with Terminal("chat", link, "--name", "Bob") as bob:
        bob.shows("Sealed, post-quantum", "Alice", "Bob (you)")
        expect_state(alice, "Sealed, post-quantum")
        bob.says("Hello from a terminal")
        expect_message(alice, "Bob", "Hello from a terminal")
        bob.shows("Hello from a terminal", "Read")

        choose(alice, "Hello from a terminal", "Answer")
        alice.keyboard.type("Hello from a page")
        alice.keyboard.press("Enter")
        bob.shows("Alice: ↳ 1 Bob: Hello from a terminal")
        bob.shows("│ Hello from a page")

        bob.says("/edit 1 Hello from my terminal")
        expect(message(alice, "Hello from my terminal").locator(".edited")).to_have_text("edited")
        bob.says("/reply 2 Well met")
        expect(message(alice, "Well met").locator(".quote")).to_have_text("AliceHello from a page")
        bob.says("/react 2 +1")
        expect(message(alice, "Hello from a page").locator(".reaction")).to_have_text("👍")
        choose(alice, "Well met", "Heart")
        bob.shows("❤ Alice")

        say(alice, "two\nlines")
        bob.shows("Alice: two")
        bob.shows("│ lines")

        bob.says("/delete 1")
        expect(alice.locator(".message .text", has_text="This message was deleted.")).to_be_visible()
        bob.types(CTRL_D)
        assert bob.ends() == Exit.LEFT
    expect(alice.get_by_text("\u2068Bob\u2069 left.")).to_be_visible()
    expect_state(alice, "Nobody else here")
