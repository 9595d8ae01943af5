import socket
from pathlib import Path

import pytest

from tests.unit.tools.stand_ins import add_program
from volly_browser.tools import environment, redis
from volly_browser.tools.console import SetupError
from volly_browser.tools.redis import RedisServer

ANSWERING = """\
import os, socket, sys
assert os.path.basename(sys.argv[0]) == "redis-server", "called by the wrong name"
listener = socket.create_server(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])))
while True:
    connection, _ = listener.accept()
    connection.recv(16)
    connection.sendall(b"+PONG\\r\\n")
    connection.close()
"""


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The PATH of a machine that has nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def server(tmp_path: Path, script: str) -> RedisServer:
    """A stand-in for Redis, written in Python, under the name that it has in Debian's redis-tools."""
    return RedisServer(add_program(tmp_path / "redis-check-rdb", script, interpreter="/usr/bin/env python3"))


def answers(running: RedisServer) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", running.port)) == 0


@pytest.mark.parametrize("name", ["redis-server", "redis-check-rdb"])
def test_it_is_found_by_either_name(bin_folder: Path, name: str) -> None:
    assert redis.program() is None
    (bin_folder / name).touch(0o755)
    assert redis.program() == bin_folder / name


def test_what_is_there_is_not_installed(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(environment, "install_debian_packages", lambda *names: installed.extend(names))
    redis.install()
    assert installed == ["redis-tools"]
    (bin_folder / "redis-server").touch(0o755)
    redis.install()
    assert installed == ["redis-tools"]


def test_it_is_called_by_the_servers_name_answers_and_ends(tmp_path: Path) -> None:
    running = server(tmp_path, ANSWERING)
    running.start()
    assert answers(running)
    running.stop()
    assert not answers(running)
    running.stop()


def test_one_that_ends_at_once_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"Redis \(.*redis-check-rdb\) did not start\."):
        server(tmp_path, "raise SystemExit(1)").start()


def test_one_that_never_answers_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "START_TIMEOUT", 0.3)
    running = server(tmp_path, "import time; time.sleep(60)")
    with pytest.raises(SetupError, match="did not start"):
        running.start()
    assert running._process is None
