"""Hints of other epochs from one class of senders, and which of these senders to ask next.

Members that have proved their identity are one class, all others are another; each has places, turns and a doubt of its
own.  Within a class those come first that were asked least, and if there is no place for one more, the one that was
asked most in vain gives way.
"""

from dataclasses import dataclass

from volly_browser.room.timing import Timing, crowding

HINTS_LIMIT = 256
"""Identities of a class whose hints are kept; a server can invent any number."""

QUESTIONS_LIMIT = 8
"""Questions after which an identity is asked rarely, and its hints keep us from nothing, until it is heard in our
epoch.  It is never given up: whatever kept its answers from us, the group becomes one again when that ends."""

QUESTIONS_AT_ONCE = 4
"""Questions to a class in one round."""

PAUSE = 0.5
"""Seconds between two rounds of questions; each costs one signature here, and some at the other side."""

DOUBLINGS_LIMIT = 4
"""How often the wait before the next question doubles."""


@dataclass(slots=True)
class Hint:
    """A sign from an identity: an epoch beyond ours, or, with `epoch` 0, another branch."""

    epoch: int
    due: float
    asked: int = 0

    @property
    def is_fork(self) -> bool:
        """Whether it is a sign of another branch."""
        return self.epoch == 0

    @property
    def is_live(self) -> bool:
        """Whether it can still be answered soon."""
        return self.asked < QUESTIONS_LIMIT


class Hints:
    """The hints of one class of senders.

    Args:
        timing: how long to wait for what.
        are_proved: whether members have proved the identities of this class.
    """

    def __init__(self, timing: Timing, *, are_proved: bool) -> None:
        self._timing = timing
        self._are_proved = are_proved
        self._members = 1
        self._hints: dict[str, Hint] = {}
        self._ahead_at = 0.0
        self._rest_until = 0.0
        self._doubt_until: float | None = None
        self._doubt_again_at = 0.0

    def __len__(self) -> int:
        """The number of identities."""
        return len(self._hints)

    def __contains__(self, identity: str) -> bool:
        """Whether there is a hint from an identity."""
        return identity in self._hints

    # Facts

    def epoch_entered(self, epoch: int, members: int) -> None:
        """We have entered this epoch, with so many members; hints of it and of earlier ones are settled."""
        self._members = members
        self._hints = {key: hint for key, hint in self._hints.items() if hint.is_fork or hint.epoch > epoch}

    def saw_ahead(self, identity: str, epoch: int, now: float) -> None:
        """An identity names an epoch beyond ours, whose commit is possibly on its way."""
        if all(hint.is_fork for hint in self._hints.values()):
            self._ahead_at = now + self._timing.commit_in_flight * self._crowding
        hint = self._of(identity, Hint(epoch, now))
        if not hint.is_fork:
            hint.epoch = max(hint.epoch, epoch)

    def saw_fork(self, identity: str, now: float) -> None:
        """An identity is in another branch."""
        self._of(identity, Hint(0, now)).epoch = 0

    def made_doubt(self, now: float) -> None:
        """A hint comes that is to keep us from committing for a moment, unless others do, or did not long ago."""
        if now >= self._doubt_again_at and not self._is_any_live:
            self._doubt_until = now + self._timing.doubt * self._crowding
            self._doubt_again_at = now + self._timing.doubt_again

    def asked(self, identity: str, now: float) -> None:
        """A question was sent to an identity."""
        hint = self._hints[identity]
        hint.asked += 1
        self._rest_until = now + PAUSE
        if not hint.is_live:
            hint.due = now + self._timing.ask_in_vain * self._crowding
        elif hint.is_fork or not self._are_proved:
            hint.due = now + self._timing.ask_again * 2.0 ** min(hint.asked - 1, DOUBLINGS_LIMIT)
        if not hint.is_fork and not self._are_too_many:
            self._ahead_at = now + self._timing.ask_again * self._crowding

    def pop(self, identity: str) -> Hint | None:
        """Take the hint of an identity out, if there is one."""
        return self._hints.pop(identity, None)

    def put(self, identity: str, hint: Hint) -> None:
        """Keep a hint that was taken out of another class."""
        self._of(identity, hint)

    def clear(self) -> None:
        """Drop all hints."""
        self._hints.clear()

    def tick(self, now: float) -> None:
        """Let time pass."""
        if self._doubt_until is not None and now >= self._doubt_until:
            self._doubt_until = None

    # What follows

    def is_in_doubt(self, now: float) -> bool:
        """Whether a hint keeps us from committing."""
        return self._doubt_until is not None and now < self._doubt_until and self._is_any_live

    def questions(self, now: float) -> list[str]:
        """Return the identities to ask now, those asked least first; call `asked` after each.

        Of those that are ahead one at a time is asked, since each member has what we lack.
        """
        return self._due(now)[:QUESTIONS_AT_ONCE] if now >= self._rest_until else []

    def deadline(self) -> float | None:
        """Return when to ask again, or when the doubt ends."""
        hints = self._hints.values()
        first = min((hint.due if hint.is_fork else max(hint.due, self._ahead_at) for hint in hints), default=None)
        asking = None if first is None else max(first, self._rest_until)
        ends = [end for end in (asking, self._doubt_until if self._is_any_live else None) if end is not None]
        return min(ends, default=None)

    def _due(self, now: float) -> list[str]:
        due = sorted((name for name, hint in self._hints.items() if now >= hint.due), key=self._times_asked)
        ahead = [identity for identity in due if not self._hints[identity].is_fork] if now >= self._ahead_at else []
        turns = set(ahead if self._are_too_many else ahead[:1])
        return [identity for identity in due if self._hints[identity].is_fork or identity in turns]

    def _of(self, identity: str, new: Hint) -> Hint:
        """Return the hint of an identity, possibly this new one."""
        if identity not in self._hints and len(self._hints) >= HINTS_LIMIT:
            del self._hints[max(self._hints, key=self._times_asked)]
        return self._hints.setdefault(identity, new)

    def _times_asked(self, identity: str) -> int:
        return self._hints[identity].asked

    @property
    def _are_too_many(self) -> bool:
        """Whether they cannot all be members: then several are asked at once, to find those that are."""
        return not self._are_proved and len(self._hints) > self._members

    @property
    def _is_any_live(self) -> bool:
        return any(hint.is_live for hint in self._hints.values())

    @property
    def _crowding(self) -> float:
        return crowding(self._members)
