"""What members and the LiveKit server use while something happens: CPU and traffic between two looks at them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import psutil

from volly_browser.tools.load.crew import Account, Crew
from volly_browser.tools.load.crews import Crews
from volly_browser.tools.load.meter import Traffic


@dataclass(frozen=True, slots=True)
class Look:
    """The state of all counters at one moment.

    Attributes:
        at: on the monotonic clock.
        accounts: of each process with members.
        server_cpu: the LiveKit server's seconds; None if it does not run as our own process.
        machine_cpu: the seconds of all processes of this machine.
    """

    at: float
    accounts: Sequence[Account]
    server_cpu: float | None
    machine_cpu: float

    @classmethod
    def take(cls, crews: Crews, server: int | None) -> "Look":
        """Look at all crews, and at the LiveKit server with this process id."""
        return cls(time.monotonic(), crews.all(Crew.account), _cpu(server), _machine_cpu())


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used between two looks.

    Attributes:
        seconds: how long that was.
        member_cpu: seconds of CPU of a member, one figure for each process: its members share it.
        server_cpu: the LiveKit server's.
        other_cpu: of all other processes of this machine, which possibly disturbed them.
        traffic: of each member.
    """

    seconds: float
    member_cpu: Sequence[float]
    server_cpu: float | None
    other_cpu: float
    traffic: Sequence[Traffic]

    @classmethod
    def between(cls, before: Look, after: Look) -> "Usage":
        """Subtract two looks, at both of which the same members must be there."""
        pairs = list(zip(before.accounts, after.accounts, strict=True))
        traffics = [zip(early.traffic, late.traffic, strict=True) for early, late in pairs]
        server = None if before.server_cpu is None or after.server_cpu is None else after.server_cpu - before.server_cpu
        ours = sum(late.cpu - early.cpu for early, late in pairs) + (server or 0.0)
        return cls(
            after.at - before.at,
            [(late.cpu - early.cpu) / len(late.traffic) for early, late in pairs],
            server,
            max(0.0, after.machine_cpu - before.machine_cpu - ours),
            [late.since(early) for early, late in chain.from_iterable(traffics)],
        )


def _cpu(process_id: int | None) -> float | None:
    if process_id is None:
        return None
    times = psutil.Process(process_id).cpu_times()
    return times.user + times.system


def _machine_cpu() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0))
