"""What members set for the whole room: a part of a Content that carries changes.

A change is one that its sender makes now, or one from before that is told to those that came since: by the one that
made it, or, once that one has left, by another.
"""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.mls.codec import DecodeError, Struct, Uint8, Uint32, Uint64, Utf8, Variant, Vector
from volly_browser.room import labels
from volly_browser.room.mimi import SETTINGS, Content, ContentError, Disposition, MessageId, Part
from volly_browser.room.wire.structs import MemberId

SETTINGS_LIMIT = 64
"""Changes in one message; more are refused."""

TIMERS = (0, 300, 3600, 86_400, 604_800)
"""Seconds after which messages can be made to disappear, 0 for never."""


@dataclass(frozen=True, slots=True)
class Title(Struct):
    """What the room is called; empty for nothing."""

    text: Annotated[str, Utf8(labels.NAME_BYTES_LIMIT)]


@dataclass(frozen=True, slots=True)
class Topic(Struct):
    """What it is about; empty for nothing."""

    text: Annotated[str, Utf8(labels.TOPIC_BYTES_LIMIT)]


@dataclass(frozen=True, slots=True)
class Timer(Struct):
    """After how many seconds messages that are written from then on disappear: one of TIMERS."""

    seconds: Uint32


@dataclass(frozen=True, slots=True)
class Pin(Struct):
    """Whether a message is pinned: 1 if it is."""

    message_id: MessageId
    is_pinned: Uint8


Value = Title | Topic | Timer | Pin


@dataclass(frozen=True, slots=True)
class Origin(Struct):
    """Where a change from before comes from.

    Attributes:
        setter: the member that made it.
        name: as it was called.
    """

    setter: MemberId
    name: Annotated[str, Utf8(labels.NAME_BYTES_LIMIT)]


@dataclass(frozen=True, slots=True)
class Setting(Struct):
    """A change.

    Attributes:
        value: what it sets.
        version: higher than all that its author knew of the same thing; see `chat/settings.py`.
        origin: None if its sender makes it now.
    """

    value: Annotated[Value, Variant(1, {1: Title, 2: Topic, 3: Timer, 4: Pin})]
    version: Uint64
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Settings(Struct):
    """Several of them."""

    settings: Vector[Setting]


def settings_part(settings: tuple[Setting, ...]) -> Part:
    """Make the part that carries changes."""
    return Part(Disposition.UNSPECIFIED, "", SETTINGS, Settings(settings).encode())


def read_settings(content: Content) -> tuple[Setting, ...]:
    """Decode the changes that a content carries; none if it has no such part.  Raises ContentError."""
    part = next((part for part in content.parts if part.content_type == SETTINGS), None)
    if part is None:
        return ()
    try:
        settings = Settings.decode(part.content).settings
    except DecodeError as error:
        raise ContentError(f"What a member sets for the room is malformed. {error}") from error
    if len(settings) > SETTINGS_LIMIT:
        raise ContentError("A member sets too much for the room at once.")
    if any(isinstance(each.value, Timer) and each.value.seconds not in TIMERS for each in settings):
        raise ContentError("A member sets a time that there is not.")
    return settings
