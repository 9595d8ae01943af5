import json

import jwt
import pytest

from volly_browser.server import tokens
from volly_browser.server.tokens import BadRequest, LiveKitAccess

ROOM = "AAAAAAAAAAAAAAAAAAAAAA"
ACCESS = LiveKitAccess("ws://127.0.0.1:7880", "a key", "a secret that is long enough for HMAC-SHA256")


def issued() -> tuple[dict[str, str | int], dict[str, object]]:
    answer = tokens.issue(ACCESS, ROOM)
    return answer, jwt.decode(answer["token"], ACCESS.api_secret, algorithms=["HS256"])


def test_the_token_lets_one_random_identity_into_one_room_for_five_minutes() -> None:
    answer, claims = issued()
    assert answer["url"] == ACCESS.url
    assert claims["sub"] == answer["identity"]
    assert claims["iss"] == ACCESS.api_key
    assert claims["exp"] - answer["time"] == 300


def test_a_livekit_whose_clock_is_ten_minutes_behind_accepts_the_token() -> None:
    answer, claims = issued()
    assert claims["nbf"] == answer["time"] - 600


def test_the_answer_says_what_time_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.9)
    assert tokens.issue(ACCESS, ROOM)["time"] == 1_800_000_000


def test_the_token_grants_what_a_chat_needs_and_nothing_else() -> None:
    _, claims = issued()
    granted = {name: value for name, value in claims["video"].items() if value}
    assert granted == {
        "roomJoin": True,
        "room": ROOM,
        "canPublishData": True,
        "canSubscribe": True,
        "canUpdateOwnMetadata": True,
    }
    assert claims["video"]["canPublish"] is False


def test_the_token_names_nobody() -> None:
    _, claims = issued()
    assert not claims.get("name")
    assert not claims.get("metadata")
    assert not claims.get("attributes")


def test_no_two_visitors_get_the_same_identity() -> None:
    identities = {issued()[0]["identity"] for _ in range(50)}
    assert len(identities) == 50
    assert all(len(identity) == 22 for identity in identities)


def test_a_room_id_of_128_bits_is_accepted() -> None:
    assert tokens.parse_request(json.dumps({"room": "x-_9" + "a" * 17 + "w"}).encode()) == "x-_9" + "a" * 17 + "w"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 1000,
        b"[]",
        b'"room"',
        b"{}",
        b'{"room": null}',
        b'{"room": 22}',
        b'{"room": ["AAAAAAAAAAAAAAAAAAAAAA"]}',
        b'{"room": "a readable name"}',
        b'{"room": "AAAAAAAAAAAAAAAAAAAAA"}',
        b'{"room": "AAAAAAAAAAAAAAAAAAAAAAA"}',
        b'{"room": "AAAAAAAAAAAAAAAAAAAAAB"}',
        b'{"room": "AAAAAAAAAAAAAAAAAAAAAA\\n"}',
        b'{"room": "AAAAAAAAAAAAAAAAAAAAA/"}',
        b'{"room": "AAAAAAAAAAAAAAAAAAAAAA", "name": "Alice"}',
        b'{"Room": "AAAAAAAAAAAAAAAAAAAAAA"}',
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        tokens.parse_request(body)
