"""What the token service answers, or something else in its place: a sentence and another try, whatever it is."""

from __future__ import annotations

import http.server
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visits
from tests.browser.test_chat_page import expect_state, make_room
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

PATIENCE = 40_000
JSON = {"content_type": "application/json"}

BAD_ANSWERS: dict[str, dict[str, Any]] = {
    "a web page": {"content_type": "text/html", "body": "<!doctype html><h1>Sign in</h1>"},
    "nothing": {"body": ""},
    "another JSON": {**JSON, "body": '{"url": 1, "token": ["a"]}'},
    "a list": {**JSON, "body": "[1, 2]"},
    "brackets": {**JSON, "body": "[" * 60_000},
    "closed brackets": {**JSON, "body": "[" * 30_000 + "]" * 30_000},
    "deep fields": {**JSON, "body": '{"url":' * 8_000 + "1" + "}" * 8_000},
    "too much": {**JSON, "body": '{"token": "' + "x" * 50_000_000 + '"}'},
    "a URL of nothing": {**JSON, "body": '{"url": "javascript:alert(1)", "token": "a"}'},
    "a URL of nobody": {**JSON, "body": '{"url": "wss://", "token": "a"}'},
    "a redirect": {"status": 302, "headers": {"location": "/404.html"}},
    "a gateway's page": {"status": 502, "content_type": "text/html", "body": "<h1>Bad gateway</h1>" * 10_000},
    "a portal": {"status": 511, "content_type": "text/html", "body": "<h1>Sign in</h1>"},
    "a proxy": {"status": 407, "content_type": "text/html", "body": "<h1>Who are you?</h1>"},
    "too many": {"status": 429, **JSON, "body": '{"error": "Too many at once.\\u202e"}'},
    "a long sentence": {"status": 503, **JSON, "body": json.dumps({"error": "No. " * 5_000})},
}


@pytest.fixture
def page(open_page: Visits) -> Page:
    return open_page().page


def expect_trouble(page: Page) -> str:
    """It is said what is wrong; gives the sentence."""
    expect_state(page, "No connection")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    said = page.locator("#notice-text").inner_text()
    assert 30 < len(said) < 400, said
    assert "<" not in said
    assert "\u202e" not in said
    return said


@pytest.fixture(scope="module")
def shared(open_shared_page: Visits) -> Page:
    """One page for all bad answers, which each is survived by."""
    return open_shared_page().page


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_a_bad_answer_is_told_and_a_good_one_is_taken_afterwards(shared: Page, answer: dict[str, Any]) -> None:
    page = shared
    page.route("**/token", lambda route: route.fulfill(**answer))
    make_room(page, "Alice")
    expect_trouble(page)
    page.unroute("**/token")
    page.get_by_role("button", name="Try now").click()
    expect_state(page, "Nobody else here")
    expect(page.locator("#notice")).not_to_be_visible()
    page.get_by_role("button", name="Leave").click()
    page.locator("#leave-now").click()
    expect(page.get_by_role("heading", name="Open a room")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("url", ["wss://elsewhere.invalid", "ws://["])
def test_a_livekit_of_elsewhere_is_asked_for_nothing(open_page: Visits, url: str) -> None:
    context = open_page.new_context()
    page = context.new_page()
    page.route("**/token", lambda route: route.fulfill(json={"url": url, "token": "a"}))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.goto(open_page.url)
    make_room(page, "Alice")
    expect_trouble(page)
    assert not [address for address in asked if "elsewhere" in address]
    context.close()


def test_an_answer_that_does_not_come_is_not_waited_for(page: Page) -> None:
    held: list[Route] = []
    page.route("**/token", lambda route: held.append(route))  # noqa: PLW0108 - no built-ins here
    make_room(page, "Alice")
    assert "takes too long" in expect_trouble(page)
    for route in held:
        route.abort()


def test_a_host_without_a_token_service_is_named(page: Page) -> None:
    page.route("**/token", lambda route: route.fulfill(status=404, content_type="text/html", body="<h1>Nothing</h1>"))
    make_room(page, "Alice")
    expect_state(page, "Closed")
    expect(page.locator("#notice-text")).to_contain_text("The token service at /token refuses (HTTP 404).")
    expect(page.get_by_role("button", name="Start over")).to_be_visible()


def with_fields(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Route], None]:
    def serve(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=change(answer.json()))

    return serve


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(95_000_000, "3 years behind"), (-95_000_000, "3 years ahead"), (7_300, "2 hours behind"), (-600, "10 minutes")],
)
def test_a_wrong_clock_is_told_before_anything_is_waited_for(page: Page, seconds: int, said: str) -> None:
    page.route("**/token", with_fields(lambda fields: {**fields, "time": fields["time"] + seconds}))
    make_room(page, "Alice")
    expect(page.locator("#notice-text")).to_contain_text(said, timeout=PATIENCE)
    expect_state(page, "Nobody else here")
    expect(page.locator("#notice-text")).to_contain_text(said)
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#notice")).not_to_be_visible()


