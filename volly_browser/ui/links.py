"""Links in what people write: found in plain text, only those that lead where they seem to lead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WEB_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'`\\^{|}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+", re.IGNORECASE)
_ENDS_A_SENTENCE = ".,;:!?…"
_BRACKETS = {")": "(", "]": "["}
_LONGEST_HOST = 253
"""Characters of a name in the DNS; to encode a long one takes time that grows with its square."""


@dataclass(frozen=True, slots=True)
class Link:
    """A web address in a text.

    Attributes:
        address: as written, which is also where it leads.
        real_host: the host in ASCII where it has letters that may be mistaken for others; else empty.
    """

    address: str
    real_host: str = ""


def split_links(text: str) -> Iterator[str | Link]:
    """The text in pieces: plain text and links, in order; together they are the whole text."""
    plain_from = 0
    for found in _WEB_ADDRESS.finditer(text):
        link = _link(_without_ending(found[0]))
        if link is None:
            continue
        if plain_from < found.start():
            yield text[plain_from : found.start()]
        yield link
        plain_from = found.start() + len(link.address)
    if plain_from < len(text):
        yield text[plain_from:]


def _without_ending(address: str) -> str:
    """What ends the sentence or closes a bracket around the address is not part of it."""
    unopened = {closing: address.count(closing) - address.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(address)
    while end and (address[end - 1] in _ENDS_A_SENTENCE or unopened.get(address[end - 1], 0) > 0):
        end -= 1
        if address[end] in unopened:
            unopened[address[end]] -= 1
    return address[:end]


def _link(address: str) -> Link | None:
    """None for an address that names another host than it seems to (`https://bank.example@evil.example`)."""
    authority = re.split(r"[/?#]", address.split("://", 1)[1], maxsplit=1)[0]
    host = authority.rsplit(":", 1)[0]
    if not 0 < len(host) <= _LONGEST_HOST or "@" in authority or "%" in authority:
        return None
    if host.isascii():
        return Link(address)
    try:
        return Link(address, host.encode("idna").decode())
    except UnicodeError:
        return None
