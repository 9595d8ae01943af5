"""The skeletons of UTS #39, by which names that look alike are found: in either case, and in both directions."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from volly_browser.room.identity.look_alikes import LOOK_ALIKES
from volly_browser.room.invisible import BLANK, IGNORABLE

_NO_INK = re.compile(f"[{IGNORABLE}{BLANK}]")
_FROM_THE_RIGHT = frozenset({"R", "AL"})
_FROM_THE_LEFT = frozenset({"L", "EN", "AN"})


@lru_cache(512)
def looks(name: str) -> frozenset[str]:
    """Return the looks of a name; names that share one are possibly taken for each other.

    `Alice`, `ALICE`, `AIice` and the same in Greek and Cyrillic letters share one.  A name has several since
    look-alikes depend on the case of letters: `I` looks like `l`, and `i` does not.

    Args:
        name: as `clean_name` returns it.
    """
    sizes = {skeleton(size).casefold() for size in (name, name.casefold(), name.upper())}
    return frozenset(sizes | _without_order(name))


def skeleton(text: str, table: Mapping[int, str] | None = None) -> str:
    """Replace each letter by the one that it is possibly taken for.

    Args:
        text: any text.
        table: the replacement of each letter; the Unicode Consortium's if there is none.
    """
    table = table or _table()
    once = _NO_INK.sub("", unicodedata.normalize("NFD", text)).translate(table)
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", once).translate(table))


@cache
def _table() -> dict[int, str]:
    lines = (line.split("\t") for line in LOOK_ALIKES.split("\n"))
    return {ord(letter): seen for seen, letters in lines for letter in letters}


def _without_order(name: str) -> set[str]:
    """Sort the letters of a text with both directions, since their visual order does not show the written one."""
    directions = {unicodedata.bidirectional(letter) for letter in name}
    if directions.isdisjoint(_FROM_THE_RIGHT) or directions.isdisjoint(_FROM_THE_LEFT):
        return set()
    return {"\n" + "".join(sorted(letter for letter in skeleton(name) if not unicodedata.mirrored(letter)))}
