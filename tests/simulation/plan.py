"""All that is going to happen, drawn from the seed before anything does.

Nothing that the room does has an influence on it: a change of the room's code replays the same weather.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.simulation.acts import (
    Act,
    Attack,
    Break,
    Close,
    Come,
    Crash,
    End,
    Forge,
    Go,
    Lie,
    Mute,
    Outage,
    Reconnect,
    Replay,
    Reunite,
    Say,
    Split,
    Stall,
)
from tests.simulation.options import ADVERSARIES, Options
from volly_browser.transport.memory import Weather

FAIR = Weather(delay=(0.01, 0.08), news_delay=1.0)
"""The weather without hazards, and after the network has healed."""

MOST_PER_MINUTE = {
    "partitions": 2,
    "blackholes": 3,
    "crashes": 2,
    "endings": 4,
    "stalls": 2,
    "reconnects": 3,
    "breaks": 4,
    "closings": 3,
    "outages": 1,
    "lies": 2,
    "replays": 6,
    "forgeries": 6,
    "server": 6,
    "token": 6,
    "invite": 12,
    "former": 10,
    "member": 10,
}
"""How often each happens at most, in a minute of a room of four; longer and larger simulations have the more."""

STEADY = 2
"""People that never leave for good, so that there is a room at the end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to happen.

    Attributes:
        weather: until the network heals.
        refused: the share of frames whose sending fails, until then.
        acts: in the order of their times.
    """

    weather: Weather
    refused: float
    acts: tuple[Act, ...]


def make_plan(options: Options) -> Plan:
    """The plan of a simulation; a function of its options."""
    acts = [act for person in range(options.members) for act in _life(options, person)]
    for hazard in options.hazards:
        acts += _happenings(options, hazard)
    acts.sort(key=lambda act: act.at)
    refused = chance(options, "refusals").choice((0.02, 0.1, 0.3)) if "refusals" in options.hazards else 0.0
    return Plan(_weather(options), refused, tuple(acts))


def chance(options: Options, purpose: str) -> Random:
    """Chance for one purpose, so that what is drawn for another one changes nothing here."""
    return Random(f"{options.seed} {purpose}")


def _weather(options: Options) -> Weather:
    random = chance(options, "weather")
    loss = random.choice((0.02, 0.05, 0.1, 0.2)) if options.loss is None else options.loss
    duplication, slowest = random.choice((0.05, 0.3)), random.choice((0.3, 1.0, 2.0))
    wild = "disorder" in options.hazards
    return Weather(
        delay=(0.0, slowest) if wild else FAIR.delay,
        ordered=not wild,
        loss=loss if "loss" in options.hazards else 0.0,
        duplication=duplication if "duplication" in options.hazards else 0.0,
        news_delay=random.choice((0.1, 3.0)),
        sees_present=random.random() < 0.7,
    )


# People


def _life(options: Options, person: int) -> Iterator[Act]:
    """Let a person come, talk, leave and come back; steady people, and some others, are there at the end."""
    random = chance(options, f"person {person}")
    now = 0.0 if random.random() < 0.4 else random.uniform(0, min(15.0, options.seconds / 2))
    numbers = iter(range(1 << 32))
    while now < options.seconds:
        gone = now + random.uniform(5.0, 60.0) if random.random() < 0.5 else options.seconds
        yield Come(now, person)
        yield from _talk(random, person, numbers, now, min(gone, options.seconds))
        if gone >= options.seconds:
            break
        yield Go(gone, person)
        now = gone + random.choice((0.0, random.uniform(0, 2.0), random.uniform(2.0, 30.0)))
    if person < STEADY or random.random() < 0.5:
        yield Come(options.seconds, person)


def _talk(random: Random, person: int, numbers: Iterator[int], begin: float, end: float) -> Iterator[Say]:
    """A few texts, or rarely very many, then silence, then a few texts."""
    now = begin + random.expovariate(1 / 4.0)
    while now < end:
        for _ in range(random.choice((1, 1, 2, 3, 6)) if random.random() < 0.99 else 60):
            yield Say(now, person, _text(random, person, next(numbers)))
            now += random.choice((0.0, 0.05, 1.0)) * random.random()
        now += random.choice((2.0, 8.0, 20.0)) * random.random()


def _text(random: Random, person: int, number: int) -> str:
    """Mostly short; now and then one that needs several frames."""
    length = random.choice((0, 5, 20, 20, 80, 300)) if random.random() < 0.95 else random.choice((2_000, 30_000))
    return f"{person}.{number} " + random.choice("abcäöü€😀") * length


# Hazards


def _happenings(options: Options, hazard: str) -> list[Act]:
    """All of one kind, at any times."""
    draw = _DRAWN.get(hazard)
    if draw is None:
        return []
    random = chance(options, hazard)
    acts: list[Act] = []
    for _ in range(_count(options, hazard, random)):
        acts += draw(random, options, random.uniform(0, options.seconds))
    return [act for act in acts if act.at < options.seconds or isinstance(act, Come)]


def _count(options: Options, hazard: str, random: Random) -> int:
    given = {"partitions": options.partitions, "crashes": options.crashes}.get(hazard)
    most = MOST_PER_MINUTE[hazard] * options.minutes * max(1.0, options.members / 4)
    drawn = random.randint(0, max(1, round(most)))
    return drawn if given is None else given


def _person(random: Random, options: Options) -> int:
    return random.randrange(options.members)


def _a_while(random: Random, options: Options) -> float:
    """A moment, or long enough to be missed, or to be given up."""
    longest = max(40.0, options.seconds / 3)
    return random.choice((random.uniform(0.1, 3.0), random.uniform(3.0, 15.0), random.uniform(15.0, longest)))


def _split(random: Random, options: Options, at: float) -> list[Act]:
    count = random.choice((2, 2, 2, 3))
    sides = tuple(random.randrange(count) for _ in range(options.members))
    return [Split(at, sides, random.random() < 0.5), Reunite(at + _a_while(random, options))]


def _mute(random: Random, options: Options, at: float) -> list[Act]:
    source, target = _person(random, options), _person(random, options)
    return [] if source == target else [Mute(at, source, target, _a_while(random, options))]


def _crash(random: Random, options: Options, at: float) -> list[Act]:
    person, back = _person(random, options), at + _a_while(random, options)
    crash = Crash(at, person, random.randrange(40), random.choice((0.0, random.uniform(0.0, 20.0))))
    return [crash, Come(back, person)] if back < options.seconds and random.random() < 0.8 else [crash]


def _end(random: Random, options: Options, at: float) -> list[Act]:
    person, steps, back = (
        _person(random, options),
        random.randrange(40),
        random.choice((0.0, _a_while(random, options))),
    )
    by_frame = random.random() < 0.3
    if random.random() < 0.4:
        return [End(at, person, steps, back, by_frame)]
    return [End(at, person, steps, None, by_frame), Come(min(at + back, options.seconds), person)]


def _stall(random: Random, options: Options, at: float) -> list[Act]:
    return [Stall(at, _person(random, options), _a_while(random, options))]


def _reconnect(random: Random, options: Options, at: float) -> list[Act]:
    return [Reconnect(at, _person(random, options), random.uniform(0.0, 3.0), random.uniform(2.0, 4.0))]


def _break(random: Random, options: Options, at: float) -> list[Act]:
    return [Break(at, _person(random, options), random.uniform(0.1, 3.0))]


def _close(random: Random, options: Options, at: float) -> list[Act]:
    return [Close(at, _person(random, options), random.choice((0.0, _a_while(random, options))))]


def _outage(random: Random, _: Options, at: float) -> list[Act]:
    return [Outage(at, random.uniform(0.5, 15.0))]


def _lie(random: Random, options: Options, at: float) -> list[Act]:
    told, about = _person(random, options), _person(random, options)
    return [] if told == about else [Lie(at, told, about)]


def _replay(random: Random, _: Options, at: float) -> list[Act]:
    return [Replay(at, random.choice((1, 5, 40)), random.random() < 0.3)]


def _forge(random: Random, _: Options, at: float) -> list[Act]:
    return [Forge(at, random.choice((1, 5, 100)))]


def _attack(who: str) -> Callable[[Random, Options, float], list[Act]]:
    return lambda _random, _options, at: [Attack(at, who)]


_DRAWN: dict[str, Callable[[Random, Options, float], list[Act]]] = {
    "partitions": _split,
    "blackholes": _mute,
    "crashes": _crash,
    "endings": _end,
    "stalls": _stall,
    "reconnects": _reconnect,
    "breaks": _break,
    "closings": _close,
    "outages": _outage,
    "lies": _lie,
    "replays": _replay,
    "forgeries": _forge,
    **{who: _attack(who) for who in ADVERSARIES},
}
