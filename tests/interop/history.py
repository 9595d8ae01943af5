"""Random histories: members come, go, propose and commit as chance has it, and after each step all must agree."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from tests.interop.gathering import Gathering
from tests.interop.participant import Ability, Committed, ContextExtension, Participant, Proposed, Wire
from tests.interop.scenarios import REQUIRED_CAPABILITIES

T = TypeVar("T")

PSKS = {b"one": b"1" * 32, b"two": b"2" * 48, b"three": b"3"}
EVERY = 5
"""Steps after which all members talk."""


class History:
    """The life of one group; the same seed gives the same life.

    Args:
        gathering: without members yet.
        participants: clients that come and go.
        random: chance.
    """

    def __init__(self, gathering: Gathering, participants: Sequence[Participant], random: Random) -> None:
        self._gathering = gathering
        self._participants = participants
        self._random = random

    async def run(self, length: int) -> None:
        """Found the group and go on for so many steps."""
        for participant in self._participants:
            for psk_id, psk in PSKS.items():
                await participant.external_psk(psk_id, psk)
        await self._gathering.found(self._random.choice(self._participants))
        for step in range(length):
            self._gathering.wire = self._random.choice(list(Wire))
            await self._step()
            if step % EVERY == 0:
                await self._gathering.talk()

    async def _step(self) -> None:
        newcomer, signer = self._random.choice(self._participants), self._random.choice(self._gathering.members)
        if newcomer is not signer and self._chance(0.15):
            await self._gathering.join_from_outside(newcomer, signer)
        else:
            await self._commit(signer)

    async def _commit(self, author: Participant) -> None:
        outside = [participant for participant in self._participants if participant not in self._gathering.members]
        others = [participant for participant in self._gathering.members if participant is not author]
        joining = self._some(outside, 3)
        leaving = self._some(others, 2)
        staying = [participant for participant in self._gathering.members if participant not in leaving]
        late = [(sender, await sender.send(b"late")) for sender in staying] if self._chance(0.2) else []
        by_value = await self._propose(await self._plan(joining, leaving), author, staying)
        extensions = (REQUIRED_CAPABILITIES,) if self._chance(0.1) and Ability.EXTENSIONS not in author.lacks else None
        pending = await author.commit(committing(by_value, extensions), self._gathering.wire)
        await self._gathering.settle(author, pending, joining, leaving)
        for sender, message in late:
            await self._read_late(sender, message, staying)

    async def _plan(self, joining: Sequence[Participant], leaving: Sequence[Participant]) -> list[Proposed]:
        """What the next commit is to contain."""
        adds = [Proposed(add=await self._gathering.key_package(participant)) for participant in joining]
        removes = [Proposed(remove=await participant.own_leaf()) for participant in leaving]
        return [*adds, *removes, *[Proposed(psk=psk_id) for psk_id in self._some(list(PSKS), 2)]]

    async def _propose(
        self, plan: Sequence[Proposed], author: Participant, staying: Sequence[Participant]
    ) -> list[Proposed]:
        """Have some of it, and updates, proposed by members; gives the rest."""
        by_reference = [proposed for proposed in plan if self._chance(0.3)]
        if Ability.MIXED_PSKS in author.lacks:
            by_reference = [proposed for proposed in by_reference if proposed.psk is None]
        for proposed in by_reference:
            await self._gathering.propose(self._random.choice(staying), proposed)
        able = [one for one in staying if one is not author and Ability.UPDATE not in one.lacks]
        for participant in self._some(able, 2):
            await self._gathering.propose(participant, Proposed(update=True))
        return [proposed for proposed in plan if proposed not in by_reference]

    async def _read_late(self, sender: Participant, message: bytes, readers: Sequence[Participant]) -> None:
        for reader in readers:
            if reader is not sender:
                assert (await reader.process(message)).data == b"late"

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _some(self, population: Sequence[T], most: int) -> list[T]:
        return self._random.sample(population, self._random.randint(0, min(most, len(population))))


def committing(plan: Sequence[Proposed], extensions: tuple[ContextExtension, ...] | None) -> Committed:
    """These proposals by value."""
    return Committed(
        add=[proposed.add for proposed in plan if proposed.add is not None],
        remove=[proposed.remove for proposed in plan if proposed.remove is not None],
        psks=[proposed.psk for proposed in plan if proposed.psk is not None],
        extensions=extensions,
    )
