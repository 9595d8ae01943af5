"""What a name looks like: the skeletons of UTS #39, for letters of either size and for those of both directions."""

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
    """The ways in which a name is possibly read; names that share one are taken for each other.

    `Alice`, `ALICE`, `AIice` and the same in Greek and Cyrillic letters share one.  There are several since look-alikes
    depend on the size of letters: `I` looks like `l`, and `i` does not.

    Args:
        name: as `clean_name` gives it.
    """
    sizes = {skeleton(size).casefold() for size in (name, name.casefold(), name.upper())}
    return frozenset(sizes | _without_order(name))


def skeleton(text: str, table: Mapping[int, str] | None = None) -> str:
    """The text with each letter in place of which another is possibly seen replaced by that one.

    Args:
        text: anything.
        table: what each letter is replaced by; that of the Unicode Consortium if there is none.
    """
    table = table or _table()
    once = _NO_INK.sub("", unicodedata.normalize("NFD", text)).translate(table)
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", once).translate(table))


@cache
def _table() -> dict[int, str]:
    lines = (line.split("\t") for line in LOOK_ALIKES.split("\n"))
    return {ord(letter): seen for seen, letters in lines for letter in letters}


def _without_order(name: str) -> set[str]:
    """Letters of both directions stand in an order that does not tell in which they are written."""
    directions = {unicodedata.bidirectional(letter) for letter in name}
    if directions.isdisjoint(_FROM_THE_RIGHT) or directions.isdisjoint(_FROM_THE_LEFT):
        return set()
    return {"\n" + "".join(sorted(letter for letter in skeleton(name) if not unicodedata.mirrored(letter)))}
