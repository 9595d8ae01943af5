"""The engines of the page, for vectors: the built site's Python in a Chromium without a window, and the runners in it.

The tests use `START` and `packed_runners` in other browsers, too.
"""

import base64
import io
import json
import zipfile
from collections import Counter
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from playwright.sync_api import sync_playwright

from tests.vectors.runners.checking import Report
from volly_browser.server.app import create_app
from volly_browser.server.listen import WebServer, loopback_sockets
from volly_browser.server.tokens import LiveKitAccess
from volly_browser.tools import browsers
from volly_browser.tools.environment import PROJECT
from volly_browser.tools.site import build

IN_THE_PAGE = ("webcrypto", "javascript")
"""The engines that only a page has."""

BLANK = "/licenses.txt"
"""A page of the site with no program of its own."""

START = """
async (folder, tests, load) => {
  const { loadPyodide } = await load("pyodide.mjs");
  const { packages } = await folder.manifest();
  const pyodide = await loadPyodide({ indexURL: folder.url, packages });
  pyodide.registerJsModule("volly_page", { module: (name) => load(`${name}.mjs`) });
  pyodide.unpackArchive(tests, "zip", { extractDir: "/tests" });
  await pyodide.runPythonAsync(`
    import sys
    sys.path.insert(0, "/tests")
    from tests.vectors.runners import in_pyodide
  `);
  return pyodide;
}
"""
"""A JavaScript function: Python with the runners, from `folder` (url, manifest), `tests` and a way to load modules."""

START_IN_BROWSER = f"""
async (url, tests) => {{
  const manifest = () => fetch(url + "boot.json").then((answer) => answer.json());
  const bytes = Uint8Array.from(atob(tests), (character) => character.charCodeAt(0));
  return ({START})({{ url, manifest }}, bytes, (name) => import(url + name));
}}
"""
"""The same, from the path of the site's engine and the archive of the runners in base64."""

_START = f"async ([url, tests]) => {{ globalThis.python = await ({START_IN_BROWSER})(url, tests); }}"
_CHECK = """
([engine, name, content]) => {
  python.globals.set("question", python.toPy([engine, name, content]));
  return python.runPythonAsync(`
    import base64
    await in_pyodide.check_file(question[0], question[1], base64.b64decode(question[2]))
  `);
}
"""


def packed_runners(*, with_vectors: bool) -> bytes:
    """A zip archive of the runners, with or without our vectors."""
    folder = PROJECT / "tests" / "vectors"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder if with_vectors else folder / "runners").rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(PROJECT))
    return packed.getvalue()


class PageEngines:
    """A page that runs vectors; a context manager.  Entering raises SetupError if a program is missing."""

    def __init__(self) -> None:
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        browsers.install_chromium()
        site = build.build()
        [engine] = [path for path in site.glob("pyodide-*") if path.is_dir()]
        with self._opened as opening:
            server = WebServer(create_app(site, _NO_LIVEKIT), loopback_sockets(0))
            opening.callback(server.stop)
            server.start(lambda: None)
            playwright = opening.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=browsers.chromium(), args=browsers.sandbox_options())
            opening.callback(browser.close)
            self._page = browser.new_page()
            self._page.goto(f"http://localhost:{server.port}{BLANK}")
            runners = base64.b64encode(packed_runners(with_vectors=False)).decode()
            self._page.evaluate(_START, [f"/{engine.name}/", runners])
            self._opened = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._opened.close()

    def check(self, engine: str, name: str, content: bytes) -> Report:
        """Run a file that `files.parse` accepts."""
        answer = self._page.evaluate(_CHECK, [engine, name, base64.b64encode(content).decode()])
        found = json.loads(answer)
        return Report(found["passed"], Counter(found["skipped"]), found["failures"])


_NO_LIVEKIT = LiveKitAccess("ws://localhost", "none", "none")
"""Stands in for LiveKit's address: the page connects to no server."""
