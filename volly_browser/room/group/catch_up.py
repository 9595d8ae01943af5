"""Whether the group has gone on without us, or has split: whom to ask for what we missed, and when to give up.

Somebody speaks of an epoch that no commit has brought us to.  That alone proves nothing, since anybody with the invite
can name a number and commits can be late; so we ask, and only where that does not help for a while are our keys
given up.

    | what is seen                     | what follows                                                    |
    |----------------------------------|-----------------------------------------------------------------|
    | an epoch beyond ours             | ask, after a moment; again and again; then give up              |
    | then one that is not, after all  | nothing: whoever said so before was not who it seemed to be     |
    | our epoch in another branch      | ask, at once; again and again, twice as late each time          |
    | and it stands higher; see `forks`| commit nothing more; give way, when that is so for long         |
    | an epoch that we were in         | nothing: who is behind asks                                     |
"""

from collections.abc import Callable
from dataclasses import dataclass

from volly_browser.room.timing import Timing, crowding
from volly_browser.room.wire.forks import Standing

SOURCES_LIMIT = 64
"""Identities that are kept in mind; a server can invent any number."""

DOUBLINGS_LIMIT = 4
"""How often the wait before the next question about another branch doubles."""


@dataclass(slots=True)
class _Fork:
    """Somebody in another branch: since when it is there, when to ask it, and how often it was asked."""

    standing: Standing
    since: float
    due: float
    asked: int = 0


class CatchUp:
    """Compares the epoch that we are in with those that others speak of."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._crowding = 1.0
        self._current: int | None = None
        self._ahead: dict[str, int] = {}
        self._forks: dict[str, _Fork] = {}
        self._since = 0.0
        self._ask_at = 0.0

    # Facts

    def members_are(self, count: int) -> None:
        """So many are in the group."""
        self._crowding = crowding(count)

    def entered(self, epoch: int, now: float) -> None:
        """We followed a commit; if it does not bring us all the way, its successors get their time as well."""
        self._current, self._since = epoch, now
        self._ahead = {identity: seen for identity, seen in self._ahead.items() if seen > epoch}

    def entered_afresh(self, epoch: int) -> None:
        """We began the group, or got fresh keys: whatever was said before does not count."""
        self._current = epoch
        self._ahead.clear()
        self._forks.clear()

    def lost(self) -> None:
        """We follow no group."""
        self._current = None
        self._ahead.clear()
        self._forks.clear()

    def saw(self, identity: str, epoch: int, now: float) -> None:
        """Somebody speaks of an epoch of our group; it may be one that we know."""
        if self._current is None or epoch <= self._current:
            return
        if not self._ahead:
            self._since, self._ask_at = now, now + self._timing.commit_in_flight * self._crowding
        if identity in self._ahead or len(self._ahead) < SOURCES_LIMIT:
            self._ahead[identity] = max(epoch, self._ahead.pop(identity, 0))

    def saw_fork(self, identity: str, standing: Standing, now: float) -> None:
        """Somebody is in another branch of our group."""
        if self._current is not None and (identity in self._forks or len(self._forks) < SOURCES_LIMIT):
            self._forks.setdefault(identity, _Fork(standing, now, now)).standing = standing

    def stands_at(self, identity: str, epoch: int, now: float) -> None:
        """Somebody says that it is in our branch: that counts more than what it seemed to speak of."""
        self._forks.pop(identity, None)
        if self._current is not None and epoch <= self._current:
            self._ahead.pop(identity, None)
        self.saw(identity, epoch, now)

    def knocks(self, identity: str) -> None:
        """Somebody wants to get in, and so is in no branch that ours could give way to."""
        self._forks.pop(identity, None)

    def link_down(self) -> None:
        """Nobody can be asked any more."""
        self._ahead.clear()
        self._forks.clear()

    def gone(self, identity: str) -> None:
        """Somebody cannot be asked any more."""
        self._forks.pop(identity, None)
        self._ahead.pop(identity, None)

    # What follows

    @property
    def is_behind(self) -> bool:
        """Whether somebody speaks of an epoch beyond ours."""
        return bool(self._ahead)

    def take_questions(self, now: float, is_member: Callable[[str], bool]) -> list[str]:
        """Whom to ask now for what we missed: where one is ahead, a member, as newcomers know little of what was."""
        due = [identity for identity, fork in self._forks.items() if now >= fork.due]
        for identity in due:
            fork = self._forks[identity]
            fork.due = now + self._timing.ask_again * 2.0 ** min(fork.asked, DOUBLINGS_LIMIT)
            fork.asked += 1
        if self._ahead and now >= self._ask_at:
            source = next(filter(is_member, self._ahead), next(iter(self._ahead)))
            self._ahead[source] = self._ahead.pop(source)  # the next time it is another one's turn
            self._ask_at = now + self._timing.ask_again * self._crowding
            due.append(source)
        return due

    @property
    def sees_fork(self) -> bool:
        """Whether somebody is in another branch."""
        return bool(self._forks)

    def is_hopeless(self, now: float) -> bool:
        """Whether nobody could tell us the missing commit in all that time."""
        return bool(self._ahead) and now >= self._since + self._timing.missing_commit * self._crowding

    def stands_lower(self, ours: Standing) -> bool:
        """Whether our branch is to give way to another one, unless an order settles it."""
        return any(fork.standing < ours for fork in self._forks.values())

    def loses(self, ours: Standing, now: float) -> bool:
        """Whether our branch gives way to another one, since no order has settled it in all that time."""
        unsettled = [fork for fork in self._forks.values() if now >= fork.since + self._timing.unsettled_fork]
        return any(fork.standing < ours for fork in unsettled)

    @property
    def latest_source(self) -> str | None:
        """Who spoke of the latest epoch."""
        return max(self._ahead, key=lambda identity: self._ahead[identity], default=None)

    def deadline(self) -> float | None:
        """When to ask again, or to give up."""
        dues = [fork.due for fork in self._forks.values()]
        if self._ahead:
            dues += [self._ask_at, self._since + self._timing.missing_commit * self._crowding]
        return min(dues, default=None)
