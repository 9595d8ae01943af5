from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from volly_browser.errors import LocalError
from volly_browser.transport import tokens
from volly_browser.transport.contract import TransportError, TransportRefused
from volly_browser.transport.tokens import Grant, TokenService

GRANT = {"url": "ws://livekit", "token": "jwt", "identity": "random"}


class Answer(NamedTuple):
    status: int
    value: Any


class Service:
    """A token service that says what it is told to."""

    def __init__(self, answer: Answer | LocalError) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Mapping[str, object]]] = []

    async def post(self, url: str, body: Mapping[str, object]) -> Answer:
        self.asked.append((url, body))
        if isinstance(self.answer, LocalError):
            raise self.answer
        return self.answer


async def test_a_grant_is_fetched_anew_each_time_and_for_the_opaque_room_only() -> None:
    service = Service(Answer(200, GRANT))
    fetch = TokenService(service.post, "/token", "r" * 22)
    assert await fetch() == await fetch() == Grant("ws://livekit", "jwt")
    assert service.asked == [("/token", {"room": "r" * 22})] * 2


async def test_another_livekit_than_the_service_names_can_be_used() -> None:
    fetch = TokenService(Service(Answer(200, GRANT)).post, "/token", "r" * 22, "wss://elsewhere")
    assert (await fetch()).url == "wss://elsewhere"


async def test_the_token_does_not_show() -> None:
    assert "jwt" not in repr(Grant("ws://livekit", "jwt"))


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (LocalError("No answer from /token."), TransportError, "cannot be reached. No answer"),
        (Answer(503, None), TransportError, "HTTP 503"),
        (Answer(429, {"error": "Too many."}), TransportError, "Too many."),
        (Answer(400, {"error": "The room id is malformed."}), TransportRefused, "The room id is malformed."),
        (Answer(404, None), TransportRefused, "HTTP 404"),
        (Answer(405, None), TransportRefused, "HTTP 405"),
        (Answer(501, None), TransportRefused, "HTTP 501"),
        (Answer(429, None), TransportError, "HTTP 429"),
        (Answer(400, {"error": 7}), TransportError, "Something keeps this page from the token service"),
        (Answer(403, {"error": "<html>"}), TransportError, "HTTP 403"),
        (Answer(407, None), TransportError, "HTTP 407"),
        (Answer(511, None), TransportError, "HTTP 511"),
        (Answer(302, {"error": "Elsewhere."}), TransportError, "HTTP 302"),
        (Answer(200, None), TransportError, "sign-in page of a network"),
        (Answer(200, []), TransportError, "not a token service"),
        (Answer(200, "grant"), TransportError, "not a token service"),
        (Answer(200, {"url": "ws://livekit"}), TransportError, "not a token service"),
        (Answer(200, {"url": 1, "token": 2}), TransportError, "not a token service"),
        (Answer(200, {"url": "javascript:alert(1)", "token": "t"}), TransportError, "not a token service"),
        (Answer(200, {"url": "wss:///", "token": "t"}), TransportError, "not a token service"),
        (Answer(200, {"url": ["ws://livekit"], "token": {}}), TransportError, "not a token service"),
    ],
)
async def test_what_is_no_grant_is_a_sentence_that_says_whether_to_try_again(
    answer: Answer | LocalError, error: type[Exception], says: str
) -> None:
    with pytest.raises(TransportError, match=says) as raised:
        await TokenService(Service(answer).post, "/token", "r" * 22)()
    assert type(raised.value) is error


async def test_a_service_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    async def post(url: str, body: Mapping[str, object]) -> Answer:
        await asyncio.sleep(60)
        return Answer(200, GRANT)

    monkeypatch.setattr(tokens, "PATIENCE", 0.01)
    with pytest.raises(TransportError, match="too long"):
        await TokenService(post, "/token", "r" * 22)()


class Clocks:
    """Ours and the service's, and what was told of their difference."""

    def __init__(self, ours: float) -> None:
        self.ours = ours
        self.told: list[float] = []

    async def compare(self, theirs: object, round_trip: float = 0.0) -> list[float]:
        async def post(url: str, body: Mapping[str, object]) -> Answer:
            self.ours += round_trip
            return Answer(200, {**GRANT, "time": theirs})

        await TokenService(post, "/token", "r" * 22, None, lambda: self.ours, self.told.append)()
        return self.told


async def test_a_clock_that_is_wrong_is_told_by_how_much() -> None:
    assert await Clocks(1_000_000.0).compare(1_003_600) == [-3600]
    assert await Clocks(1_000_000.0).compare(996_400.5) == [3599.5]


async def test_the_way_there_and_back_is_not_taken_for_a_wrong_clock() -> None:
    assert await Clocks(1_000_000.0).compare(1_000_004, round_trip=8.0) == [0]


@pytest.mark.parametrize("time", [None, "now", True, [], {}, 0, -1, 1e300, float("inf"), float("nan"), 10**400])
async def test_a_time_that_is_none_tells_nothing(time: object) -> None:
    assert await Clocks(1_000_000.0).compare(time) == []
