"""The Python that web/api/volly.mjs wraps for JavaScript callers.

JavaScript holds one Python object, the `Facade`, as long as the page lives.  To start an operation that takes time it
passes the two functions that settle a promise:

    python.call(resolve, refuse, "encapsulate", publicKey)

Only simple values cross: text, numbers, bytes, and flat records of these.  So no proxy has to be destroyed on either
side: Pyodide drops what JavaScript passed in when the task that uses it has ended.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from volly_browser.chat.mentions import Mentioned
from volly_browser.chat.message import Message
from volly_browser.chat.settings import Settings
from volly_browser.chat.timeline import Changed
from volly_browser.client.records import person_of, record_of, room_of
from volly_browser.crypto import Crypto
from volly_browser.errors import VollyError
from volly_browser.room.events import RoomClosed, RoomMember

Resolve = Callable[[Any], object]
Refuse = Callable[[str, str], object]
OnChange = Callable[[Changed], None]


class Client(Protocol):
    """What the facade needs of a client; see `client.client.VollyClient`."""

    @property
    def shared_secret(self) -> bytes | None:
        """32 bytes, or None while there are none."""
        ...

    @property
    def members(self) -> int:
        """How many members the group has."""
        ...

    @property
    def livekit_room(self) -> Any:
        """The JavaScript Room underneath, or None while there is none."""
        ...

    async def connect(self, room: str) -> None:
        """Enter a room."""
        ...

    @property
    def messages(self) -> list[Message]:
        """All that was said."""
        ...

    @property
    def people(self) -> list[RoomMember]:
        """The members of the group."""
        ...

    async def send_encrypted(self, text: str, mentioned: Mentioned) -> str:
        """Send a text; gives its message id."""
        ...

    async def reply(self, message_id: str, text: str, mentioned: Mentioned) -> str:
        """Answer a message; gives the id of the answer."""
        ...

    async def edit(self, message_id: str, text: str, mentioned: Mentioned) -> None:
        """Let a message say something else."""
        ...

    async def delete(self, message_id: str) -> None:
        """Take a message back."""
        ...

    async def react(self, message_id: str, emoji: str) -> None:
        """Put an emoji under a message."""
        ...

    async def unreact(self, message_id: str, emoji: str) -> None:
        """Take an emoji away."""
        ...

    @property
    def settings(self) -> Settings:
        """What is set for the room."""
        ...

    async def set_room(self, *, title: str | None, topic: str | None, disappears_after: int | None) -> None:
        """Set something for the room."""
        ...

    async def pin(self, message_id: str) -> None:
        """Pin a message."""
        ...

    async def unpin(self, message_id: str) -> None:
        """Take a message down that is pinned."""
        ...

    async def receive_decrypted(self, seconds: float | None) -> str:
        """Wait for the next text."""
        ...

    async def take_over(self) -> None:
        """Come back after another connection took our place."""
        ...

    async def close(self) -> None:
        """Leave."""
        ...


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How a client is to be made.

    Attributes:
        token_url: of the token service.
        signaling_url: of LiveKit, or None for the one that the token service names.
        name: how the others see the client.
        enable_post_quantum: False for the classical policy.
        takes_room_names: whether a plain room name is taken for an invite.
        history: how many messages from before they came newcomers are told of in a room by a name.
    """

    token_url: str
    signaling_url: str | None
    name: str
    enable_post_quantum: bool
    takes_room_names: bool
    history: int = 0


class Platform(Protocol):
    """What the facade needs of the page around it."""

    async def start(self, engines: Mapping[str, str]) -> Crypto:
        """Choose the engines, as configured if `engines` names them, and test them."""
        ...

    def open_client(self, crypto: Crypto, options: ClientOptions, on_change: OnChange) -> Client:
        """Make a client on these engines, which tells the ids of messages that are new or look different."""
        ...

    def to_python(self, value: Any) -> Any:
        """Convert a value from JavaScript; a Uint8Array becomes bytes."""
        ...

    def to_page(self, value: Any) -> Any:
        """Convert a value for JavaScript; bytes become a Uint8Array, a record an object."""
        ...


