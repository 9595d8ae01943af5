"""Which texts are one emoji, and which emoji count as the same.

Reactions with and without the style of an emoji (U+FE0F), or of different skin tones, count together, as people expect.
"""

from volly_browser.room.identity.names import is_pictographic

EMOJI_BYTES_LIMIT = 64
"""Bytes of an emoji in UTF-8: the longest of Unicode 16 has 35."""

_STYLES = dict.fromkeys(map(ord, "\ufe0e\ufe0f"))
_SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
_KEYCAPS = frozenset(f"{base}\u20e3" for base in "0123456789#*")
_JOINER = "\u200d"
_TAGS = range(0xE0020, 0xE0080)
_LETTERS_OF_FLAGS = range(0x1F1E6, 0x1F200)


def folded(emoji: str) -> str:
    """What all emoji that count as the same have in common."""
    return emoji.translate(_STYLES).translate(_SKIN_TONES) or emoji.translate(_STYLES)


def is_emoji(text: str) -> bool:
    """Whether a text is one emoji and nothing else."""
    if not text or len(text.encode(errors="replace")) > EMOJI_BYTES_LIMIT:
        return False
    plain = text.translate(_STYLES)
    return plain in _KEYCAPS or _is_flag(plain) or _is_picture(plain)


def _is_flag(text: str) -> bool:
    return len(text) == 2 and all(ord(letter) in _LETTERS_OF_FLAGS for letter in text)


def _is_picture(text: str) -> bool:
    """Whether this is a pictograph, with whatever changes it or is joined to it, and no other marks upon it."""
    if not text or not is_pictographic(text[0]) or not all(map(_belongs_to_a_picture, text)):
        return False
    from grapheme import length  # noqa: PLC0415 - its tables are only for what is not plain text

    return length(text) == 1


def _belongs_to_a_picture(letter: str) -> bool:
    return letter == _JOINER or ord(letter) in _SKIN_TONES or ord(letter) in _TAGS or is_pictographic(letter)
