"""The transport of headless members: LiveKit's own SDK for Python (`livekit` 1.2), on CPython.

Three properties of the SDK, measured on 1.2.1, shape this module.  A cancelled `connect` goes on in the native library,
which fifteen seconds later ends the whole process.  `set_attributes` returns before our own participant shows them, and
also if the server refused.  And every event of the process goes to every room in it, so a process should have about
ten of them, not a hundred.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from livekit import rtc
from livekit.rtc.participant import PublishDataError

from volly_browser.transport.contract import TransportError
from volly_browser.transport.livekit_link import ATTRIBUTE, LiveKitLink
from volly_browser.transport.quoting import quoted
from volly_browser.transport.tokens import Grant

PATIENCE: Final = 10.0
"""Seconds that LiveKit has for a data packet, or for an attribute."""


class NativeLiveKitTransport(LiveKitLink):
    """One connection to a LiveKit room by `livekit.rtc`; the server says which STUN servers are asked.

    Args:
        fetch_grant: gives a fresh url and token for each attempt to connect.
        new_room: makes a `Room`.
    """

    def __init__(
        self, fetch_grant: Callable[[], Awaitable[Grant]], new_room: Callable[[], rtc.Room] = rtc.Room
    ) -> None:
        super().__init__(fetch_grant)
        self._new_room = new_room
        self._room: rtc.Room | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._attributes_changed = asyncio.Event()
        self._hanging_up: set[asyncio.Task[None]] = set()
        self._handlers: Mapping[Any, Callable[..., None]] = {
            "data_received": self._on_data,
            "participant_connected": self._on_joined,
            "participant_disconnected": self._on_left,
            "participant_attributes_changed": self._on_attributes,
            "reconnecting": self._got_reconnecting,
            "reconnected": self._got_reconnected,
            "disconnected": self._got_disconnected,
        }

    async def _open_room(self, grant: Grant) -> str:
        room = self._room = self._new_room()
        for event, handler in self._handlers.items():
            room.on(event, handler)
        options = rtc.RoomOptions(auto_subscribe=False)
        self._connecting = asyncio.create_task(room.connect(grant.url, grant.token, options))
        try:
            await asyncio.shield(self._connecting)
        except rtc.ConnectError as error:
            raise TransportError(f"The connection to {grant.url} failed.{quoted(error.message)}") from error
        return room.local_participant.identity

    async def _drop_room(self) -> None:
        """Remove our handlers; the room disconnects even if the waiting task is cancelled."""
        room, connecting = self._room, self._connecting
        self._room = self._connecting = None
        if room is not None and connecting is not None:
            for event, handler in self._handlers.items():
                room.off(event, handler)
            hanging_up = asyncio.create_task(_hang_up(room, connecting))
            self._hanging_up.add(hanging_up)
            hanging_up.add_done_callback(self._hanging_up.discard)
        if self._hanging_up:
            await asyncio.wait(self._hanging_up)

    def _present(self) -> Iterator[tuple[str, str | None]]:
        for participant in self._connected_room().remote_participants.values():
            yield participant.identity, participant.attributes.get(ATTRIBUTE)

    async def _set_attribute(self, encoded: str) -> None:
        ourselves = self._connected_room().local_participant
        try:
            async with asyncio.timeout(PATIENCE):
                await ourselves.set_attributes({ATTRIBUTE: encoded})
                while ourselves.attributes.get(ATTRIBUTE) != encoded:
                    self._attributes_changed.clear()
                    await self._attributes_changed.wait()
        except TimeoutError as error:
            raise TransportError("LiveKit did not take our announcement.") from error

    async def _publish(self, frame: bytes, to: Sequence[str], *, reliable: bool) -> None:
        ourselves = self._connected_room().local_participant
        try:
            async with asyncio.timeout(PATIENCE):
                await ourselves.publish_data(frame, reliable=reliable, destination_identities=list(to))
        except PublishDataError as error:
            raise TransportError(f"LiveKit did not take what we sent.{quoted(error.message)}") from error
        except TimeoutError as error:
            raise TransportError(f"LiveKit did not take what we sent within {PATIENCE:.0f} seconds.") from error

    def _connected_room(self) -> rtc.Room:
        if self._room is None:
            raise TransportError("There is no connection to the server.")
        return self._room

    def _on_data(self, packet: rtc.DataPacket) -> None:
        """Report a frame; the SDK does not name its sender if it came before `participant_connected`."""
        self._got_frame(packet.data, packet.participant.identity if packet.participant else "")

    def _on_joined(self, participant: rtc.RemoteParticipant) -> None:
        self._got_peer(participant.identity, participant.attributes.get(ATTRIBUTE))

    def _on_left(self, participant: rtc.RemoteParticipant) -> None:
        self._got_peer_left(participant.identity)

    def _on_attributes(self, changed: Mapping[str, str], participant: rtc.Participant) -> None:
        self._attributes_changed.set()
        if changed.get(ATTRIBUTE):
            self._got_attribute(participant.identity, participant.attributes.get(ATTRIBUTE))


async def _hang_up(room: rtc.Room, connecting: asyncio.Task[None]) -> None:
    await asyncio.wait({connecting})
    await room.disconnect()
