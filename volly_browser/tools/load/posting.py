"""HTTP of headless members: one JSON request, one JSON answer."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp

from volly_browser.errors import LocalError


class PostFailed(LocalError):
    """No answer came: the address is wrong, or the server is down."""


class JsonAnswer(NamedTuple):
    """The server's HTTP status and JSON value; None if the body is no JSON."""

    status: int
    value: Any


async def post_json(url: str, body: Mapping[str, object]) -> JsonAnswer:
    """POST a JSON object.  Raises PostFailed."""
    try:
        async with aiohttp.ClientSession() as session, session.post(url, json=body, allow_redirects=False) as response:
            return JsonAnswer(response.status, _parsed(await response.text()))
    except aiohttp.ClientError as error:
        raise PostFailed(f"No answer from {url}: {error}.") from error


def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text)
    except ValueError:
        return None
