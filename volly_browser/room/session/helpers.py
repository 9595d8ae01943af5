"""Runs tasks beside the room's own: each ends with the room, and none fails unseen."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Helpers:
    """A set of running tasks.

    Args:
        crashed: takes an error that a task ended with.
    """

    def __init__(self, crashed: Callable[[BaseException], None]) -> None:
        self._crashed = crashed
        self._running: set[asyncio.Task[None]] = set()

    def start(self, helper: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine as a task, until it ends or `stop` is called."""
        task = asyncio.create_task(helper)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Cancel all tasks, and wait until they have ended."""
        running = set(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._crashed(error)
