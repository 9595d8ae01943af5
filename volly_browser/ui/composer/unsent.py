"""Texts of ours that have not left the page, as the tab keeps them over a reload."""

import json
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass

UNSENT_LIMIT = 2000
"""Texts that are taken from a tab: twice as many as a room lets wait."""

_DEPTH = 2
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


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
    """Encode texts as the tab keeps them."""
    return json.dumps([astuple(text) for text in texts])


def unpack(kept: str) -> list[Unsent]:
    """Decode the texts that a tab has kept; leave out what is none."""
    if not _is_flat(kept):
        return []
    try:
        entries = json.loads(kept)
    except ValueError:
        return []
    if not isinstance(entries, list):
        return []
    return [unsent for entry in entries[:UNSENT_LIMIT] if (unsent := _unsent(entry))]


def _is_flat(kept: str) -> bool:
    """Whether nothing is nested deeper than texts are: `json` calls itself per level, which ends Python in a page."""
    depth = 0
    for letter in _JSON_STRING.sub("", kept):
        depth += (letter in "[{") - (letter in "]}")
        if depth > _DEPTH:
            return False
    return True


def _unsent(entry: object) -> Unsent | None:
    match entry:
        case [str(text), float(written_at)]:
            return Unsent(text, written_at)
    return None
