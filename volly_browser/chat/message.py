"""A message as it is shown: frozen, so that what is drawn is what is meant, and two that are equal look alike."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """How far a message of ours has come."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message of ours.

    Attributes:
        stage: how far it has come.
        received: how many have it.
        recipients: how many others were members when it was sent.
        readers: the ids of those that say that they have read it.
    """

    stage: Stage
    received: int = 0
    recipients: int = 0
    readers: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all that it was for have it."""
        return self.stage is Stage.SENT and 0 < self.recipients <= self.received


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that names a member.

    Attributes:
        start, end: the place, in characters.
        member_id: of the member, 32 hexadecimal digits.
    """

    start: int
    end: int
    member_id: str


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said at a time.

    Attributes:
        text: what it said, as it was written; None if it cannot be shown here.
        sent_at: seconds since 1970.
        is_markdown: whether the text is Markdown.
        mentions: the places in it that name members, in their order.
    """

    text: str | None
    sent_at: float
    is_markdown: bool = False
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji under a message.

    Attributes:
        emoji: as the first of its senders chose it.
        senders: their member ids, in the order in which their reactions stand.
        unconfirmed: those of whom only another member says so; see `Relay`.
    """

    emoji: str
    senders: tuple[str, ...]
    unconfirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Relay:
    """How a message from before we came reached us.

    Attributes:
        by: the member id of the one that has passed it on.
        name: what that one was called.
        is_confirmed: whether its author says that it stands as it is shown; if not, it is possibly made up.
    """

    by: str
    name: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message with all that was said about it since.

    Attributes:
        message_id: 64 hexadecimal digits.
        sender: its author's member id.
        name: as its author was called when it came.
        text: what it says now, as it was written; None if it cannot be shown here, or was deleted.
        is_markdown: whether that is Markdown.
        mentions: the places in it that name members, in their order.
        sent_at: seconds since 1970, by our clock as far as can be told.
        came_at: seconds since 1970 when it came here; None for ours.
        versions: what it said before it was edited, the earliest first; empty if it was deleted.
        edited_at: seconds since 1970 of what it says now; None if it is as it was sent.
        is_deleted: whether its author has taken it back.
        reply_to: the id of the message that it answers, which is possibly not here.
        reactions: the emoji under it, the earliest first.
        delivery: what became of it; None for those of others.
        relay: how it reached us; None if it is from its author.
        lifetime: for how many seconds it stays from when it came, or ours from when it was sent; None for ever.
    """

    message_id: str
    sender: str
    name: str
    text: str | None
    is_markdown: bool = False
    mentions: tuple[Mention, ...] = ()
    sent_at: float
    came_at: float | None = None
    versions: tuple[Version, ...] = ()
    edited_at: float | None = None
    is_deleted: bool = False
    reply_to: str | None = None
    reactions: tuple[Reaction, ...] = ()
    delivery: Delivery | None = None
    relay: Relay | None = None
    lifetime: float | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is ours."""
        return self.delivery is not None

    def is_about(self, member_id: str) -> bool:
        """Whether it mentions a member."""
        return any(mention.member_id == member_id for mention in self.mentions)

    @property
    def is_confirmed(self) -> bool:
        """Whether nothing that is shown of it is possibly made up by the one that has passed it on."""
        is_said = self.relay is None or self.relay.is_confirmed
        return is_said and not any(reaction.unconfirmed for reaction in self.reactions)
