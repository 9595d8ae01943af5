"""volly.mjs as other people's pages use it: the README's snippet, and a conversation."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.clients import until
from tests.browser.conftest import Visit, Visits
from volly_browser.room.invite import Invite

pytestmark = pytest.mark.browser

Room = str


def ready_page(visits: Visits) -> Visit:
    visit = visits("/client.html")
    visit.page.evaluate("volly.ready")
    return visit


@pytest.fixture(scope="module")
def alices(open_shared_page: Visits) -> Visit:
    return ready_page(open_shared_page)


@pytest.fixture(scope="module")
def bobs(open_shared_page: Visits) -> Visit:
    return ready_page(open_shared_page)


@pytest.fixture
def page(alices: Visit) -> Page:
    """A page with a tested engine."""
    return alices.page


@pytest.fixture
def room() -> Room:
    """A name that no other test uses."""
    return f"test {uuid.uuid4()}"


def failure(page: Page, expression: str, argument: object = None) -> tuple[str, str]:
    """The name and the message of the error in which a JavaScript expression ends."""
    outcome = page.evaluate(
        f"""async (argument) => {{
          try {{ await ({expression}); }}
          catch (error) {{ return [error instanceof Error, error.name, error.message]; }}
        }}""",
        argument,
    )
    assert outcome, f"{expression} did not fail"
    is_error, name, message = outcome
    assert is_error
    assert "Traceback" not in message
    return name, message


def connect(visit: Visit, name: str, room: Room, **options: bool | int) -> None:
    """Make `window[name]`, a test client in the room."""
    visit.page.evaluate(
        """async ([name, room, options]) => {
          window[name] = await volly.createTestClient(name, options);
          await window[name].connect(room);
        }""",
        [name, room, options],
    )


@pytest.fixture
def alice_and_bob(alices: Visit, bobs: Visit, room: Room) -> Iterator[tuple[Page, Page]]:
    """`alice` and `bob`, each in a browser context, in one room."""
    connect(alices, "alice", room)
    connect(bobs, "bob", room)
    yield alices.page, bobs.page
    alices.page.evaluate("alice.close()")
    bobs.page.evaluate("bob.close()")


def wait_for_members(page: Page, client: str, number: int) -> None:
    until(page, f"{client}.members === {number}")


# A conversation, step by step


def test_pq_key_exchange_via_livekit(alice_and_bob: tuple[Page, Page]) -> None:
    """Keys, a room, a message: everything that the facade offers, over LiveKit."""
    alice, bob = alice_and_bob
    secret = alice.evaluate("Array.from(alice.sharedSecret)")
    assert len(secret) == 32
    assert bob.evaluate("Array.from(bob.sharedSecret)") == secret
    message = "Hello, quantum world!"
    alice.evaluate("message => alice.sendEncrypted(message)", message)
    assert bob.evaluate("bob.receiveDecrypted()") == message


def test_its_client_side_components(page: Page) -> None:
    """Initialize, generate, exchange, encapsulate, encrypt, in one go."""
    assert page.evaluate("""async () => {
      const peer = await (await volly.initializeWasmCrypto()).generateKeyPair();
      const exchangePublicKeys = async (publicKey) => peer.publicKey;

      const crypto = await volly.initializeWasmCrypto();
      const { publicKey, secretKey } = await crypto.generateKeyPair();
      const peerPublicKey = await exchangePublicKeys(publicKey);
      const sharedSecret = await crypto.encapsulate(peerPublicKey);
      const metadata = { publicKey: publicKey.toString('base64'), algorithm: 'ML-KEM-768' };
      const encryptedMetadata = await crypto.encrypt(metadata, sharedSecret);

      const peersSecret = await crypto.decapsulate(sharedSecret.ciphertext, peer.secretKey);
      const opened = JSON.parse(new TextDecoder().decode(await crypto.decrypt(encryptedMetadata, peersSecret)));
      const types = [publicKey, secretKey, encryptedMetadata, peersSecret].map((bytes) => bytes.constructor.name);
      return [types, publicKey.length, secretKey.length, opened.algorithm, opened.publicKey === publicKey.toString()];
    }""") == [["Uint8Array"] * 4, 1184, 64, "ML-KEM-768", True]


def test_its_production_configuration_names_a_file_where_a_folder_is_meant(page: Page) -> None:
    name, message = failure(
        page,
        """new volly.VollyClient({
          signalingUrl: 'wss://signaling.volly.app',
          wasmCryptoUrl: '/wasm/crypto.wasm',
          enablePostQuantum: true
        }).connect("v1.")""",
    )
    assert name == "WrongFolder"
    assert "wasmCryptoUrl is the folder that holds the Pyodide files" in message


# The operations


@pytest.mark.parametrize(
    ("data", "opened"),
    [
        ("new Uint8Array([0, 255, 7])", [0, 255, 7]),
        ("'für dich'", list("für dich".encode())),
        ("[1, {a: 'ß'}]", list('[1,{"a":"ß"}]'.encode())),
        ("''", []),
    ],
    ids=["bytes", "text", "json", "nothing"],
)
def test_what_is_encrypted_comes_back_as_bytes(page: Page, data: str, opened: list[int]) -> None:
    assert (
        page.evaluate(f"""async () => {{
          const crypto = await volly.initializeWasmCrypto();
          const secret = globalThis.crypto.getRandomValues(new Uint8Array(32));
          return Array.from(await crypto.decrypt(await crypto.encrypt({data}, secret), secret));
        }}""")
        == opened
    )


@pytest.mark.parametrize(
    ("call", "name", "beginning"),
    [
        ("encapsulate('key')", "TypeError", "publicKey is a Uint8Array, not a string."),
        ("encapsulate(new Uint8Array(7))", "InvalidKey", ""),
        ("encapsulate(new Uint8Array(1184).fill(255))", "InvalidKey", ""),
        ("decapsulate(new Uint8Array(1088))", "TypeError", "secretKey is a Uint8Array, not undefined."),
        ("decapsulate(new Uint8Array(1), new Uint8Array(64))", "DecryptionFailed", ""),
        ("decapsulate(new Uint8Array(1088), new Uint8Array(2400))", "InvalidKey", ""),
        ("encrypt(42, new Uint8Array(32))", "TypeError", "data is a Uint8Array, not a number."),
        ("encrypt('data', new Uint8Array(31))", "InvalidKey", "The secret has 31 bytes instead of 32."),
        ("encrypt('data', {})", "TypeError", "secret is a Uint8Array, not undefined."),
        ("decrypt('data', new Uint8Array(32))", "TypeError", "data is a Uint8Array, not a string."),
        ("decrypt(new Uint8Array(40), new Uint8Array(32))", "DecryptionFailed", ""),
        ("decrypt(new Uint8Array(0), new Uint8Array(32))", "DecryptionFailed", ""),
    ],
)
def test_a_wrong_argument_is_a_clear_error(page: Page, call: str, name: str, beginning: str) -> None:
    found, message = failure(page, f"volly.initializeWasmCrypto().then((crypto) => crypto.{call})")
    assert found == name
    assert message.startswith(beginning)
    assert message.endswith(".")


def test_even_a_mistake_of_ours_is_an_error_without_a_traceback(page: Page) -> None:
    engine = 'Promise.all(globalThis[Symbol.for("volly.engines")].values()).then(([engine]) => engine'
    name, message = failure(page, f"{engine}.openClient({{}}))")
    assert name == "TypeError"
    assert "\n" not in message


def test_the_operations_can_be_taken_apart(page: Page) -> None:
    assert (
        page.evaluate("""async () => {
      const { generateKeyPair, encapsulate } = await volly.initializeWasmCrypto();
      return (await encapsulate((await generateKeyPair()).publicKey)).ciphertext.length;
    }""")
        == 1088
    )


# Options


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("{signallingUrl: 'wss://a.example'}", 'VollyClient has no option "signallingUrl".'),
        ("{signalingUrl: 'signaling.volly.app'}", "The option signalingUrl of VollyClient is the address"),
        ("{signalingUrl: 'https://a.example'}", "The option signalingUrl of VollyClient is the address"),
        ("{tokenUrl: ''}", "The option tokenUrl of VollyClient is the address of a token service"),
        ("{tokenUrl: 'ftp://a.example'}", "The option tokenUrl of VollyClient is the address of a token service"),
        ("{wasmCryptoUrl: 7}", "The option wasmCryptoUrl of VollyClient is the address of the folder"),
        ("{enablePostQuantum: 'no'}", 'The option enablePostQuantum of VollyClient is true or false, not "no".'),
        ("{enablePostQuantum: null}", "The option enablePostQuantum of VollyClient is true or false, not null."),
        ("null", "VollyClient takes an object with options, not null."),
        ("'wss://a.example'", "VollyClient takes an object with options"),
    ],
)
def test_a_wrong_option_is_a_type_error_at_once(page: Page, options: str, sentence: str) -> None:
    name, message = failure(page, f"new volly.VollyClient({options})")
    assert name == "TypeError"
    assert message.startswith(sentence)


@pytest.mark.parametrize(
    "call",
    [
        "volly.initializeWasmCrypto({wasmUrl: '/'})",
        "volly.createTestClient()",
        "volly.createTestClient('alice', {tokenUrl: '/token'})",
        "new volly.VollyClient().connect(7)",
        "new volly.VollyClient().sendEncrypted(new Uint8Array(3))",
        "new volly.VollyClient().receiveDecrypted({timeoutMs: '5'})",
        "new volly.VollyClient().receiveDecrypted({timeoutMs: -1})",
        "new volly.VollyClient().receiveDecrypted({timeout: 5})",
    ],
)
def test_so_is_a_wrong_argument_anywhere_else(page: Page, call: str) -> None:
    assert failure(page, call)[0] == "TypeError"


def test_an_option_that_is_undefined_is_one_that_is_left_out(page: Page) -> None:
    page.evaluate("new volly.VollyClient({tokenUrl: undefined})")


def test_a_folder_can_be_named_with_and_without_its_last_slash(alices: Visit) -> None:
    alices.page.evaluate("""async () => {
      const { wasmCryptoUrl } = await (await fetch("/config.json")).json();
      await volly.initializeWasmCrypto({ wasmCryptoUrl });
      await volly.initializeWasmCrypto({ wasmCryptoUrl: wasmCryptoUrl.replace(/\\/$/, "") });
    }""")
    assert [url.rpartition("/")[2] for url in alices.requests].count("pyodide.asm.wasm") == 1


# Clients


def test_texts_sent_at_once_arrive_in_the_order_of_the_calls(alice_and_bob: tuple[Page, Page]) -> None:
    alice, bob = alice_and_bob
    texts = [f"text {number}" for number in range(20)]
    alice.evaluate("texts => Promise.all(texts.map((text) => alice.sendEncrypted(text)))", texts)
    received = bob.evaluate(
        "count => Promise.all(Array.from({length: count}, () => bob.receiveDecrypted({timeoutMs: 60000})))", 20
    )
    assert received == texts


def test_a_text_keeps_every_character(alice_and_bob: tuple[Page, Page]) -> None:
    alice, bob = alice_and_bob
    text = "ünï \N{SNOWMAN} \N{GRINNING FACE} \0 \r\n" + "x" * 20_000
    alice.evaluate("text => alice.sendEncrypted(text)", text)
    assert bob.evaluate("bob.receiveDecrypted({timeoutMs: 60000})") == text


def test_waiting_for_a_text_ends_at_the_timeout_and_loses_nothing(alice_and_bob: tuple[Page, Page]) -> None:
    alice, bob = alice_and_bob
    name, message = failure(bob, "bob.receiveDecrypted({timeoutMs: 250})")
    assert (name, message) == ("ReceiveTimeout", "No message came within 0.25 seconds.")
    alice.evaluate("alice.sendEncrypted('late')")
    assert bob.evaluate("bob.receiveDecrypted({timeoutMs: 10000})") == "late"


def test_waiting_ends_at_the_timeout_while_there_is_no_connection_yet(page: Page, room: Room) -> None:
    page.route("**/token", lambda _route: None, times=1)  # never answered
    outcome = page.evaluate(
        """async (room) => {
          const client = await volly.createTestClient("alice");
          const connecting = client.connect(room).catch((error) => error.name);
          const received = await client.receiveDecrypted({ timeoutMs: 300 }).catch((error) => error.name);
          const sending = client.sendEncrypted("never").catch((error) => error.name);
          await client.close();
          return [received, await connecting, await sending];
        }""",
        room,
    )
    assert outcome == ["ReceiveTimeout", "RoomClosed", "RoomClosed"]


def test_members_and_the_secret_follow_each_coming_and_going(alice_and_bob: tuple[Page, Page]) -> None:
    alice, bob = alice_and_bob
    wait_for_members(alice, "alice", 2)
    before = alice.evaluate("Array.from(alice.sharedSecret)")
    bob.evaluate("bob.close()")
    wait_for_members(alice, "alice", 1)
    assert alice.evaluate("Array.from(alice.sharedSecret)") != before


def test_a_client_that_was_closed_says_so(alice_and_bob: tuple[Page, Page], room: Room) -> None:
    alice, _ = alice_and_bob
    alice.evaluate("void (window.receiving = alice.receiveDecrypted().catch((error) => error.name))")
    alice.evaluate("Promise.all([alice.close(), alice.close()])")
    assert alice.evaluate("receiving") == "RoomClosed"
    for call in ("connect(argument)", "sendEncrypted('hello?')", "receiveDecrypted()"):
        assert failure(alice, f"alice.{call}", room) == ("RoomClosed", "This client was closed; make another one.")
    assert alice.evaluate("[alice.members, alice.sharedSecret === undefined, alice.livekitRoom === undefined]") == [
        0,
        True,
        True,
    ]


def test_a_client_connects_once(alice_and_bob: tuple[Page, Page], room: Room) -> None:
    alice, _ = alice_and_bob
    assert failure(alice, "alice.connect(argument)", room)[0] == "AlreadyConnected"


def test_a_client_that_is_not_connected_says_so(page: Page) -> None:
    sentence = "This client is not connected; call connect first."
    assert failure(page, "new volly.VollyClient().sendEncrypted('hello?')") == ("NotConnected", sentence)
    assert failure(page, "new volly.VollyClient().receiveDecrypted()") == ("NotConnected", sentence)
    assert page.evaluate("new volly.VollyClient().members") == 0


def test_only_a_test_client_takes_a_room_name(page: Page, room: Room) -> None:
    name, message = failure(page, "new volly.VollyClient().connect(argument)", room)
    assert name == "InviteError"
    assert message.startswith("This is not an invite link.")


def test_a_client_that_was_refused_can_try_again(page: Page) -> None:
    assert page.evaluate("""async () => {
      const { createInvite } = await import("/volly.mjs");
      const client = new volly.VollyClient();
      const why = await client.connect("v1.broken").catch((error) => error.name);
      await client.connect(await createInvite());
      const { members } = client;
      await client.close();
      return [why, members];
    }""") == ["InviteError", 1]


def test_closing_ends_the_connecting(page: Page, room: Room) -> None:
    assert (
        page.evaluate(
            """async (room) => {
              const client = await volly.createTestClient("alice");
              const connecting = client.connect(room).catch((error) => error.name);
              await client.close();
              return connecting;
            }""",
            room,
        )
        == "RoomClosed"
    )


def test_a_client_whose_place_was_taken_says_so_and_takes_it_over(alice_and_bob: tuple[Page, Page]) -> None:
    alice, bob = alice_and_bob
    why = bob.evaluate("""async () => {
      const { engine } = bob.livekitRoom;
      const copy = new bob.livekitRoom.constructor();
      const hearing = bob.receiveDecrypted({ timeoutMs: 20_000 }).catch((error) => error.name);
      await copy.connect(engine.url, engine.token, { autoSubscribe: false, rtcConfig: { iceServers: [] } });
      const why = await hearing;
      await copy.disconnect();
      return why;
    }""")
    assert why == "Displaced"
    bob.evaluate("bob.takeOver()")
    alice.evaluate("alice.sendEncrypted('there you are')")
    assert bob.evaluate("bob.receiveDecrypted({ timeoutMs: 20_000 })") == "there you are"


def test_the_livekit_room_can_be_had(alice_and_bob: tuple[Page, Page]) -> None:
    alice, _ = alice_and_bob
    assert alice.evaluate("[alice.livekitRoom.state, alice.livekitRoom.localParticipant.name]") == ["connected", ""]


def test_without_post_quantum_cryptography_the_room_is_classical(alices: Visit, bobs: Visit, room: Room) -> None:
    connect(alices, "alice", room, enablePostQuantum=False)
    connect(bobs, "bob", room, enablePostQuantum=False)
    wait_for_members(alices.page, "alice", 2)
    connect(bobs, "carol", room)  # the policy is part of the room, so this is another one
    assert bobs.page.evaluate("carol.members") == 1
    alices.page.evaluate("alice.close()")
    bobs.page.evaluate("Promise.all([bob.close(), carol.close()])")


def test_nobody_is_led_into_a_classical_room(page: Page) -> None:
    made = """import("/volly.mjs").then(({ createInvite }) => createInvite({ enablePostQuantum: false }))"""
    name, message = failure(page, f"{made}.then((invite) => new volly.VollyClient().connect(invite))")
    assert name == "PolicyRefused"
    assert "enablePostQuantum" in message
    assert (
        page.evaluate(f"""async () => {{
      const client = new volly.VollyClient({{ enablePostQuantum: false }});
      await client.connect(await {made});
      const {{ members }} = client;
      await client.close();
      return members;
    }}""")
        == 1
    )


PROXIES = """async (expression) => {
  const [engine] = await Promise.all(globalThis[Symbol.for("volly.engines")].values());
  const module = engine.pyodide._module;
  module.enable_pyproxy_allocation_tracing();
  if (expression) window.leak = engine.pyodide.runPython(expression);
  engine.pyodide.runPython("import gc; gc.collect()");
  return [module.pyproxy_alloc_map.size, module._hiwire_num_refs()];
}"""
"""How many of Python's objects JavaScript holds, and the other way round; `expression` is one more to hold."""


