"""Chooses the engine of each algorithm: the best that has it, or the one that the configuration names."""

import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from volly_browser.crypto.engine import Algorithm, Engine, Operation, UnsupportedAlgorithm, run_one
from volly_browser.crypto.programs import Execute, execute
from volly_browser.errors import LocalError

Result = TypeVar("Result")
Loader = Callable[[], Awaitable[Engine]]

ANY = "*"
"""In the configuration: every algorithm that the named engine has."""


class WrongEngineChoice(LocalError):
    """The configuration names an algorithm or an engine that does not exist, or one that lacks the other."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How often an engine did an operation."""

    engine: str
    algorithm: Algorithm
    operation: str
    count: int


class EngineSet:
    """Several engines as one: each operation goes to the engine chosen for its algorithm.

    Args:
        chosen: the engine of each algorithm.
    """

    def __init__(self, chosen: Mapping[Algorithm, Engine]) -> None:
        self.chosen = dict(chosen)
        self.algorithms = frozenset(chosen)
        self._done: Counter[tuple[Algorithm, type[Operation[Any]]]] = Counter()

    @property
    def name(self) -> str:
        """The names of all engines in use, for example `webcrypto + javascript`."""
        return " + ".join(dict.fromkeys(engine.name for engine in self.chosen.values()))

    @property
    def usage(self) -> list[Usage]:
        """What was done so far, by algorithm and operation."""
        return [
            Usage(self.chosen[algorithm].name, algorithm, kind.__name__, count)
            for (algorithm, kind), count in self._done.items()
        ]

    def random(self, length: int) -> bytes:
        """`length` bytes from the platform's cryptographic generator."""
        return os.urandom(length)

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        """Run all operations, a batch for each engine; see `Engine.run`."""
        engines = [self._engine_for(operation) for operation in operations]
        batches: dict[Engine | None, list[int]] = {}
        for index, engine in enumerate(engines):
            batches.setdefault(engine, []).append(index)
        if len(batches) == 1:
            return await self._run_batch(engines[0], operations)
        results: list[Result | None] = [None] * len(operations)
        for engine, indices in batches.items():
            batch = [operations[index] for index in indices]
            for index, result in zip(indices, await self._run_batch(engine, batch), strict=True):
                results[index] = result
        return cast("list[Result]", results)

    async def _run_batch(self, engine: Engine | None, batch: Sequence[Operation[Result]]) -> list[Result]:
        if engine is None:
            return [cast(Result, await execute(cast(Execute, operation), self._run_one)) for operation in batch]
        results = await engine.run(batch)
        for operation in batch:
            self._done.update(_parts(operation))
        return results

    async def _run_one(self, operation: Operation[Any]) -> Any:  # noqa: ANN401 - what the operation's parameter says
        return await run_one(self, operation)

    def _engine_for(self, operation: Operation[Any]) -> Engine | None:
        """Return the engine for an operation; None if a program needs more than one."""
        needed = operation.program.algorithms if isinstance(operation, Execute) else {operation.algorithm}
        if lacking := needed - self.algorithms:
            raise UnsupportedAlgorithm(f"No engine here has {min(lacking)}.")
        engines = {self.chosen[algorithm] for algorithm in needed}
        return engines.pop() if len(engines) == 1 else None


def _parts(operation: Operation[Any]) -> Sequence[tuple[Algorithm, type[Operation[Any]]]]:
    """What an operation consists of: itself, or the steps of a program."""
    if isinstance(operation, Execute):
        return operation.program.operations
    return [(operation.algorithm, type(operation))]


async def choose_engines(loaders: Mapping[str, Loader], wanted: Mapping[str, str] | None = None) -> EngineSet:
    """Choose an engine for every algorithm; engines that nothing needs are not even loaded.

    Args:
        loaders: how to get each engine, by name, best first.
        wanted: what to use instead of the best: engine names by algorithm names, or by `*` for as many algorithms as
            that engine has.

    Raises:
        WrongEngineChoice: an engine or an algorithm in `wanted` does not exist.
    """
    wanted = wanted or {}
    _check_names(wanted, loaders)
    order = sorted(loaders, key=lambda name: name != wanted.get(ANY))
    chosen: dict[Algorithm, Engine] = {}
    for name in order:
        missing = {algorithm for algorithm in Algorithm if algorithm not in chosen}
        acceptable = {algorithm for algorithm in missing if wanted.get(algorithm, name) == name}
        if acceptable:
            engine = await loaders[name]()
            chosen |= dict.fromkeys(sorted(acceptable & engine.algorithms), engine)
    for algorithm in Algorithm:
        if algorithm in wanted and algorithm not in chosen:
            raise WrongEngineChoice(f"The configuration wants {algorithm} from {wanted[algorithm]}, which lacks it.")
    return EngineSet(chosen)


def _check_names(wanted: Mapping[str, str], loaders: Mapping[str, Loader]) -> None:
    for algorithm, engine in wanted.items():
        if algorithm not in {*Algorithm, ANY}:
            raise WrongEngineChoice(f"The configuration names an unknown algorithm: {algorithm}.")
        if engine not in loaders:
            raise WrongEngineChoice(
                f"The configuration names an unknown engine: {engine}; known: {', '.join(loaders)}."
            )
