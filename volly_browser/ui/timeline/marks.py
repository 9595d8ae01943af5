"""What stands beside a message wherever it is shown: whose word it is, and if it is ours, what became of it."""

from dataclasses import dataclass

from volly_browser.chat.message import Message, Reaction
from volly_browser.ui import wording
from volly_browser.ui.people.people import Acquaintances, Person
from volly_browser.ui.timeline.fate import NONE, QUEUED, Fate, fate_of


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one message.

    Attributes:
        relayed: says whose page has told of it, and if it is not confirmed; empty if it is from its author.
        fate: what became of it; `NONE` for those of others.
    """

    relayed: str
    fate: Fate

    @property
    def words(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(filter(None, (self.relayed, self.fate.words)))


def marks_of(message: Message, met: Acquaintances, waits_as: Fate = QUEUED, *, is_untried: bool = False) -> Marks:
    """Return the marks of a message.

    Args:
        message: the message.
        met: the people that are known.
        waits_as: what messages of ours wait for now.
        is_untried: whether it is certain that one which has failed was not sent.
    """
    relay, relayed = message.relay, ""
    if relay:
        by = met.person(relay.by, relay.name)
        relayed = wording.relayed(by.full_name, is_confirmed=relay.is_confirmed)
    fate = fate_of(message.delivery, waits_as, is_untried=is_untried) if message.delivery else NONE
    return Marks(relayed, fate)


def reacted(person: Person, reaction: Reaction) -> str:
    """Name an author of a reaction, and say if only another member says that there is one."""
    if person.is_self:
        return wording.YOU
    is_doubtful = person.member_id in reaction.unconfirmed
    return wording.not_confirmed(person.full_name) if is_doubtful else person.full_name
