"""Asks the token service for access to a LiveKit room: it learns the opaque room id and nothing else."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from volly_browser.errors import LocalError
from volly_browser.transport.contract import TransportError, TransportRefused
from volly_browser.transport.quoting import quoted

PATIENCE = 10.0
"""Seconds to wait for the token service."""

LATEST_TIME = 253_402_300_800
"""The end of the year 9999, in seconds since 1970."""

_SERVER = re.compile(r"(?:ws|http)s?://[^\s/?#]")

NOTHING_THERE = {404, 405, 410, 501}
"""HTTP statuses by which a host says that it has no token service."""


class Answer(Protocol):
    """An HTTP answer with a JSON body."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def value(self) -> Any:  # noqa: ANN401 - any JSON value
        """The JSON value; None if the body is no JSON."""
        ...


PostJson = Callable[[str, Mapping[str, object]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a connection needs; to be used once and at once, since it is valid for minutes.

    Attributes:
        url: of the LiveKit server, `ws:` or `wss:`.
        token: a JWT for one random identity and one room.
    """

    url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenService:
    """Fetches a fresh grant at every call.

    Attributes:
        post: sends a JSON object and gives the answer, or raises LocalError.
        token_url: of the service.
        room_id: 22 characters.
        signaling_url: of LiveKit, if it is not the one that the service names.
        clock: seconds since 1970.
        tell_clock_error: takes, at each grant that has the service's time, how many seconds our clock is ahead of it.
            Only a sentence may depend on that: the service can claim any time.
    """

    post: PostJson
    token_url: str
    room_id: str
    signaling_url: str | None = None
    clock: Callable[[], float] = time.time
    tell_clock_error: Callable[[float], None] = lambda _seconds: None

    async def __call__(self) -> Grant:
        """Fetch a grant.

        Raises:
            TransportError: the service does not answer, has trouble, or something else answers in its place, such as
                the sign-in page of a network.
            TransportRefused: the service refuses, or there is none.
        """
        asked_at = self.clock()
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self.post(self.token_url, {"room": self.room_id})
        except TimeoutError as error:
            raise TransportError(f"The token service at {self.token_url} takes too long to answer.") from error
        except LocalError as error:
            raise TransportError(f"The token service cannot be reached. {error}") from error
        fields = answer.value if isinstance(answer.value, dict) else {}
        grant = self._grant(answer.status, fields)
        self._compare_clocks((asked_at + self.clock()) / 2, fields.get("time"))
        return grant

    def _grant(self, status: int, fields: Mapping[str, object]) -> Grant:
        if status != 200:
            raise _refusal(self.token_url, status, fields.get("error"))
        url, token = self.signaling_url or fields.get("url"), fields.get("token")
        if not isinstance(url, str) or not _SERVER.match(url) or not isinstance(token, str):
            raise TransportError(
                f"What answers at {self.token_url} is not a token service of Volly:"
                " possibly it is the sign-in page of a network."
            )
        return Grant(url, token)

    def _compare_clocks(self, ours: float, theirs: object) -> None:
        if isinstance(theirs, int | float) and not isinstance(theirs, bool) and 0 < theirs < LATEST_TIME:
            self.tell_clock_error(ours - theirs)


def _refusal(url: str, status: int, sentence: object) -> TransportError:
    """Make an error of an answer: final only if it comes from the service itself, not from something in its way."""
    said = quoted(sentence) and f" It says:{quoted(sentence)}"
    if status in NOTHING_THERE or (said and 400 <= status < 500 and status != 429):
        return TransportRefused(f"The token service at {url} refuses (HTTP {status}).{said}")
    if status == 429 or status >= 500:
        return TransportError(f"The token service at {url} has trouble (HTTP {status}).{said}")
    return TransportError(f"Something keeps this page from the token service at {url} (HTTP {status}).")
