"""The part of livekit-client that the transport uses, behaving as measured on 2.23.0 with a real server."""

import asyncio
from typing import Any

from tests.unit.bridge.fake_browser import Emitter, JsException, JsObject, Uint8Array


class RemoteParticipant:
    """Another participant in the room."""

    def __init__(self, identity: str, **attributes: str) -> None:
        self.identity = identity
        self.attributes = JsObject(**attributes)


class LocalParticipant:
    """Ourselves; keeps what was published."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.published: list[tuple[bytes, JsObject]] = []
        self.attributes: dict[str, str] = {}
        self.refuses: JsException | None = None

    async def publishData(self, data: Uint8Array, options: JsObject) -> None:
        self._maybe_refuse()
        self.published.append((data.to_bytes(), options))

    async def setAttributes(self, attributes: JsObject) -> None:
        self._maybe_refuse()
        self.attributes.update(attributes.__dict__)

    def _maybe_refuse(self) -> None:
        if self.refuses:
            raise self.refuses


class LiveKitRoom(Emitter):
    """A `Room`; `LiveKit.next_*` says how the next one behaves."""

    def __init__(self, livekit: "LiveKit") -> None:
        super().__init__()
        self._livekit = livekit
        self.remoteParticipants = {person.identity: person for person in livekit.present}
        self.localParticipant: Any = None
        self.connected_with: tuple[str, str, JsObject] | None = None
        self.disconnected = 0
        self.parted_with: list[tuple[JsObject | None, Uint8Array | None]] = []

    async def connect(self, url: str, token: str, options: JsObject) -> None:
        self.emit("connectionStateChanged", "connecting")
        self.connected_with = (url, token, options)
        if self._livekit.never_ends:
            await asyncio.Event().wait()
        if self._livekit.failure:
            self.emit("connectionStateChanged", "disconnected")
            self.emit("disconnected", 0)
            raise self._livekit.failure
        self.localParticipant = LocalParticipant(f"identity in {token}")
        self.emit("connectionStateChanged", "connected")
        self.emit("connected")
        if self._livekit.ends_at_once:
            self.emit("connectionStateChanged", "disconnected")
            self.emit("disconnected", 9)

    async def disconnect(self) -> None:
        self.disconnected += 1
        if self._livekit.never_ends:
            await asyncio.Event().wait()
        self.emit("connectionStateChanged", "disconnected")
        self.emit("disconnected", 1)

    def part(self, attributes: JsObject | None, frame: Uint8Array | None) -> None:
        self.parted_with.append((attributes, frame))
        self.emit("connectionStateChanged", "disconnected")
        self.emit("disconnected", 1)


class LiveKit:
    """The class `Room`, and all rooms that were made."""

    def __init__(self, *present: RemoteParticipant) -> None:
        self.present = present
        self.failure: JsException | None = None
        self.ends_at_once = False
        self.never_ends = False
        self.rooms: list[LiveKitRoom] = []
        self.window = Emitter()

    def new(self) -> LiveKitRoom:
        self.rooms.append(LiveKitRoom(self))
        return self.rooms[-1]

    @property
    def room(self) -> LiveKitRoom:
        return self.rooms[-1]
