"""Cleans display names to one line of visible letters, in the same way for their bearer and all others.

Removed are controls, format characters, bidi marks, fillers, private use, and code points that this Python's Unicode
does not know.  Invisible characters stay only if they change how their neighbours look: the joiner between emoji that
make one, the style of an emoji or a keycap, the tags of three flags, and the joiners of Arabic and Indic spelling.
`skeleton` leaves out even these: names that look the same have one skeleton.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from volly_browser.room import labels
from volly_browser.room.invisible import BLANK, IGNORABLE, SPACE

MARKS_LIMIT = 4
"""Combining marks on one letter: more would cover the lines above and below."""

_READ_LIMIT = 1024
"""Characters of a name that are read."""

_ROUNDS = 3

_SHOWS_NOTHING = re.compile(rf"[{SPACE}{IGNORABLE}{BLANK}\ud800-\udfff]*")
_NO_INK = re.compile(f"[{IGNORABLE}{BLANK}]")
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

_JOINER, _NON_JOINER, _EMOJI_STYLE, _KEYCAP = "\u200d", "\u200c", "\ufe0f", "\u20e3"
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_FLAG_TAGS = re.compile(
    "(?<=\U0001f3f4)\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
"""The tags of England, Scotland and Wales, after a black flag."""

_JOINTS = re.compile(f"[{_JOINER}{_NON_JOINER}{_EMOJI_STYLE}\U000e0020-\U000e007f]")


def clean_name(name: str) -> str:
    """Clean a name for showing.

    Args:
        name: any text.

    Returns:
        At most 64 graphemes (UAX #29) and 256 bytes in UTF-8, in NFC; empty if none of its letters is visible.
    """
    return _cleaned(name, labels.NAME_LIMIT, labels.NAME_BYTES_LIMIT)


def clean_topic(topic: str) -> str:
    """Clean the topic of a room as a name is cleaned; at most 200 graphemes and 800 bytes in UTF-8."""
    return _cleaned(topic, labels.TOPIC_LIMIT, labels.TOPIC_BYTES_LIMIT)


def _cleaned(text: str, graphemes: int, octets: int) -> str:
    shown = "".join(map(_shown, text[:_READ_LIMIT]))
    if not shown.isascii():
        shown = _with_few_marks(_with_needed_joints(_composed(shown)))
    return _cut(" ".join(shown.split()), graphemes, octets)


def is_blank(text: str) -> bool:
    """Whether a text has no visible letter."""
    return _SHOWS_NOTHING.fullmatch(text) is not None


@lru_cache(256)
def is_pictographic(letter: str) -> bool:
    """Whether it makes one emoji with another behind a joiner (Extended_Pictographic, rule GB11 of UAX #29)."""
    from grapheme import length  # noqa: PLC0415 - its tables are only for names of unusual letters

    return length(f"{letter}{_JOINER}\u2764") == 1


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _shown(letter: str) -> str:
    """Return a letter, a space for white space, or nothing for an invisible letter that is certainly not needed."""
    if letter.isspace():
        return " "
    if _JOINTS.match(letter):
        return letter
    return "" if unicodedata.category(letter) in _NOT_SHOWN or _NO_INK.match(letter) else letter


def _with_needed_joints(name: str) -> str:
    """Remove unneeded joints and normalise, until nothing changes: each removal can change what NFC does, and back."""
    for _ in range(_ROUNDS):
        before, name = name, _composed(_with_joints_needed_here(name))
        if name == before:
            return name
    return _composed(_JOINTS.sub("", name))


def _with_joints_needed_here(name: str) -> str:
    tags = {place for flag in _FLAG_TAGS.finditer(name) for place in range(*flag.span())}
    kept: list[str] = []
    for place, letter in enumerate(name):
        if place in tags or not _JOINTS.match(letter) or _is_needed(letter, kept, name[place + 1 : place + 2]):
            kept.append(letter)
    return "".join(kept)


def _is_needed(joint: str, before: Sequence[str], after: str) -> bool:
    if not before:
        return False
    last = before[-1]
    if joint == _EMOJI_STYLE:
        return is_pictographic(last) or (last in "0123456789#*" and after == _KEYCAP)
    if joint == _NON_JOINER:
        return _joins_arabic(last, after) or (_is_virama(last) and after.isalpha())
    if joint == _JOINER and after:
        return _joins_emoji(before, after) or _joins_indic(last, after)
    return False


def _joins_emoji(before: Sequence[str], after: str) -> bool:
    base = next((letter for letter in reversed(before) if letter not in _EMOJI_STYLE + _SKIN_TONES), " ")
    return is_pictographic(base) and is_pictographic(after)


def _joins_arabic(last: str, after: str) -> bool:
    """Whether both neighbours are letters of a script like Arabic; the first possibly bears marks."""
    return bool(after) and unicodedata.bidirectional(last) in {"AL", "NSM"} and unicodedata.bidirectional(after) == "AL"


def _joins_indic(last: str, after: str) -> bool:
    return (_is_virama(last) and after.isalpha()) or (last.isalpha() and _is_virama(after))


def _is_virama(letter: str) -> bool:
    """Whether a mark ends an Indic letter, or joins it to the next."""
    return unicodedata.combining(letter) == 9


def _with_few_marks(name: str) -> str:
    """Keep at most MARKS_LIMIT marks on each letter, and none on white space."""
    kept: list[str] = []
    marks = MARKS_LIMIT + 1
    for letter in name:
        kind = unicodedata.category(letter)
        if _JOINTS.match(letter) or kind == "Mc":
            is_kept = marks <= MARKS_LIMIT
        elif kind in {"Mn", "Me"}:
            is_kept = marks < MARKS_LIMIT
            marks += is_kept
        else:
            is_kept, marks = True, MARKS_LIMIT + 1 if letter == " " else 0
        if is_kept:
            kept.append(letter)
    return "".join(kept)


def _cut(name: str, limit: int, octets: int) -> str:
    """Cut between graphemes; a text with fewer code points than the limit of graphemes is not parsed."""
    if len(name) <= limit and len(name.encode()) <= octets:
        return name
    if name.isascii():
        return name[:limit].rstrip()
    from grapheme import graphemes  # noqa: PLC0415 - its tables are only for names of unusual letters

    kept = ""
    for cluster in islice(graphemes(name), limit):
        if len((kept + cluster).encode()) > octets:
            break
        kept += cluster
    return kept.rstrip(f" {_JOINER}{_NON_JOINER}")
