"""What crosses the wire while two people talk: no name, no message, no key, and little else."""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import re
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from livekit.api import AccessToken, VideoGrants
from playwright.sync_api import Page, expect

from tests.browser.clients import PATIENCE, Client, in_playwright, leaving, settle
from tests.browser.conftest import Visits
from tests.browser.wire import Heard, Leak, Wiretap, find
from volly_browser.room.invite import Invite
from volly_browser.server.tokens import LIFETIME, SKEW
from volly_browser.tools.stack import Stack

ALICE, BOB = "Zéphyrine Quartermain", "Balthasar Umberfield"
FROM_ALICE = ["the heron flies at midnight over Ærøskøbing", "bring the turquoise umbrella"]
FROM_BOB = ["understood, the lighthouse keeper knows", "nineteen marbles in the samovar"]
MARK = "in plain sight: a zebra crossing"


@dataclass
class Conversation:
    """Alice in the chat page and Bob in a program have talked, and are still there."""

    invite: Invite
    bob: Client
    page: Page
    taps: list[Wiretap]
    grants: list[dict[str, str]]
    group_secrets: list[bytes]

    @property
    def secrets(self) -> dict[str, str | bytes]:
        said = {f"message {text!r}": text for text in FROM_ALICE + FROM_BOB}
        groups = {f"secret of the group of {size}": secret for size, secret in enumerate(self.group_secrets, 1)}
        return {
            "Alice's name": ALICE,
            "Bob's name": BOB,
            "the link": self.invite.fragment,
            "the link's secret": self.invite.secret,
            "the door key": self.invite.door_key,
            "the psk": self.invite.psk,
            **said,
            **groups,
        }

    @property
    def heard(self) -> list[Heard]:
        return [heard for tap in self.taps for heard in tap.heard()]


@pytest.fixture(scope="module")
def conversation(open_shared_page: Visits) -> Iterator[Conversation]:
    invite = Invite.create()
    alices, bobs = open_shared_page.new_context(), open_shared_page.new_context()
    taps = [Wiretap(alices), Wiretap(bobs)]
    bob = Client(in_playwright(open_shared_page("/client.html", bobs).page), BOB)
    with leaving(bob):
        bob.connect(invite.fragment)
        secrets = [base64.b64decode(settle(bob))]
        bob.do("({ livekitRoom }) => { livekitRoom.on('dataReceived', (...data) => (window.data ??= []).push(data)); }")
        page = open_shared_page(f"/#{invite.fragment}", alices).page
        page.get_by_label("Your name").fill(ALICE)
        page.locator("#enter-button").click()
        expect(page.locator("#people-list .person-name")).to_have_text([BOB, ALICE], timeout=1000 * PATIENCE)
        secrets.append(base64.b64decode(bob.group[1]))
        for text in FROM_ALICE:
            page.get_by_role("textbox", name="Message").fill(text)
            page.get_by_role("button", name="Send").click()
            assert bob.receive() == text
        for text in FROM_BOB:
            bob.send(text)
            expect(page.locator(".message .text").last).to_have_text(text)
        grants = [json.loads(tap.token_answers.bodies[-1]) for tap in taps]
        yield Conversation(invite, bob, page, taps, grants, secrets)


@pytest.mark.browser
def test_nobody_on_the_way_hears_a_name_a_message_or_a_key(conversation: Conversation) -> None:
    assert find(conversation.secrets, conversation.heard) == set()


@pytest.mark.browser
def test_the_wiretap_hears_both_sides_on_every_way(conversation: Conversation) -> None:
    for tap, texts in zip(conversation.taps, (FROM_ALICE, FROM_BOB), strict=True):
        ways = Counter(where for where, _ in tap.heard())
        assert ways["data channel"] > len(texts)
        assert ways["WebSocket"] > 4
        assert {"WebSocket's address", "HTTP address", "HTTP header user-agent", "HTTP body", "HTTP answer"} <= set(
            ways
        )


@pytest.mark.browser
@pytest.mark.parametrize(
    ("way", "send"),
    [
        ("data channel", "me.publishData(new TextEncoder().encode(mark), { reliable: true })"),
        ("data channel", "me.publishData(new TextEncoder().encode(mark), { reliable: false })"),
        ("WebSocket", "me.setAttributes({ note: btoa(`to you: ${mark}`) }).then(() => me.setAttributes({ note: '' }))"),
        ("HTTP address", "fetch(`/healthz?note=${encodeURIComponent(mark)}`)"),
        ("HTTP header x-note", "fetch('/healthz', { headers: { 'X-Note': btoa(mark) } })"),
        ("HTTP body", "fetch('/token', { method: 'POST', body: mark })"),
    ],
)
def test_the_wiretap_finds_what_is_sent_in_plain(conversation: Conversation, way: str, send: str) -> None:
    mark = f"{MARK} {random.randbytes(8).hex()}"
    conversation.bob.do(f"async ({{ livekitRoom: {{ localParticipant: me }} }}, mark) => {{ await {send}; }}", mark)
    leaks = find({"mark": mark[-16:]}, conversation.taps[1].heard())
    assert leaks == {Leak("mark", way)}


@pytest.mark.browser
def test_what_others_send_in_plain_is_heard_where_it_arrives(conversation: Conversation) -> None:
    conversation.bob.do(
        """async ({ livekitRoom: { localParticipant: me } }, note) => {
          await me.setAttributes({ note });
          await me.setAttributes({ note: "" });
        }""",
        MARK,
    )
    conversation.bob.send("now?")  # LiveKit has told Alice before this arrives
    expect(conversation.page.locator(".message .text").last).to_have_text("now?")
    assert Leak("mark", "WebSocket") in find({"mark": MARK}, conversation.taps[0].heard())


