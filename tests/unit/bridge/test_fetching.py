import json
from collections.abc import Iterator
from itertools import repeat

import pytest

from tests.unit.bridge.fake_browser import Browser, JsException, JsObject, browser


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


async def test_an_answer_comes_in_parts(page: Browser) -> None:
    from volly_browser.bridge.fetching import JsonAnswer, post_json

    page.answers(200, [b'{"name": "\xc3', b'\xbc"}', b""])
    assert await post_json("/token", {}) == JsonAnswer(200, {"name": "ü"})


async def test_an_answer_without_a_body_has_no_value(page: Browser) -> None:
    from volly_browser.bridge.fetching import JsonAnswer, post_json

    page.answers(204, None)
    assert await post_json("/token", {}) == JsonAnswer(204, None)


async def test_an_answer_without_end_is_not_read_to_its_end(page: Browser) -> None:
    from volly_browser.bridge.fetching import FetchFailed, post_json

    page.answers(200, repeat(b"x" * 1000))
    with pytest.raises(FetchFailed, match="longer than any"):
        await post_json("/token", {})
    assert isinstance(page.answer, JsObject)
    assert page.answer.body.read_parts < 70
    assert page.answer.body.cancelled


async def test_an_answer_has_fifteen_seconds_to_come(page: Browser) -> None:
    from volly_browser.bridge.fetching import post_json

    page.answers(200, "{}")
    await post_json("/token", {})
    assert page.fetched[0][1].signal == "after 15000 ms"
