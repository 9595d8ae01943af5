"""Quotes texts of servers, proxies and libraries inside our own sentences."""

import re

LIMIT = 160
"""Letters of a text that are quoted."""

_TOKEN = re.compile(r"eyJ[\w-]+(\.[\w-]*){1,2}")


def quoted(said: object) -> str:
    """Quote the beginning of a text, on one line, after a space; empty for a web page and for what is no text.

    Left out are letters that are invisible or turn the direction of the text around them, and tokens: LiveKit repeats
    those that it refuses.
    """
    if not isinstance(said, str) or "<" in said[:LIMIT]:
        return ""
    seen = "".join(letter if letter.isprintable() else " " for letter in _TOKEN.sub("…", said[: 20 * LIMIT]))
    text = " ".join(seen.split())
    return f" {text[:LIMIT].rstrip()}…" if len(text) > LIMIT else f" {text}".rstrip()
