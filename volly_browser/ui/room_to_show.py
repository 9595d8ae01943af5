"""What a page needs of a room."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from volly_browser.room.events import RoomClosed, RoomError, RoomEvent, RoomMember, RoomState


class RoomToShow(Protocol):
    """A visit to a room; see `room.Room`."""

    @property
    def state(self) -> RoomState:
        """Where we stand."""
        ...

    @property
    def members(self) -> Sequence[RoomMember]:
        """Who can read what is sent now; empty before we are in the group."""
        ...

    @property
    def epoch(self) -> int:
        """How often the keys have changed."""
        ...

    async def join(self) -> None:
        """Get in.  Raises VollyError."""
        ...

    async def send_text(self, text: str) -> str:
        """Send; gives the message id.  Raises VollyError."""
        ...

    def typing(self) -> None:
        """We are writing; may be called at every key."""
        ...

    def events(self) -> AsyncIterator[RoomEvent]:
        """What happens, until the room is left."""
        ...

    def join_other(self, group_id: str) -> None:
        """Leave for another conversation; see OtherConversation."""
        ...

    def try_now(self) -> None:
        """Make the next attempt to reach the server now."""
        ...

    async def leave(self) -> None:
        """Get out."""
        ...


class ClosedRoom:
    """A room that could not even be opened.

    Args:
        sentence: says so.
    """

    state = RoomState.NEW
    members: Sequence[RoomMember] = ()
    epoch = 0

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    async def join(self) -> None:
        """Raises RoomError."""
        raise RoomError(self._sentence)

    async def send_text(self, text: str) -> str:
        """Raises RoomClosed."""
        raise RoomClosed(self._sentence)

    def typing(self) -> None:
        """Nobody is told."""

    async def events(self) -> AsyncIterator[RoomEvent]:
        """None."""
        nothing: tuple[RoomEvent, ...] = ()
        for event in nothing:
            yield event

    def join_other(self, group_id: str) -> None:
        """Nowhere to go."""

    def try_now(self) -> None:
        """There is nothing to try."""

    async def leave(self) -> None:
        """There is nothing to leave."""
