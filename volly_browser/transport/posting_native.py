"""HTTP of programs on CPython: one request, one JSON answer within bounds."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp

from volly_browser.errors import LocalError
from volly_browser.transport.quoting import quoted

ANSWER_LIMIT = 64 << 10
"""Bytes that an answer can have."""

PATIENCE = 10.0
"""Seconds until the whole answer must have come."""


class RequestFailed(LocalError):
    """No answer came: the address is wrong, or the server is down, or too slow, or says too much."""


class JsonAnswer(NamedTuple):
    """The server's HTTP status and JSON value; None if the body is no JSON."""

    status: int
    value: Any


async def post_json(url: str, body: Mapping[str, object]) -> JsonAnswer:
    """POST a JSON object; a redirect is an answer like any other.  Raises RequestFailed."""
    return await _request("POST", url, body)


async def get_json(url: str) -> JsonAnswer:
    """GET what is to be JSON; a redirect is an answer like any other.  Raises RequestFailed."""
    return await _request("GET", url, None)


async def _request(method: str, url: str, body: Mapping[str, object] | None) -> JsonAnswer:
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, json=body, allow_redirects=False) as response,
        ):
            return JsonAnswer(response.status, _parsed(await _read(url, response)))
    except TimeoutError as error:
        raise RequestFailed(f"No answer from {url} within {PATIENCE:.0f} seconds.") from error
    except (aiohttp.ClientError, ValueError) as error:  # an address that is none is a ValueError
        raise RequestFailed(f"No answer from {url}.{quoted(str(error))}") from error


async def _read(url: str, response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > ANSWER_LIMIT:
            raise RequestFailed(f"The answer from {url} is longer than any that is known.")
    return bytes(body)


def _parsed(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(body.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
