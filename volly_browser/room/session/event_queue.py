"""The queue of events between a room and its reader, with bounded memory for slow readers."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from volly_browser.room.events import (
    FrameRefused,
    MembersChanged,
    MessagesRead,
    MessageUnreadable,
    Problem,
    RoomEvent,
    StateChanged,
    Typing,
)

EVENTS_LIMIT = 4096
NOTICES_LIMIT = 64
"""Refusals, problems and notices of typing that can wait: they are easily caused, and must not displace messages."""

_LATEST_COUNTS = (MembersChanged, StateChanged)
"""Kinds of events of which a newer one replaces an unread older one."""

_NOTICES = (Problem, FrameRefused, MessageUnreadable, Typing)


class EventQueue:
    """A queue with one reader.

    A repeated refusal, problem or notice of typing that is still unread is kept once.  Beyond the limit the oldest
    event is dropped, and the reader is told that some are missing.
    """

    def __init__(self, limit: int = EVENTS_LIMIT) -> None:
        self._events: deque[RoomEvent] = deque()
        self._limit = limit
        self._dropped = 0
        self._notices = 0
        self._closed = False
        self._changed = asyncio.Event()

    def put(self, event: RoomEvent) -> None:
        """Append an event."""
        if isinstance(event, _NOTICES):
            if self._notices >= NOTICES_LIMIT or event in self._events:
                return
            self._notices += 1
        if self._events and isinstance(event, _LATEST_COUNTS) and type(self._events[-1]) is type(event):
            self._events.pop()
        if isinstance(event, MessagesRead):
            self._forget_what_it_read(event.member_id)
        self._events.append(event)
        if len(self._events) > self._limit:
            self._take()
            self._dropped += 1
        self._changed.set()

    def _forget_what_it_read(self, member_id: str) -> None:
        """Take an unread notice of a member out, in place of which a later one comes."""
        for event in self._events:
            if isinstance(event, MessagesRead) and event.member_id == member_id:
                self._events.remove(event)
                return

    def close(self) -> None:
        """End the queue; its remaining events can still be read."""
        self._closed = True
        self._changed.set()

    async def read(self) -> AsyncIterator[RoomEvent]:
        """Iterate over all events until the queue is closed and empty."""
        while True:
            while event := self._next():
                yield event
            if self._closed:
                return
            self._changed.clear()
            await self._changed.wait()

    def _next(self) -> RoomEvent | None:
        if self._dropped:
            sentence = f"{self._dropped} events came faster than this page could read them, and are lost."
            self._dropped = 0
            return Problem(sentence)
        return self._take() if self._events else None

    def _take(self) -> RoomEvent:
        event = self._events.popleft()
        self._notices -= isinstance(event, _NOTICES)
        return event
