"""All that is known of one message, from which follows how it is shown, in whatever order it came.

| what was said              | counts if                            | of several                                |
|----------------------------|--------------------------------------|-------------------------------------------|
| edit                       | it is by the message's author        | the last one counts, by their `order`      |
| retraction of the message  | likewise                             | one is enough, and nothing undoes it      |
| reaction                   | by any member                        | one for each author and emoji             |
| retraction of the reaction | it is by the reaction's author       | one is enough; the author can react again |

What another member has passed on counts for messages from before we came only, and never in place of what is from its
author.  A message is confirmed if it and its edits are; each reaction by itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from volly_browser.chat.emoji import folded
from volly_browser.chat.message import Delivery, Message, Reaction, Relay, Version
from volly_browser.chat.relation import NOT_SENT_YET, Kind, Relation

VERSIONS_LIMIT = 50
"""Edits of one message that are kept; the earliest give way."""

REACTIONS_LIMIT = 1000
"""Reactions to one message that are kept; no more are taken."""

REACTIONS_OF_ONE_LIMIT = 20
"""Those of one author, and as many that it has taken back before they came."""


@dataclass(slots=True)
class Record:
    """One message, and what was said about it.

    Attributes:
        first: as it was sent.
        delivery: what became of it; None for those of others.
        is_past: whether it is from before we came.
        audience: the ids of the members that it was sent to, if it is ours.
    """

    first: Message
    delivery: Delivery | None = None
    is_past: bool = False
    audience: frozenset[str] = frozenset()
    _edits: dict[str, Relation] = field(default_factory=dict)
    _reactions: dict[str, Relation] = field(default_factory=dict)
    _reactors: Counter[str] = field(default_factory=Counter)
    _taken_back: set[tuple[str, str]] = field(default_factory=set)  # authors, and reactions that did not come yet
    _takers: Counter[str] = field(default_factory=Counter)
    _is_deleted: bool = False
    _shown: Message | None = None
    _shown_of: tuple[Message, Delivery | None] | None = None

    def take(self, relation: Relation) -> bool:
        """Take what was said about it; gives whether that changes anything.  An edit by another author does not."""
        if relation.relay and not self.is_past:
            return False
        is_changed = self._take(relation)
        if is_changed:
            self._shown = None
        return is_changed

    def _take(self, relation: Relation) -> bool:
        match relation.kind:
            case Kind.REACTION:
                return self._react(relation)
            case Kind.UNREACTION:
                return self._unreact(relation.sender, relation.text or "")
            case Kind.EDIT if relation.sender == self.first.sender:
                return self._edit(relation)
            case Kind.RETRACTION if relation.sender == self.first.sender:
                return self._retract(relation)
        return False

    def reactions_of(self, sender: str, emoji: str) -> list[str]:
        """The ids of the reactions of an author that count as this emoji."""
        wanted = folded(emoji)
        own = (each for each in self._reactions.values() if each.sender == sender)
        return [reaction.message_id for reaction in own if folded(reaction.text or "") == wanted]

    @property
    def edit(self) -> Relation | None:
        """The edit that counts; None if the message is as it was sent, or deleted."""
        return self._in_order[-1] if self._edits else None

    @property
    def reactions(self) -> list[Relation]:
        """The reactions under it, the earliest first."""
        return sorted(self._reactions.values(), key=lambda reaction: reaction.order)

    @property
    def is_fleeting(self) -> bool:
        """Whether its author wants what it says to be deleted some time later."""
        return self.first.lifetime is not None or any(edit.is_fleeting for edit in self._edits.values())

    @property
    def is_settled(self) -> bool:
        """Whether all that we have said about it was sent."""
        return all(edit.stretch[1] < NOT_SENT_YET for edit in self._edits.values())

    @property
    def message(self) -> Message:
        """As it is shown now: the same object until something changes it."""
        if self._shown is None or self._shown_of != (self.first, self.delivery):
            self._shown, self._shown_of = self._made(), (self.first, self.delivery)
        return self._shown

    def _made(self) -> Message:
        first = self.first
        if self._is_deleted:
            return replace(first, is_deleted=True, delivery=self.delivery)
        edits = (Version(edit.text, edit.sent_at, edit.is_markdown, edit.mentions) for edit in self._in_order)
        versions = [Version(first.text, first.sent_at, first.is_markdown, first.mentions), *edits]
        return replace(
            first,
            text=versions[-1].text,
            is_markdown=versions[-1].is_markdown,
            mentions=versions[-1].mentions,
            versions=tuple(versions[:-1]),
            edited_at=versions[-1].sent_at if len(versions) > 1 else None,
            reactions=self._shown_reactions(),
            delivery=self.delivery,
            relay=self._relay(),
        )

    def heard(self) -> bool:
        """The message came from its author as well; gives whether that changes anything."""
        changes, self.first = self.first.relay is not None, replace(self.first, relay=None)
        return changes

    def _relay(self) -> Relay | None:
        """How what it says reached us: confirmed if all of that is."""
        relays = [relay for relay in (self.first.relay, *(edit.relay for edit in self._edits.values())) if relay]
        return replace(relays[0], is_confirmed=all(relay.is_confirmed for relay in relays)) if relays else None

    @property
    def _in_order(self) -> list[Relation]:
        return sorted(self._edits.values(), key=lambda edit: edit.order)

    def _edit(self, edit: Relation) -> bool:
        known = self._edits.get(edit.message_id)
        if self._is_deleted or (edit.relay and known):
            return False
        if known:  # it stays in the stretch in which it came first; what waits to be sent is in the last
            edit = replace(edit, stretch=min(known.stretch, edit.stretch))
        self._edits[edit.message_id] = edit
        if len(self._edits) > VERSIONS_LIMIT:
            del self._edits[self._in_order[0].message_id]
        return edit != known

    def _retract(self, retraction: Relation) -> bool:
        """Empty it; by its author's word nothing of it is in doubt any more, that of another is shown as such."""
        if self._is_deleted and (retraction.relay or not self.first.relay):
            return False
        self._is_deleted = True
        self.first = replace(self.first, text=None, is_markdown=False, mentions=(), relay=retraction.relay)
        self._edits.clear()
        self._reactions.clear()
        self._reactors.clear()
        return True

    def _react(self, reaction: Relation) -> bool:
        if self._is_deleted or (reaction.sender, reaction.message_id) in self._taken_back:
            return False
        known = self._reactions.get(reaction.message_id)
        if known and (reaction.relay or known.sender != reaction.sender):
            return False
        if known:
            self._reactions[reaction.message_id] = replace(reaction, stretch=min(known.stretch, reaction.stretch))
            return True
        if self._reactors[reaction.sender] >= REACTIONS_OF_ONE_LIMIT or len(self._reactions) >= REACTIONS_LIMIT:
            return False
        self._reactors[reaction.sender] += 1
        self._reactions[reaction.message_id] = reaction
        return True

    def _unreact(self, sender: str, reaction_id: str) -> bool:
        """Take a reaction away, or do not take it if it comes."""
        reaction = self._reactions.get(reaction_id)
        if reaction is None:
            if self._takers[sender] < REACTIONS_OF_ONE_LIMIT and len(self._taken_back) < REACTIONS_LIMIT:
                self._takers[sender] += (sender, reaction_id) not in self._taken_back
                self._taken_back.add((sender, reaction_id))
            return False
        if reaction.sender != sender:
            return False
        del self._reactions[reaction_id]
        self._reactors[sender] -= 1
        return True

    def _shown_reactions(self) -> tuple[Reaction, ...]:
        by_emoji: dict[str, list[Relation]] = {}
        for reaction in self.reactions:
            by_emoji.setdefault(folded(reaction.text or ""), []).append(reaction)
        return tuple(map(_shown_as_one, by_emoji.values()))


def _shown_as_one(same: Sequence[Relation]) -> Reaction:
    """What is shown of reactions with one emoji, the earliest first."""
    senders = tuple(dict.fromkeys(reaction.sender for reaction in same))
    confirmed = {reaction.sender for reaction in same if reaction.relay is None or reaction.relay.is_confirmed}
    return Reaction(same[0].text or "", senders, frozenset(senders) - confirmed)
