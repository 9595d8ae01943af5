"""One visit of a person: the room itself, on a device of its own, and a record of all that it shows."""

import asyncio
import contextlib
from collections.abc import Callable, Set
from dataclasses import fields
from random import Random
from typing import Any

from tests.simulation.device import Device, DeviceEngine
from tests.simulation.history import Fate, Gap, Handed, Heard, Said, Visit
from tests.simulation.network import HostileNetwork
from tests.simulation.tasks import Tasks
from volly_browser.errors import VollyError
from volly_browser.room.events import (
    HistoryReceived,
    MemberMisbehaved,
    MembersChanged,
    MessageDelivered,
    MessageGap,
    MessageReceived,
    MessageSent,
    Misbehaviour,
    NotInGroup,
    OtherConversation,
    RoomEvent,
    RoomState,
    StateChanged,
)
from volly_browser.room.invite import Invite
from volly_browser.room.room import Room
from volly_browser.room.timing import Timing

EPOCH_BEGIN = 1_700_000_000.0
"""What clocks show at the beginning, in seconds since 1970."""

WRONG_CLOCK = 24 * 3600.0
"""Seconds by which a clock is wrong at most."""

WRONG_RATE = 0.05
"""By how much of it a second is too long or too short at most."""

Trace = Callable[[str, object], None]
"""Takes a person, and what it does or sees."""


