"""The way back for a member that has lost the thread: by an external commit (RFC 9420, section 12.4.3.2).

It asks a member that is in the group, gets a GroupInfo, and offers a commit that puts it in its own place anew.  Where
that does not work for a while, it knocks like a newcomer (see `admission`).

    | where we stand | on              | we go to | and                                           |
    |----------------|-----------------|----------|-----------------------------------------------|
    | IDLE           | lost            | ASKING   | ask                                           |
    | ASKING         | a GroupInfo     | OFFERED  | give out our commit                           |
    | OFFERED        | accepted        | IDLE     | are inside                                    |
    | OFFERED        | no answer       | ASKING   | ask again: the group has gone on              |
    | any            | too long        | IDLE     | knock                                         |
"""

import hashlib
from dataclasses import dataclass, field
from enum import Enum, auto

from volly_browser.mls.group import Group
from volly_browser.room.timing import Timing


class Stage(Enum):
    """Where we stand."""

    IDLE = auto()
    ASKING = auto()
    OFFERED = auto()


@dataclass(frozen=True, slots=True)
class Offer:
    """An external commit of ours, and the group that it leads into if it is accepted."""

    group: Group = field(repr=False)
    commit: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """The SHA-256 digest of the commit, 32 bytes."""
        return hashlib.sha256(self.commit).digest()


class Rejoin:
    """Where we stand on our way back."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._stage = Stage.IDLE
        self._source = ""
        self._until = 0.0
        self._ask_at = 0.0
        self._offer: Offer | None = None

    # Facts

    def lost(self, source: str, now: float) -> None:
        """We are to come back, to where the member at this identity is."""
        self._stage, self._source, self._offer = Stage.ASKING, source, None
        self._until, self._ask_at = now + self._timing.rejoin, now

    def asked(self, now: float) -> None:
        """The question was sent."""
        self._stage, self._ask_at = Stage.ASKING, now + self._timing.ask_again

    def offered(self, offer: Offer, now: float) -> None:
        """Our commit was sent."""
        self._stage, self._offer, self._ask_at = Stage.OFFERED, offer, now + self._timing.ask_again

    def entered(self) -> None:
        """We are in a group, or give up."""
        self._stage, self._offer = Stage.IDLE, None

    # What follows

    @property
    def is_under_way(self) -> bool:
        """Whether we are on our way back."""
        return self._stage is not Stage.IDLE

    def expects_info(self, source: str) -> bool:
        """Whether a GroupInfo from this identity is what we wait for."""
        return self._stage is Stage.ASKING and source == self._source

    def accepted(self, digest: bytes) -> Offer | None:
        """The offer with this digest, if it is the one that is out."""
        return self._offer if self._offer and self._offer.digest == digest else None

    def question_for(self, now: float) -> str | None:
        """Whom to ask now for a GroupInfo."""
        return self._source if self.is_under_way and now >= self._ask_at else None

    def is_hopeless(self, now: float) -> bool:
        """Whether it took too long."""
        return self.is_under_way and now >= self._until

    def deadline(self) -> float | None:
        """When to ask again, or to give up."""
        return min(self._ask_at, self._until) if self.is_under_way else None
