"""HTTP from the page: one JSON question, one JSON answer."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import js
from pyodide.ffi import JsException, JsProxy

from volly_browser.bridge.values import to_bytes, to_object
from volly_browser.errors import LocalError

ANSWER_LIMIT = 64 << 10
"""Bytes of an answer."""

PATIENCE = 10_000
"""Milliseconds until the whole answer must have come."""


class FetchFailed(LocalError):
    """No answer came: the address is wrong, the server is down, or the browser forbids the request."""


class JsonAnswer(NamedTuple):
    """What the server said: the HTTP status, and the JSON value, None where the body is no JSON.

    Objects and lists inside of the value are JavaScript's.
    """

    status: int
    value: Any


async def post_json(url: str, body: Mapping[str, object]) -> JsonAnswer:
    """POST a JSON object.

    Cookies and the address of this page are kept back; redirects are not followed to other places.

    Raises:
        FetchFailed: no answer came, or not all of it in time, or too much.
    """
    options = {
        "method": "POST",
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
        "credentials": "omit",
        "redirect": "error",
        "referrerPolicy": "no-referrer",
        "cache": "no-store",
        "signal": js.AbortSignal.timeout(PATIENCE),
    }
    try:
        response = await js.fetch(url, to_object(options))
        text = await _read(url, response)
    except JsException as error:
        raise FetchFailed(f"No answer from {url}: {error.message}.") from error
    return JsonAnswer(response.status, _parsed(text))


async def _read(url: str, response: Any) -> str:
    """The body as text; a failure is JavaScript's."""
    if not response.body:
        return ""
    reader, body = response.body.getReader(), bytearray()
    while not (part := await reader.read()).done:
        body += to_bytes(part.value)
        if len(body) > ANSWER_LIMIT:
            await reader.cancel()
            raise FetchFailed(f"The answer from {url} is longer than any that is known.")
    return body.decode(errors="replace")


def _parsed(text: str) -> Any:
    """JavaScript parses any depth; Python's `json` would end the interpreter at some thousand brackets."""
    try:
        value = js.JSON.parse(text)
    except JsException:
        return None
    return value.to_py(depth=1) if isinstance(value, JsProxy) else value
