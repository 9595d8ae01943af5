"""A server in memory that does to its rooms whatever a server, or the network before it, can do."""

import asyncio
from dataclasses import replace
from functools import partial
from random import Random

from tests.simulation.device import Device
from tests.simulation.line import Line
from tests.simulation.plan import FAIR
from volly_browser.transport.contract import (
    FrameReceived,
    PeerAnnounced,
    PeerJoined,
    PeerLeft,
    TransportError,
    TransportEvent,
)
from volly_browser.transport.memory import MemoryNetwork, MemoryTransport, Sent, Weather

RECORDED_LIMIT = 500
"""Frames and announcements that are remembered, to be replayed."""


class HostileNetwork(MemoryNetwork):
    """One room of a server.

    Args:
        random: decides the weather's chances.
        weather: what the network is like until it heals.
    """

    def __init__(self, random: Random, weather: Weather) -> None:
        super().__init__(weather, random)
        self.displayed: list[Sent] = []
        self._shown: dict[str, dict[str, bytes | None]] = {}
        self._person_at: dict[str, int] = {}
        self._sides: tuple[int, ...] = ()
        self._hides_sides = False
        self._muted: dict[tuple[int, int], float] = {}
        self._offline: dict[int, float] = {}
        self._down_until = 0.0
        self._lies: set[tuple[int, int]] = set()
        self._refused = 0.0

    def line(self, person: int, device: Device) -> Line:
        """Make a connection for a person."""
        return Line(self, person, device)

    def new_identity(self) -> str:
        """One that nobody had before."""
        self._count += 1
        return f"{self.random.getrandbits(64):016x}-{self._count}"

    def delay(self) -> float:
        """Seconds that something takes."""
        return self._delay()

    def refuses(self) -> bool:
        """Whether what is sent now is refused."""
        return self._refused > 0.0 and self.random.random() < self._refused

    # What the network does to the room

    def refuse(self, share: float) -> None:
        """Refuse so much of what is sent from now on."""
        self._refused = share

    def split(self, sides: tuple[int, ...], *, noticed: bool) -> None:
        """Let nothing cross between those on different sides."""
        self._sides, self._hides_sides = sides, noticed
        self._news()

    def reunite(self) -> None:
        """Let everything cross again."""
        self.split((), noticed=False)

    def mute(self, source: int, target: int, seconds: float) -> None:
        """Drop what one sends to another, for so long."""
        self._muted[source, target] = _now() + seconds

    def close_line(self, person: int, offline: float) -> None:
        """Close a person's connection, and refuse new ones of it for so long."""
        self._offline[person] = _now() + offline
        for line in self._lines_of(person):
            self.cut(line.identity, "The connection was lost.")

    def go_down(self, seconds: float) -> None:
        """Close all connections, and let nobody in for so long."""
        self._down_until = _now() + seconds
        for identity in tuple(self._members):
            self.cut(identity, "The server goes down.")

    def kill(self, line: Line, unnoticed: float) -> None:
        """A program has ended; the server notices some time later."""
        line.is_dead = True
        identity = line.identity
        self._later(unnoticed, lambda: self.vanish(identity) if self._members.get(identity) is line else None)

    def end(self, identity: str, will: bytes) -> None:
        """A page ends with a will, which the others are shown unless it is lost on its way, and is gone."""
        self.displayed = [*self.displayed[-RECORDED_LIMIT:], Sent(identity, will)]
        for to in tuple(self._members):
            source, target = self._person_at[identity], self._person_at[to]
            if to != identity and not self._is_split(source, target):
                self.tell(PeerAnnounced(identity, will), to)
        self.vanish(identity)

    def lie(self, told: int, about: int) -> None:
        """Report a peer that is there as gone."""
        self._lies.add((told, about))
        self._news()

    def heal(self) -> None:
        """From now on everything arrives, in order, and what was said about others is put right."""
        self.weather = replace(FAIR, sees_present=self.weather.sees_present)
        self._muted.clear()
        self._offline.clear()
        self._lies.clear()
        self._down_until = self._refused = 0.0
        self.reunite()

    # What the server does to single members

    @property
    def targets(self) -> list[str]:
        """The identities that can be told something."""
        return [identity for identity, line in self._members.items() if isinstance(line, Line) and line.hears]

    def forget_shown(self, to: str) -> list[str]:
        """Report all peers to an identity anew; return those that it was told of."""
        told, self._shown[to] = self._shown.get(to, {}), {}
        return list(told)

    def inform(self, to: str) -> None:
        """Report to an identity what has changed about the others."""
        line, shown = self._members.get(to), self._shown.get(to)
        if not isinstance(line, Line) or shown is None or not line.hears:
            return
        for identity in [*shown, *(identity for identity in self._members if identity not in shown)]:
            if identity != to and not self._is_frozen(line.person, self._person_at[identity]):
                self._inform_about(identity, line, shown)

    def _inform_about(self, identity: str, line: Line, shown: dict[str, bytes | None]) -> None:
        announcement = self._announcements.get(identity)
        if identity not in self._members or self._is_hidden(line.person, self._person_at[identity]):
            if identity in shown:
                del shown[identity]
                line.got_event(PeerLeft(identity))
            return
        if identity not in shown:
            line.got_event(PeerJoined(identity))
        if announcement is not None and shown.get(identity) != announcement:
            line.got_event(PeerAnnounced(identity, announcement))
        shown[identity] = announcement

    # MemoryNetwork, more hostile

    def enter(self, member: MemoryTransport) -> None:
        """Connect an identity."""
        assert isinstance(member, Line)  # no others are made here
        if _now() < self._down_until or _now() < self._offline.get(member.person, 0.0):
            raise TransportError("The server in memory cannot be reached. It can be tried again.")
        self._members[member.identity] = member
        self._person_at[member.identity] = member.person
        self._shown[member.identity] = {}
        if self.weather.sees_present:
            self.inform(member.identity)
        self._news()

    def vanish(self, identity: str) -> None:
        """A connection is gone."""
        super().vanish(identity)
        self._shown.pop(identity, None)

    def relay(self, sent: Sent) -> None:
        """Carry a frame."""
        if len(self.recorded) >= 2 * RECORDED_LIMIT:
            del self.recorded[:RECORDED_LIMIT]
        super().relay(sent)

    def announce(self, identity: str, announcement: bytes) -> None:
        """Keep an announcement on display, in place of the one before, which is remembered."""
        self.displayed = [*self.displayed[-RECORDED_LIMIT:], Sent(identity, announcement)]
        self._announcements[identity] = announcement
        self._news()

    def tell(self, event: TransportEvent, to: str) -> None:
        """Deliver any event, true or not."""
        self._deliver(to, event, self._delay())

    def inject(self, frame: bytes, sender: str, to: str) -> None:
        """Deliver a frame that nobody sent now."""
        self.tell(FrameReceived(frame, sender), to)

    def _carry(self, sent: Sent, to: str) -> None:
        source, target = self._person_at[sent.sender], self._person_at[to]
        if not self._is_split(source, target) and _now() >= self._muted.get((source, target), 0.0):
            super()._carry(sent, to)

    def _tell_others(self, identity: str, event: TransportEvent) -> None:
        self._news()

    def _news(self) -> None:
        for identity in self._members:
            delay = self._delay() + self.random.uniform(0.0, self.weather.news_delay)
            self._later(delay, partial(self.inform, identity))

    def _lines_of(self, person: int) -> list[Line]:
        lines = (line for line in self._members.values() if isinstance(line, Line))
        return [line for line in lines if line.person == person]

    def _is_split(self, one: int, other: int) -> bool:
        return bool(self._sides) and self._sides[one] != self._sides[other]

    def _is_frozen(self, one: int, other: int) -> bool:
        """Whether one learns nothing about the other, not even that it is gone."""
        return self._is_split(one, other) and not self._hides_sides

    def _is_hidden(self, told: int, about: int) -> bool:
        return (told, about) in self._lies or (self._is_split(told, about) and self._hides_sides)


def _now() -> float:
    return asyncio.get_running_loop().time()
