"""`build.py test`: everything that the tests need, then all of them."""

import argparse
import os
import sys
from typing import NoReturn

from volly_browser.tools import browsers, livekit, node, redis
from volly_browser.tools.console import SetupError
from volly_browser.tools.environment import PROJECT
from volly_browser.tools.site import build

_NEEDING_MORE = ("browser", "livekit", "interop", "bench")
"""Folders of tests/ whose tests need a browser, a server, or another implementation."""


def run(options: argparse.Namespace) -> NoReturn:
    """Set up, then become pytest."""
    left_out = [f"--ignore=tests/{name}" for name in _NEEDING_MORE] if options.unit else []
    if not options.unit:
        node.prepare()
        livekit.find()
        browsers.install()
        _install_redis()
        build.build()
    os.chdir(PROJECT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *left_out, *options.handed_on])


def _install_redis() -> None:
    try:
        redis.install()
    except SetupError as error:
        print(f"{error} Its tests will be skipped.", file=sys.stderr)
