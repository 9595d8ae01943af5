"""A ready queue for Pyodide's event loop: due callbacks run at once, not one browser task later.

Pyodide makes a browser task of every `call_soon`, which asyncio calls for each awaited promise, queue, lock and event:
50 to 100 microseconds each, more if the page is busy.  Here, as in asyncio's own loops, callbacks wait in a queue.  A
microtask runs them, as soon as the JavaScript that made them due has returned.  After `LONGEST_STRETCH` seconds the
rest is left to a browser task, so that the page can paint and timers can fire.  Since microtasks follow each other
without a browser task between them (for instance if WebCrypto answers at once), the limit is not on one microtask but
on all of them since the last browser task, which a timer notices.

The price: `run_sync` does not work inside tasks any more.
"""

from asyncio import AbstractEventLoop, Handle
from collections import deque
from collections.abc import Callable
from contextvars import Context
from time import perf_counter
from typing import TypeVarTuple, Unpack

from js import queueMicrotask, setTimeout
from pyodide.ffi import create_proxy

LONGEST_STRETCH = 0.004
"""Seconds without a browser task: a quarter of the time between two frames at sixty a second."""

Arguments = TypeVarTuple("Arguments")


class ReadyQueue:
    """The callbacks that are due on one loop, in the order in which they became due.

    Args:
        loop: Pyodide's; its own `call_soon` is used for what does not fit into a turn.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._due: deque[Handle] = deque()
        self._awake = False
        self._in_a_browser_task = loop.call_soon
        self._stretch_ends: float | None = None
        self._turn_proxy = create_proxy(self._turn)  # both proxies live as long as the page
        self._end_stretch_proxy = create_proxy(self._end_stretch)

    def call_soon(
        self, callback: Callable[[Unpack[Arguments]], object], *args: *Arguments, context: Context | None = None
    ) -> Handle:
        """As `AbstractEventLoop.call_soon`."""
        handle = Handle(callback, args, self._loop, context)
        self._due.append(handle)
        if not self._awake:
            self._awake = True
            queueMicrotask(self._turn_proxy)
        return handle

    def _turn(self) -> None:
        end = self._stretch_ends or self._begin_stretch()
        due = self._due
        try:
            while due and perf_counter() < end:
                handle = due.popleft()
                if not handle.cancelled():
                    handle._run()  # a Handle gives exceptions to the loop's handler, except those that end the program
        finally:
            self._awake = bool(due)
            if due:
                self._in_a_browser_task(self._turn_in_a_browser_task)

    def _turn_in_a_browser_task(self) -> None:
        self._end_stretch()
        self._turn()

    def _begin_stretch(self) -> float:
        setTimeout(self._end_stretch_proxy, 0)
        self._stretch_ends = perf_counter() + LONGEST_STRETCH
        return self._stretch_ends

    def _end_stretch(self) -> None:
        self._stretch_ends = None


def install(loop: AbstractEventLoop) -> None:
    """Give this loop a ready queue; to be called once, before its first task."""
    loop.call_soon = ReadyQueue(loop).call_soon  # type: ignore[method-assign]
