"""Where measurements are taken: the built site on its own servers, the peers beside it, and a browser.

The peers lie in the same site, so they come from the same server with the same headers and the same compression.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from volly_browser.server.listen import loopback_sockets
from volly_browser.tools import browsers, livekit, node
from volly_browser.tools.bench import peers
from volly_browser.tools.site import build
from volly_browser.tools.stack import Stack

READY_TIMEOUT = 90_000
"""Milliseconds after its opening in which a page must be ready."""

# A browser that looks for updates while something is measured measures its updates, too.
_QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


class Laboratory:
    """The running site and browsers, from `with` to its end."""

    def __init__(self) -> None:
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            folder = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="volly-bench-")))
            self._site = shutil.copytree(build.build(), folder / "site")
            peers.add_to(self._site, node.prepare())
            self._profiles = folder / "profiles"
            self._stack = opening.enter_context(Stack(self._site, loopback_sockets(0), livekit.find()))
            self._playwright: Playwright = opening.enter_context(sync_playwright())
            self._browser: Browser = self._playwright.chromium.launch(
                executable_path=browsers.chromium(), args=_arguments()
            )
            opening.callback(self._browser.close)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def browser_version(self) -> str:
        """The browser that is measured."""
        return f"Chromium {self._browser.version}"

    @property
    def site(self) -> Path:
        """The folder that is served."""
        return self._site

    def url(self, path: str) -> str:
        """Return the address of a page of the site."""
        return f"{self._stack.url}/{path}"

    @contextmanager
    def new_page(self) -> Iterator[Page]:
        """Open a page in a context of its own, in the browser that all share."""
        with self._browser.new_context() as context:
            context.set_default_timeout(READY_TIMEOUT)
            yield context.new_page()

    @contextmanager
    def new_profile(self) -> Iterator[BrowserContext]:
        """Start a browser with a fresh profile: nothing cached, nothing compiled."""
        self._profiles.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._profiles, ignore_cleanup_errors=True) as profile:
            context = self._playwright.chromium.launch_persistent_context(
                profile, executable_path=browsers.chromium(), args=_arguments()
            )
            with context:
                context.set_default_timeout(READY_TIMEOUT)
                yield context


def wait_until(page: Page, expression: str) -> None:
    """Wait for a JavaScript expression to become true.

    Playwright's own `wait_for_function` evaluates text inside the page, which the page's policy forbids.
    """
    page.evaluate(
        f"""async (deadline) => {{
          while (!({expression})) {{
            if (performance.now() > deadline) throw new Error("The page is not ready");
            await new Promise((go) => setTimeout(go, 50));
          }}
        }}""",
        READY_TIMEOUT,
    )


def _arguments() -> list[str]:
    return [*_QUIET, *browsers.sandbox_options()]
