"""What happens in a room under load, step by step: its members come, are silent, talk, come and go, and leave."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil

from volly_browser.tools.load.crew import PATIENCE, Arrival, Crew, Hearing, Overdue, Turn
from volly_browser.tools.load.crews import Crews
from volly_browser.tools.load.member import Entry, Group

Entries = dict[int, Entry]
"""The members that are in the room, by number."""

START = 0.5
"""Seconds from an order to the processes to its beginning."""

HEARING_LIMIT = 60.0
"""Seconds after the last text in which every text must have been read."""

POLL = 0.1
"""Seconds between two checks that all members agree."""


@dataclass(frozen=True, slots=True)
class Change:
    """One member left and another came.

    Attributes:
        left: seconds from the beginning of leaving until the last of the others saw it.
        came: seconds from the newcomer's being connected until the last of the others saw it.
        entry: the newcomer's.
        first_read_at: when it read its first text, a greeting.
    """

    left: float
    came: float
    entry: Entry
    first_read_at: float


def gather(crews: Crews, members: int, arrivals: float | None, tell: Callable[[str], None]) -> Entries:
    """Let the first member open the group, then all others come; return their entries by number.

    Args:
        crews: their processes.
        members: how many come.
        arrivals: how many come in a second; None lets each one come when the one before is in the group.
        tell: is told how many are there.
    """
    entries = crews.one(0, Crew.enter, [Arrival(0, time.monotonic())])
    if arrivals is None:
        for number in range(1, members):
            tell(f"{number} of {members} members are there")
            entries += crews.one(number, Crew.enter, [Arrival(number, time.monotonic())])
    else:
        begin = time.monotonic() + START
        coming = [Arrival(number, begin + number / arrivals) for number in range(1, members)]
        shares = crews.shares(coming, lambda arrival: arrival.number)
        entries += chain.from_iterable(crews.each(Crew.enter, shares, takes=members / arrivals))
    return {entry.number: entry for entry in entries}


def agree(crews: Crews, members: int) -> Group:
    """Wait until all are in one group of so many members.  Raises Overdue."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = Counter(chain.from_iterable(crews.all(Crew.groups)))
        [(group, count)] = found.most_common(1)
        if len(found) == 1 and group.members == members:
            return group
        if time.monotonic() > deadline:
            raise Overdue(
                f"The {members} members do not come together within {PATIENCE:.0f} seconds: they are in {len(found)}"
                f" groups, {count} of them in epoch {group.epoch} of one that has {group.members}."
            )
        time.sleep(POLL)


def talk(crews: Crews, rate: float, seconds: float) -> tuple[int, list[Hearing]]:
    """Let all say `rate` texts a second together; return how many were said, and what each crew has heard of them."""
    texts, begin, count = max(1, round(rate * seconds)), time.monotonic() + START, len(crews)
    turns = [Turn(begin + crew / rate, count / rate, ceil((texts - crew) / count)) for crew in range(count)]
    said = {member: number for crew in crews.each(Crew.talk, turns, seconds) for member, number in crew.items()}
    return sum(said.values()), crews.all(Crew.hear_out, said, HEARING_LIMIT)


def come_and_go(crews: Crews, entries: Entries, times: int) -> list[Change]:
    """Let one member leave and another come, so many times: never the first member, which greets every newcomer."""
    crews.one(0, Crew.greet, 0)
    numbers = [1 + turn * (len(entries) - 1) // times for turn in range(times)]
    return [_change(crews, entries, number) for number in numbers]


def _change(crews: Crews, entries: Entries, number: int) -> Change:
    leaver = entries[number]
    left_at = crews.one(number, Crew.leave, number)
    left = _last(crews.all(Crew.saw_go, leaver.member_id)) - left_at
    [entry] = crews.one(number, Crew.enter, [Arrival(number, time.monotonic())])
    came = _last(crews.all(Crew.saw_come, entry.member_id)) - entry.connected_at
    entries[number] = entry
    return Change(left, came, entry, crews.one(number, Crew.first_read, number))


def _last(times: Sequence[Sequence[float]]) -> float:
    return max(chain.from_iterable(times))
