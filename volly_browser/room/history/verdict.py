"""Decides what an author's word means for a message that another member has passed on as its own.

    | the author                                            | the message is                      |
    |-------------------------------------------------------|-------------------------------------|
    | has passed it on itself                               | confirmed                           |
    | states a message of this number, place and id         | confirmed                           |
    | states another one of this number                     | contradicted                        |
    | has not sent so many                                  | contradicted                        |
    | states its messages of that time, and none of it      | withdrawn: it has taken it back     |
    | states nothing of that time, or nothing at all        | unconfirmed                         |
    | has gone                                              | unconfirmed                         |

A message id is a hash over author, room and content, so what is confirmed is what the author has said, to the letter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from volly_browser.room.content.history import StatedMessage, Statement


class Verdict(Enum):
    """What is known of a message that was passed on."""

    CONFIRMED = auto()
    UNCONFIRMED = auto()
    CONTRADICTED = auto()
    WITHDRAWN = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """What an author has stated of its messages.

    Attributes:
        sent: how many it has sent.
        first: the first number about which it says something.
        standing: the messages that it has not taken back, by their numbers.
    """

    sent: int
    first: int
    standing: dict[int, StatedMessage]

    @classmethod
    def of(cls, statement: Statement, messages: Iterable[StatedMessage]) -> "Word":
        """Take what a statement says, and the messages that were read from it."""
        return cls(statement.sent, statement.first, {stated.sequence: stated for stated in messages})

    def on(self, message: StatedMessage) -> Verdict:
        """Judge a message that was passed on."""
        if message.sequence > self.sent:
            return Verdict.CONTRADICTED
        if message.sequence < self.first:
            return Verdict.UNCONFIRMED
        stated = self.standing.get(message.sequence)
        if stated is None:
            return Verdict.WITHDRAWN
        return Verdict.CONFIRMED if stated == message else Verdict.CONTRADICTED
