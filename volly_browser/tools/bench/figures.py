"""What a measurement gives: samples in rounds, and ratios of two that were taken in the same rounds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

MEDIAN, P95 = 0.5, 0.95


def quantile(samples: Sequence[float], share: float) -> float:
    """The value below which this share of the samples lies, interpolated between neighbours."""
    ordered = sorted(samples)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured: the samples of each round."""

    name: str
    unit: str
    rounds: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, name: str, unit: str, rounds: Sequence[Sequence[float]]) -> Self:
        """Make a figure of these samples."""
        return cls(name, unit, tuple(map(tuple, rounds)))

    @property
    def samples(self) -> list[float]:
        """All rounds together."""
        return [sample for samples in self.rounds for sample in samples]

    def at(self, share: float) -> float:
        """Return a quantile over all rounds."""
        return quantile(self.samples, share)

    @property
    def median(self) -> float:
        """The median of all samples."""
        return self.at(MEDIAN)


@dataclass(frozen=True, slots=True)
class Ratio:
    """The ratio of a figure to another, or to a limit, in each round.

    Attributes:
        name: what is compared with what.
        rounds: the ratio in each round; its median is the claim, the others show how far it can be trusted.
        goal: what the ratio should stay below; None if that was not decided.
    """

    name: str
    rounds: tuple[float, ...]
    goal: float | None = None

    @property
    def median(self) -> float:
        """The ratio of the middle round."""
        return quantile(self.rounds, MEDIAN)

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None if there is none."""
        return None if self.goal is None else self.median <= self.goal


def ratio(name: str, ours: Figure, theirs: Figure, goal: float | None = None, at: float = MEDIAN) -> Ratio:
    """Divide a quantile of our figure by that of theirs, round by round."""
    pairs = zip(ours.rounds, theirs.rounds, strict=True)
    return Ratio(name, tuple(quantile(mine, at) / quantile(peers, at) for mine, peers in pairs), goal)


def share_of_limit(name: str, figure: Figure, limit: float) -> Ratio:
    """Divide a figure by a limit in the same unit, below which it should stay."""
    return Ratio(name, tuple(quantile(samples, MEDIAN) / limit for samples in figure.rounds), 1.0)


@dataclass(frozen=True, slots=True)
class Measurement:
    """The answer to one question.

    Attributes:
        title: the question.
        method: how it was answered, in a few sentences.
        figures: what was measured.
        ratios: what follows.
        remarks: what else a reader must know.
    """

    title: str
    method: str
    figures: tuple[Figure, ...]
    ratios: tuple[Ratio, ...] = ()
    remarks: tuple[str, ...] = ()


def in_turns(rounds: int, unit: str, cases: Mapping[str, Callable[[], Sequence[float]]]) -> dict[str, Figure]:
    """Take samples of all cases in each round; another case begins each time, so that none always follows the same."""
    taken: dict[str, list[Sequence[float]]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            taken[name].append(cases[name]())
    return {name: Figure.of(name, unit, samples) for name, samples in taken.items()}
