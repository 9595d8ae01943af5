"""The four facts that every machine of a room is told, each with one signature.

A part that decides something is a machine: it is told facts and the time, and asked what follows.  It sends nothing and
knows no other machine.  Most need only some of the facts.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """The group in one epoch, as a machine sees it.

    Attributes:
        group_id: 16 bytes.
        epoch: its number.
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
        """How many members there are, this one included."""
        return len(self.ranking)


class Machine:
    """A part of a room that is told facts; a fact does nothing unless the machine overrides its method."""

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered this epoch, which has these members."""

    def group_left(self) -> None:
        """We have left the group."""

    def link_up(self, now: float) -> None:
        """The link to the server is up."""

    def link_down(self) -> None:
        """The link to the server is down; which members can be reached is unknown."""
