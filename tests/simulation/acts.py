"""What happens to the people of a simulation, and when: each act at its time, in seconds from the beginning."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens."""

    at: float


@dataclass(frozen=True, slots=True)
class Come(Act):
    """A person opens the room, unless it has done so."""

    person: int


@dataclass(frozen=True, slots=True)
class Go(Act):
    """A person leaves the room in good order."""

    person: int


@dataclass(frozen=True, slots=True)
class Say(Act):
    """A person writes a text, which is not like any other."""

    person: int
    text: str


@dataclass(frozen=True, slots=True)
class Crash(Act):
    """A person's page ends, so many steps of its work later.

    Attributes:
        steps: at which a program is interrupted that does something; one that waits is after a second.
        unnoticed: seconds until the server notices.
    """

    person: int
    steps: int
    unnoticed: float


@dataclass(frozen=True, slots=True)
class End(Act):
    """A person's page ends, so many steps of its work later, and is closed, reloaded, or put aside.

    Attributes:
        steps: as for a crash.
        aside: seconds until a page that is put aside goes on; None if it ends for good.
        by_frame: how its last words are said, else on display.
    """

    person: int
    steps: int
    aside: float | None
    by_frame: bool


@dataclass(frozen=True, slots=True)
class Stall(Act):
    """A person's device stands still for so many seconds."""

    person: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Split(Act):
    """The room splits: nobody hears those on another side.

    Attributes:
        sides: of each person.
        noticed: whether the others are told that those on the other sides are gone.
    """

    sides: tuple[int, ...]
    noticed: bool


@dataclass(frozen=True, slots=True)
class Reunite(Act):
    """The sides hear each other again."""


@dataclass(frozen=True, slots=True)
class Mute(Act):
    """Nothing arrives of what one sends to another, for so many seconds."""

    source: int
    target: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Reconnect(Act):
    """A full reconnect: seconds in which nobody notices that all is lost, and seconds until it is over."""

    person: int
    silent: float
    away: float


@dataclass(frozen=True, slots=True)
class Break(Act):
    """The link breaks for so many seconds, and what was sent meanwhile arrives afterwards."""

    person: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Close(Act):
    """A connection is closed, and cannot be made again for so many seconds."""

    person: int
    offline: float


@dataclass(frozen=True, slots=True)
class Outage(Act):
    """The server goes down for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Lie(Act):
    """The server tells one that another is gone, until the network heals."""

    told: int
    about: int


@dataclass(frozen=True, slots=True)
class Replay(Act):
    """The server delivers so many old frames once more; `forged` if it names other senders."""

    count: int
    forged: bool


@dataclass(frozen=True, slots=True)
class Attack(Act):
    """An adversary does harm; `who` is its name among the hazards."""

    who: str


@dataclass(frozen=True, slots=True)
class Forge(Act):
    """The server delivers so many frames that nobody has sent, and spreads false news about peers."""

    count: int
