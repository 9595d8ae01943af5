"""Texts of ours that have not left the page, as the tab keeps them over a reload."""

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Unsent:
    """A text that has not left this page.

    Attributes:
        text: what it says.
        written_at: seconds since 1970.
    """

    text: str
    written_at: float


def pack(texts: Iterable[Unsent]) -> str:
    """Texts as the tab keeps them."""
    return json.dumps([astuple(text) for text in texts])


def unpack(kept: str) -> list[Unsent]:
    """The texts that a tab has kept; what is no such text is left out."""
    try:
        entries = json.loads(kept)
    except (ValueError, RecursionError):
        return []
    return [unsent for entry in entries if (unsent := _unsent(entry))] if isinstance(entries, list) else []


def _unsent(entry: object) -> Unsent | None:
    match entry:
        case [str(text), float(written_at)]:
            return Unsent(text, written_at)
    return None
