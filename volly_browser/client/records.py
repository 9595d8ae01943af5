"""Messages as flat records, for programs in other languages."""

from typing import Any

from volly_browser.chat.message import Delivery, Mention, Message
from volly_browser.chat.settings import Change, Settings, key_of
from volly_browser.room.events import RoomMember

Record = dict[str, Any]


def record_of(message: Message) -> Record:
    """A message with the names that JavaScript programs know, see web/api/volly.mjs.

    Every value is text, a number, a truth value, None, or a list or record of these.
    """
    told = {} if message.relay is None and message.is_confirmed else {"confirmed": message.is_confirmed}
    return {
        "id": message.message_id,
        "sender": message.sender,
        "name": message.name,
        "text": message.text,
        "mentions": [_mention(message.text or "", mention) for mention in message.mentions],
        "sentAt": message.sent_at * 1000,
        "disappearsAfter": message.lifetime,
        "edited": message.edited_at is not None,
        "deleted": message.is_deleted,
        "replyTo": message.reply_to,
        "reactions": {reaction.emoji: list(reaction.senders) for reaction in message.reactions},
        "relayedBy": message.relay.by if message.relay else None,
        "delivery": _delivery(message.delivery) if message.delivery else None,
        **told,
    }


def _mention(text: str, mention: Mention) -> Record:
    """A place as JavaScript counts it, and whom it names."""
    start, end = (len(text[:place].encode("utf-16-le")) // 2 for place in (mention.start, mention.end))
    return {"start": start, "end": end, "id": mention.member_id}


def room_of(settings: Settings) -> Record:
    """What is set for the room, and by whom."""
    changes = {"title": settings.title, "topic": settings.topic, "disappearsAfter": settings.timer}
    return {
        "title": settings.title_text,
        "topic": settings.topic_text,
        "disappearsAfter": settings.lifetime or 0,
        "setBy": {name: _setter(change) for name, change in changes.items() if change},
        "pins": [{"id": key_of(change.value), **_setter(change)} for change in settings.pins],
    }


def _setter(change: Change) -> Record:
    """Which member has set something; and which one says so, if that is another."""
    return {"member": change.setter, "toldBy": None if change.is_first_hand else change.by}


def person_of(member: RoomMember) -> Record:
    """A member of the room."""
    return {"id": member.member_id, "name": member.name, "isSelf": member.is_self}


def _delivery(delivery: Delivery) -> Record:
    return {"stage": str(delivery.stage), "received": delivery.received, "recipients": delivery.recipients}
