"""Runs the application on the loopback interface, in a thread, on sockets that are open before it starts."""

import contextlib
import errno
import socket
import threading
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from volly_browser.errors import LocalError

STOP_TIMEOUT = 10.0
"""Seconds in which the server's thread must have ended."""


class CannotListen(LocalError):
    """The port is taken, or this user may not open it."""


def loopback_sockets(port: int) -> list[socket.socket]:
    """Open listening sockets on 127.0.0.1 and, if the machine has it, ::1: `localhost` can mean either.

    Args:
        port: the port; 0 takes any free one, the same on both.

    Raises:
        CannotListen: another program has the port, or this user may not open it.
    """
    first = _bind(socket.AF_INET, "127.0.0.1", port)
    try:
        return [first, *_second(first.getsockname()[1])]
    except CannotListen:
        first.close()
        raise


def _second(port: int) -> list[socket.socket]:
    with contextlib.suppress(_NoSuchAddress):
        return [_bind(socket.AF_INET6, "::1", port)]
    return []


class _NoSuchAddress(Exception):
    """This machine does not have the address."""


def _bind(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _NoSuchAddress from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotListen(f"Port {port} is taken by another program; choose one with --port.") from error
        if error.errno in {errno.EACCES, errno.EPERM}:
            raise CannotListen(f"You may not open port {port}; choose one above 1023 with --port.") from error
        raise _NoSuchAddress from error
    return listener


class WebServer:
    """The application behind its sockets, from `start` to `stop`."""

    def __init__(self, app: ASGIApp, sockets: list[socket.socket]) -> None:
        # no access log: it would say which addresses asked for which room
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
        )
        self._sockets = sockets
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        port: int = self._sockets[0].getsockname()[1]
        return port

    def start(self, on_end: Callable[[], None] = lambda: None) -> None:
        """Serve from a thread; `on_end` is called there when the server has ended, for any reason."""

        def serve() -> None:
            try:
                self._server.run(sockets=self._sockets)
            finally:
                on_end()

        self._thread = threading.Thread(target=serve, name="web server", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the server and close its sockets; safe to call twice."""
        self._server.should_exit = True
        self._server.force_exit = True
        if self._thread is not None:
            self._thread.join(STOP_TIMEOUT)
        for listener in self._sockets:
            listener.close()
