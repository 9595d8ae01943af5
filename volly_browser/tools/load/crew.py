"""The members of one process and the orders that they take; the measuring process calls every method."""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from volly_browser.errors import LocalError
from volly_browser.room.invite import Invite
from volly_browser.tools.load.member import Entry, Group, Member, Troubles
from volly_browser.tools.load.meter import Traffic

PATIENCE = 120.0
"""Seconds that all members have for one step."""

POLL = 0.05
"""Seconds between two checks of a condition that is waited for."""


class Overdue(LocalError):
    """The members did not all take a step in time."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A member to come, and its time on the monotonic clock."""

    number: int
    at: float


@dataclass(frozen=True, slots=True)
class Turn:
    """When a crew says how many texts: one each `interval` seconds, its members in turns."""

    first_at: float
    interval: float
    count: int


@dataclass(frozen=True, slots=True)
class Account:
    """What the members of a process have used since it began: seconds of CPU altogether, and the traffic of each."""

    cpu: float
    traffic: tuple[Traffic, ...]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the members of a process have heard: lost and repeated texts, and the seconds that each took."""

    latencies: Sequence[float]
    read: int
    lost: int
    repeated: int


class Crew:
    """The members of this process.

    Args:
        token_url: of the token service.
        fragment: of the invite.
    """

    def __init__(self, token_url: str, fragment: str) -> None:
        self._token_url = token_url
        self._invite = Invite.parse(fragment)
        self._members: dict[int, Member] = {}
        self._troubles = Troubles()

    async def enter(self, arrivals: Sequence[Arrival]) -> list[Entry]:
        """Let members come, each at its time.  Raises Overdue."""
        try:
            async with asyncio.timeout(_until_last(arrivals) + PATIENCE):
                return await asyncio.gather(*map(self._enter, arrivals))
        except TimeoutError as error:
            sentence = f"Not all members came into the group within {PATIENCE:.0f} seconds from the last one's coming."
            raise Overdue(sentence) from error

    async def leave(self, number: int) -> float:
        """Let a member leave; return when it began to."""
        member = self._members.pop(number)
        began_at = await member.leave()
        self._troubles.merge(member.troubles)
        return began_at

    async def leave_all(self) -> None:
        """Let all leave, one after the other: the native library does not take it well if they go at once."""
        for number in list(self._members):
            await self.leave(number)

    async def saw_come(self, member_id: str) -> list[float]:
        """Wait until all members saw that one come; return when each did.  Raises Overdue."""
        return await self._saw(member_id, lambda member: member.came)

    async def saw_go(self, member_id: str) -> list[float]:
        """Wait until all members saw that one go; return when each did.  Raises Overdue."""
        return await self._saw(member_id, lambda member: member.gone)

    async def talk(self, turn: Turn) -> dict[str, int]:
        """Say texts; return how many each member has said, by member id."""
        async with asyncio.TaskGroup() as saying:
            for count, member in zip(range(turn.count), itertools.cycle(self._members.values()), strict=False):
                await asyncio.sleep(turn.first_at + count * turn.interval - time.monotonic())
                saying.create_task(member.say())
        return {member.member_id: member.said for member in self._members.values()}

    async def hear_out(self, said: Mapping[str, int], seconds: float) -> Hearing:
        """Wait until every member has read what all have said, but not for ever."""
        await _until(lambda: not self._lost(said), seconds)
        ledgers = [member.ledger for member in self._members.values()]
        latencies = [latency for ledger in ledgers for latency in ledger.latencies]
        return Hearing(latencies, len(latencies), self._lost(said), sum(ledger.repeated for ledger in ledgers))

    async def first_read(self, number: int) -> float:
        """Wait until a member has read the first text of its visit; return when it did.  Raises Overdue."""
        ledger = self._members[number].ledger
        if not await _until(lambda: ledger.first_read_at > 0.0):
            raise Overdue(f"A newcomer read nothing within {PATIENCE:.0f} seconds.")
        return ledger.first_read_at

    async def greet(self, number: int) -> None:
        """Let this member greet every newcomer from now on."""
        self._members[number].greets = True

    async def groups(self) -> list[Group]:
        """Return the group as each member has it."""
        return [member.group for member in self._members.values()]

    async def account(self) -> Account:
        """Return what was used so far."""
        traffic = tuple(member.meter.traffic for member in self._members.values())
        return Account(time.process_time(), traffic)

    async def troubles(self) -> Troubles:
        """Return what went wrong so far."""
        merged = Troubles()
        merged.merge(self._troubles)
        for member in self._members.values():
            merged.merge(member.troubles)
        return merged

    async def _enter(self, arrival: Arrival) -> Entry:
        await asyncio.sleep(arrival.at - time.monotonic())
        member = self._members[arrival.number] = Member(self._token_url, self._invite, arrival.number)
        return await member.enter()

    async def _saw(self, member_id: str, seen: Callable[[Member], Mapping[str, float]]) -> list[float]:
        logs = [seen(member) for member in self._members.values() if member.member_id != member_id]
        if not await _until(lambda: all(member_id in log for log in logs)):
            raise Overdue(f"Not all members saw somebody come or go within {PATIENCE:.0f} seconds.")
        return [log[member_id] for log in logs]

    def _lost(self, said: Mapping[str, int]) -> int:
        members = self._members.values()
        return sum(member.ledger.missing(said) - said.get(member.member_id, 0) for member in members)


def _until_last(arrivals: Sequence[Arrival]) -> float:
    """Seconds until the last of them is to come."""
    return max(0.0, max((arrival.at for arrival in arrivals), default=0.0) - time.monotonic())


async def _until(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait for a condition, but not longer than that; return whether it is met."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        await asyncio.sleep(POLL)
    return False
