"""A network in memory: tests and simulations use it in place of LiveKit, with the same promises and no more.

Everything happens in the running event loop, and all chance comes from the given `Random`, so in a loop of virtual time
a run repeats exactly.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from volly_browser.errors import LocalError
from volly_browser.transport.contract import (
    ANNOUNCEMENT_LIMIT,
    FRAME_LIMIT,
    FrameReceived,
    LinkChanged,
    LinkState,
    PeerAnnounced,
    PeerJoined,
    PeerLeft,
    TransportError,
    TransportEvent,
    WillShown,
)
from volly_browser.transport.inbox import EventInbox

TICK = 1e-6
"""Seconds between two arrivals that must keep their order, since an event loop does not order equal times."""

NEWS = ""
"""Stands for the server as the source of news about peers."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How the network treats what is sent.

    Attributes:
        delay: the shortest and the longest time, in seconds, that an event takes to each receiver.
        ordered: whether frames from one sender to one receiver keep their order, as on a data channel.
        loss: the share of frames that never arrive.
        duplication: the share of frames that arrive twice.
        news_delay: the most seconds by which news about peers and announcements are later than a frame.
        sees_present: whether a connection is told at once which peers are there, as LiveKit's join response does.
    """

    delay: tuple[float, float] = (0.0, 0.0)
    ordered: bool = True
    loss: float = 0.0
    duplication: float = 0.0
    news_delay: float = 0.0
    sees_present: bool = True


@dataclass(slots=True)
class Sent:
    """One thing that crossed the network, as its operator sees it."""

    sender: str
    data: bytes
    to: tuple[str, ...] | None = None


@dataclass
class MemoryNetwork:
    """One room of a server: it relays frames, keeps announcements, and records all it sees."""

    weather: Weather = Weather()
    random: Random = field(default_factory=lambda: Random(0))
    up: bool = True
    recorded: list[Sent] = field(default_factory=list)
    _members: dict[str, "MemoryTransport"] = field(default_factory=dict)
    _announcements: dict[str, bytes] = field(default_factory=dict)
    _arrivals: dict[tuple[str, str], float] = field(default_factory=dict)
    _count: int = 0

    def transport(self) -> "MemoryTransport":
        """Make a connection for one more identity."""
        return MemoryTransport(self, self.new_identity())

    def new_identity(self) -> str:
        """Make a name that no identity has had before."""
        self._count += 1
        return f"{self.random.getrandbits(64):016x}-{self._count}"

    @property
    def identities(self) -> tuple[str, ...]:
        """The identities that are connected."""
        return tuple(self._members)

    def vanish(self, identity: str) -> None:
        """Lose a connection: the others are told, its owner is not."""
        if self._members.pop(identity, None):
            self._announcements.pop(identity, None)
            self._tell_others(identity, PeerLeft(identity))

    def cut(self, identity: str, reason: str = "The server closed the connection.") -> None:
        """Close a connection: both sides are told."""
        member = self._members[identity]
        self.vanish(identity)
        member.got_closed(reason)

    def displace(self, identity: str) -> None:
        """Give an identity's place to another connection: its owner is told, the others are not."""
        self._members.pop(identity).got_displaced("Another connection has our identity.")

    def inject(self, frame: bytes, sender: str, to: str) -> None:
        """Deliver a frame that no member sent, as a malicious server can."""
        self._members[to].got_event(FrameReceived(frame, sender))

    def enter(self, member: "MemoryTransport") -> None:
        """Connect an identity: it learns which peers are there, and those learn of it."""
        if not self.up:
            raise TransportError("The server in memory is down. It can be tried again when it is up.")
        for identity in self._members:
            if self.weather.sees_present:
                self._introduce(identity, member)
            else:
                delay = self._in_order(NEWS, member.identity, self._delay() + self.weather.news_delay)
                self._later(delay, partial(self._introduce, identity, member))
        self._members[member.identity] = member
        self._tell_others(member.identity, PeerJoined(member.identity))

    def announce(self, identity: str, announcement: bytes) -> None:
        """Keep an announcement and tell the others."""
        self.recorded.append(Sent(identity, announcement))
        self._announcements[identity] = announcement
        self._tell_others(identity, PeerAnnounced(identity, announcement))

    def relay(self, sent: Sent) -> None:
        """Carry a frame to its receivers as well as the weather permits; frames of a vanished sender are dropped."""
        if sent.sender not in self._members:
            return
        self.recorded.append(sent)
        for identity in tuple(self._members) if sent.to is None else sent.to:
            if identity in self._members and identity != sent.sender:
                self._carry(sent, identity)

    def _carry(self, sent: Sent, to: str) -> None:
        if self.random.random() < self.weather.loss:
            return
        copies = 2 if self.random.random() < self.weather.duplication else 1
        for _ in range(copies):
            delay = self._in_order(sent.sender, to, self._delay()) if self.weather.ordered else self._delay()
            self._deliver(to, FrameReceived(sent.data, sent.sender), delay)

    def _in_order(self, source: str, to: str, delay: float) -> float:
        """Lengthen a delay so that nothing overtakes what the same source sent to the same receiver."""
        now = asyncio.get_running_loop().time()
        arrival = max(now + delay, self._arrivals.get((source, to), 0.0) + TICK)
        self._arrivals[source, to] = arrival
        return arrival - now

    def _introduce(self, identity: str, to: "MemoryTransport") -> None:
        if identity in self._members:
            to.got_event(PeerJoined(identity))
            if identity in self._announcements:
                to.got_event(PeerAnnounced(identity, self._announcements[identity]))

    def _tell_others(self, identity: str, event: TransportEvent) -> None:
        for other in self._members:
            if other != identity:
                delay = self._in_order(NEWS, other, self._delay() + self.weather.news_delay)
                self._deliver(other, event, delay)

    def _deliver(self, to: str, event: TransportEvent, delay: float) -> None:
        member = self._members[to]
        self._later(delay, lambda: member.got_event(event) if self._members.get(to) is member else None)

    def _delay(self) -> float:
        return self.random.uniform(*self.weather.delay)

    @staticmethod
    def _later(delay: float, action: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(delay, action)


class MemoryTransport:
    """One connection to a MemoryNetwork; see `contract.Transport`."""

    def __init__(self, network: MemoryNetwork, identity: str) -> None:
        self._network = network
        self._identity = identity
        self._state = LinkState.CLOSED
        self._inbox = EventInbox()
        self._will = b"", b""

    @property
    def identity(self) -> str:
        """The random name under which the network knows us."""
        return self._identity

    @property
    def state(self) -> LinkState:
        """The state of the link."""
        return self._state

    async def connect(self) -> None:
        """Enter the network's room, under a new name if ours was taken.  Raises TransportError while it is down."""
        if self._state is LinkState.DISPLACED:
            self._identity = self._network.new_identity()
        self._network.enter(self)
        self._change(LinkState.CONNECTED)

    async def announce(self, announcement: bytes) -> None:
        """Keep this blob on display."""
        if len(announcement) > ANNOUNCEMENT_LIMIT:
            raise LocalError(f"An announcement of {len(announcement)} bytes is longer than {ANNOUNCEMENT_LIMIT}.")
        self._require_connected()
        self._network.announce(self._identity, announcement)

    def set_will(self, announcement: bytes, frame: bytes) -> None:
        """Keep a will ready for `end_page`."""
        if len(announcement) > ANNOUNCEMENT_LIMIT or len(frame) > FRAME_LIMIT:
            raise LocalError("Last words are longer than what can be announced, or sent.")
        self._will = announcement, frame

    async def send(self, frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
        """Hand a frame to the network; `reliable` makes no difference in this weather."""
        if len(frame) > FRAME_LIMIT:
            raise LocalError(f"A frame of {len(frame)} bytes is longer than {FRAME_LIMIT}.")
        self._require_connected()
        self._network.relay(Sent(self._identity, frame, None if to is None else tuple(to)))

    async def receive(self) -> TransportEvent:
        """Wait for the next event."""
        return await self._inbox.get()

    async def close(self) -> None:
        """Leave; the others are told."""
        if self._state is not LinkState.CLOSED:
            self._network.vanish(self._identity)
            self._change(LinkState.CLOSED, "The connection was closed by us.")

    def end_page(self, *, by_frame: bool = False) -> None:
        """End the page, or put it aside: send the will, and be gone."""
        if self._state is not LinkState.CONNECTED:
            return
        announcement, frame = self._will
        if announcement and by_frame:
            self._network.relay(Sent(self._identity, frame))
        elif announcement:
            self._network.announce(self._identity, announcement)
        if announcement:
            self._inbox.put(WillShown())
        self._will = b"", b""
        self._network.vanish(self._identity)
        self._change(LinkState.CLOSED, "The page ended.")

    def got_event(self, event: TransportEvent) -> None:
        """Take an event from the network."""
        self._inbox.put(event)

    def got_closed(self, reason: str) -> None:
        """Note that the network closed the connection."""
        self._change(LinkState.CLOSED, reason)

    def got_displaced(self, reason: str) -> None:
        """Note that the network gave our place to another connection."""
        self._change(LinkState.DISPLACED, reason)

    def _change(self, state: LinkState, reason: str = "") -> None:
        self._state = state
        self._inbox.put(LinkChanged(state, reason))

    def _require_connected(self) -> None:
        if self._state is not LinkState.CONNECTED:
            raise TransportError("There is no connection to the network.")
