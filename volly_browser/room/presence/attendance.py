"""Decides which members are still there: each says so every few seconds, and one that is silent for long is gone.

LiveKit's news do not count: a full reconnect looks to one member as if all others left, and to the others like nothing.
"""

from itertools import takewhile

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding


class Attendance(Machine):
    """Decides when to send a sign of life, and which members have sent none for too long."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._heard: dict[bytes, float] = {}  # the member that was heard longest ago is first
        self._speak_at: float | None = None
        self._looked_at = 0.0

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered an epoch with these members."""
        present = company.others
        known = {member_id: heard for member_id, heard in self._heard.items() if member_id in present}
        self._heard = known | dict.fromkeys(sorted(present - known.keys()), now)
        if self._speak_at is None:
            self._speak_at = now

    def heard(self, member_id: bytes, now: float) -> None:
        """A member gave a sign of life."""
        if self._heard.pop(member_id, None) is not None:
            self._heard[member_id] = now

    def link_up(self, now: float) -> None:
        """The link is up; every member has its while again, and we send a sign of life at once."""
        self._heard = dict.fromkeys(self._heard, now)
        self._speak_at = self._looked_at = now

    def spoke(self, now: float) -> None:
        """We have sent a sign of life."""
        self._speak_at = now + self.interval

    def group_left(self) -> None:
        """We have left the group."""
        self._heard.clear()
        self._speak_at = None

    # What follows

    @property
    def interval(self) -> float:
        """Seconds between two signs of life of one member."""
        return self._timing.heartbeat * crowding(len(self._heard) + 1)

    def has_to_speak(self, now: float) -> bool:
        """Whether to send a sign of life now, also if we are alone, since others possibly see us in their group."""
        return self._speak_at is not None and now >= self._speak_at

    def take_silent(self, now: float) -> list[bytes]:
        """Look for silent members; after a sleep of this device every member has its while again."""
        interval = self.interval
        slept = now - self._looked_at > 2 * interval
        self._looked_at = now
        if slept:
            self._heard = dict.fromkeys(self._heard, now)
        patience = self._timing.silences * interval
        return list(takewhile(lambda member_id: now >= self._heard[member_id] + patience, self._heard))

    def was_heard_lately(self, member_id: bytes, now: float) -> bool:
        """Whether a member, possibly one that was just removed, gave a sign of life a moment ago."""
        heard = self._heard.get(member_id)
        return heard is not None and now < heard + 2 * self.interval

    def hears_nobody(self, now: float) -> bool:
        """Whether no other member was heard for a while, and not because this device slept."""
        if not self._heard or now - self._looked_at > 2 * self.interval:
            return False
        return now >= max(self._heard.values()) + self._timing.unheard * crowding(len(self._heard) + 1)

    def deadline(self) -> float | None:
        """Return when to look again: at our next sign of life."""
        return self._speak_at
