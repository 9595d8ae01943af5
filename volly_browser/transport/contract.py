"""What a room needs from the network, and nothing more.

A transport carries frames of at most `FRAME_LIMIT` bytes between identities that it made up itself.  It promises
neither delivery nor order nor honest sender names, nor that the names of others are such: all of that is the room's
work.  Membership of the group is never driven by `PeerJoined` and `PeerLeft`, which are hints about which peers can be
reached (see `docs/protocol.md`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from volly_browser.errors import LocalError

FRAME_LIMIT = 15_000
"""Bytes of one frame: what every LiveKit SDK can carry in one reliable data packet."""


ANNOUNCEMENT_LIMIT = 40_000
"""Bytes of one announcement: base64 of it fits LiveKit's 64 KiB of attributes."""

IDENTITY_BYTES_LIMIT = 256
"""Bytes of an identity in UTF-8: LiveKit allows no longer one unless it is told to."""


def is_identity(name: str) -> bool:
    """Whether a name can be that of a connection: text that UTF-8 can write, in at most IDENTITY_BYTES_LIMIT bytes."""
    try:
        return len(name) <= IDENTITY_BYTES_LIMIT and len(name.encode()) <= IDENTITY_BYTES_LIMIT
    except UnicodeEncodeError:  # half of a character
        return False


class TransportError(LocalError):
    """The server cannot be reached or refuses; the text says why and what to try."""


class TransportRefused(TransportError):
    """Asking again will not help: the address, the request or this browser is at fault."""


class LinkState(Enum):
    """How the transport stands to its server.

    DISPLACED is closed, too: the server has given our place to another connection of the same identity.  Two such
    connections that came back unasked would displace each other for ever.
    """

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    CLOSED = "closed"
    DISPLACED = "displaced"


@dataclass(frozen=True, slots=True)
class FrameReceived:
    """A frame arrived.  `sender` is what the server claims, nothing more."""

    frame: bytes
    sender: str


@dataclass(frozen=True, slots=True)
class PeerJoined:
    """An identity can be reached; also reported for those that are there when we connect."""

    identity: str


@dataclass(frozen=True, slots=True)
class PeerLeft:
    """An identity cannot be reached any more, according to the server."""

    identity: str


@dataclass(frozen=True, slots=True)
class PeerAnnounced:
    """The announcement (a sealed blob) that a peer keeps on display for latecomers."""

    identity: str
    announcement: bytes


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link to the server changed its state; `reason` is a sentence if the state is CLOSED or DISPLACED."""

    state: LinkState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WillShown:
    """The page was put aside as if it ended, and is back: the others got our will meanwhile."""


TransportEvent = FrameReceived | PeerJoined | PeerLeft | PeerAnnounced | LinkChanged | WillShown


class Transport(Protocol):
    """One connection of one identity to one room."""

    @property
    def identity(self) -> str:
        """The random name under which the server knows us, see `is_identity`; known once `connect` has returned."""
        ...

    @property
    def state(self) -> LinkState:
        """The state of the link as last reported by a LinkChanged event."""
        ...

    async def connect(self) -> None:
        """Reach the server; to be called again after it failed or the other side closed the link.

        Before LinkChanged to CONNECTED come PeerJoined and PeerAnnounced for every identity that is already there, by
        which the room knows whether it was empty.

        Raises:
            TransportError: the server cannot be reached now.
            TransportRefused: another attempt would fail the same way.
        """
        ...

    async def announce(self, announcement: bytes) -> None:
        """Keep this blob (at most ANNOUNCEMENT_LIMIT bytes) on display for identities that come later.

        Raises TransportError.
        """
        ...

    def set_will(self, announcement: bytes, frame: bytes) -> None:
        """Keep a will ready, which is sent when our page ends and not before.

        It comes in two forms, of which one is used: an announcement that replaces ours, and a frame for all; both are
        empty for no will.
        """
        ...

    async def send(self, frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
        """Send a frame to the named identities; to all if `to` is None, to nobody if it is empty.

        Returns when the network has taken the frame, which is not delivery.  Raises TransportError.
        """
        ...

    async def receive(self) -> TransportEvent:
        """Wait for the next event; events keep the order in which they happened.

        After a LinkChanged to CLOSED or DISPLACED no more come, unless `connect` is called again.
        """
        ...

    async def close(self) -> None:
        """Leave.  Safe to call twice."""
        ...
