"""A timer that is set again and again, and that the event loop hears of only where it would ring too late.

A turn of a room sets another time than the turn before, nearly always a later one.  In the page each timer of the loop
is one of the browser, which costs more than a turn that finds nothing to do.
"""

import asyncio
from collections.abc import Callable


class Alarm:
    """Rings at the time that it was set to last, and sometimes before.

    Args:
        ring: is called by the event loop.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._timer: asyncio.Handle | None = None
        self._at = 0.0

    def set(self, at: float) -> None:
        """Ring at this time of the loop, or earlier; not at the one before, if that is later."""
        if self._timer is None or self._at > at:  # Pyodide's timers do not tell for when they are
            self.stop()
            self._at = at
            self._timer = asyncio.get_running_loop().call_at(at, self._rings)

    def stop(self) -> None:
        """Do not ring."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _rings(self) -> None:
        self._timer = None
        self._ring()