class Facade:
    """The one object that JavaScript holds.  It can call the `VERBS` and look at the `FACTS`."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._crypto: Crypto
        self._clients: dict[int, Client] = {}
        self._numbers = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._watchers: dict[int, Callable[[Any], object]] = {}

    def call(self, resolve: Resolve, refuse: Refuse, verb: str, *values: Any) -> None:
        """Start an operation, and settle a promise with its outcome.

        Args:
            resolve: takes the result.
            refuse: takes the name of the error's class, and its sentence.
            verb: one of `VERBS`.
            values: what the verb takes.
        """
        work = VERBS[verb](self, *map(self._platform.to_python, values))
        task = asyncio.ensure_future(self._settle(resolve, refuse, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def open_client(self, options: str) -> int:
        """Make a client; return the number by which it is known until it is closed.

        Args:
            options: the JSON of a `ClientOptions`.
        """
        number = next(self._numbers)
        self._clients[number] = self._platform.open_client(
            self._crypto, ClientOptions(**json.loads(options)), lambda changed: self._changed(number, changed)
        )
        return number

    def watch(self, number: int, callback: Callable[[Any], object]) -> None:
        """Call back with a list of the ids of messages that are new or look different, until the client is closed."""
        self._watchers[number] = callback

    def look(self, fact: str, number: int) -> Any:
        """Return one of `FACTS` about a client; None if the client is closed or does not have it."""
        client = self._clients.get(number)
        return self._platform.to_page(FACTS[fact](client)) if client else None

    async def start(self, engines: str) -> None:
        """Prepare everything; to be called first.  `engines` is the JSON of the configured engine names."""
        self._crypto = await self._platform.start(json.loads(engines))

    async def generate_key_pair(self) -> dict[str, bytes]:
        """See `Crypto.generate_key_pair`."""
        pair = await self._crypto.generate_key_pair()
        return {"publicKey": pair.public_key, "secretKey": pair.secret_key}

    async def encapsulate(self, public_key: bytes) -> dict[str, bytes]:
        """See `Crypto.encapsulate`."""
        made = await self._crypto.encapsulate(public_key)
        return {"ciphertext": made.ciphertext, "sharedSecret": made.shared_secret}

    async def decapsulate(self, ciphertext: bytes, secret_key: bytes) -> bytes:
        """See `Crypto.decapsulate`."""
        return await self._crypto.decapsulate(ciphertext, secret_key)

    async def encrypt(self, data: bytes, secret: bytes) -> bytes:
        """See `Crypto.encrypt`."""
        return await self._crypto.encrypt(data, secret)

    async def decrypt(self, data: bytes, secret: bytes) -> bytes:
        """See `Crypto.decrypt`."""
        return await self._crypto.decrypt(data, secret)

    async def connect(self, number: int, room: str) -> None:
        """See `VollyClient.connect`."""
        await self._client(number).connect(room)

    async def send(self, number: int, text: str, mentioned: str = "{}") -> str:
        """See `VollyClient.send_encrypted`; what is mentioned is in JSON."""
        return await self._client(number).send_encrypted(text, json.loads(mentioned))

    async def reply(self, number: int, message_id: str, text: str, mentioned: str = "{}") -> str:
        """See `VollyClient.reply`; likewise."""
        return await self._client(number).reply(message_id, text, json.loads(mentioned))

    async def edit(self, number: int, message_id: str, text: str, mentioned: str = "{}") -> None:
        """See `VollyClient.edit`; likewise."""
        await self._client(number).edit(message_id, text, json.loads(mentioned))

    async def delete(self, number: int, message_id: str) -> None:
        """See `VollyClient.delete`."""
        await self._client(number).delete(message_id)

    async def react(self, number: int, message_id: str, emoji: str) -> None:
        """See `VollyClient.react`."""
        await self._client(number).react(message_id, emoji)

    async def unreact(self, number: int, message_id: str, emoji: str) -> None:
        """See `VollyClient.unreact`."""
        await self._client(number).unreact(message_id, emoji)

    async def set_room(self, number: int, wanted: str) -> None:
        """See `VollyClient.set_room`; what is wanted is in JSON."""
        named = json.loads(wanted)
        title, topic, seconds = (named.get(name) for name in ("title", "topic", "disappearsAfter"))
        await self._client(number).set_room(title=title, topic=topic, disappears_after=seconds)

    async def pin(self, number: int, message_id: str) -> None:
        """See `VollyClient.pin`."""
        await self._client(number).pin(message_id)

    async def unpin(self, number: int, message_id: str) -> None:
        """See `VollyClient.unpin`."""
        await self._client(number).unpin(message_id)

    async def receive(self, number: int, milliseconds: float | None = None) -> str:
        """See `VollyClient.receive_decrypted`."""
        seconds = None if milliseconds is None else milliseconds / 1000
        return await self._client(number).receive_decrypted(seconds)

    async def take_over(self, number: int) -> None:
        """See `VollyClient.take_over`."""
        await self._client(number).take_over()

    async def close(self, number: int) -> None:
        """See `VollyClient.close`."""
        client = self._clients.pop(number)
        self._watchers.pop(number, None)
        await client.close()

    def _changed(self, number: int, changed: Changed) -> None:
        if callback := self._watchers.get(number):
            try:
                callback(self._platform.to_page(sorted(changed)))
            except Exception as error:  # the program's own; what happens in the room goes on
                sys.excepthook(type(error), error, error.__traceback__)

    def _client(self, number: int) -> Client:
        if number not in self._clients:
            raise RoomClosed("This client was closed; make another one.")
        return self._clients[number]

    async def _settle(self, resolve: Resolve, refuse: Refuse, work: Awaitable[Any]) -> None:
        try:
            resolve(self._platform.to_page(await work))
        except VollyError as error:
            refuse(type(error).__name__, str(error))
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
            refuse(type(error).__name__, str(error))


VERBS: Mapping[str, Callable[..., Awaitable[Any]]] = {
    "start": Facade.start,
    "generateKeyPair": Facade.generate_key_pair,
    "encapsulate": Facade.encapsulate,
    "decapsulate": Facade.decapsulate,
    "encrypt": Facade.encrypt,
    "decrypt": Facade.decrypt,
    "connect": Facade.connect,
    "send": Facade.send,
    "reply": Facade.reply,
    "edit": Facade.edit,
    "delete": Facade.delete,
    "react": Facade.react,
    "unreact": Facade.unreact,
    "setRoom": Facade.set_room,
    "pin": Facade.pin,
    "unpin": Facade.unpin,
    "receive": Facade.receive,
    "takeOver": Facade.take_over,
    "close": Facade.close,
}

FACTS: Mapping[str, Callable[[Client], Any]] = {
    "sharedSecret": lambda client: client.shared_secret,
    "members": lambda client: client.members,
    "people": lambda client: list(map(person_of, client.people)),
    "room": lambda client: room_of(client.settings),
    "messages": lambda client: list(map(record_of, client.messages)),
    "livekitRoom": lambda client: client.livekit_room,
}
