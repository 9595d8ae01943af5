import json
import queue
import socket
from pathlib import Path

import psutil
import pytest

from tests.unit.tools.stand_ins import add_program
from volly_browser.tools import livekit_server
from volly_browser.tools.console import SetupError
from volly_browser.tools.livekit import Container, Program
from volly_browser.tools.livekit_server import LiveKitServer

ANSWERING = """\
import http.server, json, os
port = json.loads(os.environ["LIVEKIT_CONFIG"])["port"]
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/die":
            print("out of memory", flush=True)
            os._exit(7)
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""


def server(tmp_path: Path, script: str) -> LiveKitServer:
    """A stand-in for LiveKit, written in Python."""
    return LiveKitServer(Program(add_program(tmp_path / "livekit-server", script, interpreter="/usr/bin/env python3")))


def processes(tmp_path: Path) -> list[psutil.Process]:
    """The stand-ins that run; a real LiveKit of other tests may run beside them."""
    return [child for child in psutil.Process().children() if str(tmp_path) in " ".join(child.cmdline())]


def die(running: LiveKitServer) -> None:
    livekit_server.answers(f"{running.url}/die")


def test_it_starts_answers_stops_and_starts_again_under_the_same_address(tmp_path: Path) -> None:
    running = server(tmp_path, ANSWERING)
    for _ in range(2):
        running.start()
        assert livekit_server.answers(running.url)
        running.stop()
        assert not livekit_server.answers(running.url)
    running.stop()


def test_a_server_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="LiveKit did not start: address already in use"):
        server(tmp_path, "print('address already in use'); raise SystemExit(1)").start()


def test_a_server_that_never_answers_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livekit_server, "START_TIMEOUT", 0.3)
    with pytest.raises(SetupError, match="did not answer"):
        server(tmp_path, "import time; time.sleep(60)").start()
    assert not processes(tmp_path)


def test_an_unexpected_end_is_told_with_its_last_words(tmp_path: Path) -> None:
    told: queue.Queue[str] = queue.Queue()
    running = server(tmp_path, ANSWERING)
    running.start(told.put)
    die(running)
    assert told.get(timeout=5) == "LiveKit ended unexpectedly (exit code 7): out of memory"


def test_a_wanted_end_is_not(tmp_path: Path) -> None:
    told: queue.Queue[str] = queue.Queue()
    running = server(tmp_path, ANSWERING)
    running.start(told.put)
    running.stop()
    with pytest.raises(queue.Empty):
        told.get(timeout=0.3)


def test_a_server_that_ignores_the_polite_signal_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livekit_server, "STOP_TIMEOUT", 0.2)
    running = server(tmp_path, f"import signal; signal.signal(15, signal.SIG_IGN)\n{ANSWERING}")
    running.start()
    running.stop()
    assert not livekit_server.answers(running.url)


def test_the_secret_is_on_no_command_line(tmp_path: Path) -> None:
    running = server(tmp_path, ANSWERING)
    running.start()
    try:
        [process] = processes(tmp_path)
        assert running.api_secret not in " ".join(process.cmdline())
        assert running.api_secret in process.environ()["LIVEKIT_CONFIG"]
    finally:
        running.stop()


def test_every_server_has_a_key_of_its_own() -> None:
    servers = [LiveKitServer(Program(Path("livekit-server"))) for _ in range(2)]
    assert servers[0].api_key != servers[1].api_key
    assert servers[0].api_secret != servers[1].api_secret
    assert len(servers[0].api_secret) >= 32


def test_servers_that_share_a_redis_are_told_its_address() -> None:
    alone, shared = LiveKitServer(Program(Path("x"))), LiveKitServer(Program(Path("x")), redis="127.0.0.1:6379")
    assert "redis" not in json.loads(alone._environment()["LIVEKIT_CONFIG"])
    assert json.loads(shared._environment()["LIVEKIT_CONFIG"])["redis"] == {"address": "127.0.0.1:6379"}


def test_a_container_is_published_on_loopback_only() -> None:
    contained = LiveKitServer(Container(Path("docker"), "image"))
    published = [part for part in contained._command() if ":" in part]
    assert len(published) == 2
    assert all(part.startswith("127.0.0.1:") for part in published)


def test_a_free_port_is_free() -> None:
    port = livekit_server.free_port(socket.SOCK_STREAM)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
