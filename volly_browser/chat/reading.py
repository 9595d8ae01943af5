"""Up to where each member says that it has read."""

from typing import Any, Generic, Protocol, TypeVar

from volly_browser.room.latest import Latest

READERS_LIMIT = 256
"""Members of which this is remembered; the one that has said so longest ago gives way."""


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool:  # noqa: ANN401 - whatever a place is compared with
        ...


Place = TypeVar("Place", bound=_Ordered)


class Reading(Generic[Place]):
    """The place of the latest message that each member has read, and those messages that are not here yet."""

    def __init__(self) -> None:
        self._up_to = Latest[str, Place](READERS_LIMIT)
        self._waiting = Latest[str, str](READERS_LIMIT)

    def up_to(self, member_id: str) -> Place | None:
        """The place up to which a member has read; None if it has not said so."""
        return self._up_to.get(member_id)

    def read(self, member_id: str, place: Place) -> None:
        """A member has read up to this place; what it reads again changes nothing, so no work is done twice."""
        self._up_to[member_id] = max(self._up_to.get(member_id, place), place)
        self._waiting.pop(member_id, None)

    def wait(self, member_id: str, message_id: str) -> None:
        """A member has read a message that is not here yet."""
        self._waiting[member_id] = message_id

    def waiting_for(self, message_id: str) -> list[str]:
        """The members that had read a message before it came here."""
        return [member_id for member_id, waited_for in self._waiting.items() if waited_for == message_id]
