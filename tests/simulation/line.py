"""A person's connection to the server, which can be in all kinds of trouble."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.simulation.device import Device
from volly_browser.transport.contract import LinkState, PeerLeft, TransportError, TransportEvent, WillShown
from volly_browser.transport.memory import MemoryTransport, Sent

if TYPE_CHECKING:
    from tests.simulation.network import HostileNetwork


class Line(MemoryTransport):
    """A connection.

    Args:
        network: to which.
        person: whose.
        device: on which it runs.
    """

    def __init__(self, network: "HostileNetwork", person: int, device: Device) -> None:
        super().__init__(network, network.new_identity())
        self.person = person
        self.is_dead = False
        self._server = network
        self._device = device
        self._lost = False
        self._held: list[TransportEvent] | None = None
        self._was_connected = False

    async def connect(self) -> None:
        """Enter the room, each time under another identity.  Raises TransportError."""
        await self._device.step()
        await asyncio.sleep(self._server.delay())
        if self._was_connected:
            self._identity = self._server.new_identity()
        self._lost, self._held = False, None
        await super().connect()
        self._was_connected = True

    async def announce(self, announcement: bytes) -> None:
        """Keep this blob on display, unless nothing gets through.  Raises TransportError."""
        await self._device.step()
        if not self.hears:
            raise TransportError("The server in memory does not answer.")
        await super().announce(announcement)

    async def send(self, frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
        """Hand a frame over; if the line is lost or dead, it is gone.  Raises TransportError."""
        await self._device.step()
        self._require_connected()
        refused = self._server.refuses()
        if self.hears and not (refused and self._server.random.random() < 0.5):
            await super().send(frame, to, reliable=reliable)
        await self._device.step()
        if refused:
            raise TransportError("The network in memory did not take what was sent, or did and does not know.")

    def end_page(self, *, by_frame: bool = False) -> None:
        """The page ends: what was ready is shown if anything gets through, which the page does not know."""
        if self.state is not LinkState.CONNECTED:
            return
        announcement, frame = self._will
        if announcement and self.hears and self._held is None:
            if by_frame:
                self._server.relay(Sent(self.identity, frame))
            else:
                self._server.end(self.identity, announcement)
        if announcement:
            super().got_event(WillShown())
        self._will = b"", b""
        self._server.vanish(self.identity)
        self.got_closed("The page ended.")

    async def close(self) -> None:
        """Leave."""
        if not self.is_dead:
            await super().close()

    @property
    def hears(self) -> bool:
        """Whether anything gets through."""
        return not self.is_dead and not self._lost

    def got_event(self, event: TransportEvent) -> None:
        """Something arrives, now or when the link is there again, or never."""
        if self._held is not None:
            self._held.append(event)
        elif self.hears:
            super().got_event(event)

    # Trouble

    async def reconnect(self, silent: float, away: float) -> None:
        """As LiveKit does it: for some time nobody notices; then all others seem to go, and to come."""
        if not self._is_well:
            return
        identity, self._lost = self.identity, True
        await asyncio.sleep(silent)
        if self._lost and self.identity == identity:
            for gone in self._server.forget_shown(identity):
                super().got_event(PeerLeft(gone))
            self._change(LinkState.RECONNECTING)
            await asyncio.sleep(away)
        if self._lost and self.identity == identity:
            self._lost = False
            self._server.inform(identity)
            self._change(LinkState.CONNECTED)

    async def interrupt(self, seconds: float) -> None:
        """The link breaks, and is resumed: what was to arrive meanwhile arrives."""
        if not self._is_well:
            return
        held: list[TransportEvent] = []
        self._held = held
        self._change(LinkState.RECONNECTING)
        await asyncio.sleep(seconds)
        if self._held is held:
            self._held = None
            self._change(LinkState.CONNECTED)
            for event in held:
                super().got_event(event)

    def got_closed(self, reason: str) -> None:
        """The server, or the network before it, closed the connection."""
        self._lost, self._held = False, None
        super().got_closed(reason)

    @property
    def _is_well(self) -> bool:
        return self.state is LinkState.CONNECTED and self.hears and self._held is None
