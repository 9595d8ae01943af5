"""Writes room/identity/look_alikes.py from the Unicode Consortium's list, without its redundant pairs.

    python3 -m volly_browser.tools.look_alikes confusables.txt

The list is https://www.unicode.org/Public/security/VERSION/confusables.txt.  A pair is redundant if compatibility
decomposition already joins it; every pair of the list is checked to still have one skeleton.
"""

import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from volly_browser.room.identity.names import is_blank
from volly_browser.room.identity.skeleton import skeleton

MODULE = Path(__file__).resolve().parents[1] / "room" / "identity" / "look_alikes.py"

_PAIR = re.compile(r"([0-9A-F]+) ;\t([0-9A-F ]+) ;\tMA\t")
_VERSION = re.compile(r"^# Version: ([0-9.]+)$", re.MULTILINE)
_WIDTH = 110

_MODULE = '''\
"""Letters that are taken for others: written by tools/look_alikes.py, which says how.

From confusables.txt of UTS #39, version {version}; its SHA-256 (without a byte order mark) is
{digest}.
Copyright 1991-2025 Unicode, Inc.; used under the Unicode License V3.
"""

LOOK_ALIKES = (
{lines}
)
"""Lines: what is seen, a tab, and the letters that are seen so."""
'''


def pairs(listing: str) -> Iterator[tuple[str, str]]:
    """Parse the list: each letter that can stand in a decomposed text, and what it looks like."""
    for line in listing.splitlines():
        if pair := _PAIR.match(line):
            letter = chr(int(pair[1], 16))
            seen = "".join(chr(int(code, 16)) for code in pair[2].split() if code != "0009")  # there is one tab in it
            if unicodedata.normalize("NFD", letter) == letter and not is_blank(letter):
                yield letter, seen


def reduced(listing: str) -> dict[int, str]:
    """Make a table by which the letters of every pair have one skeleton.

    Raises:
        ValueError: there is no such table, since the skeleton of a letter depends on the order of replacement.
    """
    wanted = dict(pairs(listing))
    table = {ord(letter): seen for letter, seen in wanted.items() if unicodedata.normalize("NFKD", letter) == letter}
    _close(table)
    table |= {ord(letter): seen for letter, seen in wanted.items() if not _agree(letter, seen, table)}
    _close(table)
    if torn := [letter for letter, seen in wanted.items() if not _agree(letter, seen, table)]:
        raise ValueError(f"These letters look like others, and have another skeleton: {torn!a}")
    return table


def _agree(letter: str, seen: str, table: Mapping[int, str]) -> bool:
    return skeleton(letter, table) == skeleton(seen, table)


def _close(table: dict[int, str]) -> None:
    """Replace each look-alike by what that looks like, until nothing changes."""
    while changed := {code: last for code, seen in table.items() if (last := skeleton(seen, table)) != seen}:
        table |= changed


def module(listing: str) -> str:
    """The source of the module, in ASCII.

    Raises:
        ValueError: this is not the list, or no table fits it.
    """
    version = _VERSION.search(listing)
    if version is None:
        raise ValueError("This is not confusables.txt: it names no version.")
    lines = "\n".join(f"    {piece}" for piece in pieces(_text(reduced(listing))))
    return _MODULE.format(version=version[1], digest=hashlib.sha256(listing.encode()).hexdigest(), lines=lines)


def _text(table: Mapping[int, str]) -> str:
    seen_for: dict[str, str] = {}
    for code, seen in sorted(table.items()):
        seen_for[seen] = seen_for.get(seen, "") + chr(code)
    return "\n".join(f"{seen}\t{letters}" for seen, letters in sorted(seen_for.items()))


def pieces(text: str) -> Iterator[str]:
    """Split a text into string literals that fit into lines of source."""
    piece = ""
    for letter in text:
        escaped = '\\"' if letter == '"' else ascii(letter)[1:-1]
        if len(piece) + len(escaped) > _WIDTH:
            yield f'"{piece}"'
            piece = ""
        piece += escaped
    yield f'"{piece}"'


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Which confusables.txt?")
    MODULE.write_text(module(Path(sys.argv[1]).read_text(encoding="utf-8-sig")))
