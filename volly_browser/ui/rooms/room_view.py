"""What is set for the room, as the page shows it: title, topic, timer and pins."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from volly_browser.chat.message import Message
from volly_browser.chat.settings import Change, Settings
from volly_browser.room.content.settings import Pin, Timer, Title, Topic
from volly_browser.ui import wording
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.people.people import Acquaintances
from volly_browser.ui.timeline.conversation import Conversation
from volly_browser.ui.timeline.drawing import readable

SHOWN = 160
"""Letters of a pinned message."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A pinned message.

    Attributes:
        row_id: where it stands; empty if it is not here.
        message_id: which message.
        name: its author's, with the tag.
        text: the beginning of what it says, or what stands in for that.
        is_markdown: whether `text` is Markdown.
        by: says by whom it was pinned.
    """

    row_id: str
    message_id: str
    name: str
    text: str
    is_markdown: bool
    by: str


class RoomView:
    """Shows what is set.

    Args:
        show: takes all of it, in JSON; see `web/view/room.mjs`.
        met: the people that are known.
        conversation: has the messages.
    """

    def __init__(self, show: Callable[[str], object], met: Acquaintances, conversation: Conversation) -> None:
        self._show = show
        self._met = met
        self._conversation = conversation
        self._shown = ""

    def show(self, settings: Settings) -> None:
        """Show what is set now, if that looks different."""
        packed = json.dumps(
            {
                "title": settings.title_text,
                "topic": settings.topic_text,
                "timer": settings.lifetime or 0,
                "duration": wording.duration(settings.lifetime) if settings.lifetime else "",
                "by": [self._by(change) for change in (settings.title, settings.topic, settings.timer)],
                "pins": [_packed(pinned) for pinned in self._pins(settings)],
            }
        )
        if packed != self._shown:
            self._shown = packed
            self._show(packed)

    def _pins(self, settings: Settings) -> Iterator[Pinned]:
        naming = Naming(self._met)
        for change in settings.pins:
            if not isinstance(change.value, Pin):
                continue
            message_id = change.value.message_id.hex()
            row_id = self._conversation.here(message_id)
            message = self._conversation.find(row_id)
            if isinstance(message, Message):
                if message.is_deleted:
                    continue
                name = self._met.person(message.sender, message.name).full_name
                text = readable(message, naming)[:SHOWN]
                yield Pinned(row_id, message_id, name, text, message.is_markdown, self._by(change))
            else:
                yield Pinned("", message_id, "", wording.NOT_HERE, False, self._by(change))

    def _by(self, change: Change | None) -> str:
        """Say by whom something was set, and if only another says so; empty if nobody has."""
        if change is None:
            return ""
        setter = self._met.person(change.setter, change.name)
        teller = "" if change.is_first_hand else self._met.person(change.by, "").in_a_sentence
        return wording.set_by(wording.YOU if setter.is_self else setter.in_a_sentence, teller)


def _packed(pinned: Pinned) -> list[object]:
    return [pinned.row_id, pinned.message_id, pinned.name, pinned.text, pinned.is_markdown, pinned.by]


def values_of(wanted: dict[str, object]) -> list[Title | Topic | Timer]:
    """Read what the user wants to set; what is not named stays."""
    values: list[Title | Topic | Timer] = []
    match wanted.get("title"):
        case str(text):
            values.append(Title(text))
    match wanted.get("topic"):
        case str(text):
            values.append(Topic(text))
    match wanted.get("timer"):
        case int(seconds):
            values.append(Timer(seconds))
    return values
