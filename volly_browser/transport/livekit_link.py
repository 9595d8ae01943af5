"""What a connection to a LiveKit room is, whichever of LiveKit's clients makes it.

LiveKit gets a random identity, an empty name, sealed bytes, and nothing else.  Its reliable packets are not delivery:
those taken during a full reconnect are lost, so nothing here promises more than the contract.
"""

import asyncio
import base64
import math
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

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
    TransportRefused,
    WillShown,
    is_identity,
)
from volly_browser.transport.inbox import EventInbox
from volly_browser.transport.tokens import Grant

ATTRIBUTE: Final = "volly"
"""The participant attribute that holds the announcement, in base64."""

CONNECT_PATIENCE: Final = 20.0
"""Seconds: livekit-client tries for ever if another server answers 404 in LiveKit's place."""

DRAIN: Final = 0.25
"""Seconds from the last frame to closing: frames that the client still holds would be lost."""


class LiveKitLink(ABC):
    """One connection to a LiveKit room; see `contract.Transport`.

    A subclass knows one client: it implements the abstract methods, and reports events by `_got_...`.

    Args:
        fetch_grant: gives a fresh url and token for each attempt to connect.
    """

    def __init__(self, fetch_grant: Callable[[], Awaitable[Grant]]) -> None:
        self._fetch_grant = fetch_grant
        self._inbox = EventInbox()
        self._state = LinkState.CLOSED
        self._identity = ""
        self._broke = ""
        self._last_sent = -math.inf
        self._worked_once = False
        self._tokens_refused = 0

    @property
    def identity(self) -> str:
        """The random identity in the token, as LiveKit confirmed it."""
        return self._identity

    @property
    def state(self) -> LinkState:
        """The state of the link."""
        return self._state

    async def connect(self) -> None:
        """Fetch a token and connect with a room object of its own.  Raises TransportError, TransportRefused."""
        await self._wait_for_sense()
        await self._drop_room()
        self._change(LinkState.CONNECTING)
        self._broke = ""
        try:
            self._identity = _checked(await self._open_with_patience(await self._fetch_grant()))
            self._require_unbroken()
        except BaseException as error:
            self._state = LinkState.CLOSED
            await self._drop_room()
            if isinstance(error, TransportError):
                raise self._judged(error) from error
            raise
        self._worked_once, self._tokens_refused = True, 0
        self._report_all_others()
        self._change(LinkState.CONNECTED)

    async def announce(self, announcement: bytes) -> None:
        """Set our participant attribute; return when LiveKit has taken it.  Raises TransportError."""
        encoded = encode(check_announcement(announcement))
        self._require_connected()
        await self._set_attribute(encoded)

    def set_will(self, announcement: bytes, frame: bytes) -> None:
        """Check the will and keep none: a program has no page that ends, and says its farewell itself."""
        check_announcement(announcement)
        _check_frame(frame)

    async def send(self, frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
        """Publish a data packet.  Raises TransportError."""
        _check_frame(frame)
        self._require_connected()
        if to is None or to:  # LiveKit takes an empty list for all
            await self._publish(frame, to or (), reliable=reliable)
        self._last_sent = _now()

    async def receive(self) -> TransportEvent:
        """The next event."""
        return await self._inbox.get()

    async def close(self) -> None:
        """Leave, after a moment for the frames that the client still holds.  Safe to call twice."""
        if self._state is LinkState.CONNECTED:
            await asyncio.sleep(max(0.0, self._last_sent + DRAIN - _now()))
        await self._drop_room()
        if self._state not in (LinkState.CLOSED, LinkState.DISPLACED):
            self._change(LinkState.CLOSED, "The connection was closed by us.")

    async def _open_with_patience(self, grant: Grant) -> str:
        try:
            async with asyncio.timeout(CONNECT_PATIENCE):
                return await self._open_room(grant)
        except TimeoutError as error:
            raise TransportError(
                f"The server at {grant.url} cannot be reached within {CONNECT_PATIENCE:.0f} seconds."
                " Possibly this network blocks the connection."
            ) from error

    def _judged(self, error: TransportError) -> TransportError:
        """Make an error final if this server never worked, and it refused for good or refused a second fresh token."""
        self._tokens_refused += isinstance(error, reasons.TokenNotAccepted)
        is_final = isinstance(error, TransportRefused) or self._tokens_refused > 1
        kind = TransportRefused if is_final and not self._worked_once else TransportError
        return kind(str(error))

    # What a subclass does

    async def _wait_for_sense(self) -> None:  # noqa: B027 - most need not wait
        """Return when it makes sense to connect."""

    @abstractmethod
    async def _open_room(self, grant: Grant) -> str:
        """Connect a new room object, with handlers for its events; return our identity.  Raises TransportError."""

    @abstractmethod
    async def _drop_room(self) -> None:
        """Remove our handlers, and only then let the room object go; do nothing if there is none."""

    @abstractmethod
    def _present(self) -> Iterable[tuple[str, str | None]]:
        """Return the identities of all others in the room, with their attribute if they have it."""

    @abstractmethod
    async def _set_attribute(self, encoded: str) -> None:
        """Set our attribute ATTRIBUTE; return when LiveKit has taken it.  Raises TransportError."""

    @abstractmethod
    async def _publish(self, frame: bytes, to: Sequence[str], *, reliable: bool) -> None:
        """Publish a data packet, to all if none is named.  Raises TransportError."""

    # What a subclass reports

    def _got_frame(self, frame: bytes, sender: str) -> None:
        self._inbox.put(FrameReceived(frame, sender))

    def _got_peer(self, identity: str, encoded: str | None) -> None:
        self._inbox.put(PeerJoined(identity))
        self._got_attribute(identity, encoded)

    def _got_peer_left(self, identity: str) -> None:
        self._inbox.put(PeerLeft(identity))

    def _got_attribute(self, identity: str, encoded: str | None) -> None:
        if encoded and identity != self._identity:
            self._inbox.put(PeerAnnounced(identity, _decoded(encoded)))

    def _got_page_end(self, *, will_shown: bool) -> None:
        """Refuse to send from now on, even if the client still could."""
        if will_shown:
            self._inbox.put(WillShown())
        if self._state in (LinkState.CONNECTED, LinkState.RECONNECTING):
            self._change(LinkState.CLOSED, "The page ended, or was put aside.")

    def _got_reconnecting(self) -> None:
        if self._state is not LinkState.RECONNECTING:
            self._change(LinkState.RECONNECTING)

    def _got_reconnected(self) -> None:
        """Report all others again after a full reconnect, during which events are lost."""
        self._report_all_others()
        self._change(LinkState.CONNECTED)

    def _got_disconnected(self, reason: object) -> None:
        if self._state is LinkState.CONNECTING:  # `connect` raises what it means
            self._broke = reasons.disconnected(reason)
        elif self._state is not LinkState.CLOSED:
            self._change(reasons.state_after(reason), reasons.disconnected(reason))

    def _require_unbroken(self) -> None:
        """Raise TransportError if the connection broke while the client was still opening the room."""
        if self._broke:
            raise TransportError(f"The connection ended as soon as it was there. {self._broke}")

    def _require_connected(self) -> None:
        if self._state is not LinkState.CONNECTED:
            raise TransportError("There is no connection to the server at the moment.")

    def _report_all_others(self) -> None:
        for identity, encoded in self._present():
            self._got_peer(identity, encoded)

    def _change(self, state: LinkState, reason: str = "") -> None:
        self._state = state
        self._inbox.put(LinkChanged(state, reason))


def check_announcement(announcement: bytes) -> bytes:
    """Return the announcement.  Raises LocalError if it is longer than ANNOUNCEMENT_LIMIT."""
    if len(announcement) > ANNOUNCEMENT_LIMIT:
        raise LocalError(f"An announcement of {len(announcement)} bytes is longer than {ANNOUNCEMENT_LIMIT}.")
    return announcement


def _check_frame(frame: bytes) -> None:
    if len(frame) > FRAME_LIMIT:
        raise LocalError(f"A frame of {len(frame)} bytes is longer than {FRAME_LIMIT}.")


def encode(announcement: bytes) -> str:
    """Encode an announcement for the attribute."""
    return base64.b64encode(announcement).decode()


def _decoded(encoded: str) -> bytes:
    """Decode an announcement; empty if it is no base64 or too long, which no door opens."""
    try:
        announcement = base64.b64decode(encoded, validate=True)
    except ValueError:  # as binascii has it; or a letter is not ASCII
        return b""
    return announcement if len(announcement) <= ANNOUNCEMENT_LIMIT else b""


def _checked(identity: str) -> str:
    """Return our identity.  Raises TransportError if we could not seal anything in that name."""
    if not is_identity(identity):
        raise TransportError("The server has given this connection a name that is none.")
    return identity


def _now() -> float:
    return asyncio.get_running_loop().time()
