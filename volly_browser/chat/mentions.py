"""The members that a text is about: found in what was typed, carried by their ids, read with their present names.

Places are counted in characters here, and in bytes on the wire.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from volly_browser.chat.message import Mention
from volly_browser.errors import LocalError
from volly_browser.room.content import mentions as wire
from volly_browser.room.mimi import Content, ContentError, Part

SIGN = "@"
"""Begins every mention."""

_NOT_BEFORE = r"(?<![\w@/.:=&?#%+-])"
_NOT_BEHIND = r"(?!\w)"

_MEMBER_ID = re.compile(r"[0-9a-f]{32}")

_FORMAT = re.compile(r"[!-/:-@\[-`{-~]")

Mentioned = Mapping[str, str]
"""Member ids by the words for which they stand, `@Alice` or `@Alice (k3f9-7qzx)`."""

NOBODY: Mentioned = MappingProxyType({})

Words = Callable[[str], str]
"""Gives the words for a member id; empty if nobody of this id is known."""


class NoMember(LocalError):
    """What is to be mentioned is no member id."""


def find_mentions(text: str, mentioned: Mentioned) -> tuple[Mention, ...]:
    """Find the words that stand for members; of several that begin at one place, the longest.

    An address, as in `mail@example.org`, names nobody.  Beyond the most that a message can have, names are only text.

    Raises:
        NoMember: words stand for what is no member id, or do not begin with the sign.
    """
    if not all(words.startswith(SIGN) and _MEMBER_ID.fullmatch(member_id) for words, member_id in mentioned.items()):
        raise NoMember("A mention is words that begin with @, and the id of the member for which they stand.")
    if not mentioned or SIGN not in text:
        return ()
    longest_first = sorted(mentioned, key=len, reverse=True)
    pattern = f"{_NOT_BEFORE}(?:{'|'.join(map(re.escape, longest_first))}){_NOT_BEHIND}"
    places = (Mention(*found.span(), mentioned[found[0]]) for found in re.finditer(pattern, text))
    fitting = [place for place in places if len(text[place.start : place.end].encode()) <= wire.MENTION_BYTES_LIMIT]
    return tuple(fitting[: wire.MENTIONS_LIMIT])


def part_of(text: str, mentions: tuple[Mention, ...]) -> tuple[Part, ...]:
    """Make the part that carries the mentions of a text beside it; none if there are none."""
    if not mentions:
        return ()
    places = tuple(
        wire.Mention(
            len(text[: mention.start].encode()),
            len(text[mention.start : mention.end].encode()),
            bytes.fromhex(mention.member_id),
        )
        for mention in mentions
    )
    return (wire.mentions_part(places),)


def mentions_of(content: Content) -> tuple[Mention, ...]:
    """Read the mentions of a content; none if they do not fit its text, which says all that there is to read."""
    text = content.text
    if text is None:
        return ()
    try:
        return _in_characters(text, wire.read_mentions(content))
    except ContentError:
        return ()


def _in_characters(text: str, places: tuple[wire.Mention, ...]) -> tuple[Mention, ...]:
    """Count in characters.  Raises ContentError if a place is not one of whole characters on a line, with the sign."""
    if not places:
        return ()
    encoded = text.encode()
    mentions = []
    read, characters = 0, 0
    for place in places:
        try:
            before = encoded[read : place.start].decode()
            words = encoded[place.start : place.start + place.length].decode()
        except UnicodeDecodeError as error:
            raise ContentError("A message mentions a member within a letter.") from error
        if len(words.encode()) != place.length or not is_mention(words):
            raise ContentError("A message mentions a member at a place that names none.")
        start = characters + len(before)
        mentions.append(Mention(start, start + len(words), place.member_id.hex()))
        read, characters = place.start + place.length, start + len(words)
    return tuple(mentions)


def is_mention(words: str) -> bool:
    """Whether words can stand for a member: on one line, with the sign, and of bounded length."""
    is_bounded = len(SIGN) < len(words.encode()) <= wire.MENTION_BYTES_LIMIT
    return is_bounded and words.startswith(SIGN) and words.splitlines() == [words]


def are_mentions(text: str, mentions: tuple[Mention, ...]) -> bool:
    """Whether these are places of a text that can name members, few and in their order."""
    ends = (0, *(mention.end for mention in mentions))
    in_order = all(end <= mention.start for end, mention in zip(ends, mentions, strict=False))
    fit = all(
        mention.end <= len(text) and is_mention(text[mention.start : mention.end])
        for mention in mentions[: wire.MENTIONS_LIMIT]
    )
    return in_order and fit and len(mentions) <= wire.MENTIONS_LIMIT


def with_names(text: str, mentions: tuple[Mention, ...], words: Words, *, is_markdown: bool = False) -> str:
    """Put the present words for members into a text in place of those with which it was written.

    Args:
        text: as it was written.
        mentions: in it.
        words: for a member id.
        is_markdown: whether what is in the words must be kept from being read as marks.
    """
    pieces, read = [], 0
    for mention in mentions:
        if called := words(mention.member_id):
            pieces += [text[read : mention.start], _FORMAT.sub(r"\\\g<0>", called) if is_markdown else called]
            read = mention.end
    return "".join([*pieces, text[read:]])
