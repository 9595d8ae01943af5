"""A conversation as a file: as text for people, or as JSON for programs."""

import json
import time
from collections.abc import Callable, Iterable, Iterator

from volly_browser.chat.message import Delivery, Message, Reaction, Relay
from volly_browser.ui import wording
from volly_browser.ui.timeline.marks import Marks

NameOf = Callable[[str, str], str]
"""Gives what a member of an id and a name is called."""

TextOf = Callable[[Message], str]
"""Gives what a message says, with the names of the members that it mentions."""

Marked = Iterable[tuple[Message, Marks]]
"""Messages with their marks."""

_INDENT = "    "


def as_text(messages: Marked, name_of: NameOf, text_of: TextOf) -> str:
    """Write messages one below the other; no text can look like another message, since all its lines are indented."""
    return "".join(part for message, marks in messages for part in _paragraph(message, marks, name_of, text_of))


def as_json(messages: Marked, name_of: NameOf, text_of: TextOf) -> str:
    """Write messages as a list of objects, with all that was said about them."""
    packed = [_packed(message, marks, name_of, text_of) for message, marks in messages]
    return json.dumps(packed, ensure_ascii=False, indent=1)


def _paragraph(message: Message, marks: Marks, name_of: NameOf, text_of: TextOf) -> Iterator[str]:
    words = [*([wording.EDITED] if message.edited_at is not None else []), *marks.words]
    beside = f" ({'; '.join(words)})" if words else ""
    yield f"{_time(message.sent_at)} {name_of(message.sender, message.name)}{beside}\n"
    for line in _said(message, text_of).splitlines() or [""]:
        yield f"{_INDENT}{line}\n"
    for reaction in message.reactions:
        names = [_reacted(each, reaction, name_of) for each in reaction.senders]
        yield f"{_INDENT}{reaction.emoji} {wording.listing(names)}\n"


def _reacted(member_id: str, reaction: Reaction, name_of: NameOf) -> str:
    name = name_of(member_id, "")
    return wording.not_confirmed(name) if member_id in reaction.unconfirmed else name


def _packed(message: Message, marks: Marks, name_of: NameOf, text_of: TextOf) -> dict[str, object]:
    doubtful = {each.emoji: sorted(each.unconfirmed) for each in message.reactions if each.unconfirmed}
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
        "unconfirmed_reactions": doubtful,
        "is_confirmed": message.is_confirmed,
        "told_by": _teller(message.relay, name_of) if message.relay else None,
        "delivery": _packed_delivery(message.delivery, marks) if message.delivery else None,
    }


def _teller(relay: Relay, name_of: NameOf) -> dict[str, object]:
    return {"id": relay.by, "name": name_of(relay.by, relay.name), "is_confirmed": relay.is_confirmed}


def _packed_delivery(delivery: Delivery, marks: Marks) -> dict[str, object]:
    return {
        "stage": delivery.stage.value,
        "words": marks.fate.words,
        "received": delivery.received,
        "recipients": delivery.recipients,
        "read_by": list(delivery.readers),
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