def use_everything(alices: Visit, bobs: Visit) -> None:
    room = f"test {uuid.uuid4()}"
    connect(alices, "alice", room)
    connect(bobs, "bob", room)
    alices.page.evaluate("""async () => {
      const crypto = await volly.initializeWasmCrypto();
      const { publicKey, secretKey } = await crypto.generateKeyPair();
      const made = await crypto.encapsulate(publicKey);
      await crypto.decapsulate(made.ciphertext, secretKey);
      await crypto.decrypt(await crypto.encrypt("data", made), made);
      await crypto.encapsulate(new Uint8Array(3)).catch(() => {});
      await alice.sendEncrypted("hello");
      await alice.receiveDecrypted({ timeoutMs: 10 }).catch(() => {});
      [alice.sharedSecret, alice.members, alice.livekitRoom];
    }""")
    assert bobs.page.evaluate("bob.receiveDecrypted({timeoutMs: 60000})") == "hello"
    alices.page.evaluate("alice.close()")
    bobs.page.evaluate("bob.close()")


def test_no_proxy_is_left_behind(alices: Visit, bobs: Visit) -> None:
    alices.page.evaluate(PROXIES)
    bobs.page.evaluate(PROXIES)
    use_everything(alices, bobs)
    before = [visit.page.evaluate(PROXIES) for visit in (alices, bobs)]
    for _ in range(3):
        use_everything(alices, bobs)
    assert [visit.page.evaluate(PROXIES) for visit in (alices, bobs)] == before


