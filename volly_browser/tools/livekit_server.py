"""Running a LiveKit server that only this machine can reach, with a key of its own for every start."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from volly_browser.tools.console import SetupError
from volly_browser.tools.livekit import Container, External, Program

START_TIMEOUT = 30.0
"""Seconds in which a started server must answer."""
STOP_TIMEOUT = 3.0
"""Seconds in which a server told to stop must be gone, before it is killed."""
KEPT_LINES = 20
"""Lines of its output that are kept, for the case that it dies."""


def free_port(kind: socket.SocketKind) -> int:
    """Return a port of the loopback interface that no program uses right now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str, timeout: float = 5.0) -> bool:
    """Whether a LiveKit server answers behind this ws(s) URL."""
    try:
        with urllib.request.urlopen(re.sub("^ws", "http", url), timeout=timeout) as response:
            return bool(response.status == 200)
    except (OSError, ValueError):  # urllib's own errors are OSErrors
        return False


@dataclass(slots=True)
class LiveKitServer:
    """A server that we run: it can be stopped and started again under the same address and key.

    Servers with the same key and the same `redis` (the address of a Redis server) act as one: each leads to every room.
    """

    kind: Program | Container
    port: int = field(default_factory=lambda: free_port(socket.SOCK_STREAM))
    media_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    api_key: str = field(default_factory=lambda: f"key-{secrets.token_hex(8)}")
    api_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    redis: str | None = None
    _process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def process_id(self) -> int | None:
        """The id of the server's process; None while there is none, and in Docker."""
        return self._process.pid if self._process and isinstance(self.kind, Program) else None

    def start(self, on_unexpected_end: Callable[[str], None] = lambda sentence: None) -> None:
        """Start the server and return when it answers.

        Args:
            on_unexpected_end: called from another thread, with a sentence, if it ends without `stop`.

        Raises:
            SetupError: it ended, or does not answer in time; the text has its last words.
        """
        process = self._process = self._spawn()
        last_lines: deque[str] = deque(maxlen=KEPT_LINES)
        ended = threading.Event()

        def watch() -> None:
            assert process.stdout is not None
            with process.stdout:
                last_lines.extend(process.stdout)
            code = process.wait()
            ended.set()
            if started and self._process is process:
                on_unexpected_end(f"LiveKit ended unexpectedly (exit code {code}){_because(last_lines)}")

        started = False
        threading.Thread(target=watch, name="LiveKit's output", daemon=True).start()
        deadline = time.monotonic() + START_TIMEOUT
        while not answers(self.url, timeout=1.0):
            if ended.wait(0.05):
                raise SetupError(f"LiveKit did not start{_because(last_lines)}")
            if time.monotonic() > deadline:
                self.stop()
                raise SetupError(f"LiveKit did not answer within {START_TIMEOUT:.0f} seconds{_because(last_lines)}")
        started = True

    def stop(self) -> None:
        """End the server; safe to call if none runs."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spawn(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*dies_with_us("KILL" if isinstance(self.kind, Program) else "TERM"), *self._command()],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # we handle Ctrl-C: it must not look as if LiveKit had died
        )

    def _command(self) -> list[str]:
        if isinstance(self.kind, Program):
            return [str(self.kind.path)]
        ports = [f"127.0.0.1:{self.port}:{self.port}", f"127.0.0.1:{self.media_port}:{self.media_port}/udp"]
        published = [part for port in ports for part in ("--publish", port)]
        return [str(self.kind.docker), "run", "--rm", "--env", "LIVEKIT_CONFIG", *published, self.kind.image]

    def _environment(self) -> dict[str, str]:
        """Put the configuration into the environment, never into argv, which every user of the machine can read.

        Few of our own variables are passed on: LiveKit would take NODE_IP, LIVEKIT_KEYS and others from them.
        """
        contained = isinstance(self.kind, Container)
        handed_on = {name: value for name, value in os.environ.items() if contained or name in {"PATH", "HOME"}}
        return {**handed_on, "LIVEKIT_CONFIG": self._configuration()}

    def _configuration(self) -> str:
        """Write YAML as JSON.  Without stun_servers LiveKit tells every client to ask third parties."""
        contained = isinstance(self.kind, Container)
        rtc: dict[str, object] = {
            "tcp_port": 0,  # LiveKit would open it on every interface
            "udp_port": self.media_port,
            "use_external_ip": False,
            "node_ip": "127.0.0.1",
            "stun_servers": ["127.0.0.1:3478"],
        }
        if not contained:
            rtc |= {"enable_loopback_candidate": True, "interfaces": {"includes": _loopback_interfaces()}}
        return json.dumps(
            {
                "port": self.port,
                "bind_addresses": ["0.0.0.0" if contained else "127.0.0.1"],
                "rtc": rtc,
                "keys": {self.api_key: self.api_secret},
                "logging": {"level": "warn"},
                **({"redis": {"address": self.redis}} if self.redis else {}),
            }
        )


def check_external(livekit: External) -> None:
    """Raise SetupError if the given server does not answer."""
    if not answers(livekit.url):
        raise SetupError(f"The LiveKit server of LIVEKIT_URL, {livekit.url}, does not answer.")


def _because(last_lines: Iterable[str]) -> str:
    words = [line.strip() for line in last_lines if line.strip()]
    return f": {words[-1]}" if words else "."


def _loopback_interfaces() -> list[str]:
    return [name for _, name in socket.if_nameindex() if name in {"lo", "lo0"}]


def dies_with_us(signal_name: str) -> list[str]:
    """Let the server end even if we are killed outright, which Linux can promise.

    By SIGKILL, since a LiveKit that has just started can hang on SIGTERM and has nothing to save; but Docker's client
    must pass the signal on.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", signal_name] if setpriv else []
