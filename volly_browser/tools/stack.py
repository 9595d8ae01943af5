"""Everything that a chat needs on one machine: a LiveKit server, and the web server with the site and the tokens."""

import queue
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from volly_browser.server.app import create_app
from volly_browser.server.listen import WebServer
from volly_browser.server.tokens import LiveKitAccess
from volly_browser.tools import livekit_server
from volly_browser.tools.console import SetupError
from volly_browser.tools.livekit import External, LiveKit
from volly_browser.tools.livekit_server import LiveKitServer


class Stack:
    """Both servers, from `start` to `stop`; also a context manager.  They listen on loopback only."""

    def __init__(self, site: Path, sockets: list[socket.socket], kind: LiveKit) -> None:
        """Take the sockets; start nothing yet.

        Args:
            site: the folder of the built site.
            sockets: for the page (see `loopback_sockets`); closed by `stop`.
            kind: which LiveKit server.
        """
        self._ends: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._livekit = kind if isinstance(kind, External) else LiveKitServer(kind)
        access = LiveKitAccess(self._livekit.url, self._livekit.api_key, self._livekit.api_secret)
        self._web = WebServer(create_app(site, access), sockets)

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://localhost:{self._web.port}"

    @property
    def livekit_url(self) -> str:
        """The address of LiveKit for clients."""
        return self._livekit.url

    @property
    def api_key(self) -> str:
        """LiveKit's key, for tests that talk to it directly."""
        return self._livekit.api_key

    @property
    def api_secret(self) -> str:
        """The secret of that key."""
        return self._livekit.api_secret

    @property
    def livekit_process_id(self) -> int | None:
        """The id of the LiveKit server's process; None unless we started it as a process of this machine."""
        return self._livekit.process_id if isinstance(self._livekit, LiveKitServer) else None

    def start(self) -> None:
        """Start both and return when both answer.  Raises SetupError, after which nothing runs."""
        try:
            self.start_livekit()
            self._web.start(lambda: self._ends.put("The web server ended unexpectedly."))
            if not livekit_server.answers(f"{self.url}/healthz"):
                raise SetupError("The web server does not answer.")
        except BaseException:
            self.stop()
            raise

    def start_livekit(self) -> None:
        """Start LiveKit, also again under the same address.  Raises SetupError, also if a given one does not answer."""
        if isinstance(self._livekit, External):
            livekit_server.check_external(self._livekit)
        else:
            self._livekit.start(self._ends.put)

    def stop_livekit(self) -> None:
        """Stop LiveKit, if we started it."""
        if isinstance(self._livekit, LiveKitServer):
            self._livekit.stop()

    def request_stop(self) -> None:
        """Let `wait` return; safe to call from a signal handler."""
        self._ends.put("")

    def wait(self) -> str:
        """Block until one of them ends, and return a sentence about it; empty if a stop was requested."""
        return self._ends.get()

    def stop(self) -> None:
        """Stop both."""
        self._web.stop()
        self.stop_livekit()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()
