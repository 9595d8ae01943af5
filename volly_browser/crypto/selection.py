"""Chooses the engine of each algorithm: the best that has it, or the one that the configuration names."""

import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from volly_browser.crypto.engine import Algorithm, Engine, Operation, UnsupportedAlgorithm
from volly_browser.errors import LocalError

Result = TypeVar("Result")
Loader = Callable[[], Awaitable[Engine]]

ANY = "*"
"""In the configuration: every algorithm that the named engine has."""


class WrongEngineChoice(LocalError):
    """The configuration names an algorithm or an engine that does not exist, or one that lacks the other."""


@dataclass(slots=True)
class Usage:
    """How often an engine did an operation, and how long that took altogether."""

    engine: str
    algorithm: Algorithm
    operation: str
    count: int = 0
    seconds: float = 0.0


class EngineSet:
    """Several engines as one: each operation goes to the engine chosen for its algorithm.

    Args:
        chosen: the engine of each algorithm.
        clock: seconds, for `usage`.
    """

    def __init__(self, chosen: Mapping[Algorithm, Engine], clock: Callable[[], float] = time.perf_counter) -> None:
        self.chosen = dict(chosen)
        self.algorithms = frozenset(chosen)
        self._clock = clock
        self._usage: dict[tuple[str, Algorithm, str], Usage] = {}

    @property
    def name(self) -> str:
        """The names of all engines in use, for example `webcrypto + javascript`."""
        return " + ".join(dict.fromkeys(engine.name for engine in self.chosen.values()))

    @property
    def usage(self) -> list[Usage]:
        """What was done so far, by engine, algorithm and operation."""
        return list(self._usage.values())

    def random(self, length: int) -> bytes:
        """`length` bytes from the platform's cryptographic generator."""
        return os.urandom(length)

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        """Run all operations, a batch for each engine; see `Engine.run`."""
        batches: dict[str, list[int]] = {}
        for index, operation in enumerate(operations):
            batches.setdefault(self._engine_for(operation.algorithm).name, []).append(index)
        results: list[Result | None] = [None] * len(operations)
        for indices in batches.values():
            batch = [operations[index] for index in indices]
            for index, result in zip(indices, await self._run_batch(batch), strict=True):
                results[index] = result
        return cast("list[Result]", results)

    async def _run_batch(self, batch: Sequence[Operation[Result]]) -> list[Result]:
        engine = self.chosen[batch[0].algorithm]
        started = self._clock()
        results = await engine.run(batch)
        self._record(engine, batch, self._clock() - started)
        return results

    def _engine_for(self, algorithm: Algorithm) -> Engine:
        if algorithm not in self.chosen:
            raise UnsupportedAlgorithm(f"No engine here has {algorithm}.")
        return self.chosen[algorithm]

    def _record(self, engine: Engine, batch: Sequence[Operation[Any]], seconds: float) -> None:
        """Share out the time of a batch evenly among its operations."""
        for operation in batch:
            key = (engine.name, operation.algorithm, type(operation).__name__)
            usage = self._usage.setdefault(key, Usage(*key))
            usage.count += 1
            usage.seconds += seconds / len(batch)


async def choose_engines(
    loaders: Mapping[str, Loader],
    wanted: Mapping[str, str] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> EngineSet:
    """Choose an engine for every algorithm; engines that nothing needs are not even loaded.

    Args:
        loaders: how to get each engine, by name, best first.
        wanted: what to use instead of the best: engine names by algorithm names, or by `*` for as many algorithms as
            that engine has.
        clock: seconds, for `EngineSet.usage`.

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
    return EngineSet(chosen, clock)


def _check_names(wanted: Mapping[str, str], loaders: Mapping[str, Loader]) -> None:
    for algorithm, engine in wanted.items():
        if algorithm not in {*Algorithm, ANY}:
            raise WrongEngineChoice(f"The configuration names an unknown algorithm: {algorithm}.")
        if engine not in loaders:
            raise WrongEngineChoice(
                f"The configuration names an unknown engine: {engine}; known: {', '.join(loaders)}."
            )
