import json
from collections.abc import Iterator

import pytest

from tests.unit.bridge.fake_browser import Browser, JsException, browser


@pytest.fixture
def page() -> Iterator[Browser]:
    with browser() as fake:
        yield fake


async def test_a_json_question_gets_its_answer(page: Browser) -> None:
    from volly_browser.bridge.fetching import JsonAnswer, post_json

    page.answers(200, '{"token": "abc"}')
    assert await post_json("/token", {"room": "r"}) == JsonAnswer(200, {"token": "abc"})
    [(url, options)] = page.fetched
    assert url == "/token"
    assert options.method == "POST"
    assert json.loads(options.body) == {"room": "r"}


async def test_the_question_takes_nothing_along_that_it_need_not(page: Browser) -> None:
    from volly_browser.bridge.fetching import post_json

    page.answers(200, "{}")
    await post_json("/token", {})
    options = page.fetched[0][1]
    assert (options.credentials, options.redirect, options.referrerPolicy) == ("omit", "error", "no-referrer")


@pytest.mark.parametrize("value", ["text", 7, True, ["a", "b"]])
async def test_an_answer_may_be_any_json(page: Browser, value: object) -> None:
    from volly_browser.bridge.fetching import JsonAnswer, post_json

    page.answers(200, json.dumps(value))
    assert await post_json("/token", {}) == JsonAnswer(200, value)


@pytest.mark.parametrize("body", ["", "<html>", "{", "\ufeff"])
async def test_an_answer_that_is_no_json_has_no_value(page: Browser, body: str) -> None:
    from volly_browser.bridge.fetching import JsonAnswer, post_json

    page.answers(502, body)
    assert await post_json("/token", {}) == JsonAnswer(502, None)


async def test_no_answer_is_a_sentence(page: Browser) -> None:
    from volly_browser.bridge.fetching import FetchFailed, post_json

    page.answer = JsException("TypeError", "Failed to fetch")
    with pytest.raises(FetchFailed, match="No answer from /token: Failed to fetch"):
        await post_json("/token", {})
