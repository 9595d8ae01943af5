"""What a hostile server makes up, out of all that it has seen."""

from collections.abc import Callable
from random import Random

from tests.simulation.network import HostileNetwork
from volly_browser.transport.contract import FRAME_LIMIT
from volly_browser.transport.memory import Sent


class Forger:
    """Delivers what nobody sent.

    Args:
        random: decides what to whom.
        network: delivers.
    """

    def __init__(self, random: Random, network: HostileNetwork) -> None:
        self._random = random
        self._network = network
        self._forgeries: tuple[Callable[[Sent], bytes], ...] = (self._garbage, self._flipped, self._cut_short)

    def replay(self, count: int, *, forged: bool) -> None:
        """Old frames once more, to anybody; `forged` in the name of anybody."""
        for _ in range(count if self._network.recorded else 0):
            sent = self._random.choice(self._network.recorded)
            self._deliver(sent.data, self._anybody() if forged else sent.sender)

    def forge(self, count: int) -> None:
        """Frames that nobody sent in this form."""
        for _ in range(count if self._network.recorded else 0):
            sent = self._random.choice(self._network.recorded)
            self._deliver(self._random.choice(self._forgeries)(sent), self._anybody())

    def _deliver(self, frame: bytes, sender: str) -> None:
        if targets := self._network.targets:
            self._network.inject(frame, sender, self._random.choice(targets))

    def _anybody(self) -> str:
        return self._random.choice(["a stranger", *self._network.identities])

    def _garbage(self, _: Sent) -> bytes:
        return self._random.randbytes(self._random.choice((0, 1, 24, 100, FRAME_LIMIT)))

    def _flipped(self, sent: Sent) -> bytes:
        changed = bytearray(sent.data)
        changed[self._random.randrange(len(changed))] ^= 1 << self._random.randrange(8)
        return bytes(changed)

    def _cut_short(self, sent: Sent) -> bytes:
        return sent.data[: self._random.randrange(len(sent.data))]