def test_one_that_is_left_behind_is_noticed(page: Page) -> None:
    theirs, ours = page.evaluate(PROXIES)
    assert page.evaluate(PROXIES, "object()") == [theirs + 1, ours]
    assert page.evaluate(PROXIES, "import js\nkept = js.Object.new()") == [theirs + 1, ours + 1]


# Pages of other people


def test_any_page_of_the_site_can_use_it_under_the_strict_policy(open_page: Visits) -> None:
    """A page that brings nothing along; and nothing has to be waited for before a client is used."""
    page = open_page("/404.html").page
    assert page.evaluate("""async () => {
      const { createInvite, initializeWasmCrypto, VollyClient } = await import("/volly.mjs");
      const client = new VollyClient();
      const connecting = client.connect(await createInvite());
      const sending = client.sendEncrypted("to whom it may concern");
      const crypto = await initializeWasmCrypto();
      await Promise.all([connecting, sending]);
      const { members } = client;
      await client.close();
      return [(await crypto.generateKeyPair()).publicKey.length, members];
    }""") == [1184, 1]


def test_messages_are_answered_edited_taken_back_and_reacted_to(alice_and_bob: tuple[Page, Page]) -> None:
    alice, bob = alice_and_bob
    bob.evaluate("() => { window.changed = []; bob.onChange((ids) => changed.push(...ids)); }")
    first = alice.evaluate("alice.sendEncrypted('hallo')")
    until(bob, "(id) => bob.messages().some((message) => message.id === id)", first)
    answer = bob.evaluate("(id) => bob.reply(id, 'hello yourself')", first)
    bob.evaluate("(id) => bob.react(id, '👍')", first)
    alice.evaluate("(id) => alice.edit(id, 'hello')", first)
    slip = alice.evaluate("alice.sendEncrypted('a slip')")
    alice.evaluate("(id) => alice.delete(id)", slip)
    until(bob, "bob.messages().length === 3 && bob.messages()[2].deleted && bob.messages()[0].edited")
    until(alice, "Object.keys(alice.messages()[0].reactions).length === 1")
    for page, name in ((alice, "alice"), (bob, "bob")):
        hello, yourself, gone = page.evaluate(f"{name}.messages()")
        assert (hello["id"], hello["text"], hello["name"], hello["edited"]) == (first, "hello", "alice", True)
        assert hello["reactions"] == {"👍": [yourself["sender"]]}
        assert (yourself["id"], yourself["replyTo"]) == (answer, first)
        assert (gone["text"], gone["deleted"]) == (None, True)
    assert {first, answer, slip} <= set(bob.evaluate("changed"))
    name, sentence = failure(bob, "bob.edit(bob.messages()[0].id, 'mine')")
    assert (name, sentence) == ("NotOurs", "Only its author can change a message.")
    bob.evaluate("(id) => bob.unreact(id, '👍🏽')", first)
    until(alice, "Object.keys(alice.messages()[0].reactions).length === 0")


