"""The part of LiveKit's SDK for Python that the transport uses, behaving as measured on 1.2.1 with a real server."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from livekit import rtc
from livekit.rtc.participant import PublishDataError


@dataclass
class Participant:
    """A participant in the room."""

    identity: str
    attributes: dict[str, str] = field(default_factory=dict)


class LocalParticipant(Participant):
    """Ourselves; keeps what was published."""

    def __init__(self, identity: str, room: "NativeRoom") -> None:
        super().__init__(identity)
        self._room = room
        self.published: list[tuple[bytes, bool, list[str]]] = []
        self.refuses = ""
        self.hangs = False

    async def publish_data(self, payload: bytes, *, reliable: bool, destination_identities: list[str]) -> None:
        if self.hangs:
            await asyncio.sleep(3600)
        if self.refuses:
            raise PublishDataError(self.refuses)
        self.published.append((payload, reliable, destination_identities))

    async def set_attributes(self, attributes: dict[str, str]) -> None:
        """Returns before the attributes have changed, without an error even if they will not."""
        if not self.refuses:
            asyncio.get_running_loop().call_later(0.05, self._room.change_attributes, self, attributes)


class NativeRoom:
    """A `Room`; `SDK` says how it behaves."""

    def __init__(self, sdk: "SDK") -> None:
        self._sdk = sdk
        self._handlers: dict[str, list[Callable[..., None]]] = {}
        self.remote_participants = {person.identity: person for person in sdk.present}
        self.local_participant: Any = None
        self.connected_with: tuple[str, str, rtc.RoomOptions] | None = None
        self.connect_was_cancelled = False
        self.disconnected = 0

    @property
    def handlers(self) -> int:
        return sum(map(len, self._handlers.values()))

    def on(self, event: str, handler: Callable[..., None]) -> None:
        self._handlers.setdefault(event, []).append(handler)

    def off(self, event: str, handler: Callable[..., None]) -> None:
        self._handlers[event].remove(handler)

    def emit(self, event: str, *arguments: Any) -> None:  # noqa: ANN401 - as the event has them
        for handler in list(self._handlers.get(event, ())):
            handler(*arguments)

    def data(self, data: bytes, participant: Participant | None) -> None:
        self.emit("data_received", SimpleNamespace(data=data, participant=participant))

    def change_attributes(self, participant: Participant, changed: dict[str, str]) -> None:
        participant.attributes.update(changed)
        self.emit("participant_attributes_changed", changed, participant)

    async def connect(self, url: str, token: str, options: rtc.RoomOptions) -> None:
        self.connected_with = (url, token, options)
        try:
            await asyncio.sleep(self._sdk.connect_takes)
        except asyncio.CancelledError:
            self.connect_was_cancelled = True
            raise
        if self._sdk.failure:
            raise rtc.ConnectError(self._sdk.failure)
        self.local_participant = LocalParticipant(f"identity in {token}", self)

    async def disconnect(self) -> None:
        if self.local_participant:  # else it returns at once
            self.disconnected += 1
            self.emit("disconnected", 1)


class SDK:
    """Makes rooms, and keeps them."""

    def __init__(self, *present: Participant) -> None:
        self.present = present
        self.failure = ""
        self.connect_takes = 0.0
        self.rooms: list[NativeRoom] = []

    def __call__(self) -> NativeRoom:
        self.rooms.append(NativeRoom(self))
        return self.rooms[-1]

    @property
    def room(self) -> NativeRoom:
        return self.rooms[-1]
