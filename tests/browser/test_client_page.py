"""The page without an interface: `window.volly`, for whatever drives a browser."""

import json

import pytest
from playwright.sync_api import Error, Page, Route

from tests.browser.conftest import Visits
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

WHY = "() => volly.ready.then(() => null, ({name, message}) => ({name, message}))"
"""Resolves to why the engine is not ready; null if it is."""


def test_volly_is_there_at_once_and_ready_after_the_self_test(open_page: Visits) -> None:
    page = open_page("/client.html").page
    assert page.evaluate("Object.keys(volly).sort()") == [
        "VollyClient",
        "createTestClient",
        "initializeWasmCrypto",
        "ready",
    ]
    assert page.evaluate(WHY) is None
    assert page.evaluate("volly.ready") is None


def test_python_starts_once_for_all_callers(open_page: Visits) -> None:
    visit = open_page("/client.html")
    visit.page.evaluate("""async () => {
      const again = await import("/volly.mjs");  // a second copy of the code that the page already has
      await Promise.all([volly.ready, again.initializeWasmCrypto(), volly.createTestClient("alice")]);
    }""")
    assert [url.rpartition("/")[2] for url in visit.requests].count("pyodide.asm.wasm") == 1


def test_an_engine_that_cannot_be_had_is_why_nothing_is_ready(open_page: Visits, stack: Stack) -> None:
    visit = open_page("/404.html")
    visit.page.route(f"{stack.url}/client.html", with_engines({"ML-KEM-768": "abacus"}))
    visit.page.goto(f"{stack.url}/client.html")
    why = visit.page.evaluate(WHY)
    assert why["name"] == "WrongEngineChoice"
    assert why["message"].startswith("The configuration names an unknown engine: abacus")
    assert "\n" not in why["message"]
    take_the_expected_error(visit.page_errors, "WrongEngineChoice")


def test_a_lost_file_is_why_nothing_is_ready_and_the_next_try_succeeds(open_page: Visits, stack: Stack) -> None:
    visit = open_page("/404.html")
    visit.page.route("**/python_stdlib.zip", lambda route: route.abort(), times=1)
    visit.page.goto(f"{stack.url}/client.html")
    assert visit.page.evaluate(WHY)["name"] == "BootError"
    take_the_expected_error(visit.page_errors, "BootError")
    assert visit.page.evaluate("volly.initializeWasmCrypto().then(Object.keys)")


def with_engines(engines: dict[str, str]):  # noqa: ANN201 - a handler of Playwright
    """Serve the page with other engines in its configuration."""

    def serve(route: Route) -> None:
        response = route.fetch()
        body = response.text().replace('"engines":{}', f'"engines":{json.dumps(engines)}')
        route.fulfill(response=response, body=body)

    return serve


def take_the_expected_error(page_errors: list[str], name: str) -> None:
    """Nobody handled the rejection of `ready` before this test asked, which the browser reports."""
    page_errors[:] = [error for error in page_errors if name not in error]


def test_the_page_says_what_it_is_for(open_page: Visits) -> None:
    page: Page = open_page("/client.html").page
    page.get_by_role("link", name="at the front door").wait_for()
    with pytest.raises(Error, match="not a constructor"):
        page.evaluate("new volly.createTestClient()")
