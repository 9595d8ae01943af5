"""A browser whose pages are watched: at its end a test fails by anything that must not have happened in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright

from tests.browser.chatting import enter, expect_state, make_room, path_of
from volly_browser.tools import browsers
from volly_browser.tools.stack import Stack

Wait = Literal["commit", "domcontentloaded", "load", "networkidle"]

QUIET_START = ["--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-sync"]
READY_TIMEOUT = 90_000
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI, sourceFile, lineNumber}) =>
  console.error(`CSP violation: ${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`));
"""


@dataclass
class Visit:
    """A page, and what happened on it."""

    page: Page
    home: set[str]
    console: list[ConsoleMessage] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.console.append(message))  # noqa: PLW0108 - no built-ins here
        self.page.on("pageerror", lambda error: self.page_errors.append(error.stack or error.message))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.context.on("request", lambda request: self.requests.append(request.url))

    @property
    def console_errors(self) -> list[str]:
        return [message.text for message in self.console if message.type == "error"]

    @property
    def violations(self) -> list[str]:
        """Breaches of the Content-Security-Policy, in the page and in its workers."""
        return [text for text in self.console_errors if "CSP violation" in text or "Content Security Policy" in text]

    @property
    def foreign_requests(self) -> list[str]:
        """Requests to anything but the site and its LiveKit server; the browser's own schemes leave no machine."""
        local = {"data", "blob", "about"}
        return [url for url in self.requests if urlsplit(url).scheme not in local and _origin(url) not in self.home]

    def check(self) -> None:
        """Fail if the page threw, broke its policy, or sent a request to another server."""
        assert self.page_errors == []
        assert self.violations == []
        assert self.foreign_requests == []


class Visits:
    """Opens pages, each in a browser context of its own, and checks all of them at the end."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser = browser
        self._stack = stack
        self._visits: list[Visit] = []

    def __call__(
        self, path: str = "/", context: BrowserContext | None = None, wait_until: Wait = "domcontentloaded"
    ) -> Visit:
        """Open a path of the site; a second page in the same browser profile if a context is given."""
        page = (context or self.new_context()).new_page()
        home = {_origin(self._stack.url), *_both_origins(self._stack.livekit_url)}
        visit = Visit(page, home)
        self._visits.append(visit)
        page.goto(self._stack.url + path, wait_until=wait_until)
        return visit

    @property
    def url(self) -> str:
        """The address of the site."""
        return self._stack.url

    def new_context(self, **options: Any) -> BrowserContext:  # noqa: ANN401 - as Playwright has them
        """A browser profile of its own; the options are Playwright's."""
        context = self._browser.new_context(**options)
        context.set_default_timeout(READY_TIMEOUT)
        context.add_init_script(REPORT_VIOLATIONS)
        return context

    def close(self) -> None:
        for context in {visit.page.context for visit in self._visits}:
            context.close()
        for visit in self._visits:
            visit.check()


def _origin(url: str) -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


def _both_origins(livekit_url: str) -> set[str]:
    origin = _origin(livekit_url)
    return {origin, origin.replace("ws", "http", 1)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, else the one that Playwright brings.

    It ends with the module, because no test with an event loop can run while Playwright does.
    """
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browsers.chromium(), args=[*QUIET_START, *browsers.sandbox_options()]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, stack: Stack) -> Iterator[Visits]:
    """Opens pages for one test."""
    visits = Visits(browser, stack)
    yield visits
    visits.close()


@pytest.fixture(scope="module")
def open_shared_page(browser: Browser, stack: Stack) -> Iterator[Visits]:
    """Opens pages that all tests of a module share, because starting Python takes seconds."""
    visits = Visits(browser, stack)
    yield visits
    visits.close()


@pytest.fixture
def two(open_page: Visits) -> tuple[Page, Page]:
    """Alice's page, which has made a room, and Bob's, which came by her link."""
    alice = open_page().page
    link = make_room(alice, "Alice")
    bob = open_page(path_of(link)).page
    enter(bob, "Bob")
    for page in (alice, bob):
        expect_state(page, "Sealed, post-quantum")
    return alice, bob


@pytest.fixture
def slow(open_page: Visits) -> Iterator[Visit]:
    """A page whose engine never arrives."""
    context = open_page.new_context()
    held: list[Route] = []
    context.route("**/pyodide.asm.wasm", lambda route: held.append(route))  # noqa: PLW0108 - no built-ins here
    yield open_page("/", context)
    for route in held:
        route.abort()