class Member:
    """A visit.

    Args:
        name: of the visit.
        person: whose it is.
        invite: to the room.
        network: leads there.
        random: decides how the device gets on, and all that its engine draws.
        skewed: whether the device's clock is wrong.
        trace: is told what happens.
        adversaries: the member ids of adversaries, whose texts are not recorded.
    """

    def __init__(
        self,
        name: str,
        person: int,
        invite: Invite,
        network: HostileNetwork,
        random: Random,
        *,
        skewed: bool,
        trace: Trace,
        adversaries: Set[str] = frozenset(),
    ) -> None:
        self.person = person
        self.device = Device(Random(random.getrandbits(64)))
        self.line = network.line(person, self.device)
        self._network = network
        self._trace = trace
        self._adversaries = adversaries
        self._tasks = Tasks(self._crashed)
        engine = DeviceEngine(self.device, Random(random.getrandbits(64)))
        ahead = random.uniform(-WRONG_CLOCK, WRONG_CLOCK) if skewed else 0.0
        rate = random.uniform(1 - WRONG_RATE, 1 + WRONG_RATE) if skewed else 1.0
        clock = lambda: EPOCH_BEGIN + ahead + rate * _now()  # noqa: E731
        self.room = Room(invite, self.line, engine, name, clock=clock, timing=_at_rate(rate))
        self.visit = Visit(name)
        self.epochs: set[tuple[int, bytes]] = set()
        self._listening = asyncio.create_task(self._listen())

    # What a person does

    def come(self) -> None:
        """Open the room."""
        self._trace(self.visit.name, "comes")
        self._tasks.start(self._join())

    async def say(self, text: str) -> None:
        """Write a text; whether the room takes it is up to the room."""
        self.visit.said.append(Said(text, _now(), len(self.visit.views)))
        self._trace(self.visit.name, f"writes {text[:20]!r}")
        try:
            self.visit.ids[text] = await self.room.send_text(text)
        except VollyError as error:
            self._trace(self.visit.name, f"cannot write: {error}")
            self.visit.said = [said for said in self.visit.said if said.text != text]

    async def go(self) -> None:
        """Leave in good order."""
        self._trace(self.visit.name, "goes")
        self.visit.fate = Fate.LEFT
        await self.room.leave()
        await self._ended()

    def crash(self, steps: int, unnoticed: float) -> None:
        """End so many steps later; the server notices after so many seconds."""
        self.device.end_after(steps, lambda: self._crash(unnoticed))

    def end_page(self, steps: int, aside: float | None, *, by_frame: bool) -> None:
        """Say the farewell that is ready, so many steps later, and end, or stand still for so many seconds."""
        self.device.end_after(steps, lambda: self._end_page(aside, by_frame=by_frame))

    async def stop(self) -> None:
        """End now: the simulation is over."""
        self._network.kill(self.line, 0.0)
        self._tasks.end()
        await self._ended()

    def _crash(self, unnoticed: float) -> None:
        if self.visit.is_live:
            self._trace(self.visit.name, f"crashes, which is unnoticed for {unnoticed:.3f} s")
            self.visit.fate = Fate.CRASHED
            self._network.kill(self.line, unnoticed)
            self._tasks.end()

    def _end_page(self, aside: float | None, *, by_frame: bool) -> None:
        if not self.visit.is_live:
            return
        self._trace(self.visit.name, "has its page ended" if aside is None else f"has its page put aside for {aside} s")
        self.line.end_page(by_frame=by_frame)
        if aside is None:
            self.visit.fate = Fate.CRASHED
            self.line.is_dead = True
            self._tasks.end()
        else:
            self.device.stand_still(aside)

    async def _join(self) -> None:
        try:
            await self.room.join()
        except VollyError as error:
            self._trace(self.visit.name, f"did not get in: {error}")

    async def _ended(self) -> None:
        await asyncio.wait({self._listening}, timeout=5.0)
        if not self._listening.done():
            self.visit.mistakes.append("The room's events do not end.")
            self._listening.cancel()
        if self._tasks.running:
            self.visit.mistakes.append(f"{self._tasks.running} tasks were left behind.")

    def _crashed(self, error: BaseException) -> None:
        self.visit.mistakes.append(f"A task crashed: {error!r}")

    # What the room shows

    async def _listen(self) -> None:
        async for event in self.room.events():
            self._happened(event)

    def _happened(self, event: RoomEvent) -> None:
        """Write it down; kinds that are not known here are none of our business."""
        visit, now = self.visit, _now()
        visit.member_id = self.room.member_id
        self._trace(visit.name, event)
        match event:
            case MessageReceived(sender=sender) | MessageGap(sender=sender) if sender in self._adversaries:
                pass
            case MessageReceived():
                visit.shown.append(Heard(now, event.sender, event.text, event.message_id))
            case HistoryReceived(messages):
                visit.told += [
                    Heard(now, told.message.sender, told.message.text, told.message.message_id)
                    for told in messages
                    if not {told.by, told.message.sender} & self._adversaries
                ]
            case MemberMisbehaved(what=Misbehaviour.FALSE_HISTORY) if event.member_id not in self._adversaries:
                visit.mistakes.append(f"{event.name} is said to have told wrongly of what {event.witness_name} said.")
            case MessageGap():
                visit.shown.append(Gap(now, event.sender, event.count))
            case MessageSent(message_id):
                visit.handed[message_id] = Handed(now, visit.views[-1][1])
            case MessageDelivered(message_id, received):
                visit.claimed[message_id] = received
            case MembersChanged(members):
                visit.views.append((now, frozenset(member.member_id for member in members)))
                self._look()
            case OtherConversation(group_id):
                self.room.join_other(group_id)
            case StateChanged(RoomState.WAITING_FOR_KEYS) if visit.views:
                visit.expelled.append(now)
            case StateChanged(RoomState.FAILED, sentence):
                visit.mistakes.append(f"The room failed: {sentence}")

    def _look(self) -> None:
        """Note which epoch the room is in, unless it was left meanwhile."""
        with contextlib.suppress(NotInGroup):
            self.epochs.add((self.room.epoch, self.room.shared_secret))


def _at_rate(rate: float) -> Timing:
    """The patience of a device whose seconds are so long."""
    timing = Timing()
    values: dict[str, Any] = {item.name: getattr(timing, item.name) for item in fields(timing)}
    values |= {name: rate * value for name, value in values.items() if isinstance(value, float)}
    return Timing(**values)


def _now() -> float:
    return asyncio.get_running_loop().time()
