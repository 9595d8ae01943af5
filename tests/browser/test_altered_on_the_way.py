"""Files that come as something else than the server has: the page says so within seconds, and of which file."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Visits

pytestmark = pytest.mark.browser

SECONDS = 20_000
"""Milliseconds within which a busy machine says what is wrong; an idle one takes one or two."""

SIGN_IN = "<!doctype html><title>Welcome to our network</title><form>Room number <input></form>"
NOSNIFF = {"x-content-type-options": "nosniff"}

Alteration = Callable[[Route], None]


def as_plain_text(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, headers={**answer.headers, **NOSNIFF, "content-type": "text/plain"})


def as_sign_in_page(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", headers=NOSNIFF, body=SIGN_IN)


def packed_twice(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=gzip.compress(answer.body()))


def cut_short(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.body()[:-1000])


def with_one_byte_changed(route: Route) -> None:
    answer = route.fetch()
    body = bytearray(answer.body())
    body[len(body) // 2] ^= 1
    route.fulfill(response=answer, body=bytes(body))


def altered(visits: Visits, files: str | re.Pattern[str], alteration: Alteration) -> Page:
    context = visits.new_context()
    context.route(files, alteration)
    return visits("/", context).page


def expect_changed(page: Page, *said: str) -> None:
    expect(page.locator("#blocked-title")).to_have_text("This page has been changed", timeout=SECONDS)
    for part in (*said, "Something on the way", "Nothing was started."):
        expect(page.locator("#blocked-text")).to_contain_text(part)


@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "python_stdlib.zip", "volly_browser-*.whl", "pyodide-lock.json"])
def test_a_file_of_another_name_for_its_kind_is_used_all_the_same(open_page: Visits, name: str) -> None:
    page = altered(open_page, f"**/{name}", as_plain_text)
    expect(page.locator("html")).to_have_attribute("data-ready", "", timeout=3 * SECONDS)


@pytest.mark.parametrize("name", ["pyodide.mjs", "pyodide.asm.mjs", "livekit.mjs", "webcrypto.mjs"])
def test_a_module_that_comes_as_text_is_named(open_page: Visits, name: str) -> None:
    expect_changed(altered(open_page, f"**/{name}", as_plain_text), name, "came as text/plain")


def test_a_style_that_comes_as_text_is_named(open_page: Visits) -> None:
    page = altered(open_page, "**/style-*.css", as_plain_text)
    expect_changed(page, "style-", "came as text/plain")
    expect(page.locator("#room")).not_to_be_visible()
    expect(page.locator("#start")).not_to_be_visible()


ENGINE = [
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
    "volly_browser-*.whl",
    "livekit.mjs",
]


@pytest.mark.parametrize("name", ENGINE)
@pytest.mark.parametrize("alteration", [as_sign_in_page, packed_twice, cut_short])
def test_a_file_with_another_content_is_named(open_page: Visits, name: str, alteration: Alteration) -> None:
    said = "came as a web page" if alteration is as_sign_in_page else "came with another content"
    expect_changed(altered(open_page, f"**/{name}", alteration), name.partition("*")[0], said)


@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"])
def test_a_single_changed_byte_is_noticed(open_page: Visits, name: str) -> None:
    expect_changed(altered(open_page, f"**/{name}", with_one_byte_changed), name)


def with_something_added(route: Route) -> None:
    """As providers and filters add to the scripts of others: still a program, and not ours."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.body() + b"\n;globalThis.added = true;\n")


@pytest.mark.parametrize("name", ["pyodide.mjs", "pyodide.asm.mjs", "livekit.mjs", "webcrypto.mjs"])
def test_a_module_that_something_was_added_to_does_not_run(open_page: Visits, name: str) -> None:
    page = altered(open_page, f"**/{name}", with_something_added)
    expect_changed(page, name, "came with another content")
    assert page.evaluate("() => globalThis.added") is None


