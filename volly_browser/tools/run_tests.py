"""`build.py test`: everything that the tests need, then all of them; or some of them in the page's own Python.

All of them are two runs of pytest at once: one waits for browsers and servers most of the time, the other one computes.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from typing import IO, NoReturn

from volly_browser.tools import browsers, livekit, node, page_tests, redis, tlc
from volly_browser.tools.console import SetupError
from volly_browser.tools.environment import PROJECT
from volly_browser.tools.site import build

_WAITING = ("browser", "livekit")
"""Folders of tests/ whose tests watch the clock while browsers and servers do something."""

_NEEDING_MORE = (*_WAITING, "bench", "interop", "model", "page_python")
"""Folders of tests/ whose tests need a browser, a server, another implementation, Node, or Java."""

_NICENESS = 10
"""Of the run that computes: it takes what the other one leaves."""


def run(options: argparse.Namespace) -> int:
    """Set up, then run pytest; gives the exit code."""
    if options.in_page:
        _become(page_tests.command(options.handed_on))
    if not options.unit:
        _set_up()
    os.chdir(PROJECT)
    if options.unit:
        _become(_pytest(*_without(_NEEDING_MORE), *options.handed_on))
    if options.handed_on:
        _become(_pytest(*options.handed_on))
    return _run_all()


def _set_up() -> None:
    page_tests.packages(node.prepare())
    livekit.find()
    browsers.install()
    for install in (redis.install, tlc.install):
        _try(install)
    build.build()


def _try(install: Callable[[], None]) -> None:
    try:
        install()
    except SetupError as error:
        print(f"{error} Its tests will be skipped.", file=sys.stderr)


def _run_all() -> int:
    """What waits is seen as it goes; what computes meanwhile says all at the end."""
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        with subprocess.Popen(
            _pytest(*_without(_WAITING)), stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        ) as computing:
            os.setpriority(os.PRIO_PROCESS, computing.pid, _NICENESS)
            try:
                waited = subprocess.run(_pytest(*(f"tests/{name}" for name in _WAITING)), check=False).returncode
                print("\nThe tests that need no browser ran meanwhile:", flush=True)
                computed = computing.wait()
            except BaseException:
                computing.terminate()
                raise
        _print_all(said)
    return waited or computed


def _print_all(said: IO[str]) -> None:
    said.seek(0)
    for line in said:
        print(line, end="")


def _without(names: Iterable[str]) -> list[str]:
    return [f"--ignore=tests/{name}" for name in names]


def _pytest(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


def _become(command: list[str]) -> NoReturn:
    os.execv(command[0], command)
