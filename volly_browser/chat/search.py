"""Finds messages by what they say, in slices of work, so that nothing else waits for it.

Letters are compared without case, accents and width.  Both texts are folded letter by letter, so that what was found
can be shown in the letters in which it was written.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection
from itertools import accumulate

from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Entry

QUERY_LIMIT = 200
"""Letters of what is looked for; further ones are left out."""

SHOWN_LETTERS_LIMIT = 4000
"""Letters of a message in which what was found is shown."""

SHOWN_LIMIT = 20
"""Ways to write what was found that are shown in one message."""

_ALWAYS_A_LETTER = (0, 7, 8, 9)
"""Combining classes of marks without which a word is another one: vowels of India, nuktas, voiced kana, viramas."""

_STROKES = {"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h"}
"""Letters that Unicode does not take apart, and people do."""

_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff")

_MARKS = dict.fromkeys(map(ord, "*_~`|"))
"""Marks of Markdown that stand inside of words."""


FOLDS_LIMIT = 10_000
"""Letters of which is remembered as what they are compared."""


class _Folds(dict[int, str]):
    """What each letter is compared as; computed once for each of those that are common."""

    def __missing__(self, code: int) -> str:
        if len(self) >= FOLDS_LIMIT:
            self.clear()
        self[code] = folded = _fold_letter(chr(code))
        return folded


def _fold_letter(letter: str) -> str:
    if letter in _UNSEEN:
        return ""
    if letter.isspace():
        return " "
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    kept = (_STROKES.get(each, each) for each in apart if unicodedata.combining(each) in _ALWAYS_A_LETTER)
    return unicodedata.normalize("NFC", "".join(kept))


_FOLDS = _Folds()


def fold(text: str) -> str:
    """Return what a text is compared as: without case, accents and width, with ends of lines as spaces."""
    return text.translate(_FOLDS)


def ways_written(query: str, text: str) -> tuple[str, ...]:
    """Return how a text writes what is looked for, each way once, within bounds.

    Args:
        query: what is looked for, folded and not empty.
        text: as it was written.
    """
    text = text[:SHOWN_LETTERS_LIMIT]
    folded = fold(text)
    ends = list(accumulate(len(_FOLDS[ord(letter)]) for letter in text))
    ways: dict[str, None] = {}
    place = folded.find(query)
    while place >= 0 and len(ways) < SHOWN_LIMIT:
        first, last = bisect_left(ends, place + 1), bisect_left(ends, place + len(query))
        ways[text[first : last + 1]] = None
        place = folded.find(query, place + len(query))
    return tuple(ways)


class Search:
    """One search in a conversation, from its end to its beginning, which goes on while the conversation does.

    Args:
        query: what is looked for.
        ids: the ids of all entries, in their order.
        find: gives an entry by its id; None if it is gone.
        place_of: gives its index; None likewise.
        text_of: gives what a message says as it is shown.
    """

    def __init__(
        self,
        query: str,
        ids: Collection[str],
        find: Callable[[str], Entry | None],
        place_of: Callable[[str], int | None],
        text_of: Callable[[Message], str],
    ) -> None:
        self.query = fold(query[:QUERY_LIMIT]).strip()
        self._find = find
        self._place_of = place_of
        self._text_of = text_of
        self._to_look_at = list(ids) if self.query else []
        self._found: list[str] = []  # the latest first
        self._known: set[str] = set()
        self._current = ""

    @property
    def is_done(self) -> bool:
        """Whether all messages were looked at."""
        return not self._to_look_at

    @property
    def current(self) -> str:
        """The message that is shown of those that were found; empty if none was."""
        return self._current

    @property
    def number(self) -> int:
        """Its number, from 1 for the latest; 0 if none was found."""
        return self._found.index(self._current) + 1 if self._current else 0

    def __len__(self) -> int:
        """How many messages were found so far."""
        return len(self._found)

    def __contains__(self, entry_id: str) -> bool:
        return entry_id in self._known

    def ways(self, text: str, *, is_markdown: bool) -> tuple[str, ...]:
        """Return how a text writes what is looked for; a Markdown text also without its marks."""
        ways = ways_written(self.query, text) if self.query else ()
        if is_markdown and self.query:
            ways += ways_written(self.query, text[:SHOWN_LETTERS_LIMIT].translate(_MARKS))
        return tuple(dict.fromkeys(ways))

    def work(self, is_time_over: Callable[[], bool]) -> list[str]:
        """Look at the next messages, at least at one, until time is over; return those that were found."""
        before = len(self._found)
        while self._to_look_at:
            entry_id = self._to_look_at.pop()
            if entry_id not in self._known and self._fits(entry_id):
                self._take(len(self._found), entry_id)
            if is_time_over():
                break
        return self._found[before:]

    def changed(self, ids: Collection[str]) -> None:
        """Look again at entries that are new, say something else, stand elsewhere, or are gone."""
        for entry_id in ids:
            self._drop(entry_id)
            place = self._place_of(entry_id)
            if place is not None and self._fits(entry_id):
                self._take(bisect_left(self._found, -place, key=self._from_the_end), entry_id)
        if self._current not in self._known:
            self._current = self._found[0] if self._found else ""

    def step(self, by: int) -> None:
        """Go to an earlier message that was found (1), or to a later one (-1); behind the last comes the first."""
        if self._found:
            self._current = self._found[(self.number - 1 + by) % len(self._found)]

    def _take(self, at: int, entry_id: str) -> None:
        self._found.insert(at, entry_id)
        self._known.add(entry_id)
        self._current = self._current or entry_id

    def _drop(self, entry_id: str) -> None:
        if entry_id in self._known:
            self._known.remove(entry_id)
            self._found.remove(entry_id)

    def _from_the_end(self, entry_id: str) -> int:
        return -(self._place_of(entry_id) or 0)

    def _fits(self, entry_id: str) -> bool:
        entry = self._find(entry_id)
        if not self.query or not isinstance(entry, Message) or not entry.text:
            return False
        text = self._text_of(entry)
        return self.query in fold(text) or (entry.is_markdown and self.query in fold(text.translate(_MARKS)))
