"""A process with a crew in it, as the measuring process sees it: it calls the crew's methods.

LiveKit's SDK gives every event of a process to all rooms in it, so a hundred members need some processes; they also use
all cores then.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from typing import Any, Concatenate, ParamSpec, TypeVar

from volly_browser.errors import LocalError, VollyError
from volly_browser.tools.load.crew import PATIENCE, Crew

P = ParamSpec("P")
T = TypeVar("T")

Order = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A method of Crew, and its arguments."""

ANSWER_LIMIT = 2 * PATIENCE
"""Seconds that a process has to answer, in addition to those that its order takes by itself."""


class CrewFailed(LocalError):
    """A process with members has ended, or does not answer."""


class CrewProcess:
    """One process, from its start to `stop`."""

    def __init__(self, token_url: str, fragment: str) -> None:
        context = multiprocessing.get_context("spawn")  # the native library does not survive a fork
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, token_url, fragment), daemon=True)
        self._process.start()
        theirs.close()

    def begin(
        self, method: Callable[Concatenate[Crew, P], Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
    ) -> Callable[[float], T]:
        """Call a method of the crew; return a function that waits for its outcome, given the seconds that it takes.

        Both raise CrewFailed; the returned function also raises the crew's own errors.
        """
        try:
            self._connection.send((method.__name__, args, kwargs))
        except OSError as error:
            raise CrewFailed("A process with members has ended.") from error
        return self._outcome

    def stop(self) -> None:
        """End the process, whatever it does: it has nothing to save, and its members have left, or are not needed."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _outcome(self, takes: float) -> Any:  # noqa: ANN401 - whatever the method gives
        limit = takes + ANSWER_LIMIT
        if not self._connection.poll(limit):
            raise CrewFailed(f"A process with members did not answer within {limit:.0f} seconds.")
        try:
            outcome = self._connection.recv()
        except (EOFError, OSError) as error:
            raise CrewFailed("A process with members has ended.") from error
        if isinstance(outcome, VollyError):
            raise outcome
        return outcome


# In the other process


def _run(connection: Connection, token_url: str, fragment: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the measuring process, which then stops this one
    asyncio.run(_obey(connection, Crew(token_url, fragment)))


async def _obey(connection: Connection, crew: Crew) -> None:
    while order := await asyncio.to_thread(_next_order, connection):
        method, args, kwargs = order
        try:
            outcome = await getattr(crew, method)(*args, **kwargs)
        except VollyError as error:
            outcome = error
        await asyncio.to_thread(connection.send, outcome)
    os._exit(0)  # the measuring process has ended without stopping us; open rooms would end noisily


def _next_order(connection: Connection) -> Order | None:
    try:
        order: Order = connection.recv()
    except EOFError:
        return None
    return order
