"""A member without a browser that talks, listens, and writes down what happens."""

from __future__ import annotations

import asyncio
import time

from tests.healing import Record
from volly_browser.crypto.native import NativeEngine
from volly_browser.room.events import MessageGap, MessageReceived, Problem, RoomState, StateChanged
from volly_browser.room.invite import Invite
from volly_browser.room.room import Room
from volly_browser.server.tokens import LiveKitAccess, issue
from volly_browser.transport.livekit_native import NativeLiveKitTransport
from volly_browser.transport.tokens import Grant


class Person:
    """One member of a room."""

    def __init__(self, access: LiveKitAccess, invite: Invite, name: str) -> None:
        async def fetch_grant() -> Grant:
            issued = issue(access, invite.room_id)
            return Grant(issued["url"], issued["token"])

        self.record = Record(name)
        self._room = Room(invite, NativeLiveKitTransport(fetch_grant), NativeEngine(), name)
        self._tasks: list[asyncio.Task[None]] = []
        self._silent = asyncio.Event()

    async def enter(self) -> None:
        """Join the room, and listen."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._look())]
        await self._room.join()

    async def talk(self, pause: float) -> None:
        """Say a text every so many seconds, until `fall_silent`."""
        while not self._silent.is_set():
            self.record.said.append(time.time())
            await self._room.send_text(f"{self.record.name} {len(self.record.said) - 1}")
            await asyncio.sleep(pause)

    def fall_silent(self) -> None:
        """Say nothing any more."""
        self._silent.set()

    async def leave(self) -> None:
        """Leave the room."""
        await self._room.leave()
        for task in self._tasks:
            task.cancel()

    async def _listen(self) -> None:
        async for event in self._room.events():
            now = time.time()
            match event:
                case MessageReceived():
                    speaker, number = event.text.split()
                    self.record.heard.append((now, speaker, int(number)))
                case StateChanged(state):
                    self.record.links.append((now, state is RoomState.JOINED))
                case MessageGap() | Problem():
                    self.record.troubles.append(str(event))

    async def _look(self) -> None:
        """Not at events: a refreshed key is none."""
        while True:
            members = self._room.members
            held = f"{len(members)} {self._room.shared_secret.hex()}" if members else "nothing"
            if not self.record.held or self.record.held[-1][1] != held:
                self.record.held.append((time.time(), held))
            await asyncio.sleep(0.02)
