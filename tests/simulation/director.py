"""Lets happen what the plan says."""

import asyncio
from collections.abc import Coroutine
from typing import Any

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
from tests.simulation.adversaries import Adversaries
from tests.simulation.company import Company
from tests.simulation.forger import Forger
from tests.simulation.network import HostileNetwork


class Director:
    """Tells people and network what to do.

    Args:
        company: the people.
        network: what is between them.
        forger: what the server makes up.
        adversaries: what others do that mean harm.
    """

    def __init__(self, company: Company, network: HostileNetwork, forger: Forger, adversaries: Adversaries) -> None:
        self._company = company
        self._network = network
        self._forger = forger
        self._adversaries = adversaries
        self._running: dict[asyncio.Task[None], None] = {}

    def perform(self, act: Act) -> None:
        """Begin an act, which possibly takes a while.  A person that is not there does nothing."""
        match act:
            case Come(person=person):
                self._company.come(person)
            case Go() | Say() | Crash() | End() | Stall() | Reconnect() | Break():
                self._perform_by_a_person(act)
            case _:
                self._perform_by_the_network(act)

    def _perform_by_a_person(self, act: Go | Say | Crash | End | Stall | Reconnect | Break) -> None:
        member = self._company.of(act.person)
        if member is None:
            return
        match act:
            case Go():
                self._start(member.go())
            case Say(text=text):
                self._start(member.say(text))
            case Crash(steps=steps, unnoticed=unnoticed):
                member.crash(steps, unnoticed)
            case End(steps=steps, aside=aside, by_frame=by_frame):
                member.end_page(steps, aside, by_frame=by_frame)
            case Stall(seconds=seconds):
                member.device.stand_still(seconds)
            case Reconnect(silent=silent, away=away):
                self._start(member.line.reconnect(silent, away))
            case Break(seconds=seconds):
                self._start(member.line.interrupt(seconds))

    def _perform_by_the_network(self, act: Act) -> None:
        match act:
            case Split(sides=sides, noticed=noticed):
                self._network.split(sides, noticed=noticed)
            case Reunite():
                self._network.reunite()
            case Mute(source=source, target=target, seconds=seconds):
                self._network.mute(source, target, seconds)
            case Close(person=person, offline=offline):
                self._network.close_line(person, offline)
            case Outage(seconds=seconds):
                self._network.go_down(seconds)
            case Lie(told=told, about=about):
                self._network.lie(told, about)
            case Replay(count=count, forged=forged):
                self._forger.replay(count, forged=forged)
            case Forge(count=count):
                self._forger.forge(count)
            case Attack(who=who):
                self._start(self._adversaries.attack(who))

    async def stop(self) -> None:
        """Wait until everything that takes a while is over."""
        if self._running:
            await asyncio.wait(self._running)

    def _start(self, act: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(act)
        self._running[task] = None
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        task.result()
