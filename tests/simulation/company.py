"""The people of a simulation: which are in the room, and whether they agree."""

import asyncio

from tests.simulation.history import History
from tests.simulation.member import Member, Trace
from tests.simulation.network import HostileNetwork
from tests.simulation.options import Options
from tests.simulation.plan import chance
from volly_browser.room.events import RoomState
from volly_browser.room.invite import Invite

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Company:
    """All people that are, or were, in the room.

    Args:
        options: of the simulation.
        network: leads to the room.
        trace: is told what happens.

    Attributes:
        adversaries: the member ids of those that mean harm.
        invite: to the room.
    """

    def __init__(self, options: Options, network: HostileNetwork, trace: Trace) -> None:
        is_fair = set(options.hazards) <= {"server", "token", "invite", "former"}
        self.history = History(is_sending_sure="refusals" not in options.hazards, is_fair=is_fair)
        self.members: list[Member] = []
        self._options = options
        self._network = network
        self._trace = trace
        self.adversaries: set[str] = set()
        self.invite = Invite.create(options.policy, chance(options, "invite").randbytes, history=options.history)

    @property
    def live(self) -> list[Member]:
        """The visits that go on."""
        return [member for member in self.members if member.visit.is_live]

    def of(self, person: int) -> Member | None:
        """Return a person's present visit."""
        return next((member for member in self.live if member.person == person), None)

    def come(self, person: int) -> None:
        """Let a person in that is not there."""
        if self.of(person):
            return
        number = 1 + sum(1 for member in self.members if member.person == person)
        name = f"{LETTERS[person % len(LETTERS)]}{person // len(LETTERS) or ''}.{number}"
        random = chance(self._options, f"visit {name}")
        skewed = "skew" in self._options.hazards
        member = Member(
            name,
            person,
            self.invite,
            self._network,
            random,
            skewed=skewed,
            trace=self._trace,
            adversaries=self.adversaries,
        )
        self.members.append(member)
        self.history.visits.append(member.visit)
        member.come()

    def let_in_an_adversary(self, person: int) -> Member:
        """One more page, of which nothing is expected."""
        random = chance(self._options, "an adversary")
        member = Member("M", person, self.invite, self._network, random, skewed=False, trace=self._trace)
        member.come()
        return member

    @property
    def disagreement(self) -> str:
        """Say why the people that are there are not alone together in one epoch of one group; empty if they are."""
        live = self.live
        outside = [f"{member.visit.name} is {member.room.state}" for member in live if not _is_inside(member)]
        if outside:
            return ", ".join(outside)
        epochs = {member.visit.name: member.room.epoch for member in live}
        if len(set(epochs.values())) > 1:
            return f"They are in different epochs: {epochs}"
        present = {member.visit.member_id for member in live}
        for member in live:
            if {other.member_id for other in member.room.members} != present:
                shown = [other.name for other in member.room.members]
                return f"{member.visit.name} shows {shown}; {list(epochs)} are there."
        if len({member.room.shared_secret for member in live}) > 1:
            return f"They are in epoch {live[0].room.epoch}, and not in the same one."
        return ""

    async def stop(self) -> None:
        """The simulation is over."""
        await asyncio.gather(*(member.stop() for member in self.live))

    def epochs(self) -> list[set[bytes]]:
        """For each number of an epoch, the secrets that were seen in epochs with that number."""
        seen: dict[int, set[bytes]] = {}
        for member in self.members:
            for number, secret in member.epochs:
                seen.setdefault(number, set()).add(secret)
        return [seen.get(number, set()) for number in range(max(seen, default=-1) + 1)]


def _is_inside(member: Member) -> bool:
    return member.room.state is RoomState.JOINED and bool(member.room.members)
