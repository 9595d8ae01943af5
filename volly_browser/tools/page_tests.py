"""Tests in the page's own Python: the built site's Pyodide, under Node, with pytest beside it.

What pytest needs comes from the locked requirements of the tests, in the builds for the page's Python.
"""

import json
import re
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from volly_browser.tools import cache, console, environment, node
from volly_browser.tools.environment import PROJECT
from volly_browser.tools.site import build

PACKAGES = (
    *("pytest", "pytest-asyncio", "iniconfig", "packaging", "pluggy", "pygments"),
    *("hypothesis", "sortedcontainers"),
)
"""pytest with its plugins, and all that they need."""

_RUNNER = PROJECT / "tests" / "page_python" / "run.mjs"


def command(arguments: Sequence[str]) -> list[str]:
    """The program that runs pytest with these arguments in the page's Python, from the checkout as it is now.

    Raises:
        SetupError: the site cannot be built, or what pytest needs cannot be had.
    """
    tools = node.prepare()
    site = build.build()
    [engine], [lab] = site.glob("pyodide-*"), site.glob("lab-*")
    places = {
        "engine": engine,
        "library": lab / "python_stdlib.zip",
        "packages": packages(tools),
        "project": PROJECT,
    }
    return [str(tools.program), str(_RUNNER), json.dumps(places, default=str), *arguments]


def packages(tools: node.Node) -> Path:
    """The folder with pytest and all that it needs.  Raises SetupError."""
    requirements = entries_of(environment.lock_file("test").read_text(), PACKAGES)
    about = json.loads((tools.package("pyodide") / "pyodide-lock.json").read_text())["info"]
    key = cache.key(requirements, json.dumps(about))
    return cache.once(f"page-tests-{key}", lambda folder: _install(folder, requirements, about)) / "packages"


def entries_of(lock: str, names: Collection[str]) -> str:
    """The entries of a lock file that are about these packages."""
    entries = re.finditer(r"^([\w.-]+)==.*(?:\n    .*)*", lock, re.MULTILINE)
    return "\n".join(entry[0] for entry in entries if entry[1] in names)


def _install(folder: Path, requirements: str, about: dict[str, str]) -> None:
    lock = folder / "requirements.txt"
    lock.write_text(requirements)
    platforms = ["--platform", f"pyemscripten_{about['abi_version']}_{about['arch']}", "--platform", "any"]
    python = ["--python-version", about["python"], "--implementation", "cp", *platforms, "--only-binary=:all:"]
    options = ["--require-hashes", "--no-deps", "--no-compile", "--no-input", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", "install", *options, *python]
    console.run("Python packages (tests in the page)", [*pip, "--target", folder / "packages", "--requirement", lock])
