"""The members that a text is about, beside the text: a part of a Content that says where each of them is named.

The text says it too (`@Alice`), so that a reader that does not know this part loses nothing but the id.
"""

from dataclasses import dataclass

from volly_browser.mls.codec import DecodeError, Struct, Uint16, Uint32, Vector
from volly_browser.room import labels
from volly_browser.room.mimi import Content, ContentError, Disposition, Part
from volly_browser.room.wire.structs import MemberId

CONTENT_TYPE = "application/vnd.volly.mentions"

MENTIONS_LIMIT = 50
"""Mentions in one message; one with more has none."""

MENTION_BYTES_LIMIT = labels.NAME_BYTES_LIMIT + 32
"""Bytes of the text that one mention covers: a name, the sign before it, and what tells it from others."""


@dataclass(frozen=True, slots=True)
class Mention(Struct):
    """A place in a text that names a member.

    Attributes:
        start: of the place, in bytes of the text's UTF-8.
        length: likewise.
        member_id: of the member.
    """

    start: Uint32
    length: Uint16
    member_id: MemberId


@dataclass(frozen=True, slots=True)
class Mentions(Struct):
    """All of one text, in the order of their places, none over another."""

    mentions: Vector[Mention]


def mentions_part(mentions: tuple[Mention, ...]) -> Part:
    """Make the part that carries mentions."""
    return Part(Disposition.UNSPECIFIED, "", CONTENT_TYPE, Mentions(mentions).encode())


def read_mentions(content: Content) -> tuple[Mention, ...]:
    """Decode the mentions of a content; none if it has no such part.

    Raises:
        ContentError: they are malformed, too many, or not in order.
    """
    part = next((part for part in content.parts if part.content_type == CONTENT_TYPE), None)
    if part is None:
        return ()
    if len(part.content) > MENTIONS_LIMIT * _LENGTH + 4:
        raise ContentError("A message mentions too many members.")
    try:
        mentions = Mentions.decode(part.content).mentions
    except DecodeError as error:
        raise ContentError(f"What a message says of those that it mentions is malformed. {error}") from error
    end = 0
    for mention in mentions:
        if mention.start < end or not 1 < mention.length <= MENTION_BYTES_LIMIT:
            raise ContentError("A message mentions members at places that it cannot have.")
        end = mention.start + mention.length
    if len(mentions) > MENTIONS_LIMIT:
        raise ContentError("A message mentions too many members.")
    return mentions


_LENGTH = 4 + 2 + labels.MEMBER_ID_LENGTH
