"""Simulations that broke an invariant once, each with what it found; they are kept, and run each time."""

from dataclasses import dataclass

from tests.simulation.options import HAZARDS, Options
from tests.simulation.seeds import short


@dataclass(frozen=True, slots=True)
class Failed:
    """One that failed; `found` says what was wrong with the room."""

    options: Options
    found: str


UNFORGED = tuple(name for name in HAZARDS if name not in ("refusals", "outages"))

FAILED = (
    Failed(
        Options(1000231, members=2, minutes=5.0),
        "A gap that was shown while its sender was gone was acknowledged, and called delivered.",
    ),
    Failed(
        Options(1000781, members=2, minutes=10.0, hazards=("loss", "duplication", "blackholes", "crashes")),
        "The same, with few hazards.",
    ),
    Failed(
        Options(1000018, members=3, minutes=5.0),
        "The same, in a room of three.",
    ),
    Failed(
        Options(73, members=5, minutes=1.0, hazards=UNFORGED),
        "What was to be sent again to one that could not be reached was sent to all, newcomers too.",
    ),
    Failed(
        Options(1000551, members=5, minutes=1.0),
        "The same, with all hazards.",
    ),
    Failed(
        Options(1001427, members=2, minutes=10.0, hazards=("closings",)),
        "What was kept for as long as promised for a person that came back later was called lost.",
    ),
    Failed(
        Options(2, members=3, minutes=0.5),
        "A group was refused for a leaf that a knock, which its owner had not followed up, seemed to have replaced.",
    ),
    Failed(
        short(1018),
        "Two halves of a room, without an epoch that they had in common, each waited for the other.",
    ),
    Failed(
        short(5059),
        "Two that had agreed once to go to another conversation, in vain, were never asked again.",
    ),
    Failed(
        short(33),
        "Two that had agreed to go to another conversation were taken back, since they had not been there for long.",
    ),
)
