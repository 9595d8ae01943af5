"""Short simulations that differ as much as they can, one for each seed."""

from random import Random

from tests.simulation.options import HAZARDS, Options

CHECKED = range(200)
"""The seeds that are tested each time."""


def short(seed: int) -> Options:
    """Two to five people, twenty to sixty seconds, and all hazards or some of them."""
    random = Random(f"options {seed}")
    members = random.choice((2, 2, 3, 3, 4, 5))
    minutes = random.choice((0.35, 0.35, 0.5, 0.5, 1.0))
    share = random.choice((0.15, 0.4, 1.0))
    hazards = tuple(name for name in HAZARDS if random.random() < share)
    return Options(seed, members=members, minutes=minutes, hazards=hazards)
