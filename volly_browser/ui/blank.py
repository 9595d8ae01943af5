"""Texts in which nothing is to be seen, whatever they are made of."""

import unicodedata

_EMPTY_SHAPES = frozenset("\u2800\u3164\uffa0\u115f\u1160\u034f\u17b4\u17b5")


def is_blank(text: str) -> bool:
    """Whether a text shows nothing."""
    return all(map(_shows_nothing, text))


def _shows_nothing(letter: str) -> bool:
    return letter.isspace() or letter in _EMPTY_SHAPES or unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Cn"}
