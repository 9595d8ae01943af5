"""A room for programs: connect, send, receive; the README shows the same from JavaScript.

client = VollyClient(engine, open_transport)
await client.connect(link)
await client.send_encrypted("Hello, quantum world!")
text = await client.receive_decrypted(10)
await client.close()
"""

import asyncio
import time
from collections.abc import Callable

from volly_browser.client.texts import Texts
from volly_browser.crypto.engine import Engine
from volly_browser.room.events import RoomClosed, RoomError
from volly_browser.room.invite import Invite
from volly_browser.room.room import Room
from volly_browser.transport.contract import Transport


class AlreadyConnected(RoomError):
    """A client connects once."""


class NotConnected(RoomError):
    """The client has not entered a room yet."""


class PolicyRefused(RoomError):
    """The policy of the invite's room contradicts `enable_post_quantum`."""


class ReceiveTimeout(RoomError):
    """No text arrived in time."""


class VollyClient:
    """One visit to one room.

    Args:
        engine: computes.
        open_transport: makes the connection to the invite's room.
        name: how the others see us.
        enable_post_quantum: False for rooms of the `classical` policy, and only for those.
        takes_room_names: whether `connect` also takes a plain name; for tests only, see `Invite.from_room_name`.
        other_conversation: what to do if another conversation goes on in the same room: "stay" in ours, or "join" it.
        clock: seconds since 1970.

    Raises:
        ValueError: `other_conversation` is neither.
    """

    def __init__(
        self,
        engine: Engine,
        open_transport: Callable[[Invite], Transport],
        name: str = "",
        *,
        enable_post_quantum: bool = True,
        takes_room_names: bool = False,
        other_conversation: str = "stay",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._open_transport = open_transport
        self._name = name
        self._policy = "hybrid" if enable_post_quantum else "classical"
        self._takes_room_names = takes_room_names
        if other_conversation not in ("stay", "join"):
            raise ValueError(f'other_conversation is "stay" or "join", not {other_conversation!r}.')
        self._choose_other = other_conversation == "join"
        self._clock = clock
        self._room: Room | None = None
        self._texts: Texts | None = None
        self._closed = False

    @property
    def shared_secret(self) -> bytes | None:
        """32 bytes, the same for all members, new with every commit; None while not in a group."""
        return self._room.shared_secret if self._room and self._room.members else None

    @property
    def members(self) -> int:
        """How many members the group has, this client included; 0 while not in a group."""
        return len(self._room.members) if self._room else 0

    async def connect(self, room: str) -> None:
        """Enter a room, or open it if it is empty; return when this client is in its group.

        After any error but AlreadyConnected and RoomClosed it can be called again.

        Args:
            room: an invite, the whole link or what follows its #.

        Raises:
            AlreadyConnected, RoomClosed: too late.
            InviteError: this is not an invite.
            PolicyRefused: the room's policy is not the one that `enable_post_quantum` asks for.
            TransportRefused: see `Room.join`.
        """
        self._require_open()
        if self._room:
            raise AlreadyConnected("This client was connected already; for another visit, make another client.")
        invite = self._invite(room)
        self._room = Room(
            invite,
            self._open_transport(invite),
            self._engine,
            self._name,
            clock=self._clock,
            choose_other=self._choose_other,
        )
        self._texts = Texts(self._room)
        try:
            await self._room.join()
        except BaseException:
            await self._leave()
            raise

    async def send_encrypted(self, text: str) -> None:
        """Send a text to all members; return when it was handed to the network.  Calls keep their order.

        Raises:
            NotConnected, RoomClosed: there is no room to send to.
            TextTooLong, OutboxFull: see `Room.send_text`.
        """
        await self._connected().send(text)

    async def receive_decrypted(self, seconds: float | None = None) -> str:
        """Wait for the next text of another member; texts keep the order of their arrival.

        Args:
            seconds: how long to wait for it; None waits as long as it takes.

        Raises:
            ReceiveTimeout: no text arrived in time.
            MessageLost: a text is missing or cannot be read; the next call goes on after it.
            Displaced: another connection took our place, and no text comes until `take_over`; raised once.
            NotConnected, RoomClosed: none can come.
        """
        texts = self._connected()
        try:
            async with asyncio.timeout(seconds):
                return await texts.receive()
        except TimeoutError:
            raise ReceiveTimeout(f"No message came within {seconds:g} seconds.") from None

    async def take_over(self) -> None:
        """Come back after another connection took our place, and send the texts that waited meanwhile.

        Raises:
            NotConnected, RoomClosed: there is no room to come back to.
        """
        self._connected()
        if self._room:
            self._room.try_now()

    async def close(self) -> None:
        """Leave the room.  Safe to call at any time, and twice."""
        self._closed = True
        await self._leave()

    def _invite(self, room: str) -> Invite:
        if self._takes_room_names and "#" not in room and not room.startswith("v1."):
            return Invite.from_room_name(room, self._policy)
        invite = Invite.parse(room)
        if invite.policy == "classical" and self._policy != "classical":
            raise PolicyRefused(
                "A quantum computer could listen to the room of this invite. Only a client without post-quantum"
                " cryptography (enablePostQuantum: false) enters it."
            )
        if invite.policy != "classical" and self._policy == "classical":
            raise PolicyRefused(
                "The room of this invite has post-quantum cryptography, which this client was told to do without"
                " (enablePostQuantum: false). Leave that option out to enter it."
            )
        return invite

    def _connected(self) -> Texts:
        self._require_open()
        if not self._texts:
            raise NotConnected("This client is not connected; call connect first.")
        return self._texts

    def _require_open(self) -> None:
        if self._closed:
            raise RoomClosed("This client was closed; make another one.")

    async def _leave(self) -> None:
        room, texts, self._room, self._texts = self._room, self._texts, None, None
        if room and texts:
            await room.leave()
            await texts.ended()
