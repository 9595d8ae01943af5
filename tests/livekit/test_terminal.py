"""People in terminals, over a real LiveKit: each program runs in a pseudo-terminal of its own."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.livekit.terminal import CTRL_C, CTRL_D, PAGE_UP, PROJECT, Terminal
from volly_browser.room.invite import Invite
from volly_browser.terminal.arguments import LINK_VARIABLE
from volly_browser.terminal.exits import Exit
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.livekit

ALLOWED = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b\[[0-9]+ q|\x1b[=>78]|[\x20-\x7e\x80-\xff\r\n\b]")
"""What a screen is drawn by: positions, colours, modes, and letters."""

TITLE = re.compile(rb"\x1b[\]PX^_]|\x1bk")
"""What sets titles and clipboards, and other strings for the terminal."""


@pytest.fixture
def link(stack: Stack) -> str:
    return f"{stack.url}/#{Invite.create().fragment}"


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Closes all terminals."""
    with ExitStack() as terminals:
        yield terminals


@pytest.fixture
def alice(link: str, opened: ExitStack) -> Terminal:
    terminal = opened.enter_context(Terminal("chat", link, "--name", "Alice"))
    terminal.shows("Nobody else here")
    return terminal


@pytest.fixture
def bob(link: str, alice: Terminal, opened: ExitStack) -> Terminal:
    terminal = opened.enter_context(Terminal("chat", link, "--name", "Bob", columns=60, lines=20))
    terminal.shows("Sealed, post-quantum")
    alice.shows("* Bob came in.")
    return terminal


def test_two_talk_answer_change_react_and_one_leaves(alice: Terminal, bob: Terminal) -> None:
    alice.shows("Sealed, post-quantum · Alice (you), Bob")
    alice.says("Helo, Bob")
    bob.shows(" Alice: Helo, Bob")
    alice.shows(": Helo, Bob", "Received")
    bob.says("/reply 1 Hello, Alice")
    alice.shows("Bob: ↳ 1 Alice: Helo, Bob")
    alice.shows("│ Hello, Alice")
    alice.says("/edit 1 Hello, Bob")
    bob.shows(" Alice: Hello, Bob", "edited")
    bob.hides("Helo")
    bob.says("/react 1 party")
    alice.shows("🎉 Bob")
    bob.shows("🎉 you")
    bob.says("/unreact 1 🎉")
    alice.hides("🎉")
    alice.says("/delete 1")
    bob.shows("This message was deleted.")
    bob.hides("Hello, Bob")
    bob.types(CTRL_D)
    assert bob.ends() == Exit.LEFT
    alice.shows("* Bob left.")
    alice.types(CTRL_C)
    assert alice.ends() == Exit.LEFT


def test_only_its_author_changes_a_message_and_what_was_typed_stays(alice: Terminal, bob: Terminal) -> None:
    alice.says("mine")
    bob.shows("Alice: mine")
    bob.says("/edit 1 yours")
    bob.shows("Only its author can change a message.")
    bob.shows("> /edit 1 yours")


def test_writers_are_shown_and_long_texts_can_be_scrolled(alice: Terminal, bob: Terminal) -> None:
    bob.types("I am thinking")
    alice.shows("Bob is typing")
    alice.says("the first")
    for number in range(30):
        alice.says(f"text {number}")
    alice.shows("text 29", "Received")
    alice.hides("the first")
    for _ in range(3):
        alice.types(PAGE_UP)
    alice.shows("Alice: the first")
    bob.says(" about it")
    alice.shows("1 new below")


