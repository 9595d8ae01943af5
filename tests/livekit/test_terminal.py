"""People in terminals, over a real LiveKit: each program runs in a pseudo-terminal of its own."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.livekit.terminal import CTRL_C, CTRL_D, PAGE_UP, PROJECT, Terminal
from volly_browser.room.invite import Invite
from volly_browser.server.tokens import LiveKitAccess, issue
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


def test_what_is_hostile_in_texts_and_names_is_not_obeyed(link: str, alice: Terminal) -> None:
    hostile = "\x1b]0;title\x07\x1b[2J\x1b[31m\x9d0;t\x9c\u202egnp.exe\x05\x1b]52;c;eA==\x07"
    said = _script(link, f"begin{hostile}end\n".encode(), name=f"M{hostile}allory")
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


class Site(ThreadingHTTPServer):
    """A site whose token service is strange.

    Attributes:
        status: of its answers.
        besides: what they say besides a token, or instead of parts of it.
    """

    def __init__(self, stack: Stack) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.access = LiveKitAccess(stack.livekit_url, stack.api_key, stack.api_secret)
        self.status = 200
        self.besides: dict[str, object] = {}

    @property
    def link(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/#{Invite.create().fragment}"


class _Answers(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self._answer(200, {"tokenUrl": "/tokens/here"})

    def do_POST(self) -> None:
        room = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["room"]
        assert self.path == "/tokens/here"
        self._answer(self.server.status, issue(self.server.access, room) | self.server.besides)

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def strange_site(stack: Stack) -> Iterator[Site]:
    with Site(stack) as site:
        serving = threading.Thread(target=site.serve_forever)
        serving.start()
        yield site
        site.shutdown()
        serving.join()


def test_a_clock_that_differs_from_the_server_s_is_told(strange_site: Site) -> None:
    strange_site.besides = {"time": time.time() + 3 * 86400}
    ended = _script(strange_site.link, b"")
    assert ended.returncode == Exit.LEFT
    assert b"the clock of this device is 3 days behind" in ended.stderr


def test_what_a_hostile_token_service_says_is_not_obeyed(strange_site: Site) -> None:
    strange_site.status, strange_site.besides = 403, {"error": "\x1b]0;t\x07Go \u202eaway\x9b2J"}
    ended = _script(strange_site.link, b"hello\n")
    assert ended.returncode == Exit.NO_CONNECTION
    assert "refuses (HTTP 403)" in (said := ended.stderr.decode())
    assert all(letter.isprintable() or letter == "\n" for letter in said)


def test_a_link_and_a_name_that_are_left_out_are_asked_for(link: str, alice: Terminal, opened: ExitStack) -> None:
    asked = opened.enter_context(Terminal("chat", env={LINK_VARIABLE: ""}, columns=120))
    asked.shows("Invite link:")
    asked.types(f"{link}\n")
    asked.shows("Your name")
    asked.types("Carol\n")
    asked.shows("Carol (you)")
    alice.shows("* Carol came in.")


def _script(link: str, said: bytes, name: str = "Script") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "volly_browser", "chat", "--name", name],
        cwd=PROJECT,
        env={**_environment(), LINK_VARIABLE: link},
        input=said,
        capture_output=True,
        timeout=60,
        check=False,
    )


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
