"""Simulations that differ as much as they can, one for each seed: short ones, and those of a campaign."""

from collections.abc import Sequence
from random import Random

from tests.simulation.options import HAZARDS, Options

CHECKED = range(200)
"""The seeds that are tested each time."""

POLICIES = ("classical",) * 17 + ("hybrid", "post-quantum", "transition")
"""Of a campaign: what may break hardly depends on it, so most of it has the cheapest algorithms."""


def short(seed: int) -> Options:
    """Two to five people, twenty to sixty seconds, and all hazards or some of them."""
    return _varied(Random(f"options {seed}"), seed, (0.35, 0.35, 0.5, 0.5, 1.0), ("classical",))


def campaigning(seed: int) -> Options:
    """The same for up to ten minutes, and under all policies."""
    return _varied(Random(f"campaign {seed}"), seed, (0.5, 1.0, 2.0, 5.0, 10.0), POLICIES)


def _varied(random: Random, seed: int, minutes: Sequence[float], policies: Sequence[str]) -> Options:
    members = random.choice((2, 2, 3, 3, 4, 5))
    chosen = random.choice(minutes)
    share = random.choice((0.15, 0.4, 1.0))
    hazards = tuple(name for name in HAZARDS if random.random() < share)
    return Options(seed, members, chosen, random.choice(policies), hazards)
