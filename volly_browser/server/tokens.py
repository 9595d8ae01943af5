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
"""It travels in the WebSocket's URL, which proxies log, so it is short; LiveKit renews it while connected."""

SKEW = timedelta(minutes=10)
"""By how much LiveKit's clock may be behind ours: it takes a token's begin more exactly than it needs to."""

REQUEST_LIMIT = 1024
"""Bytes of a request's body."""

# 128 bits are 21 full characters and 2 bits of the last one, whose other 4 bits are zero.
_ROOM = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")


class BadRequest(RemoteError):
    """What was asked for is not a token request."""


@dataclass(frozen=True, slots=True)
class LiveKitAccess:
    """The LiveKit server for which tokens are made, and the key it knows."""

    url: str
    api_key: str
    api_secret: str


def parse_request(body: bytes) -> str:
    """The room id in `{"room": "<22 characters>"}`: 128 bits in base64url, and nothing else.

    Raises:
        BadRequest: anything else.
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
    """What a client needs to connect: `url`, `token`, and the random `identity` under which LiveKit will know it.

    And the `time` in seconds since 1970, by which a client sees that its clock is wrong.

    The name is empty.  Attributes may be set, because the sealed announcement at the door is one.  Media may not be
    sent.
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
