"""Knows the tasks that each program has started, without which it could not be ended at any point."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar

T = TypeVar("T")

_OWNER: ContextVar["Tasks | None"] = ContextVar("owner", default=None)


class Tasks:
    """All running tasks of one program, the oldest first.

    Args:
        crashed: is told of an error that one of them ended with.
    """

    def __init__(self, crashed: Callable[[BaseException], None]) -> None:
        self._crashed = crashed
        self._running: dict[asyncio.Task[Any], None] = {}

    def start(self, program: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a coroutine; whatever it starts belongs to the same program.  Needs `keep_track` on the loop."""
        context = copy_context()
        context.run(_OWNER.set, self)
        return asyncio.get_running_loop().create_task(program, context=context)

    def end(self) -> None:
        """Cancel all of them."""
        for task in tuple(self._running):
            task.cancel()

    @property
    def running(self) -> int:
        """How many have not ended."""
        return len(self._running)

    def add(self, task: asyncio.Task[Any]) -> None:
        """A task was started."""
        self._running[task] = None
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        del self._running[task]
        if not task.cancelled() and (error := task.exception()):
            self._crashed(error)


def keep_track(loop: asyncio.AbstractEventLoop) -> None:
    """Let every task of a loop be known to the program that starts it."""
    loop.set_task_factory(_start_task)


def _start_task(
    loop: asyncio.AbstractEventLoop,
    program: Coroutine[Any, Any, T] | Generator[Any, None, T],
    *,
    context: Context | None = None,
) -> asyncio.Task[T]:
    task = asyncio.Task(program, loop=loop, context=context)
    owner = context.get(_OWNER) if context is not None else _OWNER.get()
    if owner is not None:
        owner.add(task)
    return task
