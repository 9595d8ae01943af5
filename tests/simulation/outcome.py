"""What came out of a simulation: JSON for programs, a few lines for people."""

import json
from dataclasses import dataclass

from tests.simulation.invariants import Broken
from tests.simulation.options import Options

SHOWN = 20
"""What is broken, so many lines of it; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures, and what is broken.

    Attributes:
        options: of the simulation.
        visits: how many there were.
        sent: texts that were handed to the network.
        delivered: texts that were shown, counted for each reader.
        gaps: how many gaps were shown.
        told: texts from before a reader came that others told it of.
        epochs: the number of the last epoch.
        forks: how many epochs there were beside another one of the same number.
        seconds_to_agree: from when the network had healed until all were in one group; None if they never were.
        broken: all that does not hold.
    """

    options: Options
    visits: int
    sent: int
    delivered: int
    gaps: int
    epochs: int
    forks: int
    seconds_to_agree: float | None
    broken: tuple[Broken, ...]
    told: int = 0

    @property
    def holds(self) -> bool:
        """Whether all invariants do."""
        return not self.broken

    def count(self, kind: str) -> int:
        """How many texts break an invariant, or how often it is broken."""
        return sum(broken.count for broken in self.broken if broken.kind == kind)

    def as_json(self) -> str:
        """One line of JSON, the same for the same options."""
        options = self.options
        figures = {
            "seed": options.seed,
            "members": options.members,
            "minutes": options.minutes,
            "policy": options.policy,
            "hazards": options.hazards,
            "visits": self.visits,
            "sent": self.sent,
            "delivered": self.delivered,
            "duplicated": self.count("duplicated"),
            "lost": self.count("lost"),
            "altered": self.count("altered"),
            "told": self.told,
            "retold": self.count("retold"),
            "disordered": self.count("disordered"),
            "misread": self.count("misread"),
            "unsent": self.count("unsent"),
            "gaps": self.gaps,
            "epochs": self.epochs,
            "forks": self.forks,
            "agreed": self.seconds_to_agree is not None and not self.count("disagreed"),
            "seconds_to_agree": self.seconds_to_agree,
            "broken": [{"kind": broken.kind, "sentence": broken.sentence} for broken in self.broken],
            "command": options.command,
        }
        return json.dumps(figures)

    def __str__(self) -> str:
        """The same for people."""
        options, agreed = self.options, self.seconds_to_agree
        agreement = "never in one group" if agreed is None else f"in one group {agreed:g} s after the network healed"
        lines = [
            f"seed {options.seed}: {options.members} people, {self.visits} visits, {options.minutes:g} min:"
            f" {self.sent} texts sent, {self.delivered} delivered, {self.gaps} gaps,"
            f" {self.epochs} epochs, {self.forks} forks, {agreement}",
            *(f"  {broken.kind}: {broken.sentence}" for broken in self.broken[:SHOWN]),
        ]
        if len(self.broken) > SHOWN:
            lines.append(f"  and {len(self.broken) - SHOWN} more")
        if self.broken:
            lines.append(f"  again: {options.command}")
        return "\n".join(lines)
