"""Which members are still there: each says so every few seconds, and one that has been silent for long is gone.

Never by what LiveKit says: to one member a full reconnect looks like everybody's leaving, to the others like nothing.
"""

from itertools import takewhile

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding


class Attendance(Machine):
    """When we have to be heard again, and which members were not."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._heard: dict[bytes, float] = {}  # the one that was heard longest ago comes first
        self._speak_at: float | None = None
        self._looked_at = 0.0

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """These are the group's other members from now on."""
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
        """We are connected; everybody gets their time anew, and hears of us at once."""
        self._heard = dict.fromkeys(self._heard, now)
        self._speak_at = self._looked_at = now

    def spoke(self, now: float) -> None:
        """Everybody was told that we are there."""
        self._speak_at = now + self.interval

    def group_left(self) -> None:
        """There is nobody to be heard by."""
        self._heard.clear()
        self._speak_at = None

    # What follows

    @property
    def interval(self) -> float:
        """Seconds between two signs of life of one member."""
        return self._timing.heartbeat * crowding(len(self._heard) + 1)

    def has_to_speak(self, now: float) -> bool:
        """Whether we have to be heard now: also when alone, by those who have another view of that."""
        return self._speak_at is not None and now >= self._speak_at

    def take_silent(self, now: float) -> list[bytes]:
        """Who has not been heard for long.  After a sleep of our own, everybody gets their time anew."""
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
        """Whether none of the others has been heard for a while, and not because we slept."""
        if not self._heard or now - self._looked_at > 2 * self.interval:
            return False
        return now >= max(self._heard.values()) + self._timing.unheard * crowding(len(self._heard) + 1)

    def deadline(self) -> float | None:
        """When to look again; never later than our own next sign of life."""
        return self._speak_at
