"""S: a server that decides for each two whether they can hear and see each other."""

from dataclasses import dataclass, field
from typing import Protocol

from volly_browser.transport.contract import FrameReceived, TransportEvent
from volly_browser.transport.memory import MemoryNetwork, MemoryTransport


class HasIdentity(Protocol):
    """A connected identity."""

    @property
    def identity(self) -> str:
        """Of the connection."""


@dataclass
class SortingNetwork(MemoryNetwork):
    """Keeps pairs apart: neither hears the other, nor is told that it is there, or gone."""

    apart: set[frozenset[str]] = field(default_factory=set)

    def keep_apart(self, one: HasIdentity, other: HasIdentity) -> None:
        """From now on nothing crosses between these two."""
        self.apart.add(frozenset({one.identity, other.identity}))

    def _introduce(self, identity: str, to: MemoryTransport) -> None:
        if frozenset({identity, to.identity}) not in self.apart:
            super()._introduce(identity, to)

    def _deliver(self, to: str, event: TransportEvent, delay: float) -> None:
        source = event.sender if isinstance(event, FrameReceived) else getattr(event, "identity", "")
        if frozenset({source, to}) not in self.apart:
            super()._deliver(to, event, delay)
