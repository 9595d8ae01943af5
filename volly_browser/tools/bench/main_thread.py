"""How long a page's main thread works, in CPU time, so that other work of the machine does not count."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

_CATEGORIES = ["disabled-by-default-devtools.timeline"]
"""What the browser traces: among others each task, during which the page can do nothing else."""

_MAIN_THREAD = "CrRendererMain"
_TASK = "RunTask"


@dataclass(slots=True)
class Stretches:
    """The tasks of a page's main thread, in milliseconds; empty until the tracing is over."""

    milliseconds: list[float] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """The longest time for which the page could do nothing else."""
        return max(self.milliseconds)


@contextmanager
def traced(page: Page) -> Iterator[Stretches]:
    """Trace the main thread while the context is open."""
    browser = page.context.browser
    assert browser is not None  # only persistent contexts have no browser
    browser.start_tracing(page=page, categories=_CATEGORIES)
    stretches = Stretches()
    try:
        yield stretches
    finally:
        stretches.milliseconds += tasks(json.loads(browser.stop_tracing()))


def tasks(trace: dict[str, Any]) -> list[float]:
    """Return the milliseconds of each task of the main threads in one of Chromium's traces."""
    events = trace["traceEvents"]
    main = {_thread(event) for event in events if event["name"] == "thread_name" and _names_main_thread(event)}
    done = [event for event in events if event["name"] == _TASK and "tdur" in event]  # not those cut off by the trace
    return [event["tdur"] / 1000 for event in done if _thread(event) in main]


def _names_main_thread(event: dict[str, Any]) -> bool:
    return bool(event["args"]["name"] == _MAIN_THREAD)


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]
