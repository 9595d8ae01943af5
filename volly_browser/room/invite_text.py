"""Finds invites in any text: a sentence, a quoted mail, a path in which `#` has become `%23`.

Three bytes or more of every invite are a check, so every text of its shape can be tried.  What forwarding does to links
is undone first: percent encoding (also of percent encoding), full-width letters, invisible letters, escapes of
markdown, line breaks with or without marks of quoting.  web/entry/invite.mjs does the same.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from volly_browser.room import labels
from volly_browser.room.invisible import IGNORABLE, SPACE

CODED_LENGTHS = {labels.INVITE_VERSION: 48, labels.HISTORY_INVITE_VERSION: 52}
"""Characters of the coded part of an invite, by its version."""

_ANY_HIDDEN = re.compile(rf"[\\{IGNORABLE}]+")
_ANY_SPACE = re.compile(f"[{SPACE}]+")
_LINE_BREAK = re.compile(r"=?\r?\n[> \t]*")
_GAP = rf"[\\{IGNORABLE}{SPACE}]{{0,8}}"
_MARKER = re.compile(rf"[vｖ]{_GAP}([0-9０-９]{{1,3}}){_GAP}(?:[.．]|%(?:25){{0,3}}2[Ee])")  # noqa: RUF001
_LEAD = re.compile(rf"(?:\A|[#＃]|%(?:25){{0,3}}23)[\\{IGNORABLE}{SPACE}]*\Z")  # noqa: RUF001
_LETTERS = re.compile(r"[A-Za-z0-9_-]*")
_TO_LAST_LETTER = re.compile(r".*[A-Za-z0-9_-]", re.DOTALL)
_PERCENT_CODES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")

_TEXT_LIMIT = 1 << 18
_LEAD_LENGTH = 16
_MARKERS_LIMIT = 64
_ENCODED_WINDOW = 1024
_WINDOW = 256
_DECODING_ROUNDS = 3


class Fault(StrEnum):
    """The reasons why a text holds no invite, in words for the user."""

    CHANGED = "This invite link was changed on its way: a letter is wrong. Please copy it again."
    UNKNOWN_POLICY = (
        "This invite link was changed on its way, or asks for a kind of room that only a newer Volly knows."
    )
    STRANGE = "This invite link has letters in it that do not belong there. Please copy it again."
    SHORT = "This invite link is incomplete: its end is missing. Please copy the whole link."
    NEWER = "This invite link was made by a newer Volly. Please reload the page, or ask where the link comes from."
    EMPTY = "There is no invite in this link: the part after the # is missing. Please copy the whole link."
    NONE = "This is not an invite link. An invite link ends with #v1. or #v2. and about 50 letters and digits."


@dataclass(frozen=True, slots=True)
class Reading:
    """What follows a version mark (`v1.`).

    Attributes:
        version: the number in the mark; the length of what is to follow goes by it.
        is_link: whether the mark follows a `#`, or begins the text.
        tight: what follows, decoded and without invisible letters.
        coded: as many characters of base64url, read over spaces and line breaks; None if there are fewer.
    """

    version: int
    is_link: bool
    tight: str
    coded: str | None

    @property
    def is_whole(self) -> bool:
        """Whether these characters stand together."""
        return _run(self.tight) >= self._length

    @property
    def has_strange_letters(self) -> bool:
        """Whether the coded part would be long enough if all characters up to the next space belonged to it."""
        word = _ANY_SPACE.split(self.tight, maxsplit=1)[0]
        to_last_letter = _TO_LAST_LETTER.match(word)
        return to_last_letter is not None and to_last_letter.end() >= self._length

    @property
    def is_known(self) -> bool:
        """Whether this page knows links of this version."""
        return self.version in CODED_LENGTHS

    @property
    def _length(self) -> int:
        return CODED_LENGTHS.get(self.version, min(CODED_LENGTHS.values()))


def readings(text: str) -> list[Reading]:
    """Return a reading for each of the first 64 marks in the first 262,144 characters, in their order."""
    return [_reading(text, marker) for marker in islice(_MARKER.finditer(text, 0, _TEXT_LIMIT), _MARKERS_LIMIT)]


def candidates(found: Sequence[Reading]) -> Iterator[str]:
    """Yield the coded parts of full length, each once."""
    return iter(dict.fromkeys(reading.coded for reading in found if reading.coded))


def fault(text: str, found: Sequence[Reading]) -> Fault:
    """Choose the most precise sentence about a text with these readings and no valid candidate."""
    ours = [reading for reading in found if reading.is_known]
    if any(reading.is_whole for reading in ours):
        return Fault.CHANGED
    for reading in ours:
        if reading.is_link:
            return Fault.STRANGE if reading.has_strange_letters else Fault.SHORT
    if any(reading.is_link and reading.version > max(CODED_LENGTHS) for reading in found):
        return Fault.NEWER
    return Fault.EMPTY if text.strip()[-1:] in ("", "#") else Fault.NONE


def _reading(text: str, marker: re.Match[str]) -> Reading:
    version = int(marker[1])
    before = text[max(0, marker.start() - _LEAD_LENGTH) : marker.start()]
    rest = _decoded(text[marker.end() : marker.end() + _ENCODED_WINDOW])[:_WINDOW]
    tight = _ANY_HIDDEN.sub("", unicodedata.normalize("NFKC", rest))
    loose = _ANY_SPACE.sub("", _LINE_BREAK.sub("", tight))
    length = CODED_LENGTHS.get(version)
    coded = loose[:length] if length and _run(loose) >= length else None
    return Reading(version, _LEAD.search(before) is not None, tight, coded)


def _decoded(text: str) -> str:
    """Remove percent encoding, of which forwarding services add layers."""
    for _ in range(_DECODING_ROUNDS):
        text = _PERCENT_CODES.sub(lambda codes: bytes.fromhex(codes[0].replace("%", "")).decode(errors="replace"), text)
    return text


def _run(text: str) -> int:
    letters = _LETTERS.match(text)
    return letters.end() if letters else 0
