"""One member without a browser."""

import asyncio
import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field

from volly_browser.crypto.native import NativeEngine
from volly_browser.room.events import (
    FrameRefused,
    MembersChanged,
    MessageReceived,
    NotInGroup,
    Problem,
    RoomError,
    RoomState,
    StateChanged,
)
from volly_browser.room.invite import Invite
from volly_browser.room.room import Room
from volly_browser.tools.load.ledger import Ledger, Text
from volly_browser.tools.load.meter import MeteredTransport
from volly_browser.transport.livekit_native import NativeLiveKitTransport
from volly_browser.transport.posting_native import post_json
from volly_browser.transport.tokens import TokenService


@dataclass(frozen=True, slots=True)
class Entry:
    """A member that came, and when it had done what; times are of the monotonic clock."""

    number: int
    member_id: str
    begun_at: float
    connected_at: float
    in_group_at: float


@dataclass(frozen=True, slots=True)
class Group:
    """The group as a member has it; no secret crosses a process."""

    epoch: int
    secret_digest: str
    members: int


@dataclass(frozen=True, slots=True)
class Troubles:
    """What went wrong on the way, even if it was mended: how often, and one sentence of each kind."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, sentence: str) -> None:
        """Count a trouble of this kind."""
        self.counts[kind] += 1
        self.examples.setdefault(kind, sentence)

    def merge(self, other: "Troubles") -> None:
        """Add the troubles of another member."""
        self.counts.update(other.counts)
        for kind, sentence in other.examples.items():
            self.examples.setdefault(kind, sentence)


class Member:
    """A room and a task that reads its events, in place of a page."""

    def __init__(self, token_url: str, invite: Invite, number: int) -> None:
        tokens = TokenService(post_json, token_url, invite.room_id)
        self._transport = MeteredTransport(NativeLiveKitTransport(tokens))
        self._room = Room(invite, self._transport, NativeEngine(), f"Member {number}")
        self._number = number
        self._listening: asyncio.Task[None] | None = None
        self._present: set[str] = set()
        self._has_joined = False
        self.ledger = Ledger()
        self.came: dict[str, float] = {}
        self.gone: dict[str, float] = {}
        self.said = 0
        self.greets = False
        """Whether this member greets every newcomer."""
        self.troubles = Troubles()

    @property
    def member_id(self) -> str:
        """The id by which the room knows this member."""
        return self._room.member_id

    @property
    def meter(self) -> MeteredTransport:
        """Counts what goes through the transport."""
        return self._transport

    @property
    def group(self) -> Group:
        """The facts that must be equal for all members."""
        try:
            digest = hashlib.sha256(self._room.shared_secret).hexdigest()
            return Group(self._room.epoch, digest, len(self._room.members))
        except NotInGroup:
            return Group(-1, "", 0)

    async def enter(self) -> Entry:
        """Join the room and begin to listen.  Raises RoomError, TransportRefused."""
        begun_at = time.monotonic()
        self._listening = asyncio.create_task(self._listen())
        await self._room.join()
        return Entry(self._number, self.member_id, begun_at, self._transport.connected_at, time.monotonic())

    async def say(self) -> None:
        """Say the next text; one that the room does not take was not said, and is a trouble."""
        try:
            await self._room.send_text(str(Text(self.said + 1, time.monotonic())))
        except RoomError as error:
            self.troubles.add("not said", str(error))
        else:
            self.said += 1

    async def leave(self) -> float:
        """Leave the room; return when that began."""
        begun_at = time.monotonic()
        leaving, self._listening = self._listening, None
        await self._room.leave()
        if leaving:
            await leaving
        return begun_at

    async def _listen(self) -> None:
        async for event in self._room.events():
            now = time.monotonic()
            match event:
                case MessageReceived():
                    self.ledger.read(event.sender, Text.parse(event.text), now)
                case MembersChanged():
                    await self._note_members({member.member_id for member in event.members}, now)
                case StateChanged():
                    self._note_state(event)
                case Problem() | FrameRefused():
                    self.troubles.add(type(event).__name__, event.sentence)

    async def _note_members(self, present: set[str], now: float) -> None:
        new = present - self._present
        self.came |= dict.fromkeys(new, now)
        self.gone |= dict.fromkeys(self._present - present, now)
        self._present = present
        if new and self.greets:
            await self.say()

    def _note_state(self, change: StateChanged) -> None:
        if self._has_joined and change.state not in {RoomState.JOINED, RoomState.LEFT}:
            self.troubles.add(change.state.name, change.sentence)
        self._has_joined = self._has_joined or change.state is RoomState.JOINED
