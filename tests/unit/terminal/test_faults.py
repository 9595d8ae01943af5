"""What libraries and errors say is cleaned, or not said."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from volly_browser.terminal import faults

HOSTILE = "\x1b]0;title\x07"


@pytest.fixture
def _contained() -> Iterator[None]:
    kept = sys.excepthook, threading.excepthook, logging.root.handlers[:]
    faults.contain()
    yield
    sys.excepthook, threading.excepthook, logging.root.handlers[:] = kept


@pytest.mark.usefixtures("_contained")
def test_what_a_fault_says_is_cleaned(capsys: pytest.CaptureFixture[str]) -> None:
    fault = ValueError(HOSTILE)
    sys.excepthook(ValueError, fault, None)
    threading.excepthook(threading.ExceptHookArgs((ValueError, fault, None, None)))
    loop = asyncio.new_event_loop()
    faults.contain_loop(loop)
    loop.call_exception_handler({"message": HOSTILE, "exception": fault})
    loop.close()
    said = capsys.readouterr().err
    assert said.count("ValueError") == 3
    assert "\x1b" not in said


@pytest.mark.usefixtures("_contained")
def test_libraries_log_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("livekit").error(HOSTILE)
    logging.getLogger("asyncio").critical(HOSTILE)
    assert capsys.readouterr().err == ""


def test_on_a_screen_nothing_is_written_to_the_error_output_and_afterwards_it_is() -> None:
    program = (
        "import os; from volly_browser.terminal.faults import silence\n"
        "with silence(): os.write(2, b'native')\n"
        "os.write(2, b'after')"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ)
    assert ended.stderr == "after"