@pytest.mark.parametrize("told", [0, -5, 1e300, "now", None, [1]])
def test_a_time_that_is_none_is_not_talked_about(page: Page, told: object) -> None:
    page.route("**/token", with_fields(lambda fields: {**fields, "time": told}))
    make_room(page, "Alice")
    expect_state(page, "Nobody else here")
    expect(page.locator("#notice")).not_to_be_visible()


def test_a_clock_that_is_right_is_not_talked_about(page: Page) -> None:
    make_room(page, "Alice")
    expect_state(page, "Nobody else here")
    expect(page.locator("#notice")).not_to_be_visible()


def shifted(stack: Stack, seconds: float) -> Callable[[Route], None]:
    """As if the token service's clock were so many seconds ahead of LiveKit's."""

    def shift(fields: dict[str, Any]) -> dict[str, Any]:
        claims = jwt.decode(fields["token"], options={"verify_signature": False})
        moved = {**claims, "nbf": claims["nbf"] + seconds, "exp": claims["exp"] + seconds}
        return {**fields, "token": jwt.encode(moved, stack.api_secret, algorithm="HS256")}

    return with_fields(shift)


@pytest.mark.parametrize("seconds", [120, 600, -240])
def test_small_differences_between_the_servers_clocks_are_tolerated(page: Page, stack: Stack, seconds: float) -> None:
    page.route("**/token", shifted(stack, seconds))
    make_room(page, "Alice")
    expect_state(page, "Nobody else here")


@pytest.mark.parametrize(("seconds", "means"), [(3600, "behind that of"), (-600, "ahead of that of")])
def test_large_differences_between_the_servers_clocks_are_named_and_not_tried_for_ever(
    page: Page, stack: Stack, seconds: float, means: str
) -> None:
    page.route("**/token", shifted(stack, seconds))
    make_room(page, "Alice")
    expect_state(page, "Closed")
    expect(page.locator("#notice-text")).to_contain_text(f"its clock is {means} the token service")
    assert "eyJ" not in page.locator("#notice-text").inner_text()


@contextmanager
def answering_for_livekit(stack: Stack, status: int, *, cors: bool) -> Iterator[None]:
    """Something that answers every request at LiveKit's address by a web page."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            if cors:
                self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(b"<h1>Bad gateway</h1>" * 1000)

        def log_message(self, *_: object) -> None:
            pass

    address = urlsplit(stack.livekit_url)
    assert address.hostname
    assert address.port
    stack.stop_livekit()
    with http.server.ThreadingHTTPServer((address.hostname, address.port), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()
    stack.start_livekit()


@pytest.mark.parametrize("cors", [False, True])
@pytest.mark.parametrize("status", [200, 403, 404, 502])
def test_what_answers_in_livekits_place_is_told_and_livekit_is_found_afterwards(
    page: Page, stack: Stack, status: int, cors: bool
) -> None:
    with answering_for_livekit(stack, status, cors=cors):
        make_room(page, "Alice")
        began = time.monotonic()
        said = ""
        while "The server at ws" not in said and time.monotonic() < began + PATIENCE / 1000:
            page.wait_for_timeout(200)
            said = page.locator("#notice-text").inner_text()
        assert re.search(r"cannot be reached|does not answer as|does not accept", said), said
        assert "<" not in said
        assert len(said) < 400
    page.locator("#notice-action").click()
    expect_state(page, "Nobody else here")
