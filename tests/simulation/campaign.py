"""One simulation after the other, on all cores, until so many virtual minutes have passed."""

import json
import multiprocessing
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count

from tests.simulation.options import Options
from tests.simulation.outcome import Outcome
from tests.simulation.seeds import campaigning
from tests.simulation.simulation import simulate


@dataclass(slots=True)
class Total:
    """Of all simulations of a campaign; `broken` counts those in which anything is."""

    simulations: int = 0
    minutes: float = 0.0
    visits: int = 0
    sent: int = 0
    delivered: int = 0
    gaps: int = 0
    epochs: int = 0
    forks: int = 0
    broken: int = 0

    def add(self, outcome: Outcome) -> None:
        """One more."""
        self.simulations += 1
        self.minutes += outcome.options.minutes
        self.visits += outcome.visits
        self.sent += outcome.sent
        self.delivered += outcome.delivered
        self.gaps += outcome.gaps
        self.epochs += outcome.epochs
        self.forks += outcome.forks
        self.broken += not outcome.holds

    def as_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))

    def __str__(self) -> str:
        """The same for people."""
        return (
            f"{self.simulations:,} simulations of {self.minutes:,g} min together: {self.visits:,} visits,"
            f" {self.sent:,} texts sent, {self.delivered:,} delivered, {self.gaps:,} gaps, {self.epochs:,} epochs,"
            f" {self.forks:,} forks; {self.broken or 'none'} with anything broken"
        )


def campaign(first_seed: int, minutes: float) -> Iterator[Outcome]:
    """The outcomes, in the order of the seeds from the first one on; time in which the network is healed is extra."""
    with multiprocessing.Pool() as processes:
        yield from processes.imap(simulate, _until(first_seed, minutes))


def _until(first_seed: int, minutes: float) -> Iterator[Options]:
    passed = 0.0
    for seed in count(first_seed):
        if passed >= minutes:
            return
        options = campaigning(seed)
        passed += options.minutes
        yield options
