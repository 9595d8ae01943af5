"""A transport that counts what goes through it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from volly_browser.transport.contract import FrameReceived, LinkState, Transport, TransportEvent


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes and frames as the room sees them: without what LiveKit, DTLS and SCTP put around them.

    Sending a frame counts once, to however many receivers; sending an announcement counts as a frame.
    """

    sent_frames: int = 0
    sent_bytes: int = 0
    received_frames: int = 0
    received_bytes: int = 0

    def since(self, earlier: "Traffic") -> "Traffic":
        """Subtract an earlier count."""
        return Traffic(
            self.sent_frames - earlier.sent_frames,
            self.sent_bytes - earlier.sent_bytes,
            self.received_frames - earlier.received_frames,
            self.received_bytes - earlier.received_bytes,
        )


class MeteredTransport:
    """Passes everything on to another transport, and counts; see `contract.Transport`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._sent = [0, 0]
        self._received = [0, 0]
        self.connected_at = 0.0

    @property
    def traffic(self) -> Traffic:
        """Everything so far."""
        return Traffic(*self._sent, *self._received)

    @property
    def identity(self) -> str:
        """As the transport has it."""
        return self._transport.identity

    @property
    def state(self) -> LinkState:
        """As the transport has it."""
        return self._transport.state

    async def connect(self) -> None:
        """Connect; `connected_at` is when it was done, on the monotonic clock."""
        await self._transport.connect()
        self.connected_at = time.monotonic()

    async def announce(self, announcement: bytes) -> None:
        """Pass on and count."""
        _count(self._sent, announcement)
        await self._transport.announce(announcement)

    def set_will(self, announcement: bytes, frame: bytes) -> None:
        """Pass on."""
        self._transport.set_will(announcement, frame)

    async def send(self, frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
        """Pass on and count."""
        _count(self._sent, frame)
        await self._transport.send(frame, to, reliable=reliable)

    async def receive(self) -> TransportEvent:
        """Pass on and count."""
        event = await self._transport.receive()
        if isinstance(event, FrameReceived):
            _count(self._received, event.frame)
        return event

    async def close(self) -> None:
        """Pass on."""
        await self._transport.close()


def _count(counts: list[int], data: bytes) -> None:
    counts[0] += 1
    counts[1] += len(data)
