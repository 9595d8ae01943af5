"""A room for programs: connect, send, receive; the README shows the same from JavaScript.

client = VollyClient(engine, open_transport)
await client.connect(link)
message_id = await client.send_encrypted("Hello, quantum world!")
await client.edit(message_id, "Hello, world!")
text = await client.receive_decrypted(10)
await client.close()
"""

import asyncio
import time
from collections.abc import Callable

from volly_browser.chat.chat import Chat
from volly_browser.chat.mentions import NOBODY, Mentioned
from volly_browser.chat.message import Message
from volly_browser.chat.settings import Settings
from volly_browser.chat.timeline import Changed
from volly_browser.chat.upkeep import Upkeep
from volly_browser.client.texts import Texts
from volly_browser.crypto.engine import Engine
from volly_browser.room import labels
from volly_browser.room.content.settings import TIMERS, Timer, Title, Topic, Value
from volly_browser.room.events import MessageReceived, RoomClosed, RoomError, RoomMember
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
        history: how many messages from before they came newcomers are told of in a room by a name, 0 to 500; an invite
            says it itself, see `Invite.create`.
        enable_post_quantum: False for rooms of the `classical` policy, and only for those.
        takes_room_names: whether `connect` also takes a plain name; for tests only, see `Invite.from_room_name`.
        other_conversation: what to do if another conversation goes on in the same room: "stay" in ours, or "join" it.
        clock: seconds since 1970.
        on_change: called with the ids of messages that are new or look different.

    Raises:
        ValueError: `other_conversation` is neither, or `history` is out of its range.
    """

    def __init__(
        self,
        engine: Engine,
        open_transport: Callable[[Invite], Transport],
        name: str = "",
        *,
        history: int = 0,
        enable_post_quantum: bool = True,
        takes_room_names: bool = False,
        other_conversation: str = "stay",
        clock: Callable[[], float] = time.time,
        on_change: Callable[[Changed], None] = lambda changed: None,
    ) -> None:
        self._engine = engine
        self._open_transport = open_transport
        self._name = name
        self._policy = "hybrid" if enable_post_quantum else "classical"
        self._takes_room_names = takes_room_names
        if other_conversation not in ("stay", "join"):
            raise ValueError(f'other_conversation is "stay" or "join", not {other_conversation!r}.')
        if not 0 <= history <= labels.HISTORY_LIMIT:
            raise ValueError(f"history is 0 to {labels.HISTORY_LIMIT} messages, not {history}.")
        self._history = history
        self._choose_other = other_conversation == "join"
        self._clock = clock
        self._on_change = on_change
        self._room: Room | None = None
        self._chat: Chat | None = None
        self._texts = Texts()
        self._reading: asyncio.Task[None] | None = None
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
        is_name = self._takes_room_names and not _is_invite(room)
        invite = Invite.from_room_name(room, self._policy) if is_name else self._invite(room)
        self._room = Room(
            invite,
            self._open_transport(invite),
            self._engine,
            self._name,
            clock=self._clock,
            choose_other=self._choose_other,
            history=self._history if is_name else None,
        )
        now = asyncio.get_running_loop().time
        self._chat, self._texts = Chat(self._room, self._name, self._clock, now), Texts(now)
        self._reading = asyncio.create_task(self._read(self._room, self._chat, self._texts))
        try:
            await self._room.join()
        except BaseException:
            await self._leave()
            raise

    @property
    def messages(self) -> list[Message]:
        """All that was said since `connect`, and what we were told of before, in the order that is the same for all."""
        return [entry for entry in self._chat.timeline if isinstance(entry, Message)] if self._chat else []

    @property
    def people(self) -> list[RoomMember]:
        """All members of the group, this client included; empty while not in a group."""
        return self._room.members if self._room else []

    async def send_encrypted(self, text: str, mentioned: Mentioned = NOBODY) -> str:
        """Send a text to all members, or to the first that comes; return its message id.  Calls keep their order.

        Args:
            text: what to say.
            mentioned: ids of members by the words that stand for them in the text, as in `{"@Bob": bob.member_id}`.

        Raises:
            NotConnected, RoomClosed: there is no room to send to.
            NoMember: an id is none.
            ContentTooLong, OutboxFull: see `Room.send`.
        """
        return await self._connected().send(text, mentioned)

    async def reply(self, message_id: str, text: str, mentioned: Mentioned = NOBODY) -> str:
        """Answer a message; as `send_encrypted`.  Raises NoSuchMessage, too."""
        return await self._connected().reply(message_id, text, mentioned)

    async def edit(self, message_id: str, text: str, mentioned: Mentioned = NOBODY) -> None:
        """Let a message of ours say something else.  Raises NoSuchMessage and NotOurs, and as `send_encrypted`."""
        await self._connected().edit(message_id, text, mentioned)

    async def delete(self, message_id: str) -> None:
        """Take a message of ours back.  Raises NoSuchMessage and NotOurs, and as `send_encrypted`."""
        await self._connected().delete(message_id)

    async def react(self, message_id: str, emoji: str) -> None:
        """Put an emoji of ours under a message.  Raises NoSuchMessage and NoEmoji, and as `send_encrypted`."""
        await self._connected().react(message_id, emoji)

    async def unreact(self, message_id: str, emoji: str) -> None:
        """Take an emoji of ours away.  Raises NoSuchMessage, and as `send_encrypted`."""
        await self._connected().unreact(message_id, emoji)

    @property
    def settings(self) -> Settings:
        """What is set for the room, by whichever member; nothing before `connect`."""
        return self._chat.settings if self._chat else Settings()

    async def set_room(
        self, *, title: str | None = None, topic: str | None = None, disappears_after: int | None = None
    ) -> None:
        """Set something for the room; what is left out stays.

        Args:
            title: one line of up to 64 letters; what is beyond is cut off.  Empty for none.
            topic: likewise, of up to 200.
            disappears_after: seconds after which the messages disappear that are written from then on, see TIMERS.

        Raises:
            ValueError: there is no such timer.
            NotConnected, OutboxFull, RoomClosed: see `Room.send`.
        """
        if disappears_after not in (None, *TIMERS):
            raise ValueError(f"Messages disappear after {TIMERS} seconds, 0 for never, not {disappears_after}.")
        wanted: list[Value] = []
        wanted += [] if title is None else [Title(title)]
        wanted += [] if topic is None else [Topic(topic)]
        wanted += [] if disappears_after is None else [Timer(disappears_after)]
        await self._connected().set(*wanted)

    async def pin(self, message_id: str) -> None:
        """Pin a message.  Raises NoSuchMessage and TooManyPins, and as `send_encrypted`."""
        await self._connected().pin(message_id)

    async def unpin(self, message_id: str) -> None:
        """Take a message down that is pinned.  Raises as `send_encrypted`."""
        await self._connected().unpin(message_id)

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
        self._connected()
        try:
            async with asyncio.timeout(seconds):
                return await self._texts.receive()
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

    def _connected(self) -> Chat:
        self._require_open()
        if not self._room or not self._chat:
            raise NotConnected("This client is not connected; call connect first.")
        return self._chat

    def _require_open(self) -> None:
        if self._closed:
            raise RoomClosed("This client was closed; make another one.")

    async def _leave(self) -> None:
        room, reading, self._room, self._reading = self._room, self._reading, None, None
        if room and reading:
            await room.leave()
            await reading

    async def _read(self, room: Room, chat: Chat, texts: Texts) -> None:
        upkeep = Upkeep(chat, self._on_change)
        async for event in room.events():
            changed = chat.take(event)
            upkeep.look()
            chat.take_news()  # programs look at `settings`
            arrived = isinstance(event, MessageReceived) and chat.timeline.find(event.message_id)
            texts.take(event, [arrived] if isinstance(arrived, Message) else [])
            if changed:
                self._on_change(changed)
        upkeep.left()
        texts.end()


def _is_invite(room: str) -> bool:
    """Whether this is a link or the end of one, and no plain name."""
    return "#" in room or room.startswith(("v1.", "v2."))
