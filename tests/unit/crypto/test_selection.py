"""Choosing engines: the best first, as wished, and nothing loaded that is not needed."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from volly_browser.crypto.engine import Algorithm, DerivePublicKey, Operation, Seal, UnsupportedAlgorithm, Verify
from volly_browser.crypto.native import NativeEngine
from volly_browser.crypto.programs import Execute, Program
from volly_browser.crypto.selection import EngineSet, Usage, WrongEngineChoice, choose_engines

CLASSICAL = frozenset({Algorithm.X25519, Algorithm.ED25519, Algorithm.AES_GCM})
POST_QUANTUM = frozenset({Algorithm.ML_KEM_768, Algorithm.ML_DSA_65})


class Partial(NativeEngine):
    """An engine that has only some algorithms, and remembers the batches it was given."""

    def __init__(self, name: str, algorithms: Iterable[Algorithm]) -> None:
        super().__init__()
        self.name = name
        self.algorithms = frozenset(algorithms)
        self.batches: list[int] = []

    async def run(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        self.batches.append(len(operations))
        return await super().run(operations)


class Loaders(dict[str, Any]):
    """Loaders of given engines, which remember what was loaded."""

    def __init__(self, *engines: Partial) -> None:
        super().__init__()
        self.loaded: list[str] = []
        for engine in engines:
            self[engine.name] = self._loader(engine)

    def _loader(self, engine: Partial) -> Any:  # noqa: ANN401
        async def load() -> Partial:
            self.loaded.append(engine.name)
            return engine

        return load


def firefox() -> Loaders:
    """A browser without post-quantum WebCrypto."""
    everything = CLASSICAL | POST_QUANTUM | {Algorithm.X_WING}
    return Loaders(Partial("webcrypto", CLASSICAL), Partial("javascript", everything), Partial("python", POST_QUANTUM))


def names(engines: EngineSet) -> dict[Algorithm, str]:
    return {algorithm: engine.name for algorithm, engine in engines.chosen.items()}


async def test_engines_that_nothing_needs_are_not_loaded() -> None:
    loaders = Loaders(
        Partial("webcrypto", Algorithm), Partial("javascript", Algorithm), Partial("python", POST_QUANTUM)
    )
    engines = await choose_engines(loaders)
    assert loaders.loaded == ["webcrypto"]
    assert engines.name == "webcrypto"
    assert engines.algorithms == set(Algorithm)


async def test_what_the_best_lacks_the_next_does() -> None:
    loaders = firefox()
    engines = await choose_engines(loaders)
    assert loaders.loaded == ["webcrypto", "javascript"]
    assert names(engines)[Algorithm.X25519] == "webcrypto"
    assert names(engines)[Algorithm.ML_DSA_65] == names(engines)[Algorithm.X_WING] == "javascript"
    assert engines.name == "webcrypto + javascript"


async def test_the_configuration_names_an_engine_for_one_algorithm() -> None:
    engines = await choose_engines(firefox(), {"ML-KEM-768": "python", "Ed25519": "javascript"})
    assert names(engines)[Algorithm.ML_KEM_768] == "python"
    assert names(engines)[Algorithm.ED25519] == "javascript"
    assert names(engines)[Algorithm.ML_DSA_65] == "javascript"
    assert names(engines)[Algorithm.AES_GCM] == "webcrypto"


async def test_the_configuration_prefers_an_engine_for_all_it_has() -> None:
    engines = await choose_engines(firefox(), {"*": "python"})
    assert {algorithm for algorithm, name in names(engines).items() if name == "python"} == POST_QUANTUM
    assert names(engines)[Algorithm.AES_GCM] == "webcrypto"
    assert names(engines)[Algorithm.X_WING] == "javascript"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"ML-KEM-512": "python"}, "unknown algorithm: ML-KEM-512"),
        ({"ML-KEM-768": "openssl"}, "unknown engine: openssl; known: webcrypto, javascript, python"),
        ({"X25519": "python"}, "wants X25519 from python, which lacks it"),
    ],
)
async def test_a_wrong_choice_is_refused_with_a_sentence(wanted: dict[str, str], sentence: str) -> None:
    with pytest.raises(WrongEngineChoice, match=sentence):
        await choose_engines(firefox(), wanted)


async def test_a_mixed_batch_goes_to_each_engine_once_and_keeps_its_order() -> None:
    first, second = Partial("first", CLASSICAL), Partial("second", POST_QUANTUM)
    engines = EngineSet({Algorithm.X25519: first, Algorithm.ED25519: first, Algorithm.ML_DSA_65: second})
    operations: list[Operation[Any]] = [
        DerivePublicKey(Algorithm.X25519, bytes(32)),
        DerivePublicKey(Algorithm.ML_DSA_65, bytes(32)),
        DerivePublicKey(Algorithm.ED25519, bytes(32)),
        Verify(Algorithm.ML_DSA_65, b"", b"", b""),
    ]
    assert [len(result) if result else result for result in await engines.run(operations)] == [32, 1952, 32, False]
    assert (first.batches, second.batches) == ([2], [2])
    assert await engines.run([]) == []


async def test_what_no_engine_has_is_refused_before_anything_runs() -> None:
    engine = Partial("only", CLASSICAL)
    engines = EngineSet({Algorithm.X25519: engine})
    operations: list[Operation[Any]] = [DerivePublicKey(Algorithm.X25519, bytes(32)), Seal(b"", b"", b"", b"")]
    with pytest.raises(UnsupportedAlgorithm, match="No engine here has AES-GCM"):
        await engines.run(operations)
    assert engine.batches == []


def verifying(*algorithms: Algorithm) -> Execute:
    """A program with a step for each of some algorithms."""
    names = ["one", "two", "three"][: len(algorithms)]
    steps = [f"{name} = verify {algorithm} x x x" for name, algorithm in zip(names, algorithms, strict=True)]
    return Execute(Program("\n".join([*steps, f"give {' '.join(names)}"])), {"x": b""})


async def test_a_program_goes_in_one_piece_to_the_engine_of_all_its_steps() -> None:
    engine = Partial("only", CLASSICAL)
    engines = EngineSet({Algorithm.ED25519: engine, Algorithm.X25519: engine})
    operations = [verifying(Algorithm.ED25519, Algorithm.ED25519), DerivePublicKey(Algorithm.X25519, bytes(32))]
    given, public_key = await engines.run(operations)
    assert (given, len(public_key)) == ((False, False), 32)
    assert engine.batches == [2]


async def test_a_program_for_two_engines_goes_to_each_step_by_step() -> None:
    first, second = Partial("first", CLASSICAL), Partial("second", POST_QUANTUM)
    engines = EngineSet({Algorithm.ED25519: first, Algorithm.X25519: first, Algorithm.ML_DSA_65: second})
    program = verifying(Algorithm.ED25519, Algorithm.ML_DSA_65, Algorithm.ED25519)
    derive = DerivePublicKey(Algorithm.X25519, bytes(32))
    [before, given, after] = await engines.run([derive, program, derive])
    assert given == (False, False, False)
    assert before == after
    assert sorted(first.batches) == [1, 1, 2]
    assert second.batches == [1]
    assert {(use.engine, use.operation, use.count) for use in engines.usage} == {
        ("first", "Verify", 2),
        ("first", "DerivePublicKey", 2),
        ("second", "Verify", 1),
    }


async def test_a_program_that_no_engine_can_run_is_refused_before_anything_runs() -> None:
    engine = Partial("only", CLASSICAL)
    engines = EngineSet({Algorithm.ED25519: engine})
    with pytest.raises(UnsupportedAlgorithm, match="No engine here has ML-DSA-65"):
        await engines.run([verifying(Algorithm.ED25519, Algorithm.ML_DSA_65)])
    assert engine.batches == []


async def test_usage_counts_what_was_done() -> None:
    engines = EngineSet({Algorithm.X25519: Partial("only", CLASSICAL)})
    for count in (3, 1):
        await engines.run([DerivePublicKey(Algorithm.X25519, bytes(32))] * count)
    assert engines.usage == [Usage("only", Algorithm.X25519, "DerivePublicKey", count=4)]
