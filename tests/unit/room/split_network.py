"""A network in memory that can fall into two halves, as the servers of one room can."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.unit.room.people import Person
from volly_browser.transport.contract import PeerAnnounced, PeerJoined, PeerLeft, TransportEvent
from volly_browser.transport.memory import MemoryNetwork, MemoryTransport, Sent


@dataclass
class SplitNetwork(MemoryNetwork):
    """Nothing crosses from one half to the other while it is split; both are told that the other has left."""

    half: frozenset[str] = frozenset()

    def split(self, *people: Person, told: bool = True) -> None:
        """Split these from all others, newcomers included; `told`: the server reports each side gone to the other."""
        self.half = frozenset(person.identity for person in people)
        if told:
            self._tell_across(PeerLeft)

    def heal(self) -> None:
        """The halves are one again, and are told of each other."""
        self._tell_across(PeerJoined)
        for identity, announcement in self._announcements.items():
            self._tell_across(lambda other, i=identity, a=announcement: PeerAnnounced(i, a) if other == i else None)
        self.half = frozenset()

    def _apart(self, one: str, other: str) -> bool:
        return (one in self.half) != (other in self.half)

    def _tell_across(self, event: Callable[[str], TransportEvent | None]) -> None:
        for identity, member in list(self._members.items()):
            for other in list(self._members):
                if self._apart(identity, other) and (news := event(other)):
                    member.got_event(news)

    def _introduce(self, identity: str, to: MemoryTransport) -> None:
        if not self._apart(identity, to.identity):
            super()._introduce(identity, to)

    def _carry(self, sent: Sent, to: str) -> None:
        if not self._apart(sent.sender, to):
            super()._carry(sent, to)

    def _tell_others(self, identity: str, event: TransportEvent) -> None:
        all_members = self._members
        self._members = {other: member for other, member in all_members.items() if not self._apart(identity, other)}
        try:
            super()._tell_others(identity, event)
        finally:
            self._members = all_members
