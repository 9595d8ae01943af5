"""The transport over livekit-client 2.23 in the page and an unmodified LiveKit server.

LiveKit gets a random identity, an empty name, sealed bytes, and nothing else.  What it calls reliable is not delivery:
during a full reconnect `publishData` resolves and the data is gone, so nothing here promises more than the contract.
"""

import asyncio
import base64
import binascii
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

from pyodide.ffi import JsException

from volly_browser.bridge.proxies import Listeners
from volly_browser.bridge.values import optional_text, to_bytes, to_object, to_uint8_array
from volly_browser.errors import LocalError
from volly_browser.transport import livekit_reasons as reasons
from volly_browser.transport.contract import (
    ANNOUNCEMENT_LIMIT,
    FRAME_LIMIT,
    FrameReceived,
    LinkChanged,
    LinkState,
    PeerAnnounced,
    PeerJoined,
    PeerLeft,
    TransportError,
    TransportEvent,
)
from volly_browser.transport.inbox import EventInbox
from volly_browser.transport.tokens import Grant

ATTRIBUTE: Final = "volly"
"""The participant attribute that holds the announcement, in base64."""

DRAIN: Final = 0.25
"""Seconds from the last frame to closing: what the browser still holds would be lost."""

LINK_STATES: Final = {
    "connecting": LinkState.CONNECTING,
    "reconnecting": LinkState.RECONNECTING,
    "signalReconnecting": LinkState.RECONNECTING,
}

CONNECT_OPTIONS: Final = {
    "autoSubscribe": False,
    "rtcConfig": {"iceServers": []},  # else LiveKit may name public STUN servers, and those learn who talks
}


