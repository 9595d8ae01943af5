"""What happened in a simulation, as its people saw it: what the invariants are checked against."""

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise


class Fate(StrEnum):
    """How a visit stands at the end."""

    LIVE = "live"
    LEFT = "left"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Said:
    """A text that a person wrote.

    Attributes:
        text: like no other.
        at: seconds from the beginning.
        views: how many member lists its author had seen before.
    """

    text: str
    at: float
    views: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A text was handed to the network, while its author saw these members."""

    at: float
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Heard:
    """A text was shown.

    Attributes:
        at: seconds from the beginning.
        sender: the member id of whom it is said to be.
        text: what was shown.
        message_id: which message it is said to be.
    """

    at: float
    sender: str
    text: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Gap:
    """It was shown that messages are missing."""

    at: float
    sender: str
    count: int


@dataclass(slots=True)
class Visit:
    """What one member of the room did and saw, from coming to going.

    Attributes:
        name: of the person and the number of the visit, like B2.
        member_id: in the room; empty until it has made its identity.
        said: in order.
        ids: the message id of each text that has one.
        handed: by message id.
        claimed: by message id, how many are said to have received it.
        views: the member lists that were shown, each with its time.
        shown: texts and gaps, in order.
        told: texts from before it came, as others told of them.
        expelled: the times at which it was without keys again, in seconds from the beginning.
        mistakes: errors by which tasks ended, and states that rooms must not have.
        fate: how it ended.
    """

    name: str
    member_id: str = ""
    said: list[Said] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    handed: dict[str, Handed] = field(default_factory=dict)
    claimed: dict[str, int] = field(default_factory=dict)
    views: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    shown: list[Heard | Gap] = field(default_factory=list)
    told: list[Heard] = field(default_factory=list)
    expelled: list[float] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    fate: Fate = Fate.LIVE

    @property
    def heard(self) -> list[Heard]:
        """The texts that were shown."""
        return [item for item in self.shown if isinstance(item, Heard)]

    @property
    def texts(self) -> set[str]:
        """The texts that were shown, of all authors."""
        return {item.text for item in self.heard}

    @property
    def gaps(self) -> list[Gap]:
        """The gaps that were shown."""
        return [item for item in self.shown if isinstance(item, Gap)]

    @property
    def is_live(self) -> bool:
        """Whether it goes on at the end."""
        return self.fate is Fate.LIVE

    @property
    def is_alone(self) -> bool:
        """Whether it sees no other member at the end: what is said then waits for the next one."""
        return bool(self.views) and len(self.views[-1][1]) <= 1

    def handed_over(self, said: Said) -> Handed | None:
        """When and to whom a text was sent, as far as is known."""
        message_id = self.ids.get(said.text)
        return None if message_id is None else self.handed.get(message_id)

    def was_inside(self, at: float) -> bool:
        """Whether it saw itself in a group at a time."""
        seen = [members for time, members in self.views if time <= at]
        return bool(seen and self.member_id in seen[-1])

    def longest_without(self, other: "Visit", since: float) -> float:
        """Seconds of the longest time, from `since` on, after which it saw itself with another member again."""
        apart, longest = 0.0, 0.0
        for (begin, members), (end, _) in pairwise(self.views):
            apart = 0.0 if other.member_id in members else apart + max(end, since) - max(begin, since)
            longest = max(longest, apart)
        return longest


@dataclass(slots=True)
class History:
    """What happened to all.

    Attributes:
        visits: in the order in which they began.
        is_sending_sure: whether what was not sent, as far as its author knows, has not arrived either.
        is_fair: whether the network works, and no adversary is a member.
    """

    visits: list[Visit] = field(default_factory=list)
    is_sending_sure: bool = True
    is_fair: bool = False

    @property
    def live(self) -> list[Visit]:
        """The visits that go on at the end."""
        return [visit for visit in self.visits if visit.is_live]
