"""How one gets in: by knocking at a group that is there, or by beginning one if there is none.

Rule: everything that decides between waiting, knocking, beginning a group and leaving one is in this file.  It is told
facts and the time, and asked for the next step; it sends nothing itself.

    | where we stand                                    | step                                            |
    |---------------------------------------------------|-------------------------------------------------|
    | no link                                           | none                                            |
    | outside, no peer is there                         | Create, at once                                 |
    | outside, a peer is there                          | Knock, again after a while, twice as long each  |
    | outside, only newcomers, our identity smallest    | Create, at once                                 |
    | outside, the peers are silent, or deserted        | Create, when the time for them is over          |
    | outside, members speak and let nobody in          | Create, after longer                            |
    | inside, free to leave, and a better place is there| Knock there, and stay until it answers          |
    | inside otherwise                                  | none                                            |

What is said at the door proves nothing, so only a member that is free to gives its place up for another one: it is
alone, or hears none of the others; or it met them a moment ago and not a word was said; or a person was asked; or
members that we know have proved that most of us are elsewhere (see `group.branches`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import NamedTuple

from volly_browser.room import labels
from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding
from volly_browser.room.wire.structs import PassedEpoch

PEERS_LIMIT = 4096
"""Peers that are kept in mind; a server can invent any number."""

PROPOSALS_LIMIT = 16
"""Other conversations that a person is asked about in one visit; anyone with the invite can claim any number."""

CORRECTIONS_LIMIT = 8
"""Knocks in a row that are made anew at once since an answer said with what."""

JUMPS_LIMIT = 8
"""Knocks in a row that are made at once since there is a better group than the one that was knocked at."""

CORRECTIONS_OF_ONE = 2
"""Those of them that one peer may cause: it possibly keeps us from the one that would let us in."""


class PeerKind(Enum):
    """What is known of a peer."""

    SILENT = auto()
    NEWCOMER = auto()
    MEMBER = auto()


class Rank(NamedTuple):
    """Sorts places in groups: the best one comes first.  All see it alike, so that all end in one place."""

    is_loose: bool
    group_id: bytes
    shortness: int
    branch: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a peer says that it is.

    Attributes:
        group_id: its group.
        epoch: the one that it was in.
        branch: of that epoch.
        members: how many it says are there.
        lets_in: whether it says that knocks are best sent to it.
        is_settled: whether it says that its members are not free to leave by themselves.
    """

    group_id: bytes
    epoch: int
    branch: bytes
    members: int
    lets_in: bool = False
    is_settled: bool = False

    @property
    def rank(self) -> Rank:
        """How good a place it is."""
        return Rank(not self.is_settled, self.group_id, -self.epoch, self.branch)

    @property
    def is_full(self) -> bool:
        """Whether it says that there is no room."""
        return self.members >= labels.ROOM_LIMIT

    def is_at(self, knock: tuple[bytes, bytes]) -> bool:
        """Whether a knock at this group, with this ticket, was made for it."""
        return (self.group_id, self.branch) == knock


@dataclass(frozen=True, slots=True)
class Create:
    """Begin a group."""


@dataclass(frozen=True, slots=True)
class SayHello:
    """Send a Hello with a fresh key package.

    Attributes:
        group_id: the group to get into; empty for any.
        ticket: the branch that was seen there; zeros if none was.
        identities: the transport identities that are likely to let us in; empty for all.
    """

    group_id: bytes
    ticket: bytes
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Propose:
    """Ask a person whether to leave for another conversation, of so many people."""

    group_id: bytes
    members: int


Step = Create | SayHello | Propose

NO_TICKET = bytes(labels.BRANCH_LENGTH)


