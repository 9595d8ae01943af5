"""An event loop whose time passes at once: it jumps to the next timer whenever nothing else is to be done.

Scenarios that wait for seconds take none, and run the same way each time.
"""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

TURNS_LIMIT = 20_000
"""Turns of the loop in one instant; a scenario that needs more goes round in circles."""


class Stuck(AssertionError):
    """The scenario waits for something that nothing will ever cause."""


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self.turns = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck("Everybody waits, and no timer is set.")
        self.turns = 0 if timeout > 0 else self.turns + 1
        if self.turns > TURNS_LIMIT:
            raise Stuck("Much happens, and no time passes.")
        self.passed += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop without input and output, on virtual time that begins at 0."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.passed


def run(scenario: Coroutine[Any, Any, T], limit: float = 600.0) -> T:
    """The outcome of a scenario; fails when it takes longer than `limit` virtual seconds, or leaves tasks behind."""

    async def watched() -> T:
        async with asyncio.timeout(limit):
            outcome = await scenario
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"Tasks were left behind: {left}"
        return outcome

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(watched())


def virtual_time(limit: float = 600.0) -> Callable[[Callable[P, Coroutine[Any, Any, None]]], Callable[P, None]]:
    """Marks an async test that runs on virtual time: `@virtual_time()`, or with the most seconds that it may take."""

    def mark(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
        @functools.wraps(test)
        def on_virtual_time(*args: P.args, **kwargs: P.kwargs) -> None:
            run(test(*args, **kwargs), limit)

        return on_virtual_time

    return mark
