"""Which texts are Markdown: those with a mark in them that possibly means something.

What one types is Markdown (docs/protocol.md).  A text without any mark looks the same either way, and is sent as plain
text, which every program shows.
"""

import re

from volly_browser.room.mimi import MARKDOWN, PLAIN_TEXT

_MARK = re.compile(
    r"[*_~`\[\\] | \|\| | &(?:lt|gt|amp|quot|apos); | ^[ \t]*(?:\#|>|---|[-+](?:[ \t]|$)|\d{1,9}[.)](?:[ \t]|$))",
    re.MULTILINE | re.VERBOSE,
)


def content_type_of(text: str) -> str:
    """Return the content type as which a text that was typed is sent."""
    return MARKDOWN if _MARK.search(text) else PLAIN_TEXT
