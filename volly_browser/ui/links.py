"""Links in what people write: found in plain text, and only those that lead where they seem to lead."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from encodings import punycode  # called directly: the page possibly lacks a codec that is looked up by its name
from itertools import islice

from volly_browser.room.invisible import BLANK, IGNORABLE, SPACE

_ENDS_A_SENTENCE = ".,;:!?…|"
_BRACKETS = {")": "(", "]": "["}
_GOES_ON = ("/", "?", "#")
_LOOKED_AT = 1000

_WIDE_PUNCTUATION = (
    "\\u3001-\\u3003\\u3008-\\u3011\\u3014-\\u301f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65"
)
_QUOTES = "\"'`\\u00ab\\u00bb\\u2018-\\u201f\\u2039\\u203a"
_OTHER_SCRIPTS_STOPS = "\\u0589\\u060c\\u061b\\u061f\\u06d4\\u0964\\u0965\\u1362"
_NEVER = rf"{SPACE}{IGNORABLE}{BLANK}{_WIDE_PUNCTUATION}{_QUOTES}{_OTHER_SCRIPTS_STOPS}<>\\^{{}}\ud800-\udfff"
"""Characters that end an address, wherever they stand."""

_START = re.compile(r"(?<![A-Za-z0-9])https?://", re.IGNORECASE)
_AUTHORITY = re.compile(rf"[^{_NEVER}|/?#]{{1,300}}")
_REST = re.compile(rf"(?:/[^{_NEVER}|?#]*)?(?:[?#][^{_NEVER}]*)?")
_WORD_BEHIND_HOST = re.compile(r"(?:\.[A-Za-z0-9-]+|:[0-9]+)(?P<word>[^\x00-\u024f][^.]*)\Z")
"""Ends an address in texts without spaces: no top-level domain has non-Latin letters after ASCII ones."""

_HOST_AND_PORT = re.compile(r"(?P<host>[^\x00-,/:-@\[-^`{-\x7f]+|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_LABEL = re.compile(r"[^\x00-,./:-@\[-^`{-\x7f]+")
_HOST_LIMIT = 253
_LABEL_LIMIT = 63

_CODED_LIMIT = 2000
"""Letters of hosts in one text that are written in ASCII, which takes the square of their number in each of them."""


@dataclass(frozen=True, slots=True)
class Link:
    """A web address in a text.

    Attributes:
        address: as written, which is also where it leads.
        real_host: the host in ASCII if it has letters that are possibly mistaken for others; else empty.
    """

    address: str
    real_host: str = ""


def split_links(text: str) -> Iterator[str | Link]:
    """Split a text into plain text and links, in order; together they are the whole text.

    After 1000 addresses, or 2000 letters of hosts that are not ASCII, the rest stays plain text.
    """
    plain_from = coded = 0
    for start in islice(_START.finditer(text), _LOOKED_AT):
        if start.start() < plain_from:
            continue
        address = _address(text, start)
        if address is None:
            continue
        coded += 0 if address.authority.isascii() else len(address.authority)
        if coded > _CODED_LIMIT:
            break
        link = _link(text, address)
        if link is None:
            continue
        if plain_from < start.start():
            yield text[plain_from : start.start()]
        yield link
        plain_from = start.start() + len(link.address)
    if plain_from < len(text):
        yield text[plain_from:]


@dataclass(frozen=True, slots=True)
class _Address:
    """What possibly is a web address: how it begins, the authority that it names, and where it goes on, if it does."""

    scheme: str
    authority: str
    rest_from: int | None


def _address(text: str, start: re.Match[str]) -> _Address | None:
    """Read the beginning of an address without the punctuation of the sentence around it."""
    authority = _AUTHORITY.match(text, start.end())
    if authority is None:
        return None
    named = _balanced(_without_word_behind(authority[0]))
    goes_on = named == authority[0] and text[authority.end() : authority.end() + 1] in _GOES_ON
    if goes_on:
        return _Address(start[0], named, authority.end())
    return _Address(start[0], named.rstrip(_ENDS_A_SENTENCE), None)


def _link(text: str, address: _Address) -> Link | None:
    """Make a link; None if an address names no host, or another than it seems to (`https://bank@evil.example`)."""
    host = _host(address.authority)
    if host is None:
        return None
    rest = "" if address.rest_from is None else _rest(text, address.rest_from)
    return Link(address.scheme + address.authority + rest, "" if address.authority.isascii() else host)


def _without_word_behind(authority: str) -> str:
    word = _WORD_BEHIND_HOST.search(authority)
    return authority[: word.start("word")] if word else authority


def _rest(text: str, start: int) -> str:
    """Return path, query and fragment without the punctuation of the sentence around the address."""
    rest = _REST.match(text, start)
    return _balanced(rest[0]).rstrip(_ENDS_A_SENTENCE) if rest else ""


def _balanced(address: str) -> str:
    """Cut a text before the first bracket that closes without having been opened in it."""
    still_open = dict.fromkeys(_BRACKETS.values(), 0)
    for place, letter in enumerate(address):
        if letter in still_open:
            still_open[letter] += 1
        elif opening := _BRACKETS.get(letter):
            still_open[opening] -= 1
            if still_open[opening] < 0:
                return address[:place]
    return address


def _host(authority: str) -> str | None:
    """Return the host as browsers look it up (RFC 3492), without the port; None if no browser would."""
    named = _HOST_AND_PORT.fullmatch(authority)
    if named is None or named["host"].startswith("["):
        return named and named["host"]
    labels = [_label_in_ascii(label) for label in named["host"].removesuffix(".").split(".")]
    whole = ".".join(label for label in labels if label)
    return whole if all(labels) and len(whole) <= _HOST_LIMIT else None


def _label_in_ascii(label: str) -> str | None:
    """Return a label in lower case and ASCII; None if it is empty, too long, or has a letter that no label has."""
    plain = unicodedata.normalize("NFKC", label[: _LABEL_LIMIT + 1].lower())
    if len(plain) > _LABEL_LIMIT or not _LABEL.fullmatch(plain):
        return None
    coded = plain if plain.isascii() else "xn--" + punycode.punycode_encode(plain).decode()
    return coded if len(coded) <= _LABEL_LIMIT else None
