"""All processes with members: each member's number says in which of them it is."""

from collections.abc import Callable, Coroutine, Iterable
from contextlib import ExitStack
from math import ceil
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from volly_browser.tools.load.crew import Crew
from volly_browser.tools.load.crew_process import CrewProcess

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")

CREW_SIZE = 5
"""Members of a process: with many more, each message costs each of them more (see `transport.livekit_native`)."""


class Crews:
    """The processes, from `with` to its end.

    Args:
        token_url: of the token service.
        fragment: of the invite.
        members: how many there will be at once.
    """

    def __init__(self, token_url: str, fragment: str, members: int) -> None:
        self._place = (token_url, fragment)
        self._count = ceil(members / CREW_SIZE)
        self._processes: list[CrewProcess] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            for _ in range(self._count):
                process = CrewProcess(*self._place)
                opening.callback(process.stop)
                self._processes.append(process)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._open.close()

    def __len__(self) -> int:
        """How many processes there are."""
        return self._count

    def shares(self, things: Iterable[A], number: Callable[[A], int]) -> list[list[A]]:
        """For each crew the things that are for its members, by the member's number."""
        shares: list[list[A]] = [[] for _ in self._processes]
        for thing in things:
            shares[number(thing) % self._count].append(thing)
        return shares

    def all(
        self, method: Callable[Concatenate[Crew, P], Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
    ) -> list[T]:
        """Call a method of every crew at once; gives the outcomes in the order of the crews."""
        waiting = [process.begin(method, *args, **kwargs) for process in self._processes]
        return [wait(0.0) for wait in waiting]

    def each(
        self, method: Callable[[Crew, A], Coroutine[Any, Any, T]], arguments: Iterable[A], takes: float
    ) -> list[T]:
        """The same, with an argument of its own for every crew, and so many seconds that it takes by itself."""
        pairs = zip(self._processes, arguments, strict=True)
        waiting = [process.begin(method, argument) for process, argument in pairs]
        return [wait(takes) for wait in waiting]

    def one(self, number: int, method: Callable[[Crew, A], Coroutine[Any, Any, T]], argument: A) -> T:
        """Call a method of the crew that this member is in."""
        return self._processes[number % self._count].begin(method, argument)(0.0)
