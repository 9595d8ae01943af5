"""Who is writing just now: said in passing, in one message that may get lost, and never answered or repeated."""

from collections.abc import Collection

from volly_browser.room.machine import Machine
from volly_browser.room.timing import Timing

SHOWN_FOR = 5.0
"""Seconds from a notice until its sender is not taken to write any more; the next notice comes sooner."""


class OwnTyping(Machine):
    """When to tell the others that we write."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._told_at: float | None = None

    def is_news(self, now: float) -> bool:
        """Whether the others are to be told; `told` afterwards."""
        return self._told_at is None or now >= self._told_at + self._timing.typing

    def told(self, now: float) -> None:
        """The others are being told."""
        self._told_at = now


class Typists:
    """Who writes, as far as we were told; ids are those of the events."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def writes(self, member_id: str, now: float) -> None:
        """A notice came."""
        self._until[member_id] = now + SHOWN_FOR

    def has_written(self, member_id: str) -> None:
        """What a member wrote is here."""
        self._until.pop(member_id, None)

    def members_are(self, member_ids: Collection[str]) -> None:
        """Nobody else can be writing."""
        self._until = {member_id: until for member_id, until in self._until.items() if member_id in member_ids}

    def at(self, now: float) -> tuple[str, ...]:
        """Who writes now, the one that began first in front."""
        self._until = {member_id: until for member_id, until in self._until.items() if now < until}
        return tuple(self._until)

    def deadline(self) -> float | None:
        """When that will be otherwise, if nothing happens before."""
        return min(self._until.values(), default=None)
