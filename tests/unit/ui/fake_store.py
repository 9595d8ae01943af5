"""A store that does what the test says, at once or when the test says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from volly_browser.ui.device.keeper import Change, Part, Store


@dataclass
class FakeStore:
    """What was written, and what is to be read.

    Attributes:
        parts: what it has when it is opened; None if it is closed.
        records: what was written, by position.
        writes: how many positions were written each time.
        steps: what is to be done soon.
    """

    parts: list[Part] | None = None
    records: dict[int, bytes] = field(default_factory=dict)
    writes: list[int] = field(default_factory=list)
    steps: list[Callable[[], None]] = field(default_factory=list)

    def open(self) -> Store:
        return Store(self._take, self._write, lambda step, _seconds: self.steps.append(step))

    def hold(self, at_once: int = 2, damaged: int = 0) -> None:
        """Let what was written be there to be read."""
        records = sorted(self.records.items())
        parts = [records[start : start + at_once] for start in range(0, len(records), at_once)] or [[]]
        self.parts = [Part(part, damaged, is_last=part is parts[-1]) for part in parts]

    def run(self) -> None:
        """Take all steps."""
        while self.steps:
            self.steps.pop(0)()

    def _take(self) -> Part | None:
        return self.parts.pop(0) if self.parts else None

    def _write(self, changes: Sequence[Change]) -> None:
        self.writes.append(len(changes))
        for position, data in changes:
            if data is None:
                self.records.pop(position, None)
            else:
                self.records[position] = data
