"""Two LiveKit servers that are one through Redis, behind one address."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest

from volly_browser.server.tokens import LiveKitAccess
from volly_browser.tools import livekit, redis
from volly_browser.tools.livekit import Program
from volly_browser.tools.livekit_server import LiveKitServer
from volly_browser.tools.redis import RedisServer


class Balancer:
    """What stands before a cluster: each connection goes to the first node that takes it.

    Attributes:
        ports: of the nodes, the preferred one first.
    """

    def __init__(self) -> None:
        self.ports: list[int] = []
        self._connections: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Gives the address."""
        server = await asyncio.start_server(self._take, "127.0.0.1")
        try:
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for connection in self._connections:
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._connect(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in self.ports:
            with suppress(OSError):
                from_node, to_node = await asyncio.open_connection("127.0.0.1", port)
                await asyncio.gather(_pass_on(reader, to_node), _pass_on(from_node, writer))
                return
        writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Two nodes, of which only the first runs at the beginning.

    Attributes:
        access: to all of it.
    """

    access: LiveKitAccess
    _nodes: list[LiveKitServer]
    _balancer: Balancer

    async def prefer(self, node: int) -> None:
        """Start that node if it does not run; connections go there from now on, as long as it takes them."""
        if self._nodes[node].process_id is None:
            await asyncio.to_thread(self._nodes[node].start)
        self._balancer.ports = [self._nodes[node].port, *(other.port for other in self._nodes)]

    def kill(self, node: int) -> None:
        """End a node without a farewell; do nothing if it does not run."""
        if process_id := self._nodes[node].process_id:
            os.kill(process_id, signal.SIGKILL)
            self._nodes[node].stop()


@asynccontextmanager
async def cluster() -> AsyncIterator[Cluster]:
    """A cluster of our own; the test is skipped if it cannot be had."""
    path, kind = redis.program(), livekit.find()
    if path is None or not isinstance(kind, Program):
        pytest.skip("needs a Redis server (Debian's redis-tools) and a LiveKit server that is a program here")
    together = RedisServer(path)
    first = LiveKitServer(kind, redis=together.address)
    second = LiveKitServer(kind, redis=together.address, api_key=first.api_key, api_secret=first.api_secret)
    balancer = Balancer()
    async with balancer.running() as url:
        nodes = Cluster(LiveKitAccess(url, first.api_key, first.api_secret), [first, second], balancer)
        try:
            await asyncio.to_thread(together.start)
            yield nodes
        finally:
            nodes.kill(0)
            nodes.kill(1)
            together.stop()
