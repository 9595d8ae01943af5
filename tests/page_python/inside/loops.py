"""Event loops for tests: asyncio's own, since the page's loop can neither be stopped nor run inside of a function.

They do without the pipe by which signals and other threads wake a loop: a page has none of the three.  Loops on virtual
time, of `tests.unit.virtual_time`, work then as they are.  The page's loop has tests of its own in a browser.
"""

import asyncio
import selectors
import time
from asyncio import events
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import Iterator
from contextlib import contextmanager


class _SleepingSelector(selectors.SelectSelector):
    """Waits for the next timer, as nothing else ever comes."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("Everything waits, and no timer is set.")
        time.sleep(max(0.0, timeout))
        return []


class SleepingLoop(asyncio.SelectorEventLoop):
    """A loop without input and output, on the time of the clock."""

    def __init__(self) -> None:
        super().__init__(_SleepingSelector())


class _Policy(events._BaseDefaultEventLoopPolicy):
    _loop_factory = SleepingLoop


@contextmanager
def of_the_tests() -> Iterator[None]:
    """Within, new loops are asyncio's, and none is running."""
    for name in ("_make_self_pipe", "_close_self_pipe", "_write_to_self"):
        setattr(BaseSelectorEventLoop, name, lambda self: None)
    policy, running = events._get_event_loop_policy(), events._get_running_loop()
    events._set_event_loop_policy(_Policy())
    events._set_running_loop(None)
    try:
        yield
    finally:
        events._set_event_loop_policy(policy)
        events._set_running_loop(running)
