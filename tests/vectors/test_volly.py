"""Our own vectors of MLS: they hold on each engine, the runners notice changes, and the generator still makes them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.vectors import generate
from tests.vectors.runners import checking, files
from tests.vectors.runners.checking import Candidate
from tests.vectors.runners.common import Case
from tests.vectors.runners.files import Vector
from tests.vectors.runners.tampering import tampered_cases
from volly_browser.crypto.engine import Algorithm
from volly_browser.crypto.native import NativeEngine
from volly_browser.crypto.python import PythonEngine
from volly_browser.crypto.selection import EngineSet
from volly_browser.mls.suites import CLASSICAL, HYBRID, POST_QUANTUM, SUITES

NATIVE, PYTHON = NativeEngine(), PythonEngine()
HELPED = EngineSet({algorithm: PYTHON if algorithm in PYTHON.algorithms else NATIVE for algorithm in Algorithm})
"""ML-KEM-768 and ML-DSA-65 in Python, the rest native."""

LARGEST = 1_500_000
"""Bytes of all files together."""

TAMPERED = (CLASSICAL.id, HYBRID.id)
"""Suites whose cases are tampered with; of a seed of ML-KEM, half has no effect unless a ciphertext is forged."""

WITHOUT_EFFECT = {
    "secret-tree": r"sender_data\.ciphertext\[\d+\]",  # from the KDF.Nh-th byte on
    "passive-client-random": r"external_psks\..*",  # chance may not have asked for it
}
"""Changes that a right runner need not notice."""


def own(name: str) -> list[Vector]:
    return files.own(f"volly/{name}.json.gz")


def suite_of(vector: Vector) -> int:
    suite: int = vector.case["cipher_suite"]
    return suite


def of_suites(*suites: int) -> Iterator[Any]:
    for name in generate.MAKERS:
        for vector in own(name):
            if suite_of(vector) in suites:
                yield pytest.param(name, vector, id=f"{name}-{suite_of(vector):#06x}-{vector.label}")


def test_every_file_has_cases_of_every_policy_and_they_are_small() -> None:
    assert {path.name for path in generate.FOLDER.iterdir()} == {f"{name}.json.gz" for name in generate.MAKERS}
    for name in generate.MAKERS:
        assert {suite_of(vector) for vector in own(name)} == SUITES.keys()
    assert sum(path.stat().st_size for path in generate.FOLDER.iterdir()) < LARGEST


@pytest.mark.parametrize(("name", "vector"), list(of_suites(*SUITES)))
async def test_a_case_holds(name: str, vector: Vector) -> None:
    report = await checking.check([Candidate.alone(NATIVE)], [vector])
    assert (report.passed, report.failures) == (1, []), name


@pytest.mark.parametrize(("name", "vector"), list(of_suites(POST_QUANTUM.id, HYBRID.id)))
async def test_a_post_quantum_case_holds_on_the_python_engine(name: str, vector: Vector) -> None:
    before = used_python()
    report = await checking.check([Candidate.alone(HELPED)], [vector])
    assert (report.passed, report.failures) == (1, []), name
    needed = vector.kind.needs(vector.case) & PYTHON.algorithms
    assert not needed or used_python() > before


def used_python() -> int:
    return sum(usage.count for usage in HELPED.usage if usage.engine == PYTHON.name)


@pytest.mark.parametrize(("name", "vector"), list(of_suites(*TAMPERED)))
async def test_a_single_changed_bit_is_noticed(name: str, vector: Vector) -> None:
    for what, tampered in tampered_cases(vector.case):
        changed = Vector(vector.label, vector.kind, tampered)
        report = await checking.check([Candidate.alone(NATIVE)], [changed])
        assert not report.passed or re.fullmatch(WITHOUT_EFFECT.get(name, "nothing"), what), what
        assert not any("unexpectedly" in failure for failure in report.failures), report.failures


@pytest.mark.parametrize("name", generate.MAKERS)
async def test_the_generator_makes_the_same_cases_for_suite_1(name: str) -> None:
    kept = [vector.case for vector in own(name) if suite_of(vector) == CLASSICAL.id]
    assert json.loads(json.dumps(await generate.cases(name, CLASSICAL))) == kept


@pytest.mark.parametrize("suite_id", [suite_id for suite_id in SUITES if suite_id != CLASSICAL.id])
@pytest.mark.parametrize("name", ["crypto-basics", "key-schedule", "psk_secret", "secret-tree", "treekem"])
async def test_the_generator_chooses_the_same_for_the_other_suites(name: str, suite_id: int) -> None:
    kept = [vector.case for vector in own(name) if suite_of(vector) == suite_id]
    assert [chosen(case) for case in await generate.cases(name, SUITES[suite_id])] == [chosen(case) for case in kept]


RANDOMIZED = {"signature", "kem_output", "ciphertext", "ratchet_tree", "update_path", "tree_hash_after"}
"""Fields that depend on the randomness of signatures and encapsulations."""


def chosen(case: Case) -> object:
    """What is left of a case without the randomness of the engines."""
    if isinstance(case, dict):
        return {name: chosen(value) for name, value in case.items() if name not in RANDOMIZED}
    return [chosen(item) for item in case] if isinstance(case, list) else case
