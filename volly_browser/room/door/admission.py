"""How somebody outside gets in: by knocking at an existing group, or by beginning one where there is none.

Rule: everything that decides between waiting, knocking and beginning a group is in this file.  It is told facts and
the time, and asked for the next step; it sends nothing itself.

    | where we stand                                  | step                                            |
    |-------------------------------------------------|-------------------------------------------------|
    | no link                                         | none                                            |
    | outside, nobody else is there                   | Create, at once                                 |
    | outside, somebody is there                      | Knock, again after a while, twice as long each  |
    | outside, only newcomers, our identity smallest  | Create, at once                                 |
    | outside, others there are silent, or deserted   | Create, when the time for them is over          |
    | outside, members speak and let nobody in        | Create, after longer                            |
    | inside                                          | none                                            |
    | inside, an older group of the room is there     | Knock at that group, and stay until it answers  |

Whoever can no longer follow its group counts as outside.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from volly_browser.room.door.group_age import GroupAge
from volly_browser.room.identity.credential import MAX_SENIORITY
from volly_browser.room.timing import Timing, crowding

PEERS_LIMIT = 4096
"""Peers that are kept in mind; a server can invent any number."""


class PeerKind(Enum):
    """What is known of a peer."""

    SILENT = auto()
    NEWCOMER = auto()
    MEMBER = auto()


@dataclass(frozen=True, slots=True)
class Create:
    """Begin a group."""


@dataclass(frozen=True, slots=True)
class Knock:
    """Send a Hello with a fresh key package.

    Attributes:
        group_id: the group to get into; empty where any will do.
        seniority: what our identity in the key package says.
    """

    group_id: bytes
    seniority: int


Step = Create | Knock


@dataclass(slots=True)
class _Peer:
    since: float
    heard: float
    kind: PeerKind = PeerKind.SILENT
    age: GroupAge | None = None
    highest_seniority: int = 0


class Admission:
    """The newcomer's side of the door.

    Args:
        timing: how long to wait for what.
        chance: gives a number from 0 to 1, different each time, so that not all knock again at once.
    """

    def __init__(self, timing: Timing, chance: Callable[[], float]) -> None:
        self._timing = timing
        self._chance = chance
        self._identity: str | None = None
        self._peers: dict[str, _Peer] = {}
        self._inside: GroupAge | None = None
        self._outside_since = 0.0
        self._last_knock = -math.inf
        self._haste = 1.0
        self._knocks = 0
        self._knocked_at = b""
        self._knocked_since = 0.0
        self._knocked_seniority = 0
        self._outdated = False
        self._deaf: set[bytes] = set()
        self._groups: frozenset[GroupAge] | None = None  # those that peers are in; None until it is looked for anew
        self._losses = 0
        self._lost_at = -math.inf

    # Facts

    def link_up(self, identity: str, now: float) -> None:
        """We are connected under this identity, and know who else is."""
        self._identity = identity
        for peer in self._peers.values():
            peer.since = peer.heard = now
        self._last_knock = -math.inf  # its answer may be lost
        self._begin_again(now)

    def link_down(self) -> None:
        """We are not connected; who is there will be told anew."""
        self._identity = None
        self._peers.clear()
        self._groups = None

    def peer_joined(self, identity: str, now: float) -> None:
        """Somebody can be reached."""
        if len(self._peers) < PEERS_LIMIT:
            self._peers.setdefault(identity, _Peer(now, now))

    def peer_left(self, identity: str) -> None:
        """Somebody cannot be reached any more."""
        self._peers.pop(identity, None)
        self._groups = None

    def got_hello(self, identity: str, now: float, *, announced: bool) -> None:
        """A peer knocks; one that announces so is in no group, while a member may also knock at another group."""
        self.peer_joined(identity, now)
        peer = self._peers.get(identity)
        if peer is None:
            return
        peer.heard = now
        if announced or peer.kind is PeerKind.SILENT:
            peer.kind = PeerKind.NEWCOMER

    def got_presence(self, identity: str, age: GroupAge, highest_seniority: int, now: float) -> None:
        """A peer says that it is in a group."""
        self.peer_joined(identity, now)
        if peer := self._peers.get(identity):
            self._groups = self._groups if peer.age == age else None
            peer.heard, peer.kind, peer.age = now, PeerKind.MEMBER, age
            peer.highest_seniority = highest_seniority
            self._deaf.discard(age.group_id)

    def told_outdated(self, required_seniority: int) -> None:
        """A member says that we claimed to be more senior than we are: we knock again at once, claiming less."""
        if self._knocks > 0 and self._knocked_seniority < required_seniority:
            self._outdated = True
            self._knocked_seniority = required_seniority - 1

    def entered(self, age: GroupAge, now: float) -> None:
        """We are in a group, begun by us or joined."""
        self._inside = age
        self._begin_again(now)

    def lost(self, now: float) -> None:
        """We are in no group, or cannot follow ours any more.

        Whoever loses its place again and again waits longer each time, so that nobody goes round in circles.
        """
        calm = now - self._lost_at > self._timing.longest_unanswered_hello
        self._losses = 1 if calm else self._losses + 1
        self._lost_at, self._inside = now, None
        self._begin_again(now)

    def knocked(self, knock: Knock, now: float) -> None:
        """A Hello was sent."""
        if self._knocks == 0 or knock.group_id != self._knocked_at:
            self._knocked_at, self._knocked_since = knock.group_id, now
        self._last_knock, self._haste = now, 0.75 + self._chance() / 2
        self._knocks += 1
        self._knocked_seniority = knock.seniority
        self._outdated = False

    # What follows

    def next_step(self, now: float) -> Step | None:
        """What to do now."""
        if self._identity is None:
            return None
        self._give_up_on_the_deaf(now)
        if self._inside is None and now >= self._create_at(self._identity):
            return Create()
        if self._wants_in and now >= self._knock_at():
            return self._knock()
        return None

    def deadline(self) -> float | None:
        """When to ask for the next step again, if nothing happens before."""
        if self._identity is None or not self._wants_in:
            return None
        if self._inside is not None:
            return self._knock_at()
        return min(self._knock_at(), self._create_at(self._identity))

    @property
    def _wants_in(self) -> bool:
        return self._inside is None or self._oldest_group is not None

    @property
    def _oldest_group(self) -> GroupAge | None:
        """The oldest group that peers are in and that may answer, unless ours is as old."""
        if self._groups is None:
            self._groups = frozenset(peer.age for peer in self._peers.values() if peer.age)
        oldest = min((age for age in self._groups if age.group_id not in self._deaf), default=None)
        if oldest is None or (self._inside is not None and self._inside <= oldest):
            return None
        return oldest

    def _give_up_on_the_deaf(self, now: float) -> None:
        """A group that does not answer for long must not keep us from the others; until it says something again."""
        target = self._oldest_group
        if target is None or self._knocks == 0 or target.group_id != self._knocked_at:
            return
        heard = max((peer.heard for peer in self._peers.values() if peer.age == target), default=0.0)
        if now >= self._patience_since(self._knocked_since, heard):
            self._deaf.add(target.group_id)
            self._knocks = 0

    def _create_at(self, identity: str) -> float:
        """The time from which nobody is left to wait for."""
        return max((self._patience_with(identity, *item) for item in self._peers.items()), default=0.0)

    def _patience_with(self, identity: str, other: str, peer: _Peer) -> float:
        if peer.kind is PeerKind.SILENT:
            return peer.since + self._timing.silent_peer
        if peer.kind is PeerKind.NEWCOMER and identity < other:
            return 0.0
        return self._patience_since(max(peer.since, self._outside_since), peer.heard)

    def _patience_since(self, since: float, heard: float) -> float:
        """Until when to wait for those who ought to let us in: longer if they are heard, but not for ever."""
        return min(max(since, heard) + self._timing.deserted_group, since + self._timing.closed_group)

    def _knock_at(self) -> float:
        if self._knocks == 0:  # an earlier knock may be what led to the loss: then its answer is on its way
            return max(self._lost_at + self._patience_after(self._losses - 1), self._answered_by(1))
        return 0.0 if self._outdated else self._answered_by(self._knocks)

    def _answered_by(self, knocks: int) -> float:
        """When the last knock should have been answered, if it was the first or a later one."""
        wait = self._patience_after(knocks) * crowding(len(self._peers))
        return self._last_knock + min(wait, self._timing.longest_unanswered_hello) * self._haste

    def _patience_after(self, times: int) -> float:
        """0, 3, 6, 12 ... seconds after something was in vain."""
        wait = self._timing.unanswered_hello * 2.0 ** min(times - 1, 16)
        return min(wait, self._timing.longest_unanswered_hello) if times > 0 else 0.0

    def _knock(self) -> Knock:
        target = self._oldest_group
        return Knock(target.group_id if target else b"", self._seniority())

    def _seniority(self) -> int:
        """Higher than those of all members, and than our own last one: the latest knock can be told by it."""
        highest = max((peer.highest_seniority for peer in self._peers.values()), default=0)
        return min(max(highest, self._knocked_seniority) + 1, MAX_SENIORITY)

    def _begin_again(self, now: float) -> None:
        self._outside_since = now
        self._knocks = 0
        self._outdated = False
