"""LiveKit's reasons: what they mean for the link, and in sentences."""

from typing import Final

from volly_browser.transport.contract import LinkState, TransportError, TransportRefused

NOT_ALLOWED: Final = 0
SERVER_UNREACHABLE: Final = 1
TIMEOUT: Final = 5

DUPLICATE_IDENTITY: Final = 2

DISCONNECTED: Final = {
    1: "This page closed the connection, or the browser put it to sleep.",
    DUPLICATE_IDENTITY: "The same identity connected from somewhere else.",
    3: "The server is shutting down.",
    4: "The server removed us from the room.",
    5: "The server deleted the room.",
    6: "The server lost track of this connection.",
    7: "The server could not let us into the room.",
    9: "The connection to the server broke.",
    10: "The server closed the room.",
    14: "The connection to the server timed out.",
    15: "The data connection failed.",
}
"""`DisconnectReason` of livekit-client."""


def state_after(reason: object) -> LinkState:
    """What a `disconnected` event makes of the link."""
    return LinkState.DISPLACED if reason == DUPLICATE_IDENTITY else LinkState.CLOSED


def disconnected(reason: object) -> str:
    """The sentence for a `disconnected` event."""
    known = DISCONNECTED.get(reason) if isinstance(reason, int) else None
    return known or "The connection to the server ended."


def connect_error(url: str, name: str, reason: object, message: str) -> TransportError:
    """What a failed `Room.connect` means.

    Args:
        url: of the server.
        name: of the JavaScript error.
        reason: its `ConnectionErrorReason`, where it has one.
        message: its text.
    """
    if name != "ConnectionError":
        if "doesn't seem to be supported" in message or "WebRTC" in message:
            return TransportRefused("This browser has no WebRTC, which the connection needs. Please try another one.")
        return TransportError(f"The connection to {url} failed. {message}")
    if reason == NOT_ALLOWED:
        return TransportError(f"The server at {url} does not accept our token. {message}")
    if reason == SERVER_UNREACHABLE:
        return TransportError(f"The server at {url} cannot be reached.")
    if reason == TIMEOUT:
        return TransportError(f"The server at {url} takes too long to answer.")
    return TransportError(f"The connection to {url} failed. {message}")
