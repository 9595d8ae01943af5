"""Asking the token service to be let into a LiveKit room: it learns the opaque room id and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from volly_browser.errors import LocalError
from volly_browser.transport.contract import TransportError, TransportRefused

PATIENCE = 10.0
"""Seconds to wait for the token service."""


class Answer(Protocol):
    """An HTTP answer with a JSON body."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def value(self) -> Any:  # noqa: ANN401 - any JSON value
        """The JSON value; None where the body is none."""
        ...


PostJson = Callable[[str, Mapping[str, object]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a connection needs: used once, at once, since it lives for minutes.

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
        signaling_url: of LiveKit, where it is not the one that the service names.
    """

    post: PostJson
    token_url: str
    room_id: str
    signaling_url: str | None = None

    async def __call__(self) -> Grant:
        """A grant.

        Raises:
            TransportError: the service does not answer.
            TransportRefused: it answers that it will not, or something else than a grant.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self.post(self.token_url, {"room": self.room_id})
        except TimeoutError as error:
            raise TransportError(f"The token service at {self.token_url} takes too long to answer.") from error
        except LocalError as error:
            raise TransportError(f"The token service cannot be reached. {error}") from error
        return self._grant(answer)

    def _grant(self, answer: Answer) -> Grant:
        value = answer.value if isinstance(answer.value, dict) else {}
        if answer.status != 200:
            raise _refusal(self.token_url, answer.status, value.get("error"))
        url, token = self.signaling_url or value.get("url"), value.get("token")
        if not isinstance(url, str) or not isinstance(token, str):
            raise TransportRefused(f"What answers at {self.token_url} is not a token service of Volly.")
        return Grant(url, token)


def _refusal(url: str, status: int, sentence: object) -> TransportError:
    said = f" It says: {sentence}" if isinstance(sentence, str) else ""
    if status == 429 or status >= 500:
        return TransportError(f"The token service at {url} has trouble (HTTP {status}).{said}")
    return TransportRefused(f"The token service at {url} refuses (HTTP {status}).{said}")
