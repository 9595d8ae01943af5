"""The Python that volly.mjs wraps, called as JavaScript calls it."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from volly_browser.chat.mentions import Mentioned
from volly_browser.chat.message import Delivery, Mention, Message, Reaction, Stage
from volly_browser.chat.settings import Settings
from volly_browser.crypto import Crypto, initialize_crypto
from volly_browser.room.content.settings import Origin, Pin, Setting, Title
from volly_browser.room.events import RoomClosed, RoomMember
from volly_browser.ui.facade import FACTS, VERBS, ClientOptions, Facade, OnChange

WEB = Path(__file__).resolve().parents[3] / "web"

OPTIONS = {
    "token_url": "/token",
    "signaling_url": None,
    "name": "Alice",
    "enable_post_quantum": True,
    "takes_room_names": False,
}


class Buffer:
    """Stands for a Uint8Array."""

    def __init__(self, content: bytes) -> None:
        self.content = content


class FakeClient:
    """Notes what it is asked, and fails where `connect` is given nothing."""

    def __init__(self, options: ClientOptions, on_change: OnChange) -> None:
        self.options = options
        self.change = on_change
        self.messages: list[Message] = []
        self.people: list[RoomMember] = []
        self.settings = Settings()
        self.asked: list[tuple[object, ...]] = []
        self.shared_secret: bytes | None = None
        self.members = 0
        self.livekit_room = None
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def connect(self, room: str) -> None:
        self.asked.append(("connect", room))
        if not room:
            raise RoomClosed("There is no room without a name.")
        self.shared_secret, self.members = b"s" * 32, 1

    async def send_encrypted(self, text: str, mentioned: Mentioned) -> str:
        self.asked.append(("send", text, mentioned))
        return "an id"

    async def reply(self, message_id: str, text: str, mentioned: Mentioned) -> str:
        self.asked.append(("reply", message_id, text, mentioned))
        return "another id"

    async def edit(self, message_id: str, text: str, mentioned: Mentioned) -> None:
        self.asked.append(("edit", message_id, text, mentioned))

    async def delete(self, message_id: str) -> None:
        self.asked.append(("delete", message_id))

    async def react(self, message_id: str, emoji: str) -> None:
        self.asked.append(("react", message_id, emoji))

    async def unreact(self, message_id: str, emoji: str) -> None:
        self.asked.append(("unreact", message_id, emoji))

    async def set_room(self, *, title: str | None, topic: str | None, disappears_after: int | None) -> None:
        self.asked.append(("set", title, topic, disappears_after))

    async def pin(self, message_id: str) -> None:
        self.asked.append(("pin", message_id))

    async def unpin(self, message_id: str) -> None:
        self.asked.append(("unpin", message_id))

    async def receive_decrypted(self, seconds: float | None) -> str:
        self.asked.append(("receive", seconds))
        return await self.answer

    async def take_over(self) -> None:
        self.asked.append(("take over",))

    async def close(self) -> None:
        self.asked.append(("close",))


class FakePage:
    """A page whose Uint8Arrays are Buffers."""

    def __init__(self) -> None:
        self.engines: Mapping[str, str] = {}
        self.clients: list[FakeClient] = []

    async def start(self, engines: Mapping[str, str]) -> Crypto:
        self.engines = engines
        return await initialize_crypto()

    def open_client(self, crypto: Crypto, options: ClientOptions, on_change: OnChange) -> FakeClient:
        assert crypto.self_test
        self.clients.append(FakeClient(options, on_change))
        return self.clients[-1]

    def to_python(self, value: object) -> object:
        return value.content if isinstance(value, Buffer) else value

    def to_page(self, value: object) -> object:
        if isinstance(value, bytes):
            return Buffer(value)
        if isinstance(value, dict):
            return {name: self.to_page(part) for name, part in value.items()}
        return value


class Refused(Exception):
    """A promise that was rejected, with the name and the sentence of the error."""


class JavaScript:
    """Calls the facade as volly-engine.mjs does."""

    def __init__(self) -> None:
        self.page = FakePage()
        self.facade = Facade(self.page)

    def call(self, verb: str, *values: object) -> asyncio.Future[Any]:
        promise: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.facade.call(promise.set_result, lambda *error: promise.set_exception(Refused(*error)), verb, *values)
        return promise

    def open_client(self) -> int:
        return self.facade.open_client(json.dumps(OPTIONS))


@pytest.fixture
async def javascript() -> JavaScript:
    """A page whose engines are ready."""
    page = JavaScript()
    await page.call("start", json.dumps({"ML-KEM-768": "python"}))
    return page


async def test_the_configured_engines_are_asked_for(javascript: JavaScript) -> None:
    assert javascript.page.engines == {"ML-KEM-768": "python"}


async def test_a_key_pair_is_a_record_of_two_arrays(javascript: JavaScript) -> None:
    pair = await javascript.call("generateKeyPair")
    assert {name: len(part.content) for name, part in pair.items()} == {"publicKey": 1184, "secretKey": 64}


async def test_what_one_encapsulates_the_other_decapsulates(javascript: JavaScript) -> None:
    pair = await javascript.call("generateKeyPair")
    made = await javascript.call("encapsulate", pair["publicKey"])
    opened = await javascript.call("decapsulate", made["ciphertext"], pair["secretKey"])
    assert opened.content == made["sharedSecret"].content
    assert len(made["ciphertext"].content) == 1088


async def test_what_is_encrypted_can_be_decrypted(javascript: JavaScript) -> None:
    secret = Buffer(bytes(32))
    sealed = await javascript.call("encrypt", Buffer(b"hello"), secret)
    assert (await javascript.call("decrypt", sealed, secret)).content == b"hello"


async def test_an_error_is_its_name_and_its_sentence(javascript: JavaScript) -> None:
    with pytest.raises(Refused) as refused:
        await javascript.call("decrypt", Buffer(b"\x01" + bytes(40)), Buffer(bytes(32)))
    name, sentence = refused.value.args
    assert name == "DecryptionFailed"
    assert sentence.endswith(".")
    assert "Traceback" not in sentence


async def test_an_error_that_nobody_expected_is_shown_on_the_console_too(
    javascript: JavaScript, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Refused) as refused:
        await javascript.call("encrypt", None, Buffer(bytes(32)))
    assert refused.value.args[0] in {"TypeError", "AttributeError"}
    assert "Traceback" in capsys.readouterr().err


async def test_a_client_is_made_with_its_options(javascript: JavaScript) -> None:
    javascript.open_client()
    assert javascript.page.clients[0].options == ClientOptions(**OPTIONS)


async def test_each_client_gets_what_is_for_it(javascript: JavaScript) -> None:
    alice, bob = javascript.open_client(), javascript.open_client()
    await javascript.call("connect", alice, "a room")
    await javascript.call("send", bob, "hello")
    assert [client.asked for client in javascript.page.clients] == [[("connect", "a room")], [("send", "hello", {})]]


async def test_a_place_that_was_taken_is_taken_over(javascript: JavaScript) -> None:
    await javascript.call("takeOver", javascript.open_client())
    assert javascript.page.clients[0].asked == [("take over",)]


async def test_milliseconds_become_seconds(javascript: JavaScript) -> None:
    alice = javascript.open_client()
    client = javascript.page.clients[0]
    client.answer.set_result("hello")
    assert await javascript.call("receive", alice, 1500) == "hello"
    assert await javascript.call("receive", alice, None) == "hello"
    assert client.asked == [("receive", 1.5), ("receive", None)]


async def test_a_client_can_be_looked_at_at_any_time(javascript: JavaScript) -> None:
    alice = javascript.open_client()
    assert javascript.facade.look("sharedSecret", alice) is None
    await javascript.call("connect", alice, "a room")
    assert javascript.facade.look("sharedSecret", alice).content == b"s" * 32
    assert javascript.facade.look("members", alice) == 1
    await javascript.call("close", alice)
    assert [javascript.facade.look(fact, alice) for fact in FACTS] == [None] * len(FACTS)


async def test_a_closed_client_is_forgotten(javascript: JavaScript) -> None:
    alice = javascript.open_client()
    await javascript.call("close", alice)
    assert javascript.page.clients[0].asked == [("close",)]
    for verb, value in {"connect": "a room", "send": "hello", "receive": None}.items():
        with pytest.raises(Refused, match="RoomClosed"):
            await javascript.call(verb, alice, value)


async def test_nothing_is_kept_of_calls_that_have_ended(javascript: JavaScript) -> None:
    alice = javascript.open_client()
    waiting = javascript.call("receive", alice, None)
    assert len(javascript.facade._tasks) == 1
    javascript.page.clients[0].answer.set_result("hello")
    await waiting
    await asyncio.sleep(0)
    assert javascript.facade._tasks == set()


def test_volly_mjs_asks_for_these_verbs_and_facts_and_no_others() -> None:
    scripts = "".join((WEB / "api" / name).read_text() for name in ("volly.mjs", "volly-engine.mjs"))
    assert set(re.findall(r'(?:call|#ask|#look)\("(\w+)"', scripts)) == {*VERBS, *FACTS}


async def test_what_is_done_with_messages_is_asked_of_the_client(javascript: JavaScript) -> None:
    number = javascript.open_client()
    assert await javascript.call("send", number, "hello") == "an id"
    assert await javascript.call("reply", number, "id", "hello yourself") == "another id"
    for verb, *values in (("edit", "id", "text"), ("delete", "id"), ("react", "id", "❤"), ("unreact", "id", "❤")):
        await javascript.call(verb, number, *values)
    (client,) = javascript.page.clients
    assert [verb for verb, *_ in client.asked] == ["send", "reply", "edit", "delete", "react", "unreact"]


async def test_those_that_a_text_mentions_are_named_in_json(javascript: JavaScript) -> None:
    number = javascript.open_client()
    (client,) = javascript.page.clients
    client.people = [RoomMember("b" * 32, "Bob", is_self=False)]
    assert javascript.facade.look("people", number) == [{"id": "b" * 32, "name": "Bob", "isSelf": False}]
    mentions = json.dumps({"@Bob": "b" * 32})
    for verb, *values in (("send", "@Bob"), ("reply", "id", "@Bob"), ("edit", "id", "@Bob")):
        await javascript.call(verb, number, *values, mentions)
        assert client.asked[-1] == (verb, *values, {"@Bob": "b" * 32})


async def test_messages_are_flat_records(javascript: JavaScript) -> None:
    number = javascript.open_client()
    (client,) = javascript.page.clients
    client.messages = [
        Message(
            message_id="id",
            sender="a",
            name="Alice",
            text="🎉 @Bob",
            mentions=(Mention(2, 6, "b"),),
            sent_at=1.5,
            reactions=(Reaction("❤", ("b",)),),
            delivery=Delivery(Stage.SENT, 1, 2),
        )
    ]
    assert javascript.facade.look("messages", number) == [
        {
            "id": "id",
            "sender": "a",
            "name": "Alice",
            "text": "🎉 @Bob",
            "mentions": [{"start": 3, "end": 7, "id": "b"}],
            "sentAt": 1500,
            "disappearsAfter": None,
            "edited": False,
            "deleted": False,
            "replyTo": None,
            "reactions": {"❤": ["b"]},
            "relayedBy": None,
            "delivery": {"stage": "sent", "received": 1, "recipients": 2},
        }
    ]


async def test_what_is_set_for_the_room_is_a_flat_record(javascript: JavaScript) -> None:
    number = javascript.open_client()
    (client,) = javascript.page.clients
    bob, carol = "b" * 32, "c" * 32
    told = Origin(bytes.fromhex(carol), "Carol")
    settings = [Setting(Title("Tea"), 1), Setting(Pin(b"m" * 32, 1), 1, told)]
    client.settings.received(bob, "Bob", settings, [bob])
    assert javascript.facade.look("room", number) == {
        "title": "Tea",
        "topic": "",
        "disappearsAfter": 0,
        "setBy": {"title": {"member": bob, "toldBy": None}},
        "pins": [{"id": (b"m" * 32).hex(), "member": carol, "toldBy": bob}],
    }
    await javascript.call("setRoom", number, json.dumps({"title": "Coffee", "disappearsAfter": 300}))
    await javascript.call("pin", number, "id")
    await javascript.call("unpin", number, "id")
    assert client.asked == [("set", "Coffee", None, 300), ("pin", "id"), ("unpin", "id")]


async def test_one_that_watches_hears_of_changes_until_the_client_is_closed(
    javascript: JavaScript, capsys: pytest.CaptureFixture[str]
) -> None:
    number, heard = javascript.open_client(), []
    (client,) = javascript.page.clients
    client.change(frozenset(["unwatched"]))
    javascript.facade.watch(number, heard.append)
    client.change(frozenset(["b", "a"]))
    assert heard == [["a", "b"]]
    javascript.facade.watch(number, lambda ids: ids.missing)
    client.change(frozenset(["c"]))
    assert "AttributeError" in capsys.readouterr().err, "a fault of the program's own, which ends nothing"
    javascript.facade.watch(number, heard.append)
    await javascript.call("close", number)
    client.change(frozenset(["d"]))
    assert heard == [["a", "b"]]
