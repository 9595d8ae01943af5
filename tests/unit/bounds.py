"""Bounds on what a call may cost, wide enough for any machine and far below what a blow-up takes."""

import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

SLOWNESS = 4 if sys.platform == "emscripten" else 1
"""How many times longer than CPython the page's Python takes, at most."""


@contextmanager
def at_most_seconds(limit: float) -> Iterator[None]:
    """What is done within takes at most so many seconds of this process, on CPython."""
    limit *= SLOWNESS
    begin = time.process_time()
    yield
    spent = time.process_time() - begin
    assert spent < limit, f"{spent:.1f} s instead of at most {limit:.1f} s"


@contextmanager
def at_most_bytes(limit: int) -> Iterator[None]:
    """What is done within never holds more than so many bytes at once; Python is several times slower meanwhile."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < limit, f"{peak} bytes instead of at most {limit}"
