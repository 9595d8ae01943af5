"""Collects signs that the group has gone on without us or has split, and decides which members to ask.

Each sign is a mere hint: holders of the invite can invent one, the server can copy one, and commits can be late.  So
only a question follows from it; and if it seems to come from a member that we know, or we have just connected, we
commit nothing for a moment, so as not to split the group.

    | what is seen                          | what follows                                                    |
    |---------------------------------------|-----------------------------------------------------------------|
    | an epoch beyond ours                  | ask, after a moment; again, twice as long each time             |
    | an unreadable message of our epoch    | ask, at once; again, twice as long each time                    |
    | then one of the same sender, readable | nothing                                                         |
"""

from dataclasses import dataclass

from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding

HINTS_LIMIT = 64
"""Identities whose hints are remembered; a server can invent any number."""

QUESTIONS_LIMIT = 8
"""Questions after which an identity is asked rarely, and its hints keep us from nothing, until it is heard in our
epoch.  It is never given up: whatever kept its answers from us, the group becomes one again when that ends."""

HEED_ALL = 5.0
"""Seconds after the link came up in which every hint, not only a member's, keeps us from committing for a moment."""

QUESTIONS_AT_ONCE = 4

PAUSE = 0.5
"""Seconds between two rounds of questions; each costs one signature here, and some at the other side."""

DOUBLINGS_LIMIT = 4
"""How often the wait before the next question doubles."""


@dataclass(slots=True)
class _Hint:
    """A sign from an identity: an epoch beyond ours, or, with `epoch` 0, another branch."""

    epoch: int
    due: float
    asked: int = 0

    @property
    def is_fork(self) -> bool:
        return self.epoch == 0

    @property
    def is_live(self) -> bool:
        return self.asked < QUESTIONS_LIMIT


class CatchUp(Machine):
    """Decides when to ask which members about the group's epochs."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._company: Company | None = None
        self._hints: dict[str, _Hint] = {}
        self._ask_at = 0.0
        self._doubt_until: float | None = None
        self._doubt_again_at = 0.0
        self._rest_until = 0.0
        self._heed_all_until = 0.0

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered this epoch; hints of it and of earlier ones are settled."""
        if self._company is None or self._company.group_id != company.group_id:
            self._hints.clear()
        self._company = company
        self._hints = {key: hint for key, hint in self._hints.items() if hint.is_fork or hint.epoch > company.epoch}

    def group_left(self) -> None:
        """We have left the group."""
        self._company = None
        self._hints.clear()

    def link_down(self) -> None:
        """The link is down; no member can be asked."""
        self._hints.clear()

    def link_up(self, now: float) -> None:
        """The link is up; possibly we missed a commit meanwhile."""
        self._heed_all_until = now + HEED_ALL

    def saw_ahead(self, identity: str, epoch: int, now: float, *, is_member: bool) -> None:
        """An identity names an epoch of our group, possibly one that we know."""
        if self._company is None or epoch <= self._company.epoch:
            return
        if not any(not hint.is_fork for hint in self._hints.values()):
            self._ask_at = now + self._timing.commit_in_flight * self._crowding
        hint = self._hint(identity, epoch, now, is_member=is_member)
        if hint and not hint.is_fork:
            hint.epoch = max(hint.epoch, epoch)

    def saw_fork(self, identity: str, now: float, *, is_member: bool) -> None:
        """An identity is in another branch of our group, or sent a message of our epoch that we cannot read."""
        if self._company is not None and (hint := self._hint(identity, 0, now, is_member=is_member)):
            hint.epoch = 0

    def heard_in_our_epoch(self, identity: str) -> None:
        """A member has sent a message in our epoch from this identity."""
        self._hints.pop(identity, None)

    def gone(self, identity: str) -> None:
        """An identity cannot be asked any more."""
        self._hints.pop(identity, None)

    def asked(self, identity: str, now: float) -> None:
        """A question was sent."""
        hint = self._hints.get(identity)
        if hint is None:
            return
        hint.asked += 1
        if not hint.is_live:
            hint.due = now + self._timing.ask_in_vain * self._crowding
        elif hint.is_fork:
            hint.due = now + self._timing.ask_again * 2.0 ** min(hint.asked - 1, DOUBLINGS_LIMIT)
        self._rest_until = now + PAUSE
        if not hint.is_fork:  # next time it is another's turn
            self._hints[identity] = self._hints.pop(identity)
            self._ask_at = now + self._timing.ask_again * self._crowding

    def tick(self, now: float) -> None:
        """Let time pass."""
        if self._doubt_until is not None and now >= self._doubt_until:
            self._doubt_until = None

    # What follows

    def is_in_doubt(self, now: float) -> bool:
        """Whether to commit nothing for the moment, since the group has possibly gone on."""
        return bool(self._live) and self._doubt_until is not None and now < self._doubt_until

    def questions(self, now: float) -> list[str]:
        """Return the identities to ask now; call `asked` after each."""
        return self._due(now)[:QUESTIONS_AT_ONCE] if now >= self._rest_until else []

    def _due(self, now: float) -> list[str]:
        due = [identity for identity, hint in self._hints.items() if now >= hint.due]
        forks = [identity for identity in due if self._hints[identity].is_fork]
        ahead = [identity for identity in due if not self._hints[identity].is_fork]
        return [*forks, *ahead[:1]] if now >= self._ask_at else forks

    def deadline(self) -> float | None:
        """Return when to ask again, or when the doubt ends."""
        hints = self._hints.values()
        first = min((hint.due if hint.is_fork else max(hint.due, self._ask_at) for hint in hints), default=None)
        asking = None if first is None else max(first, self._rest_until)
        ends = [end for end in (asking, self._doubt_until if self._live else None) if end is not None]
        return min(ends, default=None)

    def _hint(self, identity: str, epoch: int, now: float, *, is_member: bool) -> _Hint | None:
        if identity not in self._hints and len(self._hints) >= HINTS_LIMIT and not self._drop_one_in_vain():
            return None
        is_heeded = is_member or now < self._heed_all_until
        if is_heeded and now >= self._doubt_again_at and not self._live:
            self._doubt_until = now + self._timing.doubt * self._crowding
            self._doubt_again_at = now + self._timing.doubt_again
        return self._hints.setdefault(identity, _Hint(epoch, now))

    def _drop_one_in_vain(self) -> bool:
        """Drop a hint that led nowhere, to make room for another; return whether there was one."""
        in_vain = next((identity for identity in self._hints if identity not in self._live), None)
        return in_vain is not None and self._hints.pop(in_vain) is not None

    @property
    def _live(self) -> dict[str, _Hint]:
        return {key: hint for key, hint in self._hints.items() if hint.is_live}

    @property
    def _crowding(self) -> float:
        return crowding(self._company.size if self._company else 1)
