"""Tokens that let a stranger into one opaque LiveKit room for a few minutes, with as few rights as a chat needs."""

import json
import re
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

import jwt
from livekit.api import AccessToken, VideoGrants

from volly_browser.errors import RemoteError

LIFETIME = timedelta(minutes=5)
"""The token's life is short, since proxies log the WebSocket's URL with it; LiveKit renews it while connected."""

SKEW = timedelta(minutes=10)
"""By how much a token is valid before it is issued, since LiveKit's clock is possibly behind ours."""

REQUEST_LIMIT = 1024
"""Bytes that a request's body can have."""

# 128 bits are 21 full characters and 2 bits of the last one, whose other 4 bits are zero.
_ROOM = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")


class BadRequest(RemoteError):
    """The request is not a token request."""


@dataclass(frozen=True, slots=True)
class LiveKitAccess:
    """The LiveKit server for which tokens are made, with its API key."""

    url: str
    api_key: str
    api_secret: str


def parse_request(body: bytes) -> str:
    """Parse the room id in `{"room": "<22 characters>"}`: 128 bits in base64url, and nothing else.

    Raises:
        BadRequest: it is anything else.
    """
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The request is not JSON.") from error
    if not isinstance(request, dict) or request.keys() != {"room"}:
        raise BadRequest('The request must be {"room": "<room id>"} and nothing else.')
    room = request["room"]
    if not isinstance(room, str) or not _ROOM.fullmatch(room):
        raise BadRequest("A room id is 128 bits in base64url: 22 characters.")
    return room


def issue(access: LiveKitAccess, room: str) -> dict[str, str | int]:
    """Issue what a client needs to connect: `url`, `token`, and the random `identity` that LiveKit will know it by.

    With them comes the `time` in seconds since 1970, by which a client notices that its clock is wrong.  The token
    grants setting attributes, since the sealed announcement at the door is one, and forbids media.  Its name is empty.
    """
    identity, now = secrets.token_urlsafe(16), int(time.time())
    grants = VideoGrants(
        room_join=True,
        room=room,
        can_publish=False,
        can_publish_data=True,
        can_subscribe=True,
        can_update_own_metadata=True,
    )
    claims = AccessToken(access.api_key, access.api_secret).with_grants(grants).claims.asdict() | {
        "iss": access.api_key,
        "sub": identity,
        "nbf": now - int(SKEW.total_seconds()),
        "exp": now + int(LIFETIME.total_seconds()),
    }
    token = jwt.encode(claims, access.api_secret, algorithm="HS256")
    return {"url": access.url, "token": token, "identity": identity, "time": now}
