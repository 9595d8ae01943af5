"""`build.py test`: everything that the tests need, then all of them; or some of them in the page's own Python."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from volly_browser.tools import browsers, livekit, node, page_tests, redis, tlc
from volly_browser.tools.console import SetupError
from volly_browser.tools.environment import PROJECT
from volly_browser.tools.site import build

_NEEDING_MORE = ("browser", "livekit", "interop", "bench", "model", "page_python")
"""Folders of tests/ whose tests need a browser, a server, another implementation, Node, or Java."""


def run(options: argparse.Namespace) -> NoReturn:
    """Set up, then become pytest."""
    if options.in_page:
        command = page_tests.command(options.handed_on)
        os.execv(command[0], command)
    left_out = [f"--ignore=tests/{name}" for name in _NEEDING_MORE] if options.unit else []
    if not options.unit:
        page_tests.packages(node.prepare())
        livekit.find()
        browsers.install()
        for install in (redis.install, tlc.install):
            _try(install)
        build.build()
    os.chdir(PROJECT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *left_out, *options.handed_on])


def _try(install: Callable[[], None]) -> None:
    try:
        install()
    except SetupError as error:
        print(f"{error} Its tests will be skipped.", file=sys.stderr)
