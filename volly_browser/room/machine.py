"""What every part of a room is told: four facts, each with one signature.

A part that decides something is a machine: it is told facts and the time, and asked what follows.  It sends nothing and
knows no other machine.  Most care for some of the facts only.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """The group in one epoch, as a machine sees it.

    Attributes:
        group_id: 16 bytes.
        epoch: how many commits the group has seen.
        me: our member id, 16 bytes.
        ranking: the ids of all members, the longest in the group first.
    """

    group_id: bytes
    epoch: int
    me: bytes
    ranking: tuple[bytes, ...]

    @property
    def others(self) -> frozenset[bytes]:
        """The ids of all members but us."""
        return frozenset(self.ranking) - {self.me}

    @property
    def size(self) -> int:
        """How many members there are, we among them."""
        return len(self.ranking)


class Machine:
    """A part of a room that is told facts; each does nothing unless a machine overrides it."""

    def epoch_entered(self, company: Company, now: float) -> None:
        """We are in this epoch, which has these members."""

    def group_left(self) -> None:
        """We are in no group any more."""

    def link_up(self, now: float) -> None:
        """The server can be reached again."""

    def link_down(self) -> None:
        """The server cannot be reached; what was known of the reachability of others is void."""
