"""Running all cases of a file on an engine, and counting."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.vectors.runners.common import Mismatch, Skipped
from tests.vectors.runners.files import Vector
from volly_browser.crypto.engine import Algorithm, Engine
from volly_browser.errors import VollyError


@dataclass(frozen=True)
class Candidate:
    """An engine that is put to the test.

    Attributes:
        engine: computes, with the help of another if it is an EngineSet.
        name: of the one engine that is meant.
        tested: the algorithms that are its own.
    """

    engine: Engine
    name: str
    tested: frozenset[Algorithm]

    @classmethod
    def alone(cls, engine: Engine) -> "Candidate":
        """An engine without help."""
        return cls(engine, engine.name, engine.algorithms)


@dataclass
class Report:
    """What became of the cases: `skipped` counts them by the reason, `failures` are sentences."""

    passed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        skipped = f"{self.skipped.total()} skipped"
        if self.skipped:
            skipped += f" ({'; '.join(_summarized(self.skipped))})"
        failed = f", {len(self.failures)} failed" if self.failures else ""
        return f"{self.passed} passed, {skipped}{failed}"


def _summarized(skipped: Counter[str]) -> list[str]:
    """The reasons, with their numbers if there are several, and all suites in one."""
    suites = [reason.removeprefix("suite ") for reason in skipped if reason.startswith("suite ")]
    others = [reason for reason in skipped if not reason.startswith("suite ")]
    if len(others) > 1:
        others = [f"{skipped[reason]} {reason}" for reason in others]
    return [f"suite {', '.join(suites)}", *others] if suites else others


async def check(candidates: Sequence[Candidate], vectors: Iterable[Vector]) -> Report:
    """Run each case on the first of the engines that can.

    Args:
        candidates: best first.
        vectors: what `files.parse` gives.
    """
    report = Report()
    for vector in vectors:
        try:
            await _run(candidates, vector)
        except Skipped as reason:
            report.skipped[str(reason)] += 1
        except (Mismatch, VollyError) as error:
            report.failures.append(f"{vector.label}: {error}")
        except Exception as error:  # a case must not end the run, whatever it makes the code under test do
            report.failures.append(f"{vector.label}: unexpectedly, {type(error).__name__}: {error}")
        else:
            report.passed += 1
    return report


async def _run(candidates: Sequence[Candidate], vector: Vector) -> None:
    """Run a case; if no engine can, raise the Skipped of the first."""
    vector.kind.shape.check(vector.case)
    needed = vector.kind.needs(vector.case)
    reasons: list[Skipped] = []
    for candidate in candidates:
        try:
            _check_ability(candidate, needed)
            return await vector.kind.run(candidate.engine, vector.case)
        except Skipped as reason:
            reasons.append(reason)
    raise reasons[0]


def _check_ability(candidate: Candidate, needed: frozenset[Algorithm]) -> None:
    lacking = needed - candidate.engine.algorithms or (needed if not needed & candidate.tested else frozenset())
    if lacking:
        raise Skipped(f"{candidate.name} has no {' and no '.join(sorted(lacking))}")
