"""The transport of the page: livekit-client 2.23 and an unmodified LiveKit server."""

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import js
from pyodide.ffi import JsException

from volly_browser.bridge.proxies import Listeners
from volly_browser.bridge.values import optional_text, to_bytes, to_object, to_uint8_array
from volly_browser.transport import livekit_reasons as reasons
from volly_browser.transport.contract import TransportError
from volly_browser.transport.livekit_link import ATTRIBUTE, LiveKitLink, encode
from volly_browser.transport.quoting import quoted
from volly_browser.transport.tokens import Grant

RECONNECTING: Final = {"reconnecting", "signalReconnecting"}

ENDING: Final = 10.0
"""Seconds after the browser asked whether to end the page in which a broken connection means that it ends.

Firefox closes the connection before it fires `pagehide`, possibly long before the next page is there.
"""

COME_BACK: Final = 3.0
"""Seconds after which a page that should have ended connects again: the user possibly started a download."""

DISCONNECT_PATIENCE: Final = 3.0
"""Seconds: livekit-client waits for ever if its own start failed."""

CONNECT_OPTIONS: Final = {
    "autoSubscribe": False,
    # else LiveKit possibly names public STUN servers, which then learn the users' addresses
    "rtcConfig": {"iceServers": []},
}


class LiveKitTransport(LiveKitLink):
    """One connection to a LiveKit room by livekit-client.

    Args:
        room_class: the class `Room` of web/livekit.mjs; that of livekit-client does not let a page end in good order.
        fetch_grant: gives a fresh url and token for each attempt to connect.
        connect_options: for `Room.connect`.
    """

    def __init__(
        self,
        room_class: Any,  # noqa: ANN401 - a JavaScript class
        fetch_grant: Callable[[], Awaitable[Grant]],
        connect_options: dict[str, object] | None = None,
    ) -> None:
        super().__init__(fetch_grant)
        self._room_class = room_class
        self._connect_options = CONNECT_OPTIONS | (connect_options or {})
        self._room: Any = None
        self._listeners = Listeners()
        self._page = Listeners("addEventListener", "removeEventListener")
        self._page_is_shown = asyncio.Event()
        self._page_is_shown.set()
        self._will = b"", b""
        self._asked_at = -math.inf
        self._back: asyncio.TimerHandle | None = None

    @property
    def livekit_room(self) -> Any:  # noqa: ANN401 - a JavaScript object
        """The `Room` of livekit-client underneath; None while there is none."""
        return self._room

    def set_will(self, announcement: bytes, frame: bytes) -> None:
        """Keep a will ready, as an announcement and as a frame, of which one can still be sent when the page ends."""
        super().set_will(announcement, frame)
        self._will = announcement, frame

    async def close(self) -> None:
        """Leave; see `LiveKitLink.close`."""
        await super().close()
        self._page.close()
        if self._back:
            self._back.cancel()

    async def _wait_for_sense(self) -> None:
        if not self._page:
            self._page.listen(js.window, "beforeunload", self._on_asked)
            self._page.listen(js.window, "pagehide", self._on_page_end)
            self._page.listen(js.window, "pageshow", self._on_page_back)
        await self._page_is_shown.wait()

    async def _open_room(self, grant: Grant) -> str:
        self._room = self._room_class.new()
        handlers: dict[str, Callable[..., None]] = {
            "dataReceived": self._on_data,
            "participantConnected": self._on_joined,
            "participantDisconnected": self._on_left,
            "participantAttributesChanged": self._on_attributes,
            "connectionStateChanged": self._on_state,
            "reconnected": self._on_reconnected,
            "disconnected": self._on_disconnected,
            "signalBroken": self._on_signal_broken,
        }
        for event, handler in handlers.items():
            self._listeners.listen(self._room, event, handler)
        try:
            await self._room.connect(grant.url, grant.token, to_object(self._connect_options))
        except JsException as error:
            raise reasons.connect_error(grant.url, error.name, getattr(error, "reason", None), error.message) from error
        identity: str = self._room.localParticipant.identity
        return identity

    async def _drop_room(self) -> None:
        room, self._room = self._room, None
        self._listeners.close()
        if room is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DISCONNECT_PATIENCE):
                    await room.disconnect()

    def _present(self) -> Iterator[tuple[str, str | None]]:
        for participant in _values(self._room.remoteParticipants):
            yield participant.identity, _attribute(participant.attributes)

    async def _set_attribute(self, encoded: str) -> None:
        try:
            await self._room.localParticipant.setAttributes(to_object({ATTRIBUTE: encoded}))
        except JsException as error:
            raise TransportError(f"LiveKit did not take our announcement.{quoted(error.message)}") from error

    async def _publish(self, frame: bytes, to: Sequence[str], *, reliable: bool) -> None:
        options = to_object({"reliable": reliable, "destinationIdentities": list(to)})
        try:
            await self._room.localParticipant.publishData(to_uint8_array(frame), options)
        except JsException as error:
            raise TransportError(f"LiveKit did not take what we sent.{quoted(error.message)}") from error

    def _on_page_end(self, *_: Any) -> None:  # noqa: ANN401
        """Send the will: the page ends, or the browser puts it into its back/forward cache.

        There is no later chance.  The room object reports its end by the event that it always has for that.
        """
        self._page_is_shown.clear()
        self._part()

    def _on_page_back(self, *_: Any) -> None:  # noqa: ANN401
        self._page_is_shown.set()

    def _on_asked(self, *_: Any) -> None:  # noqa: ANN401
        """Note that the browser asks whether to end the page, after which the user possibly stays."""
        self._asked_at = _now()

    def _on_signal_broken(self, *_: Any) -> None:  # noqa: ANN401
        """Take a broken signal connection, while data channels work, for the end of the page if one was asked for."""
        if _now() <= self._asked_at + ENDING:
            self._page_is_shown.clear()
            self._back = asyncio.get_running_loop().call_later(COME_BACK, self._page_is_shown.set)
            self._part()

    def _part(self) -> None:
        (announcement, frame), self._will = self._will, (b"", b"")
        if self._room is None:
            return
        self._got_page_end(will_shown=bool(announcement))
        if announcement:
            self._room.part(to_object({ATTRIBUTE: encode(announcement)}), to_uint8_array(frame))
        else:
            self._room.part(None, None)

    def _on_data(self, payload: Any, participant: Any = None, *rest: Any) -> None:  # noqa: ANN401
        """`dataReceived(payload, participant, kind, topic, encryptionType, participantIdentity)`.

        Data possibly comes before `participantConnected`; then there is no participant, only the last argument.
        """
        named = optional_text(rest[3]) if len(rest) > 3 else None
        self._got_frame(to_bytes(payload), named or optional_text(getattr(participant, "identity", None)) or "")

    def _on_joined(self, participant: Any, *_: Any) -> None:  # noqa: ANN401
        self._got_peer(participant.identity, _attribute(participant.attributes))

    def _on_left(self, participant: Any, *_: Any) -> None:  # noqa: ANN401
        self._got_peer_left(participant.identity)

    def _on_attributes(self, changed: Any, participant: Any, *_: Any) -> None:  # noqa: ANN401
        if _attribute(changed):
            self._got_attribute(participant.identity, _attribute(participant.attributes))

    def _on_state(self, state: str, *_: Any) -> None:  # noqa: ANN401
        """Report reconnecting; events that say more report connected and disconnected."""
        if state in RECONNECTING:
            self._got_reconnecting()

    def _on_reconnected(self, *_: Any) -> None:  # noqa: ANN401
        self._got_reconnected()

    def _on_disconnected(self, reason: Any = None, *_: Any) -> None:  # noqa: ANN401
        self._got_disconnected(reason)


def _values(map_proxy: Any) -> Iterable[Any]:  # noqa: ANN401 - a JavaScript Map
    values: Iterable[Any] = map_proxy.values()
    return values


def _now() -> float:
    return asyncio.get_running_loop().time()


def _attribute(attributes: Any) -> str | None:  # noqa: ANN401 - a JavaScript object
    return optional_text(getattr(attributes, ATTRIBUTE, None))