@pytest.mark.browser
def test_a_token_says_nothing_and_allows_little(conversation: Conversation, stack: Stack) -> None:
    claims = [jwt.decode(grant["token"], stack.api_secret, algorithms=["HS256"]) for grant in conversation.grants]
    for claim in claims:
        assert claim["video"] == {
            "room": conversation.invite.room_id,
            "roomJoin": True,
            "canPublish": False,
            "canPublishData": True,
            "canSubscribe": True,
            "canUpdateOwnMetadata": True,
        }
        assert claim["exp"] - claim["nbf"] == (SKEW + LIFETIME).total_seconds()
        assert re.fullmatch(r"[\w-]{22}", claim["sub"])
        assert not claim.keys() - {"video", "sub", "iss", "nbf", "exp"}
    assert claims[0]["sub"] != claims[1]["sub"]


@pytest.mark.browser
def test_livekit_knows_neither_names_nor_topics(conversation: Conversation, stack: Stack) -> None:
    room = conversation.invite.room_id
    [known] = ask_livekit(stack, "ListRooms", {"names": [room]})["rooms"]
    assert known["name"] == room
    assert not known.get("metadata")
    participants = ask_livekit(stack, "ListParticipants", {"room": room})["participants"]
    assert {participant["identity"] for participant in participants} == {
        grant["identity"] for grant in conversation.grants
    }
    for participant in participants:
        assert not participant.get("name")
        assert not participant.get("metadata")
        assert not participant.get("tracks")
        assert participant["attributes"].keys() <= {"volly"}
    topics = conversation.bob.do("() => data.map(([payload, participant, kind, topic]) => topic ?? '')")
    assert len(topics) >= len(FROM_ALICE)
    assert set(topics) == {""}


def ask_livekit(stack: Stack, method: str, question: dict[str, Any]) -> dict[str, Any]:
    """Call LiveKit's RoomService, as its operator."""
    grants = VideoGrants(room_list=True, room_admin=True, room=question.get("room", ""))
    token = AccessToken(stack.api_key, stack.api_secret).with_grants(grants).to_jwt()
    request = urllib.request.Request(
        stack.livekit_url.replace("ws", "http", 1) + f"/twirp/livekit.RoomService/{method}",
        json.dumps(question).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        result: dict[str, Any] = json.load(answer)
        return result


# Every page


@pytest.mark.browser
def test_no_page_asks_other_servers_for_anything(open_page: Visits) -> None:
    chat, program, lab = (open_page(path) for path in ("/", "/client.html", "/lab.html"))
    program.page.evaluate("() => volly.ready")
    expect(lab.page.locator("#run-all:enabled")).to_be_visible(timeout=1000 * PATIENCE)
    chat.page.get_by_label("Your name").fill(ALICE)
    chat.page.locator("#enter-button").click()
    expect(chat.page.locator("#state-text")).to_have_text("Nobody else here", timeout=1000 * PATIENCE)
    for visit in (chat, program, lab):
        assert len(visit.requests) > 10
        assert visit.foreign_requests == []
    assert any(url.startswith("ws:") for url in chat.requests)


@pytest.mark.browser
def test_a_request_to_another_server_would_be_noticed(open_page: Visits) -> None:
    context = open_page.new_context(bypass_csp=True)
    context.route("https://elsewhere.example/**", lambda route: route.abort())
    visit = open_page("/404.html", context)
    visit.page.evaluate("() => fetch('https://elsewhere.example/').catch(() => {})")
    with visit.page.expect_websocket():
        visit.page.evaluate("() => { new WebSocket('ws://127.0.0.1:9'); }")
    assert visit.foreign_requests == ["https://elsewhere.example/", "ws://127.0.0.1:9/"]
    visit.requests.clear()  # else the fixture would notice, too


# The search


TEXT = FROM_ALICE[0]
ENCODED: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16, little end first": lambda text: text.encode("utf-16-le"),
    "utf-16, big end first": lambda text: text.encode("utf-16-be"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, one byte further": lambda text: base64.b64encode(b"?" + text.encode()),
    "base64, two bytes further": lambda text: base64.b64encode(b"?!" + text.encode()),
    "base64 of utf-16": lambda text: base64.b64encode(b"?!" + text.encode("utf-16-le")),
    "base64url": lambda text: base64.urlsafe_b64encode(b"\xff\xfe" + text.encode()).rstrip(b"="),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "hexadecimal in capitals": lambda text: text.encode().hex().upper().encode(),
    "percent signs": lambda text: quote(text).encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip in base64 in an address": lambda text: quote(base64.b64encode(gzip.compress(text.encode()))).encode(),
    "twice base64": lambda text: base64.b64encode(base64.b64encode(text.encode())),
    "a part of it": lambda text: text.encode()[7:22],
}


@pytest.mark.parametrize("encode", ENCODED.values(), ids=ENCODED.keys())
def test_the_search_sees_through(encode: Callable[[str], bytes]) -> None:
    data = b"\x00\x7f=" + encode(TEXT) + b"&\xff"
    assert find({"text": TEXT, "other": "something else entirely"}, [Heard("here", data)]) == {Leak("text", "here")}


def test_the_search_finds_nothing_in_noise() -> None:
    noise = os.urandom(50_000)
    assert (
        find({"text": TEXT, "key": os.urandom(32)}, [Heard("a", noise), Heard("b", base64.b64encode(noise))]) == set()
    )
