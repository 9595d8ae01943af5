"""What a run under load gives: the figures of one room."""

from collections.abc import Callable, Sequence
from random import Random

from volly_browser.tools.bench.figures import Figure
from volly_browser.tools.load.member import Entry
from volly_browser.tools.load.meter import Traffic
from volly_browser.tools.load.scenario import Change
from volly_browser.tools.load.usage import Usage

SAMPLES = 20_000
"""Latencies that are kept, chosen at random if there are more."""


def figure(name: str, unit: str, samples: Sequence[float]) -> Figure:
    """Make a figure of samples taken in one round."""
    return Figure.of(name, unit, [samples])


def entering(entries: Sequence[Entry], seconds: float, commits: int) -> list[Figure]:
    """Figures of the filling room: each newcomer's entry, and how long and how many commits until all agreed."""
    return [
        figure("filling the room: opened to in the group", "s", [e.in_group_at - e.begun_at for e in entries]),
        figure("filling the room: connected to in the group", "s", [e.in_group_at - e.connected_at for e in entries]),
        figure("filling the room: commits until all agree", "1", [commits]),
        figure("filling the room: until all agree", "s", [seconds]),
    ]


def changing(changes: Sequence[Change], usage: Usage) -> list[Figure]:
    """Figures of the newcomers after the talk, and of the members that saw them come and others go."""
    entries = [change.entry for change in changes]
    return [
        figure("coming later: connected to in the group", "s", [e.in_group_at - e.connected_at for e in entries]),
        figure(
            "coming later: connected to first text read", "s", [c.first_read_at - c.entry.connected_at for c in changes]
        ),
        figure("coming later: connected to seen by all others", "s", [change.came for change in changes]),
        figure("leaving: begun to seen by all others", "s", [change.left for change in changes]),
        figure("CPU of a member for one leaving, one coming", "s", [cpu / len(changes) for cpu in usage.member_cpu]),
    ]


def latency(latencies: Sequence[float]) -> Figure:
    """Figure of the time from saying a text to each reading."""
    kept = latencies if len(latencies) <= SAMPLES else Random(0).sample(latencies, SAMPLES)
    return figure("text: said to read", "ms", [1000 * seconds for seconds in kept])


def using(when: str, usage: Usage) -> list[Figure]:
    """Figures of what a minute costs."""
    minutes = usage.seconds / 60

    def per_minute(count: Callable[[Traffic], int]) -> list[float]:
        return [count(traffic) / minutes for traffic in usage.traffic]

    found = [
        figure(f"{when}: frames sent by a member", "/min", per_minute(lambda traffic: traffic.sent_frames)),
        figure(f"{when}: bytes sent by a member", "B/min", per_minute(lambda traffic: traffic.sent_bytes)),
        figure(f"{when}: frames received by a member", "/min", per_minute(lambda traffic: traffic.received_frames)),
        figure(f"{when}: bytes received by a member", "B/min", per_minute(lambda traffic: traffic.received_bytes)),
        figure(f"{when}: CPU of a member", "s/min", [cpu / minutes for cpu in usage.member_cpu]),
    ]
    if usage.server_cpu is not None:
        found.append(figure(f"{when}: CPU of the LiveKit server", "s/min", [usage.server_cpu / minutes]))
    found.append(figure(f"{when}: CPU of anything else here", "s/min", [usage.other_cpu / minutes]))
    return found


def stretches(when: str, milliseconds: Sequence[float]) -> Figure:
    """Figure of the page's long tasks; 0 if the browser reports none."""
    return figure(f"page, {when}: long stretches of its main thread", "ms", milliseconds or [0.0])
