"""How long a page's main thread works, in its own time: whatever else the machine does meanwhile does not count."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

_CATEGORIES = ["disabled-by-default-devtools.timeline"]
"""What the browser notes: among other things each task, which is what runs before the page can do anything else."""

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
    """The stretches of whatever is done within the context."""
    browser = page.context.browser
    assert browser is not None  # only persistent contexts have none
    browser.start_tracing(page=page, categories=_CATEGORIES)
    stretches = Stretches()
    try:
        yield stretches
    finally:
        stretches.milliseconds += tasks(json.loads(browser.stop_tracing()))


def tasks(trace: dict[str, Any]) -> list[float]:
    """The milliseconds of each task of the main threads in a trace of Chromium's."""
    events = trace["traceEvents"]
    main = {_thread(event) for event in events if event["name"] == "thread_name" and _names_main_thread(event)}
    done = [event for event in events if event["name"] == _TASK and "tdur" in event]  # not those cut off by the trace
    return [event["tdur"] / 1000 for event in done if _thread(event) in main]


def _names_main_thread(event: dict[str, Any]) -> bool:
    return bool(event["args"]["name"] == _MAIN_THREAD)


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]
