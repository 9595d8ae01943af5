"""Names fit to be shown."""

import unicodedata

from volly_browser.room import labels

_NOT_SHOWN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that have no place in a name: controls, surrogates, private use, line and paragraph ends."""

_TURNS_TEXT = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of what is shown around a name."""


def clean_name(name: str) -> str:
    """The name in one line, without what cannot be seen or turns the text around it, of at most 64 characters."""
    normal = unicodedata.normalize("NFC", name)
    shown = (" " if letter.isspace() else letter for letter in normal if _is_shown(letter))
    return " ".join("".join(shown).split())[: labels.NAME_LIMIT].rstrip()


def _is_shown(letter: str) -> bool:
    if letter in _TURNS_TEXT:
        return False
    return letter.isspace() or unicodedata.category(letter) not in _NOT_SHOWN