def test_the_pages_own_script_does_not_run_with_something_added(open_page: Visits) -> None:
    page = altered(open_page, "**/page-*.mjs", with_something_added)
    expect(page.locator("#stuck")).to_contain_text(re.compile(r"page-\w+\.mjs came with another"), timeout=SECONDS)
    assert page.evaluate("() => globalThis.added") is None


def test_a_network_that_answers_everything_with_its_sign_in_page_is_told_of(open_page: Visits) -> None:
    """The pages themselves come from the browser's cache then."""
    page = altered(open_page, re.compile(r"/pyodide-"), as_sign_in_page)
    expect_changed(page, "came as a web page", "sign-in page of a network")


@pytest.mark.parametrize("alteration", [as_plain_text, as_sign_in_page])
def test_the_pages_own_script_is_named_if_it_comes_as_something_else(open_page: Visits, alteration: Alteration) -> None:
    page = altered(open_page, "**/page-*.mjs", alteration)
    expect(page.locator("#stuck")).to_contain_text(re.compile(r"page-\w+\.mjs came as"), timeout=SECONDS)
    expect(page.locator("#stuck")).to_be_visible()


def test_the_pages_own_script_is_named_if_it_does_not_come(open_page: Visits) -> None:
    page = altered(open_page, "**/page-*.mjs", lambda route: route.abort())
    expect(page.locator("#stuck")).to_contain_text(re.compile(r"check your connection.*page-\w+\.mjs"), timeout=SECONDS)


def test_a_browser_that_is_too_old_for_the_pages_script_is_told_so(open_page: Visits) -> None:
    context = open_page.new_context()
    context.add_init_script("delete Promise.withResolvers")
    page = context.new_page()
    page.goto(open_page.url)  # which throws, as it must
    expect(page.locator("#stuck")).to_contain_text("may be too old", timeout=SECONDS)
    context.close()


def test_the_labs_script_is_named_if_it_comes_as_something_else(open_page: Visits) -> None:
    context = open_page.new_context()
    context.route(re.compile(r"/lab-\w+/core\.js"), as_sign_in_page)
    page = open_page("/lab.html", context).page
    expect(page.locator("#stuck")).to_contain_text("core.js came as a web page", timeout=SECONDS)


def opened_with(visits: Visits, change: Callable[[str], str], context: BrowserContext) -> Page:
    def serve(route: Route) -> None:
        answer = route.fetch()
        before = answer.text()
        after = change(before)
        assert after != before
        route.fulfill(response=answer, body=after)

    context.route(re.compile(r"/$"), serve)
    return visits("/", context).page


def test_a_module_that_is_loaded_later_does_not_run_with_something_added(open_page: Visits) -> None:
    context = open_page.new_context()
    context.route("**/noble.mjs", with_something_added)
    page = opened_with(
        open_page, lambda text: text.replace('"engines":{}', '"engines":{"ML-KEM-768":"javascript"}'), context
    )
    expect(page.locator("#blocked-text")).to_contain_text("noble.mjs came with another content", timeout=3 * SECONDS)
    assert page.evaluate("() => globalThis.added") is None


def test_scripts_that_something_on_the_way_has_switched_off_leave_words_behind(open_page: Visits) -> None:
    """As Cloudflare's Rocket Loader does it, whose own script the policy then refuses."""
    page = opened_with(
        open_page,
        lambda text: re.sub(r"<script (defer|type=\"module\") src", r'<script type="0a1b-module" src', text),
        open_page.new_context(),
    )
    expect(page.locator("#stuck")).to_be_visible(timeout=SECONDS)
    expect(page.locator("#stuck")).to_contain_text("something on the way that rewrites pages")
    page.get_by_label("Your name").press("Enter")
    expect(page.locator("#stuck")).to_be_visible(timeout=SECONDS)


@pytest.mark.parametrize("path", ["/", "/client.html", "/lab.html", "/404.html"])
def test_no_script_of_a_page_is_left_to_a_page_optimiser(open_page: Visits, path: str) -> None:
    page = open_page(path).page
    scripts = page.evaluate("() => [...document.querySelectorAll('script[src]')].map(({ dataset }) => dataset.cfasync)")
    assert scripts
    assert set(scripts) == {"false"}
