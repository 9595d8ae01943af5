"""What a hostile server makes up, out of all that it has seen."""

from collections.abc import Callable
from random import Random

from tests.simulation.network import HostileNetwork
from volly_browser.transport.contract import (
    FRAME_LIMIT,
    FrameReceived,
    PeerAnnounced,
    PeerJoined,
    PeerLeft,
    TransportEvent,
)
from volly_browser.transport.memory import Sent

STRANGERS = ("a stranger", "another stranger")
"""Identities that nobody has."""


class Forger:
    """Delivers what nobody sent.

    Args:
        random: decides what to whom.
        network: delivers.
    """

    def __init__(self, random: Random, network: HostileNetwork) -> None:
        self._random = random
        self._network = network
        self._changes: tuple[Callable[[Sent], bytes], ...] = (self._garbage, self._flipped, self._cut_short)
        self._rumours: tuple[Callable[[], TransportEvent], ...] = (self._joined, self._left, self._announced)

    def replay(self, count: int, *, forged: bool) -> None:
        """Deliver old frames and announcements once more, to random identities; if `forged`, in random names."""
        for _ in range(count if self._network.recorded else 0):
            announced = self._network.displayed and self._random.random() < 0.1
            sent = self._random.choice(self._network.displayed if announced else self._network.recorded)
            sender = self._any_identity() if forged else sent.sender
            self._tell(PeerAnnounced(sender, sent.data) if announced else FrameReceived(sent.data, sender))

    def forge(self, count: int) -> None:
        """Frames that nobody sent in this form, and a few rumours."""
        for _ in range(count if self._network.recorded else 0):
            if self._random.random() < 0.1:
                self._tell(self._random.choice(self._rumours)())
            else:
                sent = self._random.choice(self._network.recorded)
                self._tell(FrameReceived(self._random.choice(self._changes)(sent), self._any_identity()))

    def _tell(self, event: TransportEvent) -> None:
        if targets := self._network.targets:
            self._network.tell(event, self._random.choice(targets))

    def _any_identity(self) -> str:
        return self._random.choice([*STRANGERS, *self._network.identities])

    # Changes

    def _garbage(self, _: Sent) -> bytes:
        return self._random.randbytes(self._random.choice((0, 1, 24, 100, FRAME_LIMIT)))

    def _flipped(self, sent: Sent) -> bytes:
        changed = bytearray(sent.data)
        changed[self._random.randrange(len(changed))] ^= 1 << self._random.randrange(8)
        return bytes(changed)

    def _cut_short(self, sent: Sent) -> bytes:
        return sent.data[: self._random.randrange(len(sent.data))]

    # Rumours, which nobody puts right

    def _joined(self) -> TransportEvent:
        return PeerJoined(self._any_identity())

    def _left(self) -> TransportEvent:
        return PeerLeft(self._any_identity())

    def _announced(self) -> TransportEvent:
        return PeerAnnounced(self._any_identity(), self._random.randbytes(300))