class LiveKitTransport:
    """One connection to a LiveKit room; see `contract.Transport`.

    Args:
        room_class: the class `Room` of livekit-client.
        fetch_grant: gives a fresh url and token for each attempt to connect.
        connect_options: for `Room.connect`.
    """

    def __init__(
        self,
        room_class: Any,  # noqa: ANN401 - a JavaScript class
        fetch_grant: Callable[[], Awaitable[Grant]],
        connect_options: dict[str, object] | None = None,
    ) -> None:
        self._room_class = room_class
        self._fetch_grant = fetch_grant
        self._connect_options = CONNECT_OPTIONS | (connect_options or {})
        self._room: Any = None
        self._listeners = Listeners()
        self._inbox = EventInbox()
        self._state = LinkState.CLOSED
        self._identity = ""
        self._last_sent = -math.inf

    @property
    def identity(self) -> str:
        """The random identity in the token, as LiveKit confirmed it."""
        return self._identity

    @property
    def state(self) -> LinkState:
        """The state of the link."""
        return self._state

    @property
    def livekit_room(self) -> Any:  # noqa: ANN401 - a JavaScript object
        """The `Room` of livekit-client underneath; None while there is none."""
        return self._room

    async def connect(self) -> None:
        """Fetch a token and connect with a `Room` of its own.  Raises TransportError, TransportRefused."""
        await self._drop_room()
        self._change(LinkState.CONNECTING)
        try:
            grant = await self._fetch_grant()
            self._open_room()
            await self._connect_room(grant)
        except BaseException:
            await self._drop_room()
            self._state = LinkState.CLOSED
            raise
        self._identity = self._room.localParticipant.identity
        self._report_everybody()
        self._change(LinkState.CONNECTED)

    async def announce(self, announcement: bytes) -> None:
        """Set our participant attribute; returns when LiveKit has taken it.  Raises TransportError."""
        if len(announcement) > ANNOUNCEMENT_LIMIT:
            raise LocalError(f"An announcement of {len(announcement)} bytes is longer than {ANNOUNCEMENT_LIMIT}.")
        attributes = to_object({ATTRIBUTE: base64.b64encode(announcement).decode()})
        try:
            await self._participant().setAttributes(attributes)
        except JsException as error:
            raise TransportError(f"LiveKit did not take our announcement. {error.message}") from error

    async def send(self, frame: bytes, to: Sequence[str] = (), *, reliable: bool = True) -> None:
        """Publish a data packet.  Raises TransportError."""
        if len(frame) > FRAME_LIMIT:
            raise LocalError(f"A frame of {len(frame)} bytes is longer than {FRAME_LIMIT}.")
        options = to_object({"reliable": reliable, "destinationIdentities": list(to)})
        try:
            await self._participant().publishData(to_uint8_array(frame), options)
        except JsException as error:
            raise TransportError(f"LiveKit did not take what we sent. {error.message}") from error
        self._last_sent = _now()

    async def receive(self) -> TransportEvent:
        """The next event."""
        return await self._inbox.get()

    async def close(self) -> None:
        """Leave, after a moment for what the browser still holds.  Safe to call twice."""
        if self._state is LinkState.CONNECTED:
            await asyncio.sleep(max(0.0, self._last_sent + DRAIN - _now()))
        await self._drop_room()
        if self._state is not LinkState.CLOSED:
            self._change(LinkState.CLOSED, "The connection was closed by us.")

    def _participant(self) -> Any:  # noqa: ANN401 - a JavaScript object
        if self._room is None or self._state is not LinkState.CONNECTED:
            raise TransportError("There is no connection to the server at the moment.")
        return self._room.localParticipant

    def _open_room(self) -> None:
        self._room = self._room_class.new()
        handlers: dict[str, Callable[..., None]] = {
            "dataReceived": self._on_data,
            "participantConnected": self._on_joined,
            "participantDisconnected": self._on_left,
            "participantAttributesChanged": self._on_attributes,
            "connectionStateChanged": self._on_state,
            "reconnected": self._on_reconnected,
            "disconnected": self._on_disconnected,
        }
        for event, handler in handlers.items():
            self._listeners.listen(self._room, event, handler)

    async def _connect_room(self, grant: Grant) -> None:
        try:
            await self._room.connect(grant.url, grant.token, to_object(self._connect_options))
        except JsException as error:
            raise reasons.connect_error(grant.url, error.name, getattr(error, "reason", None), error.message) from error

    async def _drop_room(self) -> None:
        """Take our handlers off, and only then let the room go."""
        room, self._room = self._room, None
        self._listeners.close()
        if room is not None:
            await room.disconnect()

    def _report_everybody(self) -> None:
        for participant in _values(self._room.remoteParticipants):
            self._on_joined(participant)

    def _on_data(self, payload: Any, participant: Any = None, *rest: Any) -> None:  # noqa: ANN401
        """`dataReceived(payload, participant, kind, topic, encryptionType, participantIdentity)`.

        Data may come before `participantConnected`: then there is no participant yet, but the last argument.
        """
        named = optional_text(rest[3]) if len(rest) > 3 else None
        sender = named or optional_text(getattr(participant, "identity", None)) or ""
        self._inbox.put(FrameReceived(to_bytes(payload), sender))

    def _on_joined(self, participant: Any, *_: Any) -> None:  # noqa: ANN401
        self._inbox.put(PeerJoined(participant.identity))
        self._report_announcement(participant)

    def _on_left(self, participant: Any, *_: Any) -> None:  # noqa: ANN401
        self._inbox.put(PeerLeft(participant.identity))

    def _on_attributes(self, changed: Any, participant: Any, *_: Any) -> None:  # noqa: ANN401
        if optional_text(getattr(changed, ATTRIBUTE, None)) and participant.identity != self._identity:
            self._report_announcement(participant)

    def _report_announcement(self, participant: Any) -> None:  # noqa: ANN401
        if encoded := optional_text(getattr(participant.attributes, ATTRIBUTE, None)):
            self._inbox.put(PeerAnnounced(participant.identity, _decoded(encoded)))

    def _on_state(self, state: str, *_: Any) -> None:  # noqa: ANN401
        """Connected and disconnected are reported by the events that say more."""
        if state in LINK_STATES and LINK_STATES[state] is not self._state:
            self._change(LINK_STATES[state])

    def _on_reconnected(self, *_: Any) -> None:  # noqa: ANN401
        """After a full reconnect everybody is told anew, so that nothing about them is missed."""
        self._report_everybody()
        self._change(LinkState.CONNECTED)

    def _on_disconnected(self, reason: Any = None, *_: Any) -> None:  # noqa: ANN401
        if self._state is not LinkState.CONNECTING:  # else `connect` raises what it means
            self._change(LinkState.CLOSED, reasons.disconnected(reason))

    def _change(self, state: LinkState, reason: str = "") -> None:
        self._state = state
        self._inbox.put(LinkChanged(state, reason))


def _values(map_proxy: Any) -> Iterable[Any]:  # noqa: ANN401 - a JavaScript Map
    values: Iterable[Any] = map_proxy.values()
    return values


def _decoded(encoded: str) -> bytes:
    """The announcement; empty where it is no base64, which no door will open."""
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return b""


def _now() -> float:
    return asyncio.get_running_loop().time()
