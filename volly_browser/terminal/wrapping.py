"""Breaks texts into lines of a width, counted in the cells of a terminal."""

from collections.abc import Iterator
from functools import lru_cache

from prompt_toolkit.utils import get_cwidth

NARROWEST = 8
"""Cells that a line has at least, however narrow the terminal is."""


def cells(text: str) -> int:
    """Count the cells that a text takes."""
    return sum(map(get_cwidth, text))


def cut(text: str, width: int) -> str:
    """Cut one line to a width, with a sign if that leaves something out."""
    if cells(text) <= width:
        return text
    kept, room = [], max(width - 1, 0)
    for letter in text:
        room -= get_cwidth(letter)
        if room < 0:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…" if width > 0 else ""


@lru_cache(256)
def wrap(text: str, width: int, first: int | None = None) -> tuple[str, ...]:
    """Break a text between words, and within those that are too long.

    Args:
        text: cleaned.
        width: of a line.
        first: of the first line, if that is another.

    Returns:
        At least one line.
    """
    width, first = max(width, NARROWEST), max(width if first is None else first, NARROWEST)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _broken(paragraph, width, width if lines else first)
    return tuple(lines)


def _broken(paragraph: str, width: int, first: int) -> Iterator[str]:
    start, used, space, room = 0, 0, -1, first
    for place, letter in enumerate(paragraph):
        if letter == " ":
            space = place
        used += get_cwidth(letter)
        if used > room:
            if start < space < place:
                yield paragraph[start:space]
                start = space + 1
            elif letter == " ":
                yield paragraph[start:place]
                start = place + 1
            else:
                yield paragraph[start:place]
                start = place
            used, space, room = cells(paragraph[start : place + 1]), -1, width
    yield paragraph[start:]
