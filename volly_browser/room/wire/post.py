"""Sends and receives parcels; messages at the door are sealed and opened here, MLS has sealed those of the group."""

from collections.abc import Sequence

from volly_browser.room import labels
from volly_browser.room.wire.announcer import Announcer
from volly_browser.room.wire.door import Door, DoorKind, Said
from volly_browser.room.wire.frames import Assembler, Kind, Parcel, split
from volly_browser.room.wire.structs import Announcement
from volly_browser.transport.contract import FrameReceived, PeerAnnounced, Transport


class Post:
    """Sends and receives over one transport.

    Args:
        transport: carries frames.
        door: seals and opens.
        announcer: keeps announcements on display.
    """

    def __init__(self, transport: Transport, door: Door, announcer: Announcer) -> None:
        self._transport = transport
        self._door = door
        self._announcer = announcer
        self._assembler = Assembler()

    @property
    def identity(self) -> str:
        """Our own transport identity."""
        return self._transport.identity

    async def send(self, message: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
        """Send a message of the group to the named transport identities; None for all.  Raises TransportError."""
        await self._send(Kind.GROUP, message, to, reliable=reliable)

    async def say(
        self, kind: DoorKind, content: bytes, to: Sequence[str] | None = None, *, reliable: bool = True
    ) -> None:
        """Send a message at the door, to the named transport identities; None for all.  Raises TransportError."""
        await self._send(Kind.DOOR, await self._door.seal(kind, content, self.identity), to, reliable=reliable)

    async def display(self, kind: DoorKind, content: bytes) -> None:
        """Put a Hello or a Notice on display, in place of the one before."""
        self._announcer.show(await self._door.announcement(kind, content, self.identity))

    async def keep_will(self, message: bytes) -> None:
        """Keep a message of the group ready, to be sent at the door when our page ends."""
        sealed = await self._door.seal(DoorKind.FAREWELL, message, self.identity)
        self._transport.set_will(Announcement(labels.VERSION, sealed).encode(), *split(Kind.DOOR, sealed))

    def revoke_will(self) -> None:
        """Send nothing when our page ends."""
        self._transport.set_will(b"", b"")

    def stop_renewing(self) -> None:
        """Stop renewing what is on display: it does not hold any more."""
        self._announcer.pause()

    async def receive(self, event: FrameReceived) -> Parcel | Said | None:
        """Add a frame; return the message that it completes: of the group, or at the door.

        Raises:
            FrameError: the frame is malformed.
            DoorError: the parcel does not open with this room's key.
        """
        parcel = self._assembler.add(event.frame, event.sender)
        if parcel is None or parcel.kind is Kind.GROUP:
            return parcel
        return await self._door.open(parcel.payload, parcel.sender)

    async def read(self, event: PeerAnnounced) -> Said:
        """Open what a peer has on display.  Raises DoorError."""
        return await self._door.read_announcement(event.announcement, event.identity)

    def forget(self, sender: str) -> None:
        """Drop the incomplete parcels of a sender that has gone."""
        self._assembler.forget(sender)

    async def _send(self, kind: Kind, payload: bytes, to: Sequence[str] | None, *, reliable: bool = True) -> None:
        for frame in split(kind, payload):
            await self._transport.send(frame, to, reliable=reliable)
