"""A room as two streams of texts, for programs: sent and received."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from volly_browser.errors import RemoteError
from volly_browser.room.events import (
    Displaced,
    MessageGap,
    MessageReceived,
    MessageSent,
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


class TextRoom(Protocol):
    """What `Texts` needs of a room; see `room.Room`."""

    async def send_text(self, text: str) -> str:
        """Send a text; return its message id."""
        ...

    def events(self) -> AsyncIterator[RoomEvent]:
        """Iterate over what happens until the room is left."""
        ...


class Texts:
    """The texts of one visit, from before the room is joined until it has ended.

    Args:
        room: whose events nothing else may read.
    """

    def __init__(self, room: TextRoom) -> None:
        self._room = room
        self._unread: asyncio.Queue[str | MessageLost | Displaced | RoomClosed] = asyncio.Queue()
        self._overflowed = 0
        self._handovers: dict[str, asyncio.Future[None]] = {}
        self._reading = asyncio.create_task(self._read())

    async def send(self, text: str) -> None:
        """Send a text; return when it was handed to the network.  Calls keep their order.

        Raises:
            TextTooLong, OutboxFull, RoomClosed: see `Room.send_text`.
        """
        message_id = await self._room.send_text(text)
        if self._reading.done():
            raise RoomClosed("The room was left before this was sent.")
        try:
            await self._handover(message_id)
        finally:
            self._handovers.pop(message_id, None)

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
        item = await self._unread.get()
        if isinstance(item, RoomClosed):
            self._unread.put_nowait(RoomClosed(*item.args))  # for the next call
        if isinstance(item, Exception):
            raise item
        return item

    async def ended(self) -> None:
        """Wait until the room has ended and all its events were read."""
        await self._reading

    async def _read(self) -> None:
        sentence = ""
        async for event in self._room.events():
            match event:
                case MessageReceived(text=text):
                    self._put(text)
                case MessageGap(name=name, count=count):
                    self._put(MessageLost(f"{count} messages of {name or 'a member'} could not be had."))
                case MessageUnreadable(name=name):
                    self._put(MessageLost(f"A message of {name or 'a member'} cannot be read."))
                case Problem(sentence=problem):
                    self._put(MessageLost(problem))
                case MessageSent(message_id):
                    self._handover(message_id).set_result(None)
                case StateChanged():
                    sentence = event.sentence
                    if event.state is RoomState.DISPLACED:
                        self._put(Displaced(sentence))
        self._end(sentence)

    def _put(self, item: str | MessageLost | Displaced) -> None:
        if self._unread.qsize() >= UNREAD_LIMIT:
            self._unread.get_nowait()
            self._overflowed += 1
        self._unread.put_nowait(item)

    def _handover(self, message_id: str) -> asyncio.Future[None]:
        """Return the future of a message's handover; made by `send` or by the event, whichever is first."""
        return self._handovers.setdefault(message_id, asyncio.get_running_loop().create_future())

    def _end(self, sentence: str) -> None:
        self._unread.put_nowait(RoomClosed(sentence))
        for handover in self._handovers.values():
            if not handover.done():
                handover.set_exception(RoomClosed(sentence))
