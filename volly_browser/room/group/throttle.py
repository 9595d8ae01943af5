"""How often strangers are answered: whoever has the invite, and the server, can ask as often as they like."""

from volly_browser.room.timing import Timing

ASKERS_LIMIT = 256
"""Identities that are kept in mind."""

ANSWER_RATE = 250_000
"""Bytes of answers in a second: whoever answers a crowd that is only waiting for what is on its way does nothing else.

Who is not answered asks again, somebody else if may be.
"""


class Throttle:
    """Allows one answer to each in a while, and a bounded number and size to all together."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._answered: dict[str, float] = {}
        self._busy_until = 0.0

    def allows(self, identity: str, now: float) -> bool:
        """Whether to answer this one now; if so, it counts as answered."""
        recent = {asker: time for asker, time in self._answered.items() if now < time + self._timing.answer_again}
        self._answered = recent
        if identity in recent or len(recent) >= ASKERS_LIMIT or now < self._busy_until:
            return False
        recent[identity] = now
        return True

    def answered(self, size: int, now: float) -> None:
        """An answer had so many bytes."""
        self._busy_until = max(now, self._busy_until) + size / ANSWER_RATE
