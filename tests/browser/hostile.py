"""Those that mean harm, over a real LiveKit server: in a thread of their own, since Playwright has the main one."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from tests.adversary.attackers import Stranger
from tests.unit.room.looks import parts_of
from volly_browser.crypto.native import NativeEngine
from volly_browser.room.events import RoomEvent
from volly_browser.room.invite import Invite
from volly_browser.room.room import Room
from volly_browser.tools.stack import Stack
from volly_browser.transport.contract import FrameReceived
from volly_browser.transport.livekit_native import NativeLiveKitTransport
from volly_browser.transport.posting_native import post_json
from volly_browser.transport.tokens import TokenService

PATIENCE = 60.0
"""Seconds that a busy machine may take for anything."""

T = TypeVar("T")


class Den:
    """Runs what they do in one room, and waits for it; to be closed."""

    def __init__(self, stack: Stack, invite: Invite) -> None:
        self.invite = invite
        self._tokens = f"{stack.url}/token"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Until it is done; raises what it raises."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def connection(self) -> NativeLiveKitTransport:
        """What an attacker has with a token for the room, and nothing else."""
        return NativeLiveKitTransport(TokenService(post_json, self._tokens, self.invite.room_id))

    async def stranger(self) -> Stranger:
        """An attacker that has the invite, too."""
        transport = self.connection()
        return await Stranger(None, self.invite, transport=transport, clock=time.time).come()  # type: ignore[arg-type]

    async def member(self, name: str) -> Intruder:
        """An attacker that was let in."""
        return await Intruder(self, name).come()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


class Intruder:
    """A member without a page, and all that it hears."""

    def __init__(self, den: Den, name: str) -> None:
        self.transport = den.connection()
        self.room = Room(den.invite, self.transport, NativeEngine(), name)
        self.happened: list[RoomEvent] = []

    async def come(self) -> Intruder:
        self._listening = asyncio.create_task(self._listen())
        async with asyncio.timeout(PATIENCE):
            await self.room.join()
        return self

    async def leave(self) -> None:
        await self.room.leave()
        self._listening.cancel()

    async def _listen(self) -> None:
        async for event in self.room.events():
            self.happened.append(event)

    def identities(self) -> dict[str, str]:
        """By which connections the others can be reached, by their names; empty as long as they have not said so."""
        parts, found = parts_of(self), {}
        for member in self.room.members:
            reached = parts.inside._reachability.identities_of(bytes.fromhex(member.member_id))
            if reached and not member.is_self:
                found[member.name] = reached[0]
        return found

    async def reaches(self, *names: str) -> dict[str, str]:
        """The same, once these have said so."""
        async with asyncio.timeout(PATIENCE):
            while not set(names) <= self.identities().keys():  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.1)
        return self.identities()


async def overhear(transport: NativeLiveKitTransport, seconds: float) -> list[FrameReceived]:
    """The frames that go to all, for a while."""
    heard: list[FrameReceived] = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                event = await transport.receive()
                if isinstance(event, FrameReceived):
                    heard.append(event)
    except TimeoutError:
        return heard
