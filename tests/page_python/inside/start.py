"""What happens in the page's Python before pytest begins; `run.mjs` calls it."""

import os
import sys
import time
from collections.abc import Sequence

from js import process

from tests.page_python.inside import loops, native, rest
from volly_browser.bridge.engines import MODULES, load_batch_module

CHECKOUT = "/checkout"
PACKAGES = f"{CHECKOUT}/packages"

OPTIONS = (
    f"--rootdir={CHECKOUT}",
    f"--config-file={CHECKOUT}/tests/page_python/pytest.ini",
    f"--confcutdir={CHECKOUT}/tests/unit",  # what is above asks for servers
    "-p",
    "tests.page_python.inside.plugin",
)


async def prepare() -> None:
    """Everything that must be awaited on the page's own event loop: the engines."""
    for name in MODULES:
        module = await load_batch_module(name)
        if name == native.STAND_IN:
            native.take_the_place(module)


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments; gives its exit code."""
    sys.dont_write_bytecode = True
    time.process_time = _process_time
    rest.provide("/whole_library.zip", PACKAGES)
    os.chdir(CHECKOUT)
    import pytest

    with loops.of_the_tests():
        return int(pytest.main([*OPTIONS, *arguments]))


def _process_time() -> float:
    """The processor's time; Pyodide's own is that of the clock, in which other programs had their share."""
    used = process.cpuUsage()
    return float(used.user + used.system) / 1e6
