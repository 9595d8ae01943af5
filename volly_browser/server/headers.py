"""The headers of every response, written once: the server sends them, `build.py site` writes them for other hosts.

A worker takes its policy from its own response, so they belong on scripts and errors as much as on pages.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

Headers = dict[str, str]

LAB_PATH = "/lab.html"
"""The only page with PyScript, which needs 'unsafe-eval'."""

IMMUTABLE_PATHS = r"^/(assets|pyodide-[0-9a-f]+|lab-[0-9a-f]+)/"
"""Paths with a hash of the content in their name."""

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}

_TRUSTED_TYPES = {
    "require-trusted-types-for": "'script'",
    "trusted-types": "volly",  # one policy, for the addresses of workers
}

_LAB = {
    "script-src": "'self' 'wasm-unsafe-eval' 'unsafe-eval'",
    "connect-src": "'self' blob:",
    "worker-src": "'self' blob:",  # PyScript runs the cells in a worker that it makes from a blob
    "style-src": "'self' 'unsafe-inline'",
}

_COMMON = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=(), serial=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def for_path(path: str, livekit_url: str | None) -> Headers:
    """Return the security headers of a response.

    Args:
        path: the request's.
        livekit_url: the LiveKit server (ws or wss) that pages can connect to, besides their own origin.
    """
    policy = _POLICY | (_LAB if path == LAB_PATH else _TRUSTED_TYPES)
    policy["connect-src"] = " ".join([policy["connect-src"], *origins(livekit_url)])
    return {"Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()), **_COMMON}


def origins(livekit_url: str | None) -> Sequence[str]:
    """Return the two origins of a LiveKit server: WebSocket, and HTTP, by which the client asks why that failed."""
    if livekit_url is None:
        return ()
    scheme, host = urlsplit(livekit_url)[:2]
    secure = scheme in {"wss", "https"}
    return (f"wss://{host}", f"https://{host}") if secure else (f"ws://{host}", f"http://{host}")
