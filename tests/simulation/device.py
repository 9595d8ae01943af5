"""What a member's program runs on: it takes its time, may stand still, and may end at any await."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from volly_browser.crypto.engine import Operation
from volly_browser.crypto.native import NativeEngine

Result = TypeVar("Result")

LONGEST_STEP = 0.02
"""Seconds that one step takes at most."""

IDLE_LIMIT = 1.0
"""Seconds after which a program that does nothing is ended all the same."""


class Device:
    """Lets a program go on step by step; every await of its engine and of its transport is one.

    Args:
        random: says how long each takes.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._goes_on = asyncio.Event()
        self._goes_on.set()
        self._steps_left = 0
        self._end: Callable[[], None] | None = None

    def stand_still(self, seconds: float) -> None:
        """Nothing goes on for so long, or until `go_on`."""
        self._goes_on.clear()
        asyncio.get_running_loop().call_later(seconds, self.go_on)

    def go_on(self) -> None:
        """Stand still no more."""
        self._goes_on.set()

    def end_after(self, steps: int, end: Callable[[], None]) -> None:
        """Call `end` at a step, or after a while in which there were not as many."""
        if self._end is None:
            self._steps_left, self._end = steps, end
            asyncio.get_running_loop().call_later(IDLE_LIMIT, self._end_now)

    async def step(self) -> None:
        """Wait until the program may go on."""
        if self._end is not None:
            self._steps_left -= 1
            if self._steps_left < 0:
                self._end_now()
        drawn = self._random.random()
        await asyncio.sleep(0 if drawn < 0.8 else LONGEST_STEP * self._random.random())
        await self._goes_on.wait()

    def _end_now(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end()


class DeviceEngine(NativeEngine):
    """The native engine on a device, whose own choices are the same in every run; a room decides nothing by others."""

    def __init__(self, device: Device, random: Random) -> None:
        super().__init__()
        self._device = device
        self._random = random

    def random(self, length: int) -> bytes:
        """Bytes that are the same in every run."""
        return self._random.randbytes(length)

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        """Run all operations, some time later."""
        await self._device.step()
        return await super().run(operations)
