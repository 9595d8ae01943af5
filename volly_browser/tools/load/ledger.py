"""What a member has heard of the others: notices each text that is lost, repeated or out of order."""

from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

LENGTH = 100
"""Characters of a text."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a member says: its count, and when it said it, in seconds of the clock that all processes share."""

    number: int
    said_at: float

    def __str__(self) -> str:
        return f"{self.number} {self.said_at!r} ".ljust(LENGTH, ".")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text that `str` made."""
        number, said_at, _ = text.split(" ")
        return cls(int(number), float(said_at))


class Ledger:
    """The texts of all others, as one member reads them; each speaker numbers its own from 1."""

    def __init__(self) -> None:
        self._highest: dict[str, int] = {}
        self._read: Counter[str] = Counter()
        self.repeated = 0
        """Texts that came again, or after a later one."""
        self.latencies = array("d")
        """Seconds from saying to reading, of each text."""
        self.first_read_at = 0.0

    def read(self, sender: str, text: Text, now: float) -> None:
        """Note a text that was read."""
        if not self._read:
            self.first_read_at = now
        if text.number <= self._highest.get(sender, 0):
            self.repeated += 1
            return
        self._highest[sender] = text.number
        self._read[sender] += 1
        self.latencies.append(now - text.said_at)

    def missing(self, said: Mapping[str, int]) -> int:
        """Count the texts that these speakers have said and that were not read."""
        return sum(count - self._read[sender] for sender, count in said.items())
