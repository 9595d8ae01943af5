"""A room as two streams of texts, for programs: what is sent, and what comes."""

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
"""Texts that wait to be received; beyond, the oldest gives way."""


class MessageLost(RemoteError):
    """A text should be here, and cannot be had or read; the next one can."""


class TextRoom(Protocol):
    """What is needed of a room; see `room.Room`."""

    async def send_text(self, text: str) -> str:
        """Send; gives the message id."""
        ...

    def events(self) -> AsyncIterator[RoomEvent]:
        """What happens, until the room is left."""
        ...


class Texts:
    """The texts of one visit, from before the room is joined until it has ended.

    Args:
        room: read by nobody else.
    """

    def __init__(self, room: TextRoom) -> None:
        self._room = room
        self._unread: asyncio.Queue[str | MessageLost | Displaced | RoomClosed] = asyncio.Queue()
        self._overflowed = 0
        self._handovers: dict[str, asyncio.Future[None]] = {}
        self._reading = asyncio.create_task(self._read())

    async def send(self, text: str) -> None:
        """Send a text; returns when it was handed to the network.  Calls keep their order.

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
        """The next text of another member.  Several who wait get one each, in the order of their calls.

        Raises:
            MessageLost: one should be here, and is not.
            Displaced: none can come until our place is taken over; said once.
            RoomClosed: none can come any more.
        """
        if self._overflowed:
            lost, self._overflowed = self._overflowed, 0
            raise MessageLost(f"{lost} messages came faster than they were received, and are lost.")
        item = await self._unread.get()
        if isinstance(item, RoomClosed):
            self._unread.put_nowait(RoomClosed(*item.args))  # for whoever asks next
        if isinstance(item, Exception):
            raise item
        return item

    async def ended(self) -> None:
        """Wait until the room has ended and everything about it was read."""
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
        """Done when the message was handed to the network; made by whoever comes first, the sender or the event."""
        return self._handovers.setdefault(message_id, asyncio.get_running_loop().create_future())

    def _end(self, sentence: str) -> None:
        self._unread.put_nowait(RoomClosed(sentence))
        for handover in self._handovers.values():
            if not handover.done():
                handover.set_exception(RoomClosed(sentence))
