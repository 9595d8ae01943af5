"""MIMI content (draft-ietf-mimi-content) in the presentation language of MLS: what one message says.

A message has a random salt, and an id that no other message can have: a hash over its sender, its room and itself.
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from volly_browser.errors import LocalError, RemoteError
from volly_browser.mls.codec import DecodeError, FixedOpaque, Opaque, Struct, Text, Uint8, Uint32, Uint64, Vector
from volly_browser.room import labels

SHA256 = 1
"""The hash of message ids, as numbered in IANA's registry of named information hashes."""

PLAIN_TEXT = "text/plain;charset=utf-8"

MARKDOWN = "text/markdown;variant=GFM-MIMI"
"""What the draft calls GFM-MIMI: GitHub's Markdown without HTML and without bare addresses as links."""

SETTINGS = "application/vnd.volly.settings"
"""The content type of what is set for the whole room, which is no message (see `content.settings`)."""

_TEXTS = (PLAIN_TEXT, MARKDOWN, "text/markdown;variant=CommonMark")

CONTENT_LIMIT = labels.TEXT_BYTES_LIMIT + 4096
"""Bytes of the encoded content of one message: a text and its attributes."""

MessageId = Annotated[bytes, FixedOpaque(labels.MESSAGE_ID_LENGTH)]


class ContentError(RemoteError):
    """A member's message is malformed inside."""


class ContentTooLong(LocalError):
    """A message has more bytes than one can carry."""


class Disposition(IntEnum):
    """How a part is meant (draft-ietf-mimi-content, "Message Bodies"); others are kept and not understood."""

    UNSPECIFIED = 0
    RENDER = 1
    REACTION = 2
    PROFILE = 3
    INLINE = 4
    ICON = 5
    ATTACHMENT = 6
    SESSION = 7
    PREVIEW = 8


@dataclass(frozen=True, slots=True)
class Expiration(Struct):
    """When a message is to be deleted: at a time in seconds since 1970, or so many seconds after it was read."""

    relative: Uint8
    time: Uint32


@dataclass(frozen=True, slots=True)
class Part(Struct):
    """One part of a message: the draft's SinglePart.  A message without parts takes the replaced one back."""

    disposition: Uint8
    language: Text
    content_type: Text
    content: Opaque


@dataclass(frozen=True, slots=True)
class Content(Struct):
    """mimiContent, with the time of sending, since there is no hub to stamp it.

    Attributes:
        salt: 16 random bytes.
        sent_at: milliseconds since 1970, by the sender's clock.
        replaces: the message that this one replaces.
        topic_id: groups messages; empty for none.
        expires: when to delete it.
        in_reply_to: the message that this one answers.
        parts: its body.
    """

    salt: Annotated[bytes, FixedOpaque(labels.SALT_LENGTH)]
    sent_at: Uint64
    replaces: MessageId | None
    topic_id: Opaque
    expires: Expiration | None
    in_reply_to: MessageId | None
    parts: Vector[Part]

    @property
    def text(self) -> str | None:
        """The first text to be shown, as it was written, or None."""
        shown = self._shown
        return shown.content.decode(errors="replace") if shown else None

    @property
    def is_markdown(self) -> bool:
        """Whether the text is Markdown, rather than plain."""
        shown = self._shown
        return shown is not None and shown.content_type != PLAIN_TEXT

    @property
    def _shown(self) -> Part | None:
        for part in self.parts:
            if part.disposition == Disposition.RENDER and part.content_type in _TEXTS:
                return part
        return None

    @property
    def target(self) -> bytes | None:
        """The message that this edits, takes back or is a reaction to; None if it is a message of its own."""
        if self.replaces is None:
            is_reaction = any(part.disposition == Disposition.REACTION for part in self.parts)
            return self.in_reply_to if is_reaction else None
        return self.replaces if self.parts else self.in_reply_to or self.replaces

    @property
    def is_setting(self) -> bool:
        """Whether it sets something for the room, and is no message."""
        return any(part.content_type == SETTINGS for part in self.parts)

    @property
    def lifetime(self) -> float | None:
        """For how many seconds it stays from when it was read; None for ever.

        Both times of one that names a day are by its author's clock, so that no other clock counts.
        """
        if self.expires is None:
            return None
        return float(self.expires.time) if self.expires.relative else max(0.0, self.expires.time - self.sent_at / 1000)

    @property
    def takes_back(self) -> bytes | None:
        """The message or reaction that this takes back, if it does."""
        return None if self.parts else self.replaces


def text_content(text: str, salt: bytes, sent_at: float, content_type: str = PLAIN_TEXT) -> Content:
    """Make the content of a text.

    Args:
        text: of at most 64,000 bytes in UTF-8.
        salt: 16 random bytes.
        sent_at: seconds since 1970.
        content_type: PLAIN_TEXT or MARKDOWN.

    Raises:
        ContentTooLong: it has more bytes.
        LocalError: UTF-8 cannot encode it.
    """
    try:
        encoded = text.encode()
    except UnicodeEncodeError as error:
        raise LocalError("This text has half of a character in it and cannot be sent.") from error
    if len(encoded) > labels.TEXT_BYTES_LIMIT:
        raise ContentTooLong(f"This text has {len(encoded)} bytes; one message can have {labels.TEXT_BYTES_LIMIT}.")
    part = Part(Disposition.RENDER, "", content_type, encoded)
    return Content(salt, int(sent_at * 1000), None, b"", None, None, (part,))


def read_content(encoded: bytes) -> Content:
    """Decode content.  Raises ContentError."""
    try:
        return Content.decode(encoded)
    except DecodeError as error:
        raise ContentError(f"A message is malformed inside. {error}") from error


def message_id(sender: bytes, room_id: str, encoded: bytes) -> bytes:
    """Compute the MessageId, 32 bytes (draft-ietf-mimi-content, "Message ID").

    Args:
        sender: the member id, in place of the sender URI.
        room_id: in place of the room URI.
        encoded: the encoded Content; its salt comes first.
    """
    room = room_id.encode()
    hashed = len(sender).to_bytes(2, "big") + sender + len(room).to_bytes(2, "big") + room + encoded
    digest = hashlib.sha256(hashed + encoded[: labels.SALT_LENGTH]).digest()
    return bytes([SHA256]) + digest[: labels.MESSAGE_ID_LENGTH - 1]
