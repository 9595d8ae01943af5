"""A conversation as a file: as text for people, or as JSON for programs."""

import json
import time
from collections.abc import Callable, Iterable, Iterator

from volly_browser.chat.message import Message
from volly_browser.ui import wording

NameOf = Callable[[str, str], str]
"""Gives what a member of an id and a name is called."""

TextOf = Callable[[Message], str]
"""Gives what a message says, with the names of the members that it mentions."""

_INDENT = "    "


def as_text(messages: Iterable[Message], name_of: NameOf, text_of: TextOf) -> str:
    """Write messages one below the other; no text can look like another message, since all its lines are indented."""
    return "".join(part for message in messages for part in _paragraph(message, name_of, text_of))


def as_json(messages: Iterable[Message], name_of: NameOf, text_of: TextOf) -> str:
    """Write messages as a list of objects, with all that was said about them."""
    return json.dumps([_packed(message, name_of, text_of) for message in messages], ensure_ascii=False, indent=1)


def _paragraph(message: Message, name_of: NameOf, text_of: TextOf) -> Iterator[str]:
    edited = f" ({wording.EDITED})" if message.edited_at is not None else ""
    yield f"{_time(message.sent_at)} {name_of(message.sender, message.name)}{edited}\n"
    for line in _said(message, text_of).splitlines() or [""]:
        yield f"{_INDENT}{line}\n"
    for reaction in message.reactions:
        yield f"{_INDENT}{reaction.emoji} {wording.listing([name_of(each, '') for each in reaction.senders])}\n"


def _packed(message: Message, name_of: NameOf, text_of: TextOf) -> dict[str, object]:
    return {
        "id": message.message_id,
        "sender": message.sender,
        "name": name_of(message.sender, message.name),
        "sent_at": _time(message.sent_at),
        "text": None if message.text is None else text_of(message),
        "mentions": list(dict.fromkeys(mention.member_id for mention in message.mentions)),
        "disappears_after": message.lifetime,
        "is_markdown": message.is_markdown,
        "edited_at": None if message.edited_at is None else _time(message.edited_at),
        "is_deleted": message.is_deleted,
        "reply_to": message.reply_to,
        "reactions": {reaction.emoji: list(reaction.senders) for reaction in message.reactions},
        "is_confirmed": message.is_confirmed,
    }


def _said(message: Message, text_of: TextOf) -> str:
    if message.is_deleted:
        return wording.DELETED
    return wording.ONLY_NEWER if message.text is None else text_of(message)


def _time(seconds: float) -> str:
    """Write a time in UTC; a number if no calendar has it."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.0f}"
