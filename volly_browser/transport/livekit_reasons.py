"""LiveKit's reasons: what they mean for the link, and in sentences."""

from typing import Final

from volly_browser.transport.contract import LinkState, TransportError, TransportRefused
from volly_browser.transport.quoting import quoted

NOT_ALLOWED: Final = 0
TROUBLES: Final = {
    1: "cannot be reached.",
    5: "takes too long to answer.",
    6: "does not answer as LiveKit does: possibly something in between answers for it.",
}
"""`ConnectionErrorReason` of livekit-client."""

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
    """Return the state of the link after a `disconnected` event."""
    return LinkState.DISPLACED if reason == DUPLICATE_IDENTITY else LinkState.CLOSED


def disconnected(reason: object) -> str:
    """Return the sentence for a `disconnected` event."""
    known = DISCONNECTED.get(reason) if isinstance(reason, int) else None
    return known or "The connection to the server ended."


class TokenNotAccepted(TransportError):
    """LiveKit refuses a token that was fetched a moment ago."""


def connect_error(url: str, name: str, reason: object, message: str) -> TransportError:
    """Make an error of a failed `Room.connect`.

    Args:
        url: of the server.
        name: of the JavaScript error.
        reason: its `ConnectionErrorReason`, if it has one.
        message: its text, partly written by the server.
    """
    if "doesn't seem to be supported" in message or "WebRTC" in message:
        return TransportRefused("This browser has no WebRTC, which the connection needs. Please try another one.")
    known = reason if name == "ConnectionError" else None
    if known == NOT_ALLOWED:
        return TokenNotAccepted(_not_accepted(url, message))
    if known in TROUBLES:
        return TransportError(f"The server at {url} {TROUBLES[known]}")
    return TransportError(f"The connection to {url} failed.{quoted(message)}")


def _not_accepted(url: str, message: str) -> str:
    """Name the reasons for a refused token; LiveKit tolerates a minute between its clock and the token service's."""
    for said, means in (("not valid yet", "behind"), ("is expired", "ahead of")):
        if said in message:
            return (
                f"The server at {url} does not accept our token: its clock is {means} that of the token service."
                " The operator of this site has to set one of them."
            )
    return f"The server at {url} does not accept our token.{quoted(message)}"
