"""How often strangers are answered: whoever has the invite, and the server, can ask as often as they like."""

from volly_browser.room.timing import Timing

ASKERS_LIMIT = 256
"""Identities that are kept in mind."""


class Throttle:
    """Allows one answer to each in a while, and a bounded number to all together."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._answered: dict[str, float] = {}

    def allows(self, identity: str, now: float) -> bool:
        """Whether to answer this one now; if so, it counts as answered."""
        recent = {asker: time for asker, time in self._answered.items() if now < time + self._timing.answer_again}
        self._answered = recent
        if identity in recent or len(recent) >= ASKERS_LIMIT:
            return False
        recent[identity] = now
        return True
