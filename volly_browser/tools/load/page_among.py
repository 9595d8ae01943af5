"""A page of the site among the members without a browser: whether a person could still use it."""

from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from playwright.sync_api import Page, sync_playwright

from volly_browser.tools import browsers

SHOWN_LIMIT = 2000
"""Entries that the page keeps at the most."""

READY_LIMIT = 120_000
"""Milliseconds that the page may take for anything."""

_OBSERVE = """
globalThis.longTasks = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.duration)))
  .observe({ type: "longtask", buffered: true });
"""
"""Tells of stretches of 50 ms and more in which the main thread did nothing else."""


class PageAmong:
    """A chat page in a headless Chromium, from `with` to its end.

    Args:
        link: an invite link to the site.
    """

    def __init__(self, link: str) -> None:
        self._link = link
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            playwright = opening.enter_context(sync_playwright())
            browser = playwright.chromium.launch(
                executable_path=browsers.chromium(),
                args=["--disable-background-networking", *browsers.sandbox_options()],
            )
            opening.callback(browser.close)
            self._page: Page = browser.new_page()
            self._page.set_default_timeout(READY_LIMIT)
            self._page.add_init_script(_OBSERVE)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._open.close()

    def enter(self) -> None:
        """Open the link and enter the room under a name; the others say when the page is in the group."""
        self._page.goto(self._link, wait_until="domcontentloaded")
        self._page.get_by_label("Your name").fill("A page")
        self._page.locator("#enter-button").click()

    def long_tasks(self) -> Sequence[float]:
        """Milliseconds of each long stretch since the last call."""
        tasks: list[float] = self._page.evaluate("longTasks.splice(0)")
        return tasks

    def texts_shown(self) -> int:
        """How many messages stand in the page."""
        return self._page.locator("#messages .message").count()
