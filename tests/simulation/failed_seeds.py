"""Simulations that broke an invariant once, each with what it found; they are kept, and run each time."""

from dataclasses import dataclass

from tests.simulation.options import Options


@dataclass(frozen=True, slots=True)
class Failed:
    """One that failed; `found` says what was wrong with the room."""

    options: Options
    found: str


FAILED: tuple[Failed, ...] = ()
