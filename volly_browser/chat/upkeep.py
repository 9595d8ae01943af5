"""What is to be done in a conversation when its time has come, on the loop of asyncio."""

import asyncio
from collections.abc import Awaitable, Callable

from volly_browser.chat.chat import Chat
from volly_browser.chat.timeline import Changed, Timeline
from volly_browser.errors import VollyError

LOOK_AT_LEAST_EVERY = 30.0
"""Seconds: timers of browsers take no more than some weeks, messages can stay for years, and a device can sleep."""

TELL_AFTER = 1.0
"""Seconds from the coming of members until they are told what is set, so that several are told at once."""

TELL_ATTEMPTS = 6
"""How often it is tried to tell them, each time after twice as long."""


class Upkeep:
    """Does all of it for one room.

    Args:
        chat: of the room.
        on_change: takes the ids of what is gone or looks different.
    """

    def __init__(self, chat: Chat, on_change: Callable[[Changed], None]) -> None:
        self._chat = chat
        self._hourglass = Hourglass(chat.timeline, on_change)
        self._herald = Herald(chat.tell_settings)

    def look(self) -> None:
        """Look for what is to be done; to be called after each event that the chat has taken."""
        self._hourglass.turn()
        if self._chat.take_newcomers():
            self._herald.members_came()

    def left(self) -> None:
        """Tell nobody any more, since the room is left; its messages still go when their time is over."""
        self._herald.close()

    def close(self) -> None:
        """Do nothing any more: the conversation is not shown any longer."""
        self._herald.close()
        self._hourglass.close()


class Hourglass:
    """Lets the messages of a timeline go when their time is over, also after the visit to their room.

    Args:
        timeline: of one room.
        on_change: takes the ids of what is gone or looks different.
    """

    def __init__(self, timeline: Timeline, on_change: Callable[[Changed], None]) -> None:
        self._timeline = timeline
        self._on_change = on_change
        self._next: asyncio.TimerHandle | None = None
        self._is_closed = False

    def turn(self) -> None:
        """Look for the next message that goes; to be called whenever something was said."""
        if self._next:
            self._next.cancel()
        left = None if self._is_closed else self._timeline.next_goes_in
        wait = None if left is None else max(0.0, min(left, LOOK_AT_LEAST_EVERY))
        self._next = None if wait is None else asyncio.get_running_loop().call_later(wait, self._look)

    def close(self) -> None:
        """Let no more messages go."""
        if self._next:
            self._next.cancel()
        self._is_closed = True

    def _look(self) -> None:
        self._next = None
        try:
            if gone := self._timeline.forget_what_is_over():
                self._on_change(gone)
        finally:
            self.turn()


class Herald:
    """Tells those that have come what is set for the room: until they are told, it stays due, for some attempts.

    Args:
        tell: sends it, if there is something to tell.  Raises VollyError.
    """

    def __init__(self, tell: Callable[[], Awaitable[object]]) -> None:
        self._tell = tell
        self._is_due = False
        self._task: asyncio.Task[None] | None = None

    def members_came(self) -> None:
        """Tell them soon."""
        self._is_due = True
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._soon())

    def close(self) -> None:
        """Tell nobody any more."""
        if self._task:
            self._task.cancel()

    async def _soon(self) -> None:
        wait, attempts = TELL_AFTER, 0
        while self._is_due and attempts < TELL_ATTEMPTS:
            await asyncio.sleep(wait)
            self._is_due = False  # those that come from now on are told again
            try:
                await self._tell()
            except VollyError:  # too much waits to be sent, or the room is over
                self._is_due = True
                wait, attempts = 2 * wait, attempts + 1
            else:
                wait, attempts = TELL_AFTER, 0
