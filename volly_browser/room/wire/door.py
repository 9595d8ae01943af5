"""The door: everything said before membership, sealed under the key that only the invite gives.

The seal binds the sender's transport identity and the room, so that the server cannot pass off a knock as another
newcomer's or carry it into another room.  The kind of each message is inside, so that the server cannot sort them.  All
holders of the invite have the door key, so it does not prove which of them spoke.
"""

from dataclasses import dataclass
from enum import IntEnum

from volly_browser.crypto.engine import Engine
from volly_browser.errors import RemoteError
from volly_browser.mls.codec import DecodeError, Opaque, Struct, Text
from volly_browser.room import labels
from volly_browser.room.invite import Invite
from volly_browser.room.wire import structs
from volly_browser.room.wire.sealing import SealBroken, seal, unseal
from volly_browser.room.wire.structs import Announcement, Identity


class DoorKind(IntEnum):
    """What is said at the door; see `structs`, and RFC 9420 (section 12.4.3.1) for the Welcome.

    FAREWELL is said by pages that end: a message of the group, see `session.will`.
    """

    HELLO = 1
    NOTICE = 2
    WELCOME = 3
    QUESTION = 4
    ANSWER = 5
    FAREWELL = 6


ANNOUNCED = frozenset({DoorKind.HELLO, DoorKind.NOTICE, DoorKind.FAREWELL})
"""The kinds that can be on display."""


class DoorError(RemoteError):
    """A message at the door was not sealed with this room's key, or not by the named sender."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message at the door.

    Attributes:
        kind: its kind.
        content: encoded.
        sender: the transport identity that sealed it.
        announced: whether it is on display.
    """

    kind: DoorKind
    content: bytes
    sender: str
    announced: bool = False


@dataclass(frozen=True, slots=True)
class DoorSeal(Struct):
    """The AAD of all that is sealed under the door key."""

    label: Opaque
    room_id: Text
    sender: Identity


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

    async def seal(self, kind: DoorKind, content: bytes, sender: str) -> bytes:
        """Seal a message of `sender`, which is our own transport identity."""
        return await seal(self._engine, self._key, self._aad(sender), structs.Door(kind, content).encode())

    async def open(self, sealed: bytes, sender: str, *, announced: bool = False) -> Said:
        """Open a message that `sender` sealed.  Raises DoorError."""
        try:
            said = structs.Door.decode(await unseal(self._engine, self._key, self._aad(sender), sealed))
        except SealBroken as error:
            raise DoorError(
                f"What {sender!r} said at the door does not open: it has another invite, or was changed on its way."
            ) from error
        except DecodeError as error:
            raise DoorError(f"What {sender!r} said at the door is malformed. {error}") from error
        if said.kind not in list(DoorKind) or (announced and said.kind not in ANNOUNCED):
            raise DoorError(f"What {sender!r} said at the door is of a kind that this page does not know.")
        return Said(DoorKind(said.kind), said.content, sender, announced)

    async def announcement(self, kind: DoorKind, content: bytes, sender: str) -> bytes:
        """Seal a message in the form that stays on display."""
        return Announcement(labels.VERSION, await self.seal(kind, content, sender)).encode()

    async def read_announcement(self, announcement: bytes, sender: str) -> Said:
        """Open the announcement of `sender`.  Raises DoorError."""
        try:
            decoded = Announcement.decode(announcement)
        except DecodeError as error:
            raise DoorError(f"What {sender!r} announces is malformed. {error}") from error
        if decoded.version != labels.VERSION:
            raise DoorError(f"What {sender!r} announces is of another version.")
        return await self.open(decoded.sealed, sender, announced=True)

    def _aad(self, sender: str) -> bytes:
        return DoorSeal(labels.DOOR_SEAL, self._room_id, sender).encode()
