"""Decides how to get into a group: knock at one that exists, or begin one.

Rule: everything that decides between waiting, knocking, beginning a group and leaving one is in this file.  It is told
facts and the time, and asked for the next step; it sends nothing itself.

    | state                                             | step                                            |
    |---------------------------------------------------|-------------------------------------------------|
    | no link                                           | none                                            |
    | outside, no peer is there                         | Create, at once                                 |
    | outside, a peer is there                          | Knock, again after a while, twice as long each  |
    | outside, only newcomers, our identity smallest    | Create, at once                                 |
    | outside, the peers are silent, or deserted        | Create, when the time for them is over          |
    | outside, members speak and do not let us in       | Create, after longer                            |
    | outside, 3/4 of a full room's members are seen    | Create, after much longer                       |
    | inside, free to leave, and a better place is there| Knock there, and stay until it answers          |
    | inside, not free, and another conversation is     | Propose it to the user, once                    |
    | inside otherwise                                  | none                                            |

Messages at the door prove nothing, so a member gives its place up for another one only if it is free to leave: it is
alone, or hears none of the others; or it met them a moment ago and no text was sent; or the user agreed; or members
that we know have proved that most of us are in another branch (see `group.branches`).
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import NamedTuple

from volly_browser.room import labels
from volly_browser.room.identity.connections import Connections
from volly_browser.room.machine import Company, Machine
from volly_browser.room.timing import Timing, crowding
from volly_browser.room.wire.structs import PassedEpoch

PEERS_LIMIT = 4096
"""Peers that are remembered; a server can invent any number."""

PROPOSALS_LIMIT = 16
"""Other conversations that the user is asked about in one visit; holders of the invite can claim any number."""

SEEN_OF_FULL = labels.ROOM_LIMIT * 3 // 4
"""Members of a full room that have to be seen at the door before it is waited for so long; the others possibly have
lost their connections."""

CORRECTIONS_LIMIT = 8
"""Knocks in a row that are repeated at once because an answer named another group or branch."""

STRANGERS_LATER = 3
"""Knocks at a group that we were in which are made where members are that we have met, before others get their turn."""

JUMPS_LIMIT = 8
"""Knocks in a row that are made at once because a better group than the one knocked at showed up."""

ASIDE_AFTER = 2
"""Knocks in vain after which every other one is said to one member alone that does not say that it lets in.  The one
that does possibly adds each newcomer that knocks, so that nobody takes over, with Welcomes that lead nowhere."""

CORRECTIONS_OF_ONE = 2
"""Corrections that one peer can cause: possibly it tries to keep us from the member that would add us."""


class PeerKind(Enum):
    """What a peer has shown itself to be."""

    SILENT = auto()
    NEWCOMER = auto()
    MEMBER = auto()


class Rank(NamedTuple):
    """Sorts places in groups, the best first.  The order is the same for all, so that all end in one place."""

    is_loose: bool
    group_id: bytes
    shortness: int
    branch: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """The place in a group that a peer claims.

    Attributes:
        group_id: its group.
        epoch: the one that it was in.
        branch: of that epoch.
        members: how many it claims the group has.
        lets_in: whether it claims that knocks are best sent to it.
        is_settled: whether it claims that the group's members are not free to leave by themselves.
    """

    group_id: bytes
    epoch: int
    branch: bytes
    members: int
    lets_in: bool = False
    is_settled: bool = False

    @property
    def rank(self) -> Rank:
        """The rank of this place."""
        return Rank(not self.is_settled, self.group_id, -self.epoch, self.branch)

    @property
    def is_full(self) -> bool:
        """Whether the peer claims that the group is full."""
        return self.members >= labels.ROOM_LIMIT

    def is_at(self, knock: tuple[bytes, bytes]) -> bool:
        """Whether a knock, given by its group id and ticket, was made for this place."""
        return (self.group_id, self.branch) == knock


@dataclass(frozen=True, slots=True)
class Create:
    """Begin a group."""


@dataclass(frozen=True, slots=True)
class SayHello:
    """Send a Hello with a fresh key package.

    Attributes:
        group_id: the group to enter; empty for any.
        ticket: the branch that was seen there; zeros if none was.
        identities: the transport identities that are likely to let us in; empty for all.
        is_aside: whether nobody else is to hear it.
    """

    group_id: bytes
    ticket: bytes
    identities: tuple[str, ...]
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Propose:
    """Ask the user whether to leave for another conversation, of so many people."""

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
    in_vain: int = 0  # knocks in vain at the place that it claims


@dataclass(frozen=True, slots=True)
class _Claim:
    """The place that a peer claims, and the knocks in vain there."""

    in_vain: int
    rank: Rank
    place: Place

    def order(self) -> tuple[int, Rank]:
        """Return a sort key; the best claim comes first."""
        return self.in_vain, self.rank


@dataclass(slots=True)
class _Inside:
    """Our own place.

    Attributes:
        company: the group as it is.
        branch: of the present epoch.
        met_at: when the group got a second member; None while we are alone.
        was_spoken: whether a text was sent or received since.
        was_chosen: whether the user agreed to come here.
    """

    company: Company
    branch: bytes
    met_at: float | None
    was_spoken: bool = False
    was_chosen: bool = False

    def rank(self, *, is_settled: bool) -> Rank:
        return Rank(not is_settled, self.company.group_id, -self.company.epoch, self.branch)


class Admission(Machine):
    """Decides how to get into a group, and from one to a better one.

    Args:
        timing: how long to wait for what.
        chance: returns a number from 0 to 1, different each time, so that not all newcomers knock again at once.
    """

    def __init__(self, timing: Timing, chance: Callable[[], float]) -> None:
        self._timing = timing
        self._chance = chance
        self._identity: str | None = None
        self._peers: dict[str, _Peer] = {}
        self._claims: list[_Claim] | None = None  # None if they are to be computed again
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
        self._asked: list[_Peer] = []  # the peers that claimed the place at which we knocked last
        self._corrections: list[str] = []
        self._answers: dict[str, Place] = {}
        self._knocked_at = (b"", NO_TICKET)
        self._knocked_since = 0.0
        self._deaf: dict[bytes, float] = {}  # groups, and the times until which they are passed over
        self._losses = 0
        self._lost_at = -math.inf
        self._left: bytes | None = None  # the group that we were in last
        self._met = Connections()
        self._back_since = math.inf  # when the first knock was made that is to lead back into our own group
        self._agreed: bytes | None = None
        self._proposed: set[bytes] = set()
        self._proposals = 0
        self._proposed_at = -math.inf
        self._way: Place | None = None

    # Facts

    def connected(self, identity: str, now: float) -> None:
        """We are connected under this identity, and know which peers are."""
        self._identity = identity
        for peer in self._peers.values():
            peer.since = peer.heard = now
        self._last_knock = -math.inf  # its answer is possibly lost
        self._begin_again(now)

    def link_down(self) -> None:
        """The link is down; the peers will be reported again when it is up."""
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
        """A peer has sent a message of a group."""
        if peer := self._peers.get(identity):
            peer.heard = now

    def met(self, member_id: bytes, identity: str) -> None:
        """A member of our group has proved that this is its identity."""
        if identity not in self._met:
            self._claims = None
        self._met.proved(member_id, identity)

    def got_hello(self, identity: str, now: float, *, announced: bool) -> None:
        """A peer knocks; a knock on display is a newcomer's, others are possibly those of members at another group."""
        self.peer_joined(identity, now)
        peer = self._peers.get(identity)
        if peer is None:
            return
        peer.heard = now
        if announced or peer.kind is PeerKind.SILENT:
            peer.kind = PeerKind.NEWCOMER

    def got_notice(self, identity: str, place: Place, now: float, *, is_answer: bool = False) -> None:
        """A peer claims a place, possibly to correct a knock of ours that named another group or branch."""
        self.peer_joined(identity, now)
        if peer := self._peers.get(identity):
            self._claims = self._claims if peer.place == place else None
            if peer in self._asked and peer.place and peer.place.group_id != place.group_id:
                peer.in_vain += 1  # it claims another place instead of answering
            is_of_full = place.is_full or (peer.place is not None and peer.place.is_full)
            before = self._full_groups if is_of_full else frozenset()
            peer.heard, peer.kind, peer.place = now, PeerKind.MEMBER, place
            if is_of_full and place.group_id in before | self._full_groups:
                self._full_at = now
            self._deaf.pop(place.group_id, None)
        if is_answer and self._knocks > 0 and self._may_correct(identity):
            self._corrections.append(identity)
            self._answers[identity] = place

    def entered(self, company: Company, branch: bytes, history: tuple[PassedEpoch, ...], now: float) -> None:
        """We have begun or joined a group."""
        met_at = now if company.size > 1 else None
        self._inside = _Inside(company, branch, met_at, was_chosen=company.group_id == self._agreed)
        self._back_since = math.inf
        self._way = None
        self._forget_wish()
        self._history = frozenset(history)
        self._begin_again(now)

    def advanced(self, company: Company, branch: bytes, history: tuple[PassedEpoch, ...], now: float) -> None:
        """Our group has entered its next epoch."""
        if self._inside is None:
            return
        self._history = frozenset(history)
        self._inside.company, self._inside.branch = company, branch
        if company.size == 1:
            self._inside.met_at, self._inside.was_spoken = None, False
        elif self._inside.met_at is None:
            self._inside.met_at = now

    def spoken(self) -> None:
        """A text was sent to other members or received from one."""
        if self._inside and self._inside.met_at is not None:
            self._inside.was_spoken = True

    def tick(self, now: float, *, hears_nobody: bool) -> None:
        """Let time pass; `hears_nobody` says that no other member was heard for a while."""
        self._hears_nobody = hears_nobody
        if self._inside and self._inside.met_at is not None and self._way is None and not hears_nobody:
            self._back_since = math.inf
        self._is_settled = self._is_bound(now) and not hears_nobody

    def lost(self, now: float) -> None:
        """We have lost our group.

        If that happens again and again we wait longer each time, so that members do not move in circles.
        """
        calm = now - self._lost_at > self._timing.longest_unanswered_hello
        self._losses = 1 if calm else self._losses + 1
        self._lost_at, self._left, self._inside = now, self._own_group, None
        self._way = None
        self._forget_wish()
        self._begin_again(now)

    def agreed(self, group_id: bytes, now: float) -> None:
        """The user agreed to go to another conversation."""
        self._agreed = group_id
        self._begin_again(now)

    def _forget_wish(self) -> None:
        """What was agreed to is over; if it was in vain, a person is asked about it again."""
        self._proposed -= {self._agreed}
        self._agreed = None

    def give_way(self, to: PassedEpoch, now: float) -> None:
        """Members that we know have proved that most of us are in another branch of our group, now in this epoch."""
        if self._inside and (self._way is None or self._way.epoch < to.epoch):
            company = self._inside.company
            self._way = Place(company.group_id, to.epoch, to.branch, company.size)
            self._begin_again(now)

    def keep_place(self) -> None:
        """No other branch is better than ours any more."""
        self._way = None

    def knocked(self, hello: SayHello, now: float) -> None:
        """A Hello was sent."""
        if self._knocks == 0 or hello.group_id != self._knocked_at[0]:
            self._knocked_since = now
        self._jumps += self._knocks > 0 and hello.group_id != self._knocked_at[0]
        self._knocked_at = (hello.group_id, hello.ticket)
        if hello.group_id == self._own_group:
            self._back_since = min(self._back_since, now)
        self._last_knock, self._haste = now, 0.75 + self._chance() / 2
        self._knocks += 1
        self._asked = [peer for peer in self._peers.values() if peer.place and peer.place.is_at(self._knocked_at)]
        self._tries = 1 + min((peer.in_vain for peer in self._asked), default=self._knocks - 1)
        for identity in hello.identities:
            self._answers.pop(identity, None)

    def proposed(self, proposal: Propose, now: float) -> None:
        """The user was asked."""
        self._proposed.add(proposal.group_id)
        self._proposals += 1
        self._proposed_at = now

    # What follows

    def next_step(self, now: float) -> Step | None:
        """Return the step to take now."""
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
        """Return when to ask for the next step again, if nothing happens before."""
        if self._identity is None:
            return None
        if self._inside is None:
            return min(self._knock_at(), self._create_at(self._identity))
        due = self._knock_at() if self._wants_in(now) else self._proposal_at()
        return min((time for time in (due, *self._deaf.values()) if time is not None), default=None)

    def takes(self, group_id: bytes, now: float, *, is_met: bool) -> bool:
        """Whether to follow a Welcome into this group; `is_met` says that it is from a member that we have met.

        If we hear none of the others, we follow without asking only members that we have met: any holder of the
        invite could wait for that moment, under the names of those that we talked with.  The same holds for our way
        back into a group that we were in, unless none of those members has let us in for some time: those that we
        have met follow where we prove to be.
        """
        if group_id == self._own_group and not is_met and now < self._back_since + self._timing.met_only:
            return False
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
        """Whether we have knocked and can expect a Welcome."""
        return self._inside is None or self._knocks > 0

    @property
    def is_full(self) -> bool:
        """Whether the room that we would get into has no place, as far as can be seen."""
        return self._inside is None and self._goal is not None and self._goal.group_id in self._full_groups

    @property
    def _own_group(self) -> bytes | None:
        """The group that we are in, or were in last."""
        return self._inside.company.group_id if self._inside else self._left

    def _wants_in(self, now: float) -> bool:
        if self._inside is None:
            return True
        goal = self._goal
        return goal is not None and (self._hears_nobody or self._is_free_for(goal.group_id, now))

    def _is_free_for(self, group_id: bytes, now: float) -> bool:
        """Whether we are free to leave for this group, however well we hear the others."""
        inside = self._inside
        if inside is None or inside.met_at is None or group_id == self._agreed:
            return True
        if group_id == inside.company.group_id:  # within our own group only proof counts
            return self._way is not None
        return not self._is_bound(now)

    def _is_bound(self, now: float) -> bool:
        """Whether there are other members that we have known for a while, talked with, or been sent to by the user."""
        inside = self._inside
        if inside is None or inside.met_at is None:
            return False
        return inside.was_spoken or inside.was_chosen or now >= inside.met_at + self._timing.acquaintance

    @property
    def _goal(self) -> Place | None:
        """The best place other than ours; possibly we are not free to go there."""
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
        """The places that peers claim in other groups, or in other branches of ours; computed when first asked for."""
        if self._claims is None:
            claimed = [(identity, peer, peer.place) for identity, peer in self._peers.items() if peer.place]
            settled = {place.group_id for *_, place in claimed if place.is_settled}  # other notices are possibly older
            self._claims = []
            for identity, peer, claim in claimed:
                if not self._is_ours(claim):
                    place = replace(claim, is_settled=claim.group_id in settled)
                    self._claims.append(_Claim(self._in_vain(identity, peer, place), place.rank, place))
        return self._claims

    def _in_vain(self, identity: str, peer: _Peer, place: Place) -> int:
        """Count the knocks in vain at the place that a peer claims; a stranger in our own group begins further on."""
        is_stranger = place.group_id == self._own_group and identity not in self._met
        return peer.in_vain + (STRANGERS_LATER if is_stranger else 0)

    def _note_silence(self, now: float) -> None:
        """Count an unanswered knock against the peers that claim its place, since any peer can claim the best one."""
        if self._knocks > 0 and not self._answers and now >= self._answered_by(self._tries):
            for peer in self._asked:
                peer.in_vain += 1
            self._asked = []
            self._claims = None

    def _is_ours(self, place: Place) -> bool:
        if self._inside is None or place.group_id != self._inside.company.group_id:
            return False
        is_forgotten = place.epoch < self._first_epoch and self._inside.met_at is not None
        return is_forgotten or PassedEpoch(place.epoch, place.branch) in self._history

    @property
    def _first_epoch(self) -> int:
        """The earliest epoch of our group that is remembered."""
        return min((passed.epoch for passed in self._history), default=0)

    def _give_up_on_the_deaf(self, now: float) -> None:
        """Pass over a group that has not answered for long, so that it does not keep us from others."""
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
            self._way, self._knocks = None, 0
            self._forget_wish()

    def _create_at(self, identity: str) -> float:
        """Return when to stop waiting for peers and begin a group; peers can delay that only so far."""
        full = self._full_groups
        latest = max((self._patience_with(identity, *item, full) for item in self._peers.items()), default=0.0)
        longest = self._outside_since + self._timing.full_room
        return min(latest, longest, *([] if full else [self._waiting_since + self._timing.closed_group]))

    @property
    def _full_groups(self) -> frozenset[bytes]:
        """Those of which the latest word is that they are full, and so many are there: a mere word costs nothing."""
        seen, latest = Counter[bytes](), dict[bytes, Place]()
        for place in (peer.place for peer in self._peers.values() if peer.place):
            seen[place.group_id] += 1
            if place.epoch >= latest.get(place.group_id, place).epoch:
                latest[place.group_id] = place
        return frozenset(key for key, place in latest.items() if place.is_full and seen[key] >= SEEN_OF_FULL)

    def _patience_with(self, identity: str, other: str, peer: _Peer, full: Collection[bytes]) -> float:
        if peer.kind is PeerKind.SILENT:
            return peer.since + self._timing.silent_peer
        if peer.kind is PeerKind.NEWCOMER and identity < other:
            return 0.0
        if peer.place and peer.place.group_id in full:
            return peer.heard + self._timing.full_room
        return self._patience_since(max(peer.since, self._waiting_since), peer.heard)

    @property
    def _waiting_since(self) -> float:
        """Since when there could be a place for us: one that becomes free in a full room is not ours at once."""
        return max(self._outside_since, self._full_at)

    def _patience_since(self, since: float, heard: float) -> float:
        """Return until when to wait for members that should add us: longer if they are heard, but not for ever."""
        return min(max(since, heard) + self._timing.deserted_group, since + self._timing.closed_group)

    def _knock_at(self) -> float:
        if self._knocks == 0:  # if an earlier knock led to the loss, its Welcome is on its way
            return max(self._lost_at + self._patience_after(self._losses - 1), self._answered_by(1))
        if self._answers:
            return 0.0
        goal = self._goal
        if goal and goal.group_id != self._knocked_at[0] and self._jumps < JUMPS_LIMIT:
            return self._last_knock + self._jumps * self._timing.knock_elsewhere
        return self._answered_by(self._tries)

    def _answered_by(self, tries: int) -> float:
        """Return when the last knock should have been answered, if it was the `tries`-th at its place."""
        wait = self._patience_after(tries) * crowding(len(self._peers))
        return self._last_knock + min(wait, self._timing.longest_unanswered_hello) * self._haste

    def _patience_after(self, times: int) -> float:
        """Return the seconds to wait after so many failures: 0, 3, 6, 12 ..."""
        wait = self._timing.unanswered_hello * 2.0 ** min(times - 1, 16)
        return min(wait, self._timing.longest_unanswered_hello) if times > 0 else 0.0

    def _hello(self, now: float) -> SayHello:
        if self._answers:
            identity, place = next(iter(self._answers.items()))
            return SayHello(place.group_id, place.branch, (identity,))
        goal = self._goal
        if goal is None:
            return SayHello(b"", NO_TICKET, ())
        if self._knocks >= ASIDE_AFTER and self._knocks % 2 == 0 and (names := self._at(goal, lets_in=False)):
            return SayHello(goal.group_id, goal.branch, (self._one_of(names),), is_aside=True)
        return SayHello(goal.group_id, goal.branch, self._likely(goal))

    def _likely(self, goal: Place) -> tuple[str, ...]:
        """Return the identities for the first knock: the peers that claim to let in; a later knock goes to all."""
        return () if self._knocks > 0 or goal is self._way else self._at(goal, lets_in=True)

    def _at(self, goal: Place, *, lets_in: bool) -> tuple[str, ...]:
        """The peers in a group that say that they let in, or those that do not."""
        places = ((identity, peer.place) for identity, peer in self._peers.items())
        there = ((name, place) for name, place in places if place and place.group_id == goal.group_id)
        return tuple(name for name, place in there if place.lets_in is lets_in)

    def _one_of(self, names: Sequence[str]) -> str:
        return names[min(int(self._chance() * len(names)), len(names) - 1)]

    def _may_correct(self, identity: str) -> bool:
        few = self._corrections.count(identity) < CORRECTIONS_OF_ONE
        return few and len(self._corrections) < CORRECTIONS_LIMIT

    def _proposal(self, now: float) -> Propose | None:
        """Return the other conversation to ask the user about, if there is one that we are not free to leave for."""
        due, goal = self._proposal_at(), self._goal
        if due is None or now < due or goal is None:
            return None
        return Propose(goal.group_id, goal.members)

    def _proposal_at(self) -> float | None:
        goal = self._goal
        if self._inside is None or goal is None or goal.members < 2 or goal.group_id == self._inside.company.group_id:
            return None
        if goal.group_id in self._proposed or self._proposals >= PROPOSALS_LIMIT:
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
