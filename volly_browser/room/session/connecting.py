"""Connects to the server, however long it takes."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from volly_browser.room.timing import Timing
from volly_browser.transport.contract import Transport, TransportError, TransportRefused


@dataclass(frozen=True, slots=True)
class ConnectFailed:
    """An attempt to reach the server failed.

    Attributes:
        error: says why.
        retry_in: seconds until the next attempt; None if there will be none.
    """

    error: TransportError
    retry_in: float | None


async def keep_connecting(
    transport: Transport, timing: Timing, failed: Callable[[ConnectFailed], Awaitable[None]], hurry: asyncio.Event
) -> None:
    """Try to connect until it works or is refused for good.  The transport itself reports success.

    Args:
        transport: to connect.
        timing: how long to wait between attempts.
        failed: takes each failure.
        hurry: set it to end the wait, once.
    """
    wait = timing.first_retry
    while True:
        try:
            return await transport.connect()
        except TransportRefused as error:
            return await failed(ConnectFailed(error, None))
        except TransportError as error:
            await failed(ConnectFailed(error, wait))
        hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await hurry.wait()
        wait = min(2 * wait, timing.longest_retry)
