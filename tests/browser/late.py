"""Pages whose files come late: as late as a test wants."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, Route

from tests.browser.conftest import Visits

SCRIPTS = re.compile(r"\.m?js$")


class Held:
    """Holds what a page asks for, from the moment that the page is opened, until it is released."""

    def __init__(self, context: BrowserContext, files: str | re.Pattern[str] = SCRIPTS) -> None:
        self._released = False
        self._held: list[Route] = []
        context.route(files, self._hold)

    def _hold(self, route: Route) -> None:
        if self._released:
            route.continue_()
        else:
            self._held.append(route)

    def release(self) -> None:
        """Let everything go, also what is asked for from now on."""
        self._released = True
        while self._held:
            self._held.pop(0).continue_()

    def drop(self) -> None:
        """Nothing comes any more."""
        while self._held:
            self._held.pop().abort()


def open_with_late_scripts(visits: Visits, path: str = "/") -> tuple[Page, Held]:
    """A page that waits for each of its scripts."""
    context = visits.new_context()
    held = Held(context)
    return visits(path, context, wait_until="commit").page, held
