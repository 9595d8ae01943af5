"""JavaScript parses any depth for Python; see also `tests/unit/test_depth.py`."""

import pytest

from volly_browser.bridge.fetching import JsonAnswer, _parsed
from volly_browser.transport.contract import TransportError
from volly_browser.transport.tokens import Grant, TokenService

DEEP = 1_000_000


@pytest.mark.parametrize("text", ["[" * DEEP, '{"url":' * DEEP, "[" * DEEP + "]" * (DEEP - 1)], ids=len)
def test_deep_json_that_never_ends_is_none(text: str) -> None:
    assert _parsed(text) is None


@pytest.mark.parametrize("text", ["[" * DEEP + "]" * DEEP, '{"url":' * DEEP + "1" + "}" * DEEP], ids=len)
def test_deep_json_is_taken_apart_no_further_than_it_is_read(text: str) -> None:
    assert len(_parsed(text)) == 1


async def grant(body: str) -> Grant:
    """What comes of an answer of the token service."""

    async def post(_url: str, _question: object) -> JsonAnswer:
        return JsonAnswer(200, _parsed(body))

    return await TokenService(post, "/token", "room")()


async def test_a_grant_is_read() -> None:
    answer = '{"url": "wss://livekit.example", "token": "abc", "more": {"ice": [null]}}'
    assert await grant(answer) == Grant("wss://livekit.example", "abc")


@pytest.mark.parametrize(
    "body",
    [
        *("", "null", "true", "7", '"text"', "[]", "{}", '{"url": null, "token": null}'),
        *('{"url": {"url": "wss://a"}, "token": ["b"]}', '{"url":' * DEEP + "1" + "}" * DEEP, "[" * DEEP),
    ],
    ids=lambda body: body[:40],
)
async def test_what_is_no_grant_is_refused(body: str) -> None:
    with pytest.raises(TransportError, match="is not a token service"):
        await grant(body)
