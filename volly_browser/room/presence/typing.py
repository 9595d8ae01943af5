"""Notices of writing: each is one message that is possibly lost, and never answered or repeated."""

from collections.abc import Collection

from volly_browser.room.timing import Timing

SHOWN_FOR = 5.0
"""Seconds for which the sender of a notice counts as writing; the next notice comes sooner."""


class OwnTyping:
    """Decides when to tell the others that we are writing."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._told_at: float | None = None

    def is_news(self, now: float) -> bool:
        """Whether the others are to be told; call `told` afterwards."""
        return self._told_at is None or now >= self._told_at + self._timing.typing

    def told(self, now: float) -> None:
        """The others were told."""
        self._told_at = now


class Typists:
    """The members that are writing; ids are those of the events."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def writes(self, member_id: str, now: float) -> None:
        """A member's notice came."""
        self._until[member_id] = now + SHOWN_FOR

    def finished_writing(self, member_id: str) -> None:
        """A member's message has arrived."""
        self._until.pop(member_id, None)

    def members_are(self, member_ids: Collection[str]) -> None:
        """Forget members that are not among these."""
        self._until = {member_id: until for member_id, until in self._until.items() if member_id in member_ids}

    def at(self, now: float) -> tuple[str, ...]:
        """Return the members that are writing now, in the order in which they began; forget the others."""
        self._until = {member_id: until for member_id, until in self._until.items() if now < until}
        return tuple(self._until)

    def deadline(self) -> float | None:
        """Return when the first of them stops counting as writing, if nothing happens before."""
        return min(self._until.values(), default=None)
