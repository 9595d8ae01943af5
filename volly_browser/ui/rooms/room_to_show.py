"""What a page needs of a room."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from volly_browser.room.events import RoomClosed, RoomError, RoomEvent, RoomMember, RoomState
from volly_browser.room.mimi import Content


class RoomToShow(Protocol):
    """A visit to a room; see `room.Room`."""

    @property
    def state(self) -> RoomState:
        """The state of this visit."""
        ...

    @property
    def members(self) -> Sequence[RoomMember]:
        """The members, who can read what is sent now; empty before we are in the group."""
        ...

    @property
    def epoch(self) -> int:
        """The number of the group's epoch: how often its keys have changed."""
        ...

    async def join(self) -> None:
        """Enter the room.  Raises VollyError."""
        ...

    @property
    def member_id(self) -> str:
        """The user's own; empty until there is one."""
        ...

    async def send(self, content: Content) -> str:
        """Send content; return its message id.  Raises VollyError."""
        ...

    def new_salt(self) -> bytes:
        """16 random bytes."""
        ...

    def typing(self) -> None:
        """Tell the others that we are writing; to be called at every key."""
        ...

    def read(self, message_id: str) -> None:
        """Tell the others that we have read a message and those before it."""
        ...

    def events(self) -> AsyncIterator[RoomEvent]:
        """Iterate over what happens until the room is left."""
        ...

    def join_other(self, group_id: str) -> None:
        """Leave for another conversation; see OtherConversation."""
        ...

    def try_now(self) -> None:
        """Make the next attempt to reach the server now."""
        ...

    async def leave(self) -> None:
        """Leave the room."""
        ...


class ClosedRoom:
    """Stands in for a room that could not be opened.

    Args:
        sentence: says so to the user.
    """

    state = RoomState.NEW
    member_id = ""
    members: Sequence[RoomMember] = ()
    epoch = 0

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    async def join(self) -> None:
        """Raises RoomError."""
        raise RoomError(self._sentence)

    async def send(self, content: Content) -> str:
        """Raises RoomClosed."""
        raise RoomClosed(self._sentence)

    def new_salt(self) -> bytes:
        """Nothing is made here that would need one."""
        return bytes(16)

    def typing(self) -> None:
        """Do nothing."""

    def read(self, message_id: str) -> None:
        """Do nothing."""

    async def events(self) -> AsyncIterator[RoomEvent]:
        """End at once."""
        nothing: tuple[RoomEvent, ...] = ()
        for event in nothing:
            yield event

    def join_other(self, group_id: str) -> None:
        """Do nothing."""

    def try_now(self) -> None:
        """Do nothing."""

    async def leave(self) -> None:
        """Do nothing."""
