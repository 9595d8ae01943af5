"""A Redis server of our own, through which several LiveKit servers are one: only tests need it."""

import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from volly_browser.tools import environment
from volly_browser.tools.console import SetupError
from volly_browser.tools.livekit_server import dies_with_us, free_port

START_TIMEOUT = 10.0
"""Seconds in which a started server must answer."""


def program() -> Path | None:
    """Find the machine's Redis server.

    Debian's `redis-tools` has it, too: `redis-check-rdb` is the same program, and a server if called by that name.
    """
    found = shutil.which("redis-server") or shutil.which("redis-check-rdb")
    return Path(found) if found else None


def install() -> None:
    """Install it if it is missing.  Raises SetupError.

    From `redis-tools`, since the installation of `redis-server` would start a service.
    """
    if program() is None:
        environment.install_debian_packages("redis-tools")


@dataclass(slots=True)
class RedisServer:
    """One server on loopback, that keeps nothing; a start after `stop` needs another object."""

    path: Path
    port: int = field(default_factory=lambda: free_port(socket.SOCK_STREAM))
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Its address for LiveKit."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and return when it answers.  Raises SetupError."""
        with tempfile.TemporaryDirectory() as folder:
            called = Path(folder) / "redis-server"
            called.symlink_to(self.path.resolve())
            self._process = subprocess.Popen(
                [*dies_with_us("KILL"), called, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            self._wait()

    def stop(self) -> None:
        """End it; safe to call if none runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not _answers(self.port):
            if time.monotonic() > deadline or (self._process and self._process.poll() is not None):
                self.stop()
                raise SetupError(f"Redis ({self.path}) did not start.")
            time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
