"""Cleans texts for a terminal, which obeys some of what it is given to show.

Nothing that is left moves the cursor, changes colours or the title, asks the terminal for an answer, turns the
direction of the line, or takes another width than it is counted with.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from prompt_toolkit.utils import get_cwidth

from volly_browser.room.identity.names import MARKS_LIMIT, is_pictographic
from volly_browser.room.invisible import IGNORABLE

NOT_SHOWN = "\ufffd"
"""Stands for what a terminal would obey, or cannot show."""

TAB = "    "

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_IGNORABLE = re.compile(f"[{IGNORABLE}]")
_JOINERS = "\u200c\u200d"
_PLAIN = re.compile(r"[\n\x20-\x7e]*")


@lru_cache(256)
def clean(text: str) -> str:
    """Clean a text, the lines of which end in U+000A and in nothing else.  Cleaning again changes nothing."""
    if _PLAIN.fullmatch(text):
        return text
    lines = _LINE_ENDS.sub("\n", text).replace("\t", TAB)
    return "".join(_with_few_marks(_with_letters_joined(_shown(unicodedata.normalize("NFC", lines)))))


def one_line(text: str) -> str:
    """Clean a text, and put its lines one after the other."""
    return " ".join(clean(text).split())


def _shown(text: str) -> str:
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    """Return a letter, a sign that stands for it, or nothing for what is invisible."""
    if letter == "\n" or letter in _JOINERS:
        return letter
    match unicodedata.category(letter):
        case "Cc" | "Cs" | "Co":
            return NOT_SHOWN
        case "Cn":
            return letter if _is_new_emoji(letter) else NOT_SHOWN
        case "Cf":
            return ""
        case "Zs":
            return " "
    return "" if _IGNORABLE.match(letter) else letter


def _is_new_emoji(letter: str) -> bool:
    """Whether a letter that this Python does not know is an emoji, and as wide as all of them."""
    return is_pictographic(letter) and get_cwidth(letter) == 2


def _with_letters_joined(text: str) -> str:
    """Keep joiners only between letters, as scripts like Arabic want: joined emoji are not as wide everywhere."""
    kept: list[str] = []
    for place, letter in enumerate(text):
        if letter not in _JOINERS or (kept and _is_joined(kept[-1], text[place + 1 : place + 2])):
            kept.append(letter)
    return "".join(kept)


def _is_joined(before: str, after: str) -> bool:
    return all(unicodedata.category(letter)[0] in "LM" for letter in (before, after or " "))


def _with_few_marks(text: str) -> Iterator[str]:
    """Keep few marks on each letter, and none on white space or where a line begins."""
    marks = MARKS_LIMIT
    for letter in text:
        if unicodedata.category(letter) in {"Mn", "Me"}:
            marks += 1
            if marks > MARKS_LIMIT:
                continue
        elif letter not in _JOINERS:
            marks = MARKS_LIMIT if letter.isspace() else 0
        yield letter
