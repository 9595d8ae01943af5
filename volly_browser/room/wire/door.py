"""The door: everything said before membership, sealed under the key that only the invite gives.

The sender's transport identity and the room are bound in, so that the server cannot pass one's knock off as
another's or carry it into another room.  What the door key protects is known to all who have the invite; it says
nothing about who among them spoke.
"""

from dataclasses import dataclass

from volly_browser.crypto.engine import Engine
from volly_browser.errors import RemoteError
from volly_browser.mls.codec import DecodeError, EncodeError, Opaque, Struct, Text, Uint8
from volly_browser.room import labels
from volly_browser.room.invite import Invite
from volly_browser.room.wire.frames import Kind
from volly_browser.room.wire.sealing import SealBroken, seal, unseal
from volly_browser.room.wire.structs import Announcement


class DoorError(RemoteError):
    """Something at the door was not sealed with this room's key, or not by the one who is said to have sent it."""


@dataclass(frozen=True, slots=True)
class DoorSeal(Struct):
    """The AAD of what is sealed under the door key."""

    label: Opaque
    kind: Uint8
    room_id: Text
    sender: Text


class Door:
    """Seals and opens under the door key of one room.

    Args:
        engine: has AES-GCM.
        invite: gives key and room.
    """

    def __init__(self, engine: Engine, invite: Invite) -> None:
        self._engine = engine
        self._key = invite.door_key
        self._room_id = invite.room_id

    async def seal(self, kind: Kind, content: bytes, sender: str) -> bytes:
        """Seal what `sender`, which is our own transport identity, says."""
        return await seal(self._engine, self._key, self._aad(kind, sender), content)

    async def open(self, kind: Kind, sealed: bytes, sender: str) -> bytes:
        """What `sender` sealed.  Raises DoorError."""
        try:
            return await unseal(self._engine, self._key, self._aad(kind, sender), sealed)
        except (SealBroken, EncodeError) as error:  # the latter where the sender's name is no text
            raise DoorError(
                f"What {sender!r} said at the door does not open: it has another invite, or was changed on its way."
            ) from error

    async def announcement(self, kind: Kind, content: bytes, sender: str) -> bytes:
        """The same content in the form that stays on display."""
        return Announcement(labels.VERSION, kind, await self.seal(kind, content, sender)).encode()

    async def read_announcement(self, announcement: bytes, sender: str) -> tuple[Kind, bytes]:
        """The kind and the content of what `sender` has on display.  Raises DoorError."""
        try:
            decoded = Announcement.decode(announcement)
        except DecodeError as error:
            raise DoorError(f"What {sender!r} announces is malformed. {error}") from error
        if decoded.version != labels.VERSION or decoded.kind not in (Kind.HELLO, Kind.PRESENCE):
            raise DoorError(f"What {sender!r} announces is of another version, or of a kind that cannot be announced.")
        kind = Kind(decoded.kind)
        return kind, await self.open(kind, decoded.sealed, sender)

    def _aad(self, kind: Kind, sender: str) -> bytes:
        return DoorSeal(labels.DOOR_SEAL, kind, self._room_id, sender).encode()
