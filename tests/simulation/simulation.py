"""One simulation, from the first person that comes to the last text that arrives."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from tests.simulation import invariants
from tests.simulation.acts import Act, Say
from tests.simulation.adversaries import Adversaries
from tests.simulation.branches import drawn_branches
from tests.simulation.company import Company
from tests.simulation.director import Director
from tests.simulation.footprint import excess
from tests.simulation.forger import Forger
from tests.simulation.invariants import Broken
from tests.simulation.member import Trace
from tests.simulation.network import HostileNetwork
from tests.simulation.options import Options
from tests.simulation.outcome import Outcome
from tests.simulation.plan import chance, make_plan
from tests.simulation.tasks import keep_track
from tests.unit.virtual_time import Stuck, VirtualLoop

LOOK_EVERY = 0.25
"""Seconds between two looks at whether all is well, after the network has healed."""

AFTERMATH = 2.0
"""Seconds after all has arrived, in which it may arrive once more, and should not."""


def simulate(options: Options, trace: Trace = lambda _who, _what: None) -> Outcome:
    """Run it, in virtual time; the outcome is a function of the options."""
    simulation = Simulation(options, trace)
    with drawn_branches(chance(options, "branches")), asyncio.Runner(loop_factory=VirtualLoop) as runner:
        try:
            runner.run(simulation.run())
        except Stuck as stuck:
            simulation.mistakes.append(f"The simulation is stuck: {stuck}")
    return simulation.outcome()


class Simulation:
    """A room, its people, and what happens to them.

    Args:
        options: decide all of it.
        trace: is told what happens.
    """

    def __init__(self, options: Options, trace: Trace) -> None:
        self.mistakes: list[str] = []
        self._options = options
        self._plan = make_plan(options)
        self._network = HostileNetwork(chance(options, "network"), self._plan.weather)
        self._network.refuse(self._plan.refused)
        self._company = Company(options, self._network, trace)
        forger = Forger(chance(options, "forger"), self._network)
        invite, draws = self._company.invite, chance(options, "adversaries")
        self._adversaries = Adversaries(self._company, self._network, invite, draws)
        self._director = Director(self._company, self._network, forger, self._adversaries)
        self._trace = trace
        self._seconds_to_agree: float | None = None
        self._disagreement = ""

    async def run(self) -> None:
        """Let it all happen."""
        loop = asyncio.get_running_loop()
        keep_track(loop)
        loop.set_exception_handler(lambda _loop, context: self._report(context))
        await self._perform(act for act in self._plan.acts if act.at < self._options.seconds)
        await asyncio.sleep(max(0.0, self._options.seconds - loop.time()))
        await self._adversaries.leave()
        self._heal()
        await self._perform(act for act in self._plan.acts if act.at >= self._options.seconds)
        await self._settle()
        await self._director.stop()
        self._look_at_memory()
        await self._company.stop()

    def outcome(self) -> Outcome:
        """What came of it."""
        history, epochs = self._company.history, self._company.epochs()
        broken = [Broken("disagreed", self._disagreement)] if self._disagreement else []
        broken += [Broken("mistakes", mistake) for mistake in self.mistakes]
        return Outcome(
            self._options,
            visits=len(history.visits),
            sent=sum(len(visit.handed) for visit in history.visits),
            delivered=sum(len(visit.heard) for visit in history.visits),
            told=sum(len(visit.told) for visit in history.visits),
            gaps=sum(len(visit.gaps) for visit in history.visits),
            epochs=max(len(epochs) - 1, 0),
            forks=sum(max(len(secrets) - 1, 0) for secrets in epochs),
            seconds_to_agree=self._seconds_to_agree,
            broken=(*broken, *invariants.check(history)),
        )

    async def _perform(self, acts: Iterable[Act]) -> None:
        for act in acts:
            await asyncio.sleep(max(0.0, act.at - asyncio.get_running_loop().time()))
            if not isinstance(act, Say):
                self._trace("", act)
            self._director.perform(act)

    def _heal(self) -> None:
        self._trace("", "The network heals.")
        self._look_at_memory()
        self._network.heal()
        for member in self._company.live:
            member.device.go_on()

    async def _settle(self) -> None:
        """Wait until all agree, then until each has heard all that was for it, or for as long as patience lasts."""
        healed = asyncio.get_running_loop().time()
        if not await self._until(lambda: not self._company.disagreement):
            self._disagreement = self._company.disagreement
            return
        self._seconds_to_agree = round(asyncio.get_running_loop().time() - healed, 3)
        self._trace("", "All are in one group.")
        await asyncio.gather(*(member.say(f"{member.visit.name} is here.") for member in self._company.live))
        await self._until(self._is_complete)
        await asyncio.sleep(AFTERMATH)
        if not await self._until(lambda: not self._company.disagreement):
            self._disagreement = f"Later: {self._company.disagreement}"

    def _is_complete(self) -> bool:
        history = self._company.history
        return not any(invariants.unsent(history)) and not any(invariants.lost(history))

    async def _until(self, condition: Callable[[], bool]) -> bool:
        """Whether something becomes so while patience lasts."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._options.patience
        while not condition():
            if loop.time() >= end:
                return False
            await asyncio.sleep(LOOK_EVERY)
        return True

    def _look_at_memory(self) -> None:
        for member in self._company.live:
            if kept := excess(member.room):
                member.visit.mistakes.append(kept)

    def _report(self, context: dict[str, Any]) -> None:
        self.mistakes.append(f"{context.get('message')}: {context.get('exception')!r}")
