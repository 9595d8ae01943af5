"""`build.py simulate`: rooms on a network that does its worst, in virtual time, replayed exactly by their seed.

The simulation is that of the tests, in `tests/simulation`.  build.py always runs from a checkout, so that it is there.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from itertools import count

from tests.simulation.campaign import Total, campaign
from tests.simulation.crowd import crowd
from tests.simulation.options import HAZARDS, Options
from tests.simulation.outcome import Outcome
from tests.simulation.simulation import simulate

BROKEN = 1
NO_HAZARD = 2
"""Exit codes: an invariant does not hold, or a hazard is asked for that does not exist."""

SHOWN = 200
"""Characters that are shown of each event."""


def run(options: argparse.Namespace) -> int:
    """Run one seed, or one after the other until the first that breaks an invariant; or a campaign."""
    if options.campaign:
        return _campaign(options)
    if options.crowd:
        return _crowd(options)
    names = _hazards(options)
    if unknown := sorted(names - set(HAZARDS)):
        known = "".join(f"\n  {name}: {meaning}" for name, meaning in HAZARDS.items())
        print(f"build.py simulate: There is no hazard {unknown[0]!r}. The hazards are: {known}", file=sys.stderr)
        return NO_HAZARD
    hazards = tuple(name for name in HAZARDS if name in names)
    for outcome in _outcomes(options, hazards):
        print(outcome.as_json() if options.json else outcome, flush=True)
        if not outcome.holds:
            return BROKEN
    return 0


def _campaign(options: argparse.Namespace) -> int:
    """Run the whole campaign, also after a broken invariant."""
    total = Total()
    for outcome in campaign(options.seed, options.campaign):
        total.add(outcome)
        print(outcome.as_json() if options.json else outcome, flush=True)
    print(total.as_json() if options.json else total)
    return BROKEN if total.broken else 0


def _crowd(options: argparse.Namespace) -> int:
    """Fill a room, and let more people knock."""
    outcome = crowd(options.crowd, options.policy, seed=options.seed)
    print(outcome.as_json() if options.json else outcome)
    return 0 if outcome.holds else BROKEN


def _outcomes(options: argparse.Namespace, hazards: tuple[str, ...]) -> Iterator[Outcome]:
    for seed in count(options.seed) if options.forever else [options.seed]:
        asked = Options(
            seed,
            options.members,
            options.minutes,
            options.policy,
            hazards,
            loss=options.loss,
            partitions=options.partitions,
            crashes=options.crashes,
            history=options.history,
            patience=options.patience,
        )
        yield simulate(asked, _print) if options.trace else simulate(asked)


def _hazards(options: argparse.Namespace) -> set[str]:
    """Resolve the hazards that are asked for by name or by number."""
    named = {"all": set(HAZARDS), "none": set[str]()}.get(options.hazards, set(options.hazards.split(",")))
    amounts = {"loss": options.loss, "partitions": options.partitions, "crashes": options.crashes}
    return named | {name for name, amount in amounts.items() if amount}


def _print(who: str, what: object) -> None:
    print(f"{asyncio.get_running_loop().time():9.3f} {who:5} {str(what)[:SHOWN]}", file=sys.stderr)
