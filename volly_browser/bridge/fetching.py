"""HTTP from the page: one JSON request, one JSON answer."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import js
from pyodide.ffi import JsException, JsProxy

from volly_browser.bridge.values import to_bytes, to_object
from volly_browser.errors import LocalError

ANSWER_LIMIT = 64 << 10
"""Bytes that an answer can have."""

PATIENCE = 15_000
"""Milliseconds until the browser ends a request: longer than callers wait, or chance would choose what is said."""


class FetchFailed(LocalError):
    """No answer came: the address is wrong, the server is down, or the browser forbids the request."""


class JsonAnswer(NamedTuple):
    """The server's HTTP status and JSON value; None if the body is no JSON.

    Objects and lists inside the value are JavaScript's.
    """

    status: int
    value: Any


async def post_json(url: str, body: Mapping[str, object]) -> JsonAnswer:
    """POST a JSON object.

    Neither cookies nor a referrer are sent, and redirects are an error.

    Raises:
        FetchFailed: no answer came, it was too long, or not complete in time.
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
    """Read the body as text; errors are JavaScript's."""
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
    """Parse by JavaScript, which takes any depth; Python's `json` ends the interpreter at some thousand brackets."""
    try:
        value = js.JSON.parse(text)
    except JsException:
        return None
    return value.to_py(depth=1) if isinstance(value, JsProxy) else value
