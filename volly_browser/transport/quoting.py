"""What others say, as a part of our own sentences: of a server, of a proxy in between, of a library."""

import re

LIMIT = 160
"""Letters of it that are quoted."""

_TOKEN = re.compile(r"eyJ[\w-]+(\.[\w-]*){1,2}")


def quoted(said: object) -> str:
    """The beginning of a text, on one line, with a space before it; empty for a web page and for what is no text.

    Nothing in it turns the direction of what stands beside it, or cannot be seen.  Tokens are left out: LiveKit repeats
    the ones that it refuses.
    """
    if not isinstance(said, str) or "<" in said[:LIMIT]:
        return ""
    seen = "".join(letter if letter.isprintable() else " " for letter in _TOKEN.sub("…", said[: 20 * LIMIT]))
    text = " ".join(seen.split())
    return f" {text[:LIMIT].rstrip()}…" if len(text) > LIMIT else f" {text}".rstrip()
