"""How often questions are answered: anyone with the invite, and the server, can ask as often as they like."""

from volly_browser.room.machine import Machine
from volly_browser.room.timing import Timing

ASKERS_LIMIT = 256
"""Identities that are kept in mind."""

ANSWERS_A_MINUTE = 120
"""Questions whose signatures are checked in a minute, at most; in a crowd others answer as well."""

ANSWER_RATE = 250_000
"""Bytes of answers in a second: who answers a crowd that is only waiting for what is on its way does nothing else.

One that is not answered asks again, possibly another one.
"""


class Throttle(Machine):
    """Allows one answer to each in a while, and a bounded number and size to all together."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._answered: dict[str, float] = {}
        self._tokens = float(ANSWERS_A_MINUTE)
        self._filled_at = 0.0
        self._busy_until = 0.0

    def take_turn(self, identity: str, now: float, *, is_member: bool = False) -> bool:
        """Whether to answer this identity now; if so, it counts as answered.

        Those at which a member has shown itself do not wait behind strangers.
        """
        self._answered = {
            asker: time for asker, time in self._answered.items() if now < time + self._timing.answer_again
        }
        self._tokens = min(ANSWERS_A_MINUTE, self._tokens + (now - self._filled_at) * ANSWERS_A_MINUTE / 60)
        self._filled_at = now
        if identity in self._answered or len(self._answered) >= ASKERS_LIMIT:
            return False
        if now < self._busy_until or (self._tokens < 1 and not is_member):
            return False
        self._tokens -= not is_member
        self._answered[identity] = now
        return True

    def answered(self, size: int, now: float) -> None:
        """An answer had so many bytes."""
        self._busy_until = max(now, self._busy_until) + size / ANSWER_RATE
