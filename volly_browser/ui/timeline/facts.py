"""What follows from a message wherever it is shown, in a page or a terminal: its times, and what stands in for it."""

from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Entry
from volly_browser.room.identity.names import is_blank
from volly_browser.ui import wording

LATE = 30.0
"""Seconds from the sending of a message to its coming after which both times are shown, if they are not the same."""


def stand_in_for(message: Message) -> str:
    """Say why a text cannot be read; empty if it can."""
    if message.is_deleted:
        return wording.DELETED
    if message.text is None:
        return wording.ONLY_NEWER
    return wording.NOTHING_TO_SEE if is_blank(message.text) else ""


def sent_at(message: Message) -> float:
    """Return when a message was sent; a clock that runs ahead sends nothing from the future."""
    return message.sent_at if message.came_at is None else min(message.sent_at, message.came_at)


def came_at(entry: Entry) -> float:
    """Return when an entry could be read here, so that days begin in the order of the list."""
    if isinstance(entry, Message):
        return entry.sent_at if entry.came_at is None else entry.came_at
    return entry.at