def test_what_is_hostile_in_texts_and_names_is_not_obeyed(link: str, alice: Terminal, opened: ExitStack) -> None:
    hostile = "\x1b]0;title\x07\x1b[2J\x1b[31m\x9d0;t\x9c\u202egnp.exe\x05\x1b]52;c;eA==\x07"
    said = subprocess.run(
        [sys.executable, "-m", "volly_browser", "chat", "--name", f"M{hostile}allory"],
        cwd=PROJECT,
        env={**_environment(), LINK_VARIABLE: link},
        input=f"begin{hostile}end\n".encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == Exit.LEFT
    alice.shows("allory", ": begin")
    alice.shows("�end")
    alice.types(CTRL_D)
    assert alice.ends() == Exit.LEFT
    written = bytes(alice.written)
    assert not TITLE.search(written)
    assert not ALLOWED.sub(b"", written)
    assert "\u202e".encode() not in written


def test_a_script_says_each_line_and_reads_what_others_say(link: str, alice: Terminal) -> None:
    script = subprocess.Popen(
        [sys.executable, "-m", "volly_browser", "chat", "--name", "Script"],
        cwd=PROJECT,
        env={**_environment(), LINK_VARIABLE: link},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert script.stdin
    assert script.stdout
    try:
        script.stdin.write(b"/etc/passwd is a file\n")
        script.stdin.flush()
        alice.shows("Script: /etc/passwd is a file")
        alice.says("two\x1b\rlines")
        assert script.stdout.readline() == "Alice: two ⏎ lines\n".encode()
        script.stdin.close()
        assert script.wait(60) == Exit.LEFT
    finally:
        script.kill()
        script.wait()


def test_lines_instead_of_a_screen_have_commands_as_well(link: str, alice: Terminal, opened: ExitStack) -> None:
    plain = opened.enter_context(Terminal("chat", link, "--plain", "--name", "Bob", columns=100))
    plain.shows("* You are in the room. Alice is here.")
    alice.says("Hello")
    plain.shows("[1] Alice: Hello")
    plain.types("/reply 1 Hi\n")
    alice.shows("Bob: ↳ 1 Alice: Hello")
    plain.shows("[2] you (answers 1): Hi")
    plain.shows("* 2: Received")
    plain.types(CTRL_C)
    assert plain.ends() == Exit.LEFT
    alice.shows("* Bob left.")


def test_what_is_typed_before_the_screen_is_there_is_said(link: str, alice: Terminal, opened: ExitStack) -> None:
    bob = opened.enter_context(Terminal("chat", link, "--name", "Bob"))
    bob.says("I could not wait")
    alice.shows("Bob: I could not wait")


def test_a_terminal_that_is_closed_says_farewell(alice: Terminal, bob: Terminal) -> None:
    bob.signal(signal.SIGHUP)
    assert bob.ends() == Exit.LEFT
    alice.shows("* Bob left.")


def test_what_nobody_has_read_is_told_at_the_end(alice: Terminal) -> None:
    alice.says("is one there?")
    alice.shows("is one there?", "Waiting for somebody")
    alice.types(CTRL_D)
    assert alice.ends() == Exit.UNSENT
    assert "1 message was not sent." in alice.text


def test_a_server_that_goes_away_ends_nothing(stack: Stack, alice: Terminal, bob: Terminal) -> None:
    if stack.livekit_process_id is None:
        pytest.skip("this LiveKit server is not ours to stop")
    stack.stop_livekit()
    try:
        alice.shows("Volly · Reconnecting")
        alice.says("for later")
        alice.shows("for later", "Waiting to be sent")
    finally:
        stack.start_livekit()
    alice.shows("Sealed, post-quantum")
    bob.shows("Alice: for later")


def test_no_site_and_no_token_service_are_sentences(stack: Stack, opened: ExitStack) -> None:
    fragment = Invite.create().fragment
    nowhere = opened.enter_context(Terminal("chat", f"http://127.0.0.1:9/#{fragment}", "--name", "A"))
    assert nowhere.ends() == Exit.NO_CONNECTION
    assert "No answer from http://127.0.0.1:9/config.json." in nowhere.text
    url = f"{stack.url}/nothing"
    without = opened.enter_context(Terminal("chat", fragment, "--token-url", url, "--name", "A"))
    assert without.ends() == Exit.NO_CONNECTION
    assert "refuses (HTTP 404)" in without.text


def test_a_link_and_a_name_that_are_left_out_are_asked_for(link: str, alice: Terminal, opened: ExitStack) -> None:
    asked = opened.enter_context(Terminal("chat", env={LINK_VARIABLE: ""}, columns=120))
    asked.shows("Invite link:")
    asked.types(f"{link}\n")
    asked.shows("Your name")
    asked.types("Carol\n")
    asked.shows("Carol (you)")
    alice.shows("* Carol came in.")


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
