"""`python3 build.py serve`, as a person runs it: one link, and nothing left behind, whatever ends it."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from volly_browser.room.invite import Invite
from volly_browser.tools import livekit
from volly_browser.tools.livekit import External

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0

needs_a_server_of_ours = pytest.mark.skipif(
    isinstance(livekit.find(), External), reason="LIVEKIT_URL is given, so `serve` starts no LiveKit server"
)


class Serve:
    """A running `build.py serve`."""

    def __init__(self, *options: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "build.py", "serve", "--no-open", *options],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.link = ""

    def wait_for_link(self) -> str:
        """The invite link that it prints."""
        assert self.process.stdout is not None
        guard = threading.Timer(PATIENCE, self.process.kill)
        guard.start()
        for line in self.process.stdout:
            if found := re.search(r"http://localhost:(\d+)/#\S+", line):
                guard.cancel()
                self.link = found[0]
                return self.link
        raise AssertionError(f"no link: {self.process.communicate()[1]}")

    @property
    def url(self) -> str:
        return self.link.partition("#")[0]

    def livekit(self) -> psutil.Process:
        """Its LiveKit server."""
        [server] = [child for child in psutil.Process(self.process.pid).children() if "livekit" in child.name()]
        return server

    def end(self) -> tuple[int, str]:
        """Wait for its end: the exit code, and what it said of errors."""
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


@pytest.fixture
def serve(site: Path) -> Iterator[Serve]:
    running = Serve("--port", "0")
    running.wait_for_link()
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.end()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def gone(process: psutil.Process) -> bool:
    """Whether the process has ended, or ends within a moment."""
    for _ in range(50):
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_the_link_is_an_invite_to_a_hybrid_room_on_a_page_that_answers(serve: Serve) -> None:
    assert Invite.parse(serve.link).policy == "hybrid"
    assert answers(serve.url)
    assert answers(serve.url + "healthz")


def test_every_start_has_a_room_of_its_own(serve: Serve) -> None:
    other = Serve("--port", "0")
    try:
        assert other.wait_for_link() != serve.link
    finally:
        other.process.terminate()
        other.end()


@needs_a_server_of_ours
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_everything(serve: Serve, number: signal.Signals) -> None:
    server = serve.livekit()
    serve.process.send_signal(number)
    code, errors = serve.end()
    assert code == 0, errors
    assert "Traceback" not in errors
    assert gone(server)
    assert not answers(serve.url)


@needs_a_server_of_ours
def test_a_dead_livekit_ends_it_with_a_sentence(serve: Serve) -> None:
    serve.livekit().kill()
    code, errors = serve.end()
    assert code == 1
    assert errors.splitlines()[-1].startswith("LiveKit ended unexpectedly")
    assert not answers(serve.url)


@needs_a_server_of_ours
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a program with its parent")
def test_livekit_does_not_outlive_even_a_killed_parent(serve: Serve) -> None:
    server = serve.livekit()
    serve.process.kill()
    serve.end()
    assert gone(server)


@needs_a_server_of_ours
def test_nobody_else_on_the_network_can_reach_it(serve: Serve) -> None:
    for process in (psutil.Process(serve.process.pid), serve.livekit()):
        addresses = {connection.laddr.ip for connection in process.net_connections() if not connection.raddr}
        assert addresses <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_before_the_link_ends_it_too(site: Path, tmp_path: Path, number: signal.Signals) -> None:
    running = Serve("--port", "0", XDG_CACHE_HOME=str(tmp_path))  # an empty cache: it installs for a long time
    process = psutil.Process(running.process.pid)
    while not (children := process.children(recursive=True)):
        time.sleep(0.1)
    running.process.send_signal(number)
    code, errors = running.end()
    assert code != 0
    assert errors.splitlines()[-1] == "Stopped."
    assert "Traceback" not in errors
    assert all(gone(child) for child in children)


def test_a_taken_port_is_one_sentence(site: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, errors = Serve("--port", str(port)).end()
    assert code == 1
    assert errors.splitlines() == [f"build.py serve: Port {port} is taken by another program; choose one with --port."]


def test_a_given_livekit_that_is_down_is_one_sentence(site: Path) -> None:
    given = {"LIVEKIT_URL": "ws://127.0.0.1:9", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "secret"}
    code, errors = Serve("--port", "0", **given).end()
    assert code == 1
    assert errors.splitlines() == [
        "build.py serve: The LiveKit server of LIVEKIT_URL, ws://127.0.0.1:9, does not answer."
    ]


def test_a_second_start_takes_seconds(site: Path) -> None:
    started = time.monotonic()
    running = Serve("--port", "0")
    running.wait_for_link()
    took = time.monotonic() - started
    running.process.terminate()
    running.end()
    assert took < 10
