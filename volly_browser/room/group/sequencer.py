"""Decides which member commits what, and when: MLS wants one commit for an epoch, and the network orders nothing.

Rule: everything that decides whether this member commits is in this file.  It is told facts and the time, and asked
for the changes that are due; it builds and sends nothing itself.

The members are ranked by how long they have been in the group (see `roster`).  The first of them that is there, the
sequencer, commits what is due at once.  Each next member would do the same a while later, and so takes over from those
before it without having to know that they are gone; they are passed over from then on, until they are heard.

    | wish                        | due                            |
    |-----------------------------|--------------------------------|
    | a newcomer knocks           | at once, or after a pause      |
    | a member says farewell      | at once                        |
    | a member cannot be reached  | after a while                  |
    | a member is silent          | at once                        |

All members have to follow every commit, so there is a pause between them that grows with the group, and newcomers that
knock meanwhile share the next one.  While commits arrive the sequencer is there, even if it is busy, and no other
member takes over.

The sequencer also gives out the commits that others have made (`Candidate`), the first valid one for an epoch.
"""

from dataclasses import dataclass

from volly_browser.room import labels
from volly_browser.room.door.knocks import Join, Knocks
from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding

BUSY_LIMIT = 3
"""By how many of its waits a busy sequencer can delay the takeover, at most."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What to commit now.

    Attributes:
        joins: the newcomers to add.
        removals: the members to remove.
        refused: newcomers for which there is no place.
    """

    joins: tuple[Join, ...] = ()
    removals: tuple[bytes, ...] = ()
    refused: tuple[Join, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to commit or refuse."""
        return bool(self.joins or self.removals or self.refused)


class Sequencer(Machine):
    """One member's view of the changes to commit, and of which member's turn it is.

    Args:
        timing: how long to wait for what.
        member_id: our own.
    """

    def __init__(self, timing: Timing, member_id: bytes) -> None:
        self._timing = timing
        self._me = member_id
        self._ranking: tuple[bytes, ...] = ()
        self._entered_at = 0.0
        self._not_before = 0.0
        self._linked = False
        self._retired = False
        self._knocks = Knocks()
        self._leaving: dict[bytes, float] = {}
        self._gone: dict[bytes, float] = {}
        self._unseen: dict[bytes, float] = {}
        self._passed_over: set[bytes] = set()

    # Facts

    def epoch_entered(self, company: Company, now: float) -> None:
        """We have entered this epoch; wishes about members that have gone are void."""
        self._entered_at = now
        self._ranking = company.ranking
        for wishes in (self._leaving, self._gone, self._unseen):
            for member_id in [member_id for member_id in wishes if member_id not in company.ranking]:
                del wishes[member_id]
        self._passed_over &= set(company.ranking)
        if self._leaves_newcomers_to_another:
            self._knocks.keep_only(company.ranking)

    def group_left(self) -> None:
        """We have left the group; knocks are void."""
        self._ranking = ()
        self._knocks.clear()

    def got_hello(self, join: Join, now: float, *, checked: bool = False) -> None:
        """A newcomer knocks, or a member that has lost its keys, of which only a checked knock counts."""
        if join.member_id == self._me:
            return
        if join.member_id in self._ranking or not self._leaves_newcomers_to_another:
            self._knocks.got(join, now, checked=checked)

    def checked(self, join: Join) -> None:
        """The signatures of a knock are valid."""
        self._knocks.checked(join)

    def member_added(self, member_id: bytes, renewal: int) -> None:
        """A commit added a member, or we joined its group; a later knock of the same member still waits."""
        self._knocks.member_added(member_id, renewal)
        self._leaving.pop(member_id, None)
        self.member_back(member_id)

    def refused(self, join: Join) -> None:
        """A newcomer's key package turned out to be unusable."""
        self._knocks.refused(join)

    def got_inside(self, identity: str) -> None:
        """The newcomer at this identity has entered the group, possibly by an earlier knock."""
        self._knocks.withdrawn(identity)

    def got_farewell(self, member_id: bytes, now: float) -> None:
        """A member asks to be removed."""
        self._leaving.setdefault(member_id, now)

    def said_farewell(self) -> None:
        """We have asked to be removed, and leave commits to the others, so that no two commit at once."""
        self._retired = True

    def member_gone(self, member_id: bytes, now: float) -> None:
        """A member cannot be reached any more."""
        self._gone.setdefault(member_id, now)

    def member_unseen(self, member_id: bytes, now: float) -> None:
        """A member was not seen and is possibly gone; it has a while to show up, and is not passed over."""
        self._unseen.setdefault(member_id, now)

    def member_silent(self, member_id: bytes, now: float) -> None:
        """A member has been silent for so long that it is to be removed."""
        self._gone[member_id] = min(now - self._timing.absence, self._gone.get(member_id, now))

    def member_heard(self, member_id: bytes) -> None:
        """A member has sent a message, possibly before it was gone."""
        self._unseen.pop(member_id, None)
        self._passed_over.discard(member_id)

    def member_back(self, member_id: bytes) -> None:
        """A member can be reached."""
        self._gone.pop(member_id, None)
        self._unseen.pop(member_id, None)
        self._passed_over.discard(member_id)

    def link_up(self, now: float) -> None:
        """The link is up; members that were away have their while again."""
        self._linked = True
        self._gone = dict.fromkeys(self._gone, now)
        self._unseen = dict.fromkeys(self._unseen, now)

    def link_down(self) -> None:
        """The link is down; we commit nothing."""
        self._linked = False

    def commit_failed(self, now: float) -> None:
        """A due commit failed through the fault of another member; it is tried again later."""
        self._not_before = now + self._timing.commit_again

    # What follows

    @property
    def is_sequencing(self) -> bool:
        """Whether we are the sequencer."""
        return self._me in self._ranking and not self._retired and not self._before_me()

    @property
    def current(self) -> bytes | None:
        """The id of the sequencer, as far as we know; None while we are in no group or about to leave it."""
        if self._me not in self._ranking or self._retired:
            return None
        return next(iter(self._before_me()), self._me)

    @property
    def gone(self) -> frozenset[bytes]:
        """The members that cannot be reached and are not removed yet."""
        return frozenset(member_id for member_id in self._gone if self._is_other_member(member_id))

    def knows(self, identity: str, key_package: bytes) -> bool:
        """Whether this knock is waiting, or was refused."""
        return self._knocks.is_known(identity, key_package)

    def to_check(self, now: float) -> tuple[Join, ...]:
        """Return the knocks that we would commit now and that are to be checked first, before `take_due`."""
        return self._knocks.unchecked if self._knocks and self._is_due(now) else ()

    def take_due(self, now: float) -> Changes:
        """Take what we have to commit now; empty if it is not our turn or nothing is due."""
        if not self._is_due(now):
            return Changes()
        self._passed_over.update(self._before_me())
        removals = tuple(member_id for member_id, due in self._removals().items() if due <= now)
        ready = self._knocks.ready
        back = [join for join in ready if join.member_id in self._ranking]
        new = [join for join in ready if join.member_id not in self._ranking]
        free = max(0, labels.ROOM_LIMIT - len(self._ranking) + len(removals))
        for join in new[free:]:
            self._knocks.withdrawn(join.identity)
        return Changes((*back, *new[:free]), removals, tuple(new[free:]))

    def deadline(self) -> float | None:
        """Return when we have something to commit; possibly in the past."""
        if not self._linked or self._retired or self._me not in self._ranking:
            return None
        dues = [*self._removals().values(), *(() if self._knocks.since is None else (self._knocks.since,))]
        return max(self._turn(min(dues)), self._not_before) if dues else None

    @property
    def _leaves_newcomers_to_another(self) -> bool:
        """Whether the room is full and another member says so to newcomers, which is no reason to take over from it."""
        return len(self._ranking) >= labels.ROOM_LIMIT and self._me in self._ranking and bool(self._before_me())

    def _turn(self, due: float) -> float:
        """Return when it is our turn to commit what has become due at a time."""
        takeover = self._timing.takeover * crowding(len(self._ranking) + len(self._knocks))
        wait = takeover * len(self._before_me())
        if wait == 0.0:
            pause = self._timing.commit_pause * (len(self._ranking) - 1)
            return max(due, min(due, self._entered_at) + min(pause, self._timing.longest_commit_pause))
        return max(due, min(self._entered_at, due + BUSY_LIMIT * wait)) + wait

    def _is_due(self, now: float) -> bool:
        """Whether we have something to commit."""
        deadline = self.deadline()
        return deadline is not None and now >= deadline

    def _removals(self) -> dict[bytes, float]:
        """Return when each removal is due."""
        absent = {member_id: since + self._timing.absence for member_id, since in (self._unseen | self._gone).items()}
        wished = absent | self._leaving
        return {member_id: due for member_id, due in wished.items() if self._is_other_member(member_id)}

    def _is_other_member(self, member_id: bytes) -> bool:
        return member_id in self._ranking and member_id != self._me

    def _before_me(self) -> list[bytes]:
        """Return the members that would commit before us, if they are there."""
        before = self._ranking[: self._ranking.index(self._me)]
        unavailable = self._leaving.keys() | self._gone.keys() | self._passed_over
        unavailable |= self._knocks.members  # a member that knocks at our group has lost its keys
        return [member_id for member_id in before if member_id not in unavailable]
