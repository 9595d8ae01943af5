"""`build.py record`: which modules of Python's library the page loads, seen by running it with all of them at hand.

Only what cannot be read in the sources (see `tools/site/needs.py`) is written down.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from volly_browser.server.listen import loopback_sockets
from volly_browser.tools import browsers, livekit, node
from volly_browser.tools.site import archives, build, compression, needs, packages, stdlib
from volly_browser.tools.site.compiler import Compiler
from volly_browser.tools.stack import Stack

_PATIENCE = 120_000
"""Milliseconds in which the whole run must have ended."""

_LIBRARY = "whole_stdlib.zip"

_WATCHED = f"""\
import {{ loadPyodide as load, version }} from "./pyodide-itself.mjs";
const stdLibURL = new URL("{_LIBRARY}", import.meta.url).href;
const loadPyodide = async (options) => (globalThis.watchedPython = await load({{ ...options, stdLibURL }}));
export {{ loadPyodide, version }};
"""

# formatting an error loads modules that nothing else does
_LOADED = """\
import asyncio, json, sys, traceback
async def fail():
    raise ExceptionGroup("twice", [ValueError("once"), KeyError("again")])
try:
    fail().send(None)
except ExceptionGroup:
    traceback.format_exc()
json.dumps(sorted(sys.modules))
"""

_CONVERSATION = """\
async () => {
  await volly.ready;
  const [alice, bob] = await Promise.all([volly.createTestClient("alice"), volly.createTestClient("bob")]);
  await Promise.all([alice.connect("recording"), bob.connect("recording")]);
  while (alice.members < 2 || bob.members < 2) await new Promise((go) => setTimeout(go, 50));
  await alice.sendEncrypted("Hello, quantum world!");
  await bob.receiveDecrypted({ timeoutMs: 20000 });
  await Promise.all([alice.close(), bob.close()]);
}
"""


def run(options: argparse.Namespace) -> int:
    """Run the page and write `stdlib.json`."""
    browsers.install_chromium()
    with tempfile.TemporaryDirectory(prefix="volly-record-") as folder:
        site = shutil.copytree(build.build(), Path(folder) / "site")
        compiler = Compiler(node.prepare())
        library = stdlib.compiled(compiler)
        _watch(next(site.glob("pyodide-*")), library)
        loaded = _modules_of_a_run(site)
    known = set(map(stdlib.module_name, library))
    recorded = sorted((loaded & known) - needs.reached(stdlib.read(_shipped()), stdlib.library(compiler)))
    stdlib.RECORDED.write_text(json.dumps(recorded, indent=1) + "\n")
    print(f"{stdlib.RECORDED.name} names {len(recorded)} modules.")
    return 0


def _shipped() -> dict[str, bytes]:
    kept = [package for package in packages.collect() if package.name != packages.LAB_ONLY]
    return {name: content for package in kept for name, content in package.files.items()}


def _watch(folder: Path, library: dict[str, bytes]) -> None:
    """Give the page the whole library, and this program a way to ask its Python."""
    for suffix in compression.SUFFIXES:
        (folder / f"pyodide.mjs{suffix}").unlink(missing_ok=True)
    archives.write(folder / _LIBRARY, library)
    (folder / "pyodide.mjs").rename(folder / "pyodide-itself.mjs")
    (folder / "pyodide.mjs").write_text(_WATCHED)


def _modules_of_a_run(site: Path) -> set[str]:
    with Stack(site, loopback_sockets(0), livekit.find()) as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.chromium(), args=browsers.sandbox_options())
        client = _open(browser, f"{stack.url}/client.html")
        client.evaluate(_CONVERSATION)
        page = _open(browser, stack.url)
        page.locator("html[data-view]").wait_for()
        page.evaluate(
            "async () => { while (!globalThis.watchedPython) await new Promise((go) => setTimeout(go, 50)); }"
        )
        loaded = {*_modules(client), *_modules(page)}
        browser.close()
    return loaded


def _open(browser: Browser, address: str) -> Page:
    page = browser.new_page()
    page.set_default_timeout(_PATIENCE)
    page.goto(address)
    return page


def _modules(page: Page) -> list[str]:
    names: list[str] = json.loads(page.evaluate("(code) => watchedPython.runPython(code)", _LOADED))
    return names
