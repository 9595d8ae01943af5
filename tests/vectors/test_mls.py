"""The vectors of MLS on CPython's engines, and proof that their runners notice a single changed bit."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.vectors.runners import checking, files, kinds
from tests.vectors.runners.checking import Candidate
from tests.vectors.runners.common import VECTORS, Case, Mismatch
from tests.vectors.runners.files import Vector
from tests.vectors.runners.tampering import tampered_cases
from volly_browser.crypto.native import NativeEngine
from volly_browser.errors import VollyError

ENGINE = NativeEngine()

PUBLISHED = sorted(path.relative_to(VECTORS).as_posix() for path in (VECTORS / "mls").iterdir())

WITHOUT_EFFECT = {
    # The key depends on the first KDF.Nh bytes of the ciphertext only.
    "secret-tree": r"sender_data\.ciphertext\[[1-9]\d*\]",
    # The tree gets the leaf of an added key package, not its outer signature; only an update depends on the sender.
    "tree-operations": r"proposal\[34\d\]|proposal_sender",
}
"""Changes that a right runner does not notice."""


def every_case(paths: list[str]) -> Iterator[Any]:
    for path in paths:
        for vector in files.own(path):
            yield pytest.param(vector, id=f"{path}-{vector.label}")


def test_every_kind_is_published() -> None:
    assert {vector.kind.name for path in PUBLISHED for vector in files.own(path)} == {kind.name for kind in kinds.MLS}


@pytest.mark.parametrize("vector", list(every_case(PUBLISHED)))
async def test_a_published_case_holds(vector: Vector) -> None:
    report = await checking.check([Candidate.alone(ENGINE)], [vector])
    assert (report.passed, report.failures) == (1, [])


@pytest.mark.parametrize("path", [path for path in PUBLISHED if path != "mls/messages.json"])
async def test_a_single_changed_bit_is_noticed(path: str) -> None:
    for vector in files.own(path)[:6]:
        for what, tampered in tampered_cases(vector.case):
            noticed = await fails(vector, tampered)
            assert noticed or re.fullmatch(WITHOUT_EFFECT.get(vector.kind.name, "nothing"), what), what


@pytest.mark.parametrize("change", [lambda hexed: hexed + "00", lambda hexed: hexed[:-2]], ids=["longer", "shorter"])
async def test_a_message_that_is_longer_or_shorter_is_noticed(change: Callable[[str], str]) -> None:
    for vector in files.own("mls/messages.json"):
        for name, value in vector.case.items():
            assert await fails(vector, vector.case | {name: change(value)}), name


async def test_a_message_with_another_first_byte_is_noticed() -> None:
    vector = files.own("mls/messages.json")[0]
    for what, tampered in tampered_cases(vector.case):
        if what.endswith("[0]") and what != "remove_proposal[0]":  # any four bytes are a leaf index
            assert await fails(vector, tampered), what


async def test_a_missing_field_is_named() -> None:
    for path in PUBLISHED:
        vector = files.own(path)[0]
        for name, shape in vector.kind.shape.fields.items():
            short = {key: value for key, value in vector.case.items() if key != name}
            report = await checking.check([Candidate.alone(ENGINE)], parse(path, [short, vector.case]))
            assert report.failures == [f"case 0: {name} is missing."], shape
            assert report.passed == 1


def parse(path: str, cases: list[Case]) -> list[Vector]:
    return files.parse(path, json.dumps(cases).encode())


async def fails(vector: Vector, case: Case) -> bool:
    """Whether the runner refuses a case, with an error that is meant for it."""
    try:
        vector.kind.shape.check(case)
        vector.kind.needs(case)
        await vector.kind.run(ENGINE, case)
    except (Mismatch, VollyError, checking.Skipped):
        return True
    return False
