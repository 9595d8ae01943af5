"""Keeps what libraries and errors say away from the terminal, or cleans it first."""

import asyncio
import contextlib
import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

from volly_browser.terminal.cleaning import clean


def contain() -> None:
    """Clean what is said of faults, and let libraries say nothing: both can quote what came from the network."""
    sys.excepthook = _report
    threading.excepthook = _report_of_thread
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


def contain_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Clean what is said of faults in tasks that nothing waits for."""
    loop.set_exception_handler(_report_context)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Keep what is written to the error output, also by native libraries, off a screen that is drawn."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _report(kind: type[BaseException], fault: BaseException, where: TracebackType | None) -> None:
    print(clean("".join(traceback.format_exception(kind, fault, where))), file=sys.stderr, end="", flush=True)


def _report_of_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value:
        _report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _report_context(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    fault = context.get("exception")
    if isinstance(fault, BaseException):
        _report(type(fault), fault, fault.__traceback__)
