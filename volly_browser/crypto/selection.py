"""Which engine does what: the best that has the algorithm, or the one that the configuration names."""

import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from volly_browser.crypto.chains import Walk
from volly_browser.crypto.engine import Algorithm, Chain, Engine, Operation, UnsupportedAlgorithm
from volly_browser.errors import LocalError, VollyError

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
        batches: dict[str, list[int]] = {}
        for index, operation in enumerate(operations):
            batches.setdefault(self._engine_for(operation).name, []).append(index)
        results: list[Result | None] = [None] * len(operations)
        for indices in batches.values():
            batch = [operations[index] for index in indices]
            answers = await self._engine_for(batch[0]).run(batch)
            self._count(batch)
            for index, answer in zip(indices, answers, strict=True):
                results[index] = answer
        return cast("list[Result]", results)

    async def follow(self, chain: Chain[Result]) -> Result:
        """Run a chain; every stretch of steps for one engine is a chain for that engine.  See `Engine.follow`."""
        try:
            walk = Walk(chain)
            while walk.operations is not None:
                engine = self._only_engine_for(walk.operations)
                await (engine.follow(self._stretch(walk, engine)) if engine else self._take_mixed_step(walk))
            return walk.result
        finally:
            chain.close()

    def _stretch(self, walk: Walk[Any], engine: Engine) -> Chain[None]:
        while walk.operations is not None and self._only_engine_for(walk.operations) is engine:
            try:
                results = yield walk.operations
            except VollyError as error:
                walk.fail(error)
            else:
                self._count(walk.operations)
                walk.go_on(results)

    async def _take_mixed_step(self, walk: Walk[Any]) -> None:
        try:
            results = await self.run(walk.operations or ())
        except VollyError as error:
            walk.fail(error)
        else:
            walk.go_on(results)

    def _only_engine_for(self, operations: Sequence[Operation[Any]]) -> Engine | None:
        """The engine of all these operations, if there is one."""
        chosen = None
        for operation in operations:
            engine = self.chosen.get(operation.algorithm)
            if engine is None or engine is not (chosen or engine):
                return None
            chosen = engine
        return chosen

    def _engine_for(self, operation: Operation[Any]) -> Engine:
        engine = self.chosen.get(operation.algorithm)
        if engine is None:
            raise UnsupportedAlgorithm(f"No engine here has {operation.algorithm}.")
        return engine

    def _count(self, operations: Sequence[Operation[Any]]) -> None:
        for operation in operations:
            self._done[operation.algorithm, type(operation)] += 1


async def choose_engines(loaders: Mapping[str, Loader], wanted: Mapping[str, str] | None = None) -> EngineSet:
    """Choose an engine for every algorithm; engines that nothing needs are not even loaded.

    Args:
        loaders: how to get each engine, by name, best first.
        wanted: what to use instead of the best: engine names by algorithm names, or by `*` for as many algorithms as
            that engine has.

    Raises:
        WrongEngineChoice: `wanted` cannot be had.
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
