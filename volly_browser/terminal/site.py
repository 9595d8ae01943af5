"""Finds out from an invite link which site it belongs to, and where that site has its token service."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin

from volly_browser.errors import LocalError
from volly_browser.transport.tokens import Answer

_ORIGIN = re.compile(r"https?://[^\s/?#%<>\"'\\@]+", re.IGNORECASE)

CONFIG = "/config.json"
"""What every site says about itself."""

TOKENS = "/token"
"""The token service of a site that says nothing else."""


class NoSite(LocalError):
    """The link names no site."""


@dataclass(frozen=True, slots=True)
class Site:
    """The servers that a room is reached by.

    Attributes:
        token_url: of the token service.
        signaling_url: of LiveKit, if it is not the one that the token service names.
    """

    token_url: str
    signaling_url: str | None = None


async def find_site(link: str, get: Callable[[str], Awaitable[Answer]]) -> Site:
    """Ask the site of a link for its token service.

    Args:
        link: an invite; the last address before its secret is that of the site.
        get: fetches JSON.  Raises LocalError.

    Raises:
        NoSite: there is no address in the link.
        LocalError: the site does not answer.
    """
    origins = _ORIGIN.findall(link)
    if not origins:
        raise NoSite("This link does not say which site it belongs to. Please copy the whole link, or use --token-url.")
    answer = await get(origins[-1] + CONFIG)
    config = answer.value if answer.status == 200 and isinstance(answer.value, dict) else {}
    token_url, signaling_url = config.get("tokenUrl"), config.get("signalingUrl")
    address = _joined(origins[-1], token_url if isinstance(token_url, str) else TOKENS)
    if not _ORIGIN.match(address):
        raise NoSite(f"The site at {origins[-1]} names no address of a token service.")
    return Site(address, signaling_url if isinstance(signaling_url, str) else None)


def _joined(origin: str, address: str) -> str:
    try:
        return urljoin(origin, address)
    except ValueError:
        return ""
