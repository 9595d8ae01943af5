"""Rooms of several people over a real LiveKit server."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.clients import PATIENCE, Client, Run, in_playwright, leaving, settle
from tests.browser.conftest import Visits
from volly_browser.room.invite import Invite
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

PAUSE_MS = 40
"""Milliseconds between two texts of a page that talks on and on."""

A_FEW = 10


@pytest.fixture(scope="module")
def pages(open_shared_page: Visits) -> list[Page]:
    """Three browser contexts."""
    return [open_shared_page("/client.html").page for _ in range(3)]


@pytest.fixture(scope="module")
def engines(pages: list[Page]) -> list[Run]:
    """Their engines, ready."""
    return [in_playwright(page) for page in pages]


@pytest.fixture
def room() -> str:
    """The invite to a new room."""
    return Invite.create().fragment


@pytest.fixture
def three(engines: list[Run]) -> list[Client]:
    """Alice, Bob and Carol, outside."""
    return [Client(run, name) for run, name in zip(engines, ("alice", "bob", "carol"), strict=True)]


def test_three_people_hear_each_other_and_share_a_secret_that_changes_with_them(three: list[Client], room: str) -> None:
    alice, bob, carol = three
    with leaving(*three):
        alice.connect(room)
        secrets = [settle(alice)]
        bob.connect(room)
        secrets.append(settle(alice, bob))
        carol.connect(room)
        secrets.append(settle(*three))
        for speaker in three:
            speaker.send("hello, both of you")
            speaker.send("and once more")
            for listener in three:
                if listener is not speaker:
                    assert [listener.receive(), listener.receive()] == ["hello, both of you", "and once more"]
        alice.close()  # she opened the room, and it goes on without her
        secrets.append(settle(bob, carol))
        bob.send("only us now")
        assert carol.receive() == "only us now"
    assert len(set(secrets)) == len(secrets)


def test_a_joiner_gets_everything_from_then_on_and_the_others_lose_nothing(three: list[Client], room: str) -> None:
    alice, bob, carol = three
    with leaving(*three):
        alice.connect(room)
        bob.connect(room)
        settle(alice, bob)
        for speaker in (alice, bob):
            speaker.start_talking(PAUSE_MS)
        before = {"alice": alice.sent(A_FEW), "bob": bob.sent(A_FEW)}
        carol.connect(room)
        settle(*three)
        since = {
            "alice": alice.sent() + 1,
            "bob": bob.sent() + 1,
        }  # one more is possibly on its way in the epoch before
        for speaker in (alice, bob):
            speaker.sent(at_least=speaker.sent() + A_FEW)
        said = {"alice": alice.stop_talking(), "bob": bob.stop_talking()}
        assert bob.hear_out("alice") == {"alice": list(range(said["alice"]))}
        assert alice.hear_out("bob") == {"bob": list(range(said["bob"]))}
        heard = carol.hear_out("alice", "bob")
        for name, numbers in heard.items():
            first = said[name] - len(numbers)
            assert numbers == list(range(first, said[name]))
            assert before[name] <= first <= since[name]


def test_programs_and_people_are_in_the_same_rooms(open_page: Visits, three: list[Client], room: str) -> None:
    _, bob, carol = three
    page = open_page(f"/#{room}").page
    page.get_by_label("Your name").fill("Alice")
    page.locator("#enter-button").click()
    expect(page.locator("#state-text")).to_have_text("Nobody else here", timeout=1000 * PATIENCE)
    with leaving(bob, carol):
        bob.connect(room)
        carol.connect(room)
        expect(page.locator("#people-list .person-name")).to_have_text(["Alice", "bob", "carol"])
        bob.send("from a program")
        assert carol.receive() == "from a program"
        message = page.locator(".message", has=page.locator(".sender", has_text="bob"))
        expect(message.locator(".text")).to_have_text("from a program")
        page.get_by_role("textbox", name="Message").fill("from a person")
        page.get_by_role("button", name="Send").click()
        assert [bob.receive(), carol.receive()] == ["from a person"] * 2


def test_a_server_that_comes_up_late_is_waited_for(
    three: list[Client], pages: list[Page], room: str, stack: Stack
) -> None:
    alice, bob, _ = three
    with leaving(alice, bob):
        stack.stop_livekit()
        try:
            with pages[0].expect_console_message(lambda message: "ERR_CONNECTION_REFUSED" in message.text):
                alice.start_connecting(room)
            assert alice.group == (0, "")
        finally:
            stack.start_livekit()
        alice.connected()
        bob.connect(room)
        settle(alice, bob)
        alice.send("there we are")
        assert bob.receive() == "there we are"
