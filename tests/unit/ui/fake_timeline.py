"""The page's list of rows for tests: does what a patch says, as web/view/patch.mjs does."""

import json
import re
from typing import Any

PackedRow = dict[str, Any]


class FakeTimeline:
    def __init__(self) -> None:
        self.rows: dict[str, PackedRow] = {}
        self.patches: list[dict[str, Any]] = []

    def apply(self, patch: str) -> None:
        taken = json.loads(patch)
        self.patches.append(taken)
        if taken["fresh"]:
            self.rows.clear()
        for kind, *rest in taken.get("steps", []):
            getattr(self, f"_{kind}")(*rest)

    @property
    def lines(self) -> list[str]:
        """What can be read of each row, with single spaces."""
        return [line(row) for row in self.rows.values()]

    def buttons(self, words: str) -> list[tuple[str, str]]:
        """What the buttons that say this want, and of which row."""
        choices = [(row_id, choice) for row_id, row in self.rows.items() for choice in row.get("choices", [])]
        return [(intent, row_id) for row_id, (intent, said) in choices if said == words]

    def _insert(self, row: PackedRow, after: str) -> None:
        assert row["row_id"] not in self.rows
        self._put(row, after)

    def _set(self, row: PackedRow) -> None:
        assert row["row_id"] in self.rows
        self.rows[row["row_id"]] = row

    def _move(self, row_id: str, after: str) -> None:
        self._put(self.rows.pop(row_id), after)

    def _remove(self, row_id: str) -> None:
        del self.rows[row_id]

    def _put(self, row: PackedRow, after: str) -> None:
        ids = list(self.rows)
        place = ids.index(after) + 1 if after else 0
        rows = [*self.rows.items()]
        self.rows = dict([*rows[:place], (row["row_id"], row), *rows[place:]])


def line(row: PackedRow) -> str:
    """What can be read of a row, with single spaces."""
    names = ("day", "initial", "name", "tag")
    before = "".join(row.get(name, "") for name in names)
    text = row.get("text", "")
    after = "".join(row.get(name, "") for name in ("time", "edited", "fate_words"))
    choices = "".join(words for _, words in row.get("choices", []))
    return re.sub(r"\s+", " ", f"{before}{text}{after}{choices}").strip()