@dataclass(slots=True, eq=False)
class _Peer:
    since: float
    heard: float
    kind: PeerKind = PeerKind.SILENT
    place: Place | None = None
    in_vain: int = 0  # knocks at where it says it is


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a peer says of where it is, after so many knocks there in vain."""

    in_vain: int
    rank: Rank
    place: Place

    def order(self) -> tuple[int, Rank]:
        """The best one comes first."""
        return self.in_vain, self.rank


@dataclass(slots=True)
class _Inside:
    """Our own place.

    Attributes:
        company: the group as it is.
        branch: of the present epoch.
        met_at: when there came to be others; None while there are none.
        was_spoken: whether a text was sent or received since.
    """

    company: Company
    branch: bytes
    met_at: float | None
    was_spoken: bool = False

    def rank(self, *, is_settled: bool) -> Rank:
        return Rank(not is_settled, self.company.group_id, -self.company.epoch, self.branch)


class Admission(Machine):
    """The way in, and from one place to a better one.

    Args:
        timing: how long to wait for what.
        chance: gives a number from 0 to 1, different each time, so that not all knock again at once.
    """

    def __init__(self, timing: Timing, chance: Callable[[], float]) -> None:
        self._timing = timing
        self._chance = chance
        self._identity: str | None = None
        self._peers: dict[str, _Peer] = {}
        self._claims: list[_Claim] | None = None  # None until they are looked for anew
        self._inside: _Inside | None = None
        self._hears_nobody = False
        self._is_settled = False
        self._jumps = 0
        self._history: frozenset[PassedEpoch] = frozenset()
        self._outside_since = 0.0
        self._full_at = -math.inf  # when a room last was full, as a peer said
        self._last_knock = -math.inf
        self._haste = 1.0
        self._knocks = 0
        self._tries = 0
        self._asked: list[_Peer] = []  # those that said that they are where we knocked last
        self._corrections: list[str] = []
        self._answers: dict[str, Place] = {}
        self._knocked_at = (b"", NO_TICKET)
        self._knocked_since = 0.0
        self._deaf: dict[bytes, float] = {}  # groups, and until when they are passed over
        self._losses = 0
        self._lost_at = -math.inf
        self._agreed: bytes | None = None
        self._proposed: set[bytes] = set()
        self._proposed_at = -math.inf
        self._way: Place | None = None

    # Facts

    def connected(self, identity: str, now: float) -> None:
        """We are connected under this identity, and know which others are."""
        self._identity = identity
        for peer in self._peers.values():
            peer.since = peer.heard = now
        self._last_knock = -math.inf  # its answer may be lost
        self._begin_again(now)

    def link_down(self) -> None:
        """We are not connected; which peers are there will be told anew."""
        self._identity = None
        self._peers.clear()
        self._claims = None

    def peer_joined(self, identity: str, now: float) -> None:
        """A peer can be reached."""
        if len(self._peers) < PEERS_LIMIT:
            self._peers.setdefault(identity, _Peer(now, now))

    def peer_left(self, identity: str) -> None:
        """A peer cannot be reached any more."""
        self._peers.pop(identity, None)
        self._claims = None

    def peer_heard(self, identity: str, now: float) -> None:
        """A peer speaks to a group."""
        if peer := self._peers.get(identity):
            peer.heard = now

    def got_hello(self, identity: str, now: float, *, announced: bool) -> None:
        """A peer knocks; one that announces so is in no group, while a member may also knock at another group."""
        self.peer_joined(identity, now)
        peer = self._peers.get(identity)
        if peer is None:
            return
        peer.heard = now
        if announced or peer.kind is PeerKind.SILENT:
            peer.kind = PeerKind.NEWCOMER

    def got_notice(self, identity: str, place: Place, now: float, *, is_answer: bool = False) -> None:
        """A peer says where it is; possibly it says so since our knock was made with something else."""
        self.peer_joined(identity, now)
        if peer := self._peers.get(identity):
            self._claims = self._claims if peer.place == place else None
            if peer in self._asked and peer.place and peer.place.group_id != place.group_id:
                peer.in_vain += 1  # it does not answer, and claims something else
            if place.is_full or (peer.place and peer.place.is_full):
                self._full_at = now
            peer.heard, peer.kind, peer.place = now, PeerKind.MEMBER, place
            self._deaf.pop(place.group_id, None)
        if is_answer and self._knocks > 0 and self._may_correct(identity):
            self._corrections.append(identity)
            self._answers[identity] = place

    def entered(self, company: Company, branch: bytes, history: tuple[PassedEpoch, ...], now: float) -> None:
        """We are in a group that we were not in before, begun by us or joined."""
        self._inside = _Inside(company, branch, now if company.size > 1 else None)
        self._agreed = self._way = None
        self._history = frozenset(history)
        self._begin_again(now)

    def advanced(self, company: Company, branch: bytes, history: tuple[PassedEpoch, ...], now: float) -> None:
        """Our group is in its next epoch."""
        if self._inside is None:
            return
        self._history = frozenset(history)
        self._inside.company, self._inside.branch = company, branch
        if company.size == 1:
            self._inside.met_at, self._inside.was_spoken = None, False
        elif self._inside.met_at is None:
            self._inside.met_at = now

    def spoken(self) -> None:
        """A text was sent to others, or came from one."""
        if self._inside and self._inside.met_at is not None:
            self._inside.was_spoken = True

    def tick(self, now: float, *, hears_nobody: bool) -> None:
        """Let time pass; possibly none of the others has been heard for a while."""
        self._hears_nobody = hears_nobody
        self._is_settled = self._is_bound(now) and not hears_nobody

    def lost(self, now: float) -> None:
        """We are in no group any more.

        One that loses its place again and again waits longer each time, so that nobody goes round in circles.
        """
        calm = now - self._lost_at > self._timing.longest_unanswered_hello
        self._losses = 1 if calm else self._losses + 1
        self._lost_at, self._inside = now, None
        self._agreed = self._way = None
        self._begin_again(now)

    def agreed(self, group_id: bytes, now: float) -> None:
        """A person wants to go to another conversation."""
        self._agreed = group_id
        self._begin_again(now)

    def give_way(self, to: PassedEpoch, now: float) -> None:
        """Members that we know have proved that most of us are in another branch of our group, and where it is."""
        if self._inside and (self._way is None or self._way.epoch < to.epoch):
            company = self._inside.company
            self._way = Place(company.group_id, to.epoch, to.branch, company.size)
            self._begin_again(now)

    def keep_place(self) -> None:
        """Nothing is to give way to any more."""
        self._way = None

    def knocked(self, hello: SayHello, now: float) -> None:
        """A Hello was sent."""
        if self._knocks == 0 or hello.group_id != self._knocked_at[0]:
            self._knocked_since = now
        self._jumps += self._knocks > 0 and hello.group_id != self._knocked_at[0]
        self._knocked_at = (hello.group_id, hello.ticket)
        self._last_knock, self._haste = now, 0.75 + self._chance() / 2
        self._knocks += 1
        self._asked = [peer for peer in self._peers.values() if peer.place and peer.place.is_at(self._knocked_at)]
        self._tries = 1 + min((peer.in_vain for peer in self._asked), default=self._knocks - 1)
        for identity in hello.identities:
            self._answers.pop(identity, None)

    def proposed(self, proposal: Propose, now: float) -> None:
        """A person was asked."""
        self._proposed.add(proposal.group_id)
        self._proposed_at = now

    # What follows

    def next_step(self, now: float) -> Step | None:
        """What to do now."""
        if self._identity is None:
            return None
        self._give_up_on_the_deaf(now)
        if self._inside is None and now >= self._create_at(self._identity):
            return Create()
        if self._wants_in(now) and now >= self._knock_at():
            self._note_silence(now)
            return self._hello(now)
        return self._proposal(now)

    def deadline(self, now: float) -> float | None:
        """When to ask for the next step again, if nothing happens before."""
        if self._identity is None:
            return None
        if self._inside is None:
            return min(self._knock_at(), self._create_at(self._identity))
        due = self._knock_at() if self._wants_in(now) else self._proposal_at()
        return min((time for time in (due, *self._deaf.values()) if time is not None), default=None)

    def takes(self, group_id: bytes, now: float, *, is_met: bool) -> bool:
        """Whether a Welcome into this group is to be followed, possibly from a member that we have met.

        One that hears none of the others goes by itself to those that it knows, and to no others: anyone with the
        invite could lie in wait for it, under the names of those that it talked with.
        """
        if self._inside is None:
            return True
        if self._knocks == 0 or self._knocked_at[0] != group_id:
            return False
        return self._is_free_for(group_id, now) or (self._hears_nobody and is_met)

    @property
    def is_settled(self) -> bool:
        """Whether we are not free to leave our group by ourselves."""
        return self._is_settled

    @property
    def is_moving(self) -> bool:
        """Whether we have knocked, and a Welcome may come."""
        return self._inside is None or self._knocks > 0

    @property
    def is_full(self) -> bool:
        """Whether the room that we would get into says that there is no place in it, in the latest word on that."""
        goal = self._goal
        if self._inside is not None or goal is None:
            return False
        places = [claim.place for claim in self._known_claims if claim.place.group_id == goal.group_id]
        return max(places, key=lambda place: place.epoch, default=goal).is_full

    def _wants_in(self, now: float) -> bool:
        if self._inside is None:
            return True
        return self._goal is not None and self._may_leave_for(self._goal.group_id, now)

    def _may_leave_for(self, group_id: bytes, now: float) -> bool:
        """Whether we are free to give our place up for one in this group."""
        return self._hears_nobody or self._is_free_for(group_id, now)

    def _is_free_for(self, group_id: bytes, now: float) -> bool:
        """The same, whether or not the others are heard."""
        inside = self._inside
        if inside is None or inside.met_at is None or group_id == self._agreed:
            return True
        if group_id == inside.company.group_id:  # in our own group only proof counts
            return self._way is not None
        return not self._is_bound(now)

    def _is_bound(self, now: float) -> bool:
        """Whether there are others with us, which we know for a while or have talked with."""
        inside = self._inside
        if inside is None or inside.met_at is None:
            return False
        return inside.was_spoken or now >= inside.met_at + self._timing.acquaintance

    @property
    def _goal(self) -> Place | None:
        """The best place that we could be in instead of ours; possibly we are not free to go there."""
        if self._way is not None:
            return self._way
        if agreed := [claim for claim in self._known_claims if claim.place.group_id == self._agreed]:
            return min(agreed, key=_Claim.order).place
        ours = self._inside.rank(is_settled=self._is_settled) if self._inside else None
        claims = (claim for claim in self._known_claims if claim.place.group_id not in self._deaf)
        best = min((claim for claim in claims if ours is None or claim.rank < ours), key=_Claim.order, default=None)
        return best.place if best else None

    @property
    def _known_claims(self) -> list[_Claim]:
        """Where the peers say that they are, in other groups or in other branches of ours."""
        if self._claims is None:
            places = [(peer.in_vain, peer.place) for peer in self._peers.values() if peer.place]
            settled = {place.group_id for _, place in places if place.is_settled}  # what others display may be older
            known = [
                (in_vain, replace(place, is_settled=place.group_id in settled))
                for in_vain, place in places
                if not self._is_ours(place)
            ]
            self._claims = [_Claim(in_vain, place.rank, place) for in_vain, place in known]
        return self._claims

    def _note_silence(self, now: float) -> None:
        """If the last knock was in vain, it is the turn of what other peers say: anyone can claim the best place."""
        if self._knocks > 0 and not self._answers and now >= self._answered_by(self._tries):
            for peer in self._asked:
                peer.in_vain += 1
            self._asked = []
            self._claims = None

    def _is_ours(self, place: Place) -> bool:
        if self._inside is None or place.group_id != self._inside.company.group_id:
            return False
        return place.epoch < self._first_epoch or PassedEpoch(place.epoch, place.branch) in self._history

    @property
    def _first_epoch(self) -> int:
        """The earliest one of our group that is remembered."""
        return min((passed.epoch for passed in self._history), default=0)

    def _give_up_on_the_deaf(self, now: float) -> None:
        """A group that does not answer for long is passed over for a while, lest it keep us from the others."""
        self._deaf = {group_id: until for group_id, until in self._deaf.items() if now < until}
        target = self._goal
        if target is None or self._knocks == 0 or target.group_id != self._knocked_at[0]:
            return
        if self.is_full and now < self._knocked_since + self._timing.full_room:
            return
        places = [peer for peer in self._peers.values() if peer.place and peer.place.group_id == target.group_id]
        heard = max((peer.heard for peer in places), default=0.0)
        if now >= self._patience_since(max(self._knocked_since, self._full_at), heard):
            self._deaf[target.group_id] = now + self._timing.closed_group
            self._way, self._agreed, self._knocks = None, None, 0

    def _create_at(self, identity: str) -> float:
        """The time from which no peer is left to wait for; it does not depend on what peers do for ever."""
        latest = max((self._patience_with(identity, *item) for item in self._peers.items()), default=0.0)
        longest = self._outside_since + self._timing.full_room
        if any(peer.place and peer.place.is_full for peer in self._peers.values()):
            return min(latest, longest)
        return min(latest, longest, self._waiting_since + self._timing.closed_group)

    def _patience_with(self, identity: str, other: str, peer: _Peer) -> float:
        if peer.kind is PeerKind.SILENT:
            return peer.since + self._timing.silent_peer
        if peer.kind is PeerKind.NEWCOMER and identity < other:
            return 0.0
        if peer.place and peer.place.is_full:
            return peer.heard + self._timing.full_room
        return self._patience_since(max(peer.since, self._waiting_since), peer.heard)

    @property
    def _waiting_since(self) -> float:
        """Since when there could be a place for us: a place in a full room that becomes free is not ours at once."""
        return max(self._outside_since, self._full_at)

    def _patience_since(self, since: float, heard: float) -> float:
        """Until when to wait for those that ought to let us in: longer if they are heard, but not for ever."""
        return min(max(since, heard) + self._timing.deserted_group, since + self._timing.closed_group)

    def _knock_at(self) -> float:
        if self._knocks == 0:  # an earlier knock may be what led to the loss: then its answer is on its way
            return max(self._lost_at + self._patience_after(self._losses - 1), self._answered_by(1))
        if self._answers:
            return 0.0
        goal = self._goal
        if goal and goal.group_id != self._knocked_at[0] and self._jumps < JUMPS_LIMIT:
            return self._last_knock + self._jumps * self._timing.knock_elsewhere
        return self._answered_by(self._tries)

    def _answered_by(self, tries: int) -> float:
        """When the last knock should have been answered, if it was the first at its place or a later one."""
        wait = self._patience_after(tries) * crowding(len(self._peers))
        return self._last_knock + min(wait, self._timing.longest_unanswered_hello) * self._haste

    def _patience_after(self, times: int) -> float:
        """0, 3, 6, 12 ... seconds after something was in vain."""
        wait = self._timing.unanswered_hello * 2.0 ** min(times - 1, 16)
        return min(wait, self._timing.longest_unanswered_hello) if times > 0 else 0.0

    def _hello(self, now: float) -> SayHello:
        if self._answers:
            identity, place = next(iter(self._answers.items()))
            return SayHello(place.group_id, place.branch, (identity,))
        goal = self._goal
        if goal is None:
            return SayHello(b"", NO_TICKET, ())
        return SayHello(goal.group_id, goal.branch, self._likely(goal))

    def _likely(self, goal: Place) -> tuple[str, ...]:
        """Those that say that they let in, at first; a knock that was in vain is sent to all."""
        if self._knocks > 0 or goal is self._way:
            return ()
        places = ((identity, peer.place) for identity, peer in self._peers.items())
        return tuple(name for name, place in places if place and place.lets_in and place.group_id == goal.group_id)

    def _may_correct(self, identity: str) -> bool:
        few = self._corrections.count(identity) < CORRECTIONS_OF_ONE
        return few and len(self._corrections) < CORRECTIONS_LIMIT

    def _proposal(self, now: float) -> Propose | None:
        """Another conversation that a person is to be asked about: one that we are not free to leave for."""
        due, goal = self._proposal_at(), self._goal
        if due is None or now < due or goal is None:
            return None
        return Propose(goal.group_id, goal.members)

    def _proposal_at(self) -> float | None:
        goal = self._goal
        if self._inside is None or goal is None or goal.members < 2 or goal.group_id == self._inside.company.group_id:
            return None
        if goal.group_id in self._proposed or len(self._proposed) >= PROPOSALS_LIMIT:
            return None
        if not (self._is_settled or self._hears_nobody):
            return None
        places = ((peer.since, peer.place) for peer in self._peers.values() if peer.place)
        since = min((since for since, place in places if place.group_id == goal.group_id), default=0.0)
        return max(since + self._timing.settled_place, self._proposed_at + self._timing.propose_again)

    def _begin_again(self, now: float) -> None:
        self._outside_since, self._full_at = now, -math.inf
        self._knocks = self._jumps = 0
        self._corrections.clear()
        self._answers.clear()
        self._claims = None
