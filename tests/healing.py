"""What members of a room have said, heard and held while something happened to them, and how long it took to heal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Record:
    """What one member has written down; all times are seconds since 1970.

    Attributes:
        name: the member's.
        said: when it said each of its texts.
        heard: when it heard what: the speaker's name, and which of the speaker's texts.
        held: since when it held what: the group's size and secret, as a text.
        links: since when it was connected, or not.
        troubles: what should not have happened.
    """

    name: str
    said: list[float] = field(default_factory=list)
    heard: list[tuple[float, str, int]] = field(default_factory=list)
    held: list[tuple[float, str]] = field(default_factory=list)
    links: list[tuple[float, bool]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def heard_of(self, speaker: str) -> list[int]:
        """Which texts of a speaker were heard, in the order they came."""
        return [number for _, name, number in self.heard if name == speaker]

    def linked_after(self, moment: float) -> float:
        """Return when it was connected again, if it lost the connection after that moment; else that moment."""
        return max((since for since, linked in self.links if linked and since > moment), default=moment)

    def held_at(self, moment: float) -> str:
        """What it held at a moment."""
        return max((since, held) for since, held in self.held if since <= moment)[1]


def check(records: Sequence[Record]) -> None:
    """Check that each has heard all texts of all others, once, and in their order."""
    for listener in records:
        assert listener.troubles == []
        for speaker in records:
            if speaker is not listener:
                assert listener.heard_of(speaker.name) == list(range(len(speaker.said)))


@dataclass(frozen=True, slots=True)
class Healing:
    """How long it took, in seconds.

    Attributes:
        linked: from the disturbance until all were connected again.
        agreed: from then on until all held one group.
        heard: from then on until everything was heard that had been said before.
        texts: how many each listener was to hear, added up.
    """

    linked: float
    agreed: float
    heard: float
    texts: int

    def __str__(self) -> str:
        return (
            f"connected after {self.linked:.2f} s, one group {self.agreed:.2f} s later, everything heard"
            f" {self.heard:.2f} s later; of {self.texts} texts none lost, none twice"
        )


def healing(records: Sequence[Record], disturbed: float) -> Healing:
    """What the records say about a disturbance at that moment."""
    linked = max(record.linked_after(disturbed) for record in records)
    said = {record.name: record.said for record in records}
    late = [at for record in records for at, name, number in record.heard if said[name][number] <= linked]
    texts = sum(len(record.heard) for record in records)
    return Healing(linked - disturbed, agreement(records, linked) - linked, max([*late, linked]) - linked, texts)


def agreement(records: Sequence[Record], moment: float) -> float:
    """When, from that moment on, all held one group of all of them for the first time."""
    changes = sorted({moment, *(since for record in records for since, _ in record.held if since > moment)})
    for change in changes:
        held = {record.held_at(change) for record in records}
        if len(held) == 1 and held.pop().startswith(f"{len(records)} "):
            return change
    raise AssertionError("they never held one group")
