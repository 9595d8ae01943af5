"""Simulations that differ as much as they can, one for each seed: short ones, and those of a campaign."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.simulation.options import HAZARDS, Options

CHECKED = range(120)
"""The seeds that are tested each time."""

POLICIES = ("classical", "hybrid", "post-quantum", "transition")
"""All alike: sizes differ, and with them what a frame, a display and a parcel can hold."""


def short(seed: int) -> Options:
    """Two to twelve people, mostly few, twenty to sixty seconds, and all hazards or some of them."""
    return _varied(Random(f"options {seed}"), seed, (0.35, 0.35, 0.5, 0.5, 1.0))


def told(seed: int) -> Options:
    """The short ones in rooms that tell newcomers what was said before."""
    return replace(short(seed), history=Random(f"history {seed}").choice((1, 5, 50, 500)))


def campaigning(seed: int) -> Options:
    """The same for up to ten minutes."""
    random = Random(f"campaign {seed}")
    options = _varied(random, seed, (0.5, 1.0, 2.0, 5.0, 10.0))
    return replace(options, history=random.choice((0, 0, 5, 500)))


def _varied(random: Random, seed: int, minutes: Sequence[float]) -> Options:
    members = random.choice((2, 2, 3, 3, 4, 4, 5, 5, 6, 8, 10, 12))
    chosen = random.choice(minutes)
    share = random.choice((0.15, 0.4, 1.0))
    hazards = tuple(name for name in HAZARDS if random.random() < share)
    return Options(seed, members, chosen, random.choice(POLICIES), hazards)