def test_a_newcomer_is_told_what_was_said_before(alices: Visit, bobs: Visit, room: Room) -> None:
    alice, bob = alices.page, bobs.page
    connect(alices, "alice", room, history=20)
    connect(bobs, "bob", room)
    said = [
        alice.evaluate("alice.sendEncrypted('one')"),
        bob.evaluate("bob.sendEncrypted('two')"),
    ]
    until(alice, "() => alice.messages().length === 2")
    connect(bobs, "carol", room)
    until(bob, "() => carol.messages().length === 2")
    one, two = bob.evaluate("carol.messages()")
    assert [one["id"], two["id"]] == said
    alices_id = one["sender"]
    assert (one["text"], one["relayedBy"], one.get("confirmed")) == ("one", None, None)
    assert (two["text"], two["relayedBy"], two["confirmed"]) == ("two", alices_id, True)
    alice.evaluate("alice.close()")
    bob.evaluate("Promise.all([bob.close(), carol.close()])")


def test_a_link_says_how_much_newcomers_are_told(page: Page) -> None:
    create = """import("/volly.mjs").then(({ createInvite }) => createInvite({ history: %s }))"""
    assert Invite.parse(page.evaluate(create % 300)).history == 300
    for wrong in ("-1", "501", "1.5", "'20'"):
        name, sentence = failure(page, create % wrong)
        assert name == "TypeError"
        assert "a whole number of messages, 0 to 500" in sentence
