"""What the others say as one stream of texts, for programs."""

import asyncio
import time
from collections.abc import Callable, Sequence
from math import inf

from volly_browser.chat.message import Message
from volly_browser.errors import RemoteError
from volly_browser.room.events import (
    Displaced,
    MessageGap,
    MessageUnreadable,
    Problem,
    RoomClosed,
    RoomEvent,
    RoomState,
    StateChanged,
)

UNREAD_LIMIT = 4096
"""Texts that wait to be received; beyond, the oldest is dropped."""


class MessageLost(RemoteError):
    """A text is missing here or cannot be read; `receive` goes on with the next."""


class Texts:
    """The texts of the others that wait to be received.

    Args:
        now: seconds of a clock that runs evenly: a text that has disappeared meanwhile is not received.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._unread: asyncio.Queue[tuple[str | MessageLost | Displaced | RoomClosed, float]] = asyncio.Queue()
        self._overflowed = 0
        self._sentence = ""

    async def receive(self) -> str:
        """Wait for the next text of another member.  Concurrent calls get one each, in their order.

        Raises:
            MessageLost: a text is missing or cannot be read; the next call goes on after it.
            Displaced: no text can come until our place is taken over; raised once.
            RoomClosed: no text can come any more.
        """
        if self._overflowed:
            lost, self._overflowed = self._overflowed, 0
            raise MessageLost(f"{lost} messages came faster than they were received, and are lost.")
        item, over_at = await self._unread.get()
        while over_at <= self._now():
            item, over_at = await self._unread.get()
        if isinstance(item, RoomClosed):
            self.end()  # for the next one that asks
        if isinstance(item, Exception):
            raise item
        return item

    def take(self, event: RoomEvent, new: Sequence[Message]) -> None:
        """Take what happened in the room, and the new messages in its timeline that are of others."""
        match event:
            case MessageGap(name=name, count=count):
                self._put(MessageLost(f"{count} messages of {name or 'a member'} could not be had."))
            case MessageUnreadable(name=name):
                self._put(MessageLost(f"A message of {name or 'a member'} cannot be read."))
            case Problem(sentence=sentence):
                self._put(MessageLost(sentence))
            case StateChanged(state, sentence):
                self._sentence = sentence
                if state is RoomState.DISPLACED:
                    self._put(Displaced(sentence))
        for message in new:
            self._put(_text_of(message), inf if message.lifetime is None else self._now() + message.lifetime)

    def end(self) -> None:
        """No more come."""
        self._unread.put_nowait((RoomClosed(self._sentence), inf))

    def _put(self, item: str | MessageLost | Displaced, over_at: float = inf) -> None:
        if self._unread.qsize() >= UNREAD_LIMIT:
            self._unread.get_nowait()
            self._overflowed += 1
        self._unread.put_nowait((item, over_at))


def _text_of(message: Message) -> str | MessageLost:
    if message.text is None:
        return MessageLost(f"{message.name or 'A member'} sent something that only a newer Volly can show.")
    return message.text
