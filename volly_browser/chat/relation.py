"""What a content is: a message of its own, or something said about another message.

| content (MIMI: "Edit", "Delete", "Reaction", "Unlike")               | is                             |
|------------------------------------------------------------------------|--------------------------------|
| replaces a message, with parts                                           | an edit of that message        |
| replaces a message, without parts                                        | a retraction of that message   |
| answers a message, with a part whose disposition is reaction             | a reaction to that message     |
| replaces a reaction, without parts, and answers what the reaction is about | a retraction of that reaction  |
| anything else                                                            | a message                      |
"""

from dataclasses import dataclass
from enum import Enum, auto

from volly_browser.chat.emoji import is_emoji
from volly_browser.chat.mentions import mentions_of
from volly_browser.chat.message import Mention, Relay
from volly_browser.room.mimi import Content, Disposition

Stretch = tuple[int, int]
"""When a relation came, since each group counts lamports anew: the number of a later timeline than that of its message,
0 for the same one, and the stretch in that timeline."""


NOT_SENT_YET = 1 << 64
"""The stretch of what waits to be sent, which stands behind all others."""


class Kind(Enum):
    """What a relation does to the message that it is about."""

    EDIT = auto()
    RETRACTION = auto()
    REACTION = auto()
    UNREACTION = auto()


@dataclass(frozen=True, slots=True)
class Relation:
    """Something said about a message.

    Attributes:
        kind: what it does.
        message_id: of the relation itself.
        sender: its author's member id.
        target: the message that it is about.
        lamport: sorts relations of one stretch, together with the id, in the same way for all.
        sent_at: seconds since 1970.
        text: the new text, None if it cannot be shown; the emoji; or the id of the reaction that is taken back.
        is_markdown: whether the new text is Markdown.
        mentions: the places in the new text that name members.
        relay: how it reached us; None if it is from its author.
        is_fleeting: whether its author wants it to be deleted some time later.
        stretch: in which it came.
    """

    kind: Kind
    message_id: str
    sender: str
    target: str
    lamport: int
    sent_at: float
    text: str | None
    is_markdown: bool = False
    mentions: tuple[Mention, ...] = ()
    relay: Relay | None = None
    is_fleeting: bool = False
    stretch: Stretch = (0, 0)

    @property
    def order(self) -> tuple[Stretch, int, str]:
        """The same for all in one group; a lamport is never compared with one of another group."""
        return self.stretch, self.lamport, self.message_id


def relation_of(
    content: Content,
    *,
    message_id: str,
    sender: str,
    lamport: int,
    sent_at: float,
    stretch: Stretch,
    relay: Relay | None = None,
) -> Relation | None:
    """What a content says about another message; None if it is a message of its own."""
    kind, target, text = _meaning(content)
    if kind is None or target is None:
        return None
    mentions = mentions_of(content) if kind is Kind.EDIT else ()
    return Relation(
        kind,
        message_id,
        sender,
        target.hex(),
        lamport,
        sent_at,
        text,
        content.is_markdown,
        mentions,
        relay,
        is_fleeting=content.expires is not None,
        stretch=stretch,
    )


def _meaning(content: Content) -> tuple[Kind | None, bytes | None, str | None]:
    """What it is, about which message, and with which text."""
    if content.replaces is None:
        emoji = _reaction_in(content)
        return (Kind.REACTION if emoji else None), content.in_reply_to, emoji
    if content.parts:
        return Kind.EDIT, content.replaces, content.text
    if content.in_reply_to is None:
        return Kind.RETRACTION, content.replaces, None
    return Kind.UNREACTION, content.in_reply_to, content.replaces.hex()


def _reaction_in(content: Content) -> str:
    """The emoji of a reaction; empty if there is none."""
    for part in content.parts:
        if part.disposition == Disposition.REACTION:
            emoji = part.content.decode(errors="replace")
            return emoji if is_emoji(emoji) else ""
    return ""
