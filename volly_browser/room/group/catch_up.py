"""Collects signs that the group has gone on without us or has split, and decides which members to ask.

Each sign is a mere hint: holders of the invite can invent one, the server can copy one, and commits can be late.  So
only a question follows from it; and if it seems to come from a member that we know, or we have just connected, we
commit nothing for a moment, so as not to split the group.

    | what is seen                          | what follows                                                    |
    |---------------------------------------|-----------------------------------------------------------------|
    | an epoch beyond ours                  | ask, after a moment; one each second, the least asked first     |
    | an unreadable message of our epoch    | ask, at once; again, twice as long each time                    |
    | then one of the same sender, readable | nothing                                                         |

Members that have proved their identity are asked before all others.  A stranger is asked again twice as long each time,
also about an epoch beyond ours; and if there are more of them than the group has members, several are asked at once.
"""

from volly_browser.room.group.hints import Hints
from volly_browser.room.identity.connections import Connections
from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing

HEED_ALL = 5.0
"""Seconds after the link came up in which every hint, not only a member's, keeps us from committing for a moment."""


class CatchUp(Machine):
    """Decides when to ask which members about the group's epochs."""

    def __init__(self, timing: Timing) -> None:
        self._company: Company | None = None
        self._connections = Connections()
        self._members = Hints(timing, are_proved=True)
        self._strangers = Hints(timing, are_proved=False)
        self._heed_all_until = 0.0

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered this epoch; hints of it and of earlier ones are settled."""
        for hints in self._classes:
            if self._company is None or self._company.group_id != company.group_id:
                hints.clear()
            hints.epoch_entered(company.epoch, company.size)
        self._company = company

    def group_left(self) -> None:
        """We have left the group."""
        self._company = None
        self.link_down()

    def link_down(self) -> None:
        """The link is down; no member can be asked."""
        for hints in self._classes:
            hints.clear()

    def link_up(self, now: float) -> None:
        """The link is up; possibly we missed a commit meanwhile."""
        self._heed_all_until = now + HEED_ALL

    def reached_by(self, member_id: bytes, identity: str) -> None:
        """A member that we have met has proved that this is its identity."""
        self._connections.proved(member_id, identity)
        if hint := self._strangers.pop(identity):
            self._members.put(identity, hint)

    def departed(self, member_id: bytes) -> None:
        """A member has said farewell, after which its word on the group does not count."""
        self._connections.forget(member_id)

    def saw_ahead(self, identity: str, epoch: int, now: float, *, is_member: bool) -> None:
        """An identity, possibly of a member of our epoch, names an epoch of our group, possibly one that we know."""
        if self._company is not None and epoch > self._company.epoch:
            self._noticed(identity, now, is_member=is_member).saw_ahead(identity, epoch, now)

    def saw_fork(self, identity: str, now: float, *, is_member: bool) -> None:
        """An identity is in another branch of our group, or sent a message of our epoch that we cannot read."""
        if self._company is not None:
            self._noticed(identity, now, is_member=is_member).saw_fork(identity, now)

    def heard_in_our_epoch(self, identity: str) -> None:
        """A member has sent a message in our epoch from this identity."""
        self.gone(identity)

    def gone(self, identity: str) -> None:
        """An identity cannot be asked any more."""
        for hints in self._classes:
            hints.pop(identity)

    def asked(self, identity: str, now: float) -> None:
        """A question was sent."""
        for hints in self._classes:
            if identity in hints:
                hints.asked(identity, now)

    def tick(self, now: float) -> None:
        """Let time pass."""
        for hints in self._classes:
            hints.tick(now)

    # What follows

    def knows(self, identity: str) -> bool:
        """Whether a member that we have met has proved that this is its identity, also if it is none any more."""
        return identity in self._connections

    def is_in_doubt(self, now: float) -> bool:
        """Whether to commit nothing for the moment, since the group has possibly gone on."""
        return any(hints.is_in_doubt(now) for hints in self._classes)

    def questions(self, now: float) -> list[str]:
        """Return the identities to ask now; call `asked` after each."""
        return [identity for hints in self._classes for identity in hints.questions(now)]

    def deadline(self) -> float | None:
        """Return when to ask again, or when the doubt ends."""
        return min((due for hints in self._classes if (due := hints.deadline()) is not None), default=None)

    def _noticed(self, identity: str, now: float, *, is_member: bool) -> Hints:
        """Return the class of an identity from which there is a sign, after it has made us doubt if it is to."""
        hints = self._members if is_member or self.knows(identity) else self._strangers
        if is_member or now < self._heed_all_until:
            hints.made_doubt(now)
        if hints is self._members and (hint := self._strangers.pop(identity)):
            hints.put(identity, hint)
        return hints

    @property
    def _classes(self) -> tuple[Hints, Hints]:
        return self._members, self._strangers
