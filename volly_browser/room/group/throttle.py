"""Limits the answers to questions: holders of the invite, and the server, can ask any number of them."""

from volly_browser.room.timing import Timing

ASKERS_LIMIT = 256
"""Identities that are remembered, beyond which no stranger is answered."""

ANSWERS_A_MINUTE = 120
"""The most questions in a minute whose signatures are checked; in a crowd others answer as well."""

ANSWER_RATE = 250_000
"""Bytes of answers in a second; without a limit a member would do nothing but answer a crowd of late members.

A member that is not answered asks again, possibly another one.
"""


class Throttle:
    """Allows one answer to each identity in a while, and a bounded number and size to all together."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._answered: dict[str, float] = {}
        self._tokens = float(ANSWERS_A_MINUTE)
        self._filled_at = 0.0
        self._busy_until = 0.0

    def take_turn(self, identity: str, now: float, *, is_member: bool = False) -> bool:
        """Take the turn of an identity, if it has one; return whether it is to be answered now.

        The identities of members do not wait behind those of strangers, nor for a place among them.
        """
        self._answered = {
            asker: time for asker, time in self._answered.items() if now < time + self._timing.answer_again
        }
        self._tokens = min(ANSWERS_A_MINUTE, self._tokens + (now - self._filled_at) * ANSWERS_A_MINUTE / 60)
        self._filled_at = now
        if identity in self._answered or now < self._busy_until:
            return False
        if not is_member and (self._tokens < 1 or len(self._answered) >= ASKERS_LIMIT):
            return False
        self._tokens -= not is_member
        self._answered[identity] = now
        return True

    def answered(self, size: int, now: float) -> None:
        """An answer of so many bytes was sent."""
        self._busy_until = max(now, self._busy_until) + size / ANSWER_RATE
