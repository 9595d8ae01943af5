"""D and S: what they may do while a member is outside of its group, or the group is split.

Found by `tests/model/Branches.tla`.
"""

import asyncio
from dataclasses import dataclass
from random import Random

import pytest

from tests.adversary.attackers import begin_the_best_group, said_at_the_door
from tests.unit.room.looks import membership_of, parts_of
from tests.unit.room.people import Company, Person, agreed, calm, company, never_lost, until
from tests.unit.room.split_network import SplitNetwork
from tests.unit.virtual_time import virtual_time
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.frames import Kind
from volly_browser.transport.memory import MemoryNetwork, Sent, Weather

SMALLEST = 4
"""A seed with which Mallory has the smallest member id of all; an attacker can draw ids until it has."""


def now() -> float:
    return asyncio.get_running_loop().time()


async def answer_knocks(party: Company, mallory: Person, victim: Person) -> None:
    """Let a newcomer in before the members of the running group do, which are as far away as all others."""
    party.network.recorded.clear()
    while mallory.name not in victim.names:
        await asyncio.sleep(0.005)
        knocks = [said for said, _ in await said_at_the_door(party, DoorKind.HELLO)]
        party.network.recorded.clear()
        for knock in [knock for knock in knocks if knock.sender == victim.identity and not knock.announced]:
            join = parts_of(mallory).key_packages.read(knock.content, knock.sender).join
            await parts_of(mallory).ordering.commit(Changes((join,)), now())


@virtual_time()
async def test_a_member_on_its_way_back_follows_no_stranger() -> None:
    """Bob was removed, and comes back.  Mallory answers his knock first, with a group under the id of the right one.

    Guarded by `Admission.takes`.
    """
    async with company(MemoryNetwork(Weather(delay=(0.05, 0.05)), Random(SMALLEST)), policy="classical") as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        await alice.room.send_text("hello")
        await until(lambda: bob.texts and carol.texts)
        mallory = await begin_the_best_group(party.person("Mallory"), membership_of(alice).group.group_id)
        await asyncio.sleep(20)
        assert agreed(alice, bob, carol), "a group with the same id takes nobody away by itself"
        assert mallory.room.member_id == min(person.room.member_id for person in party.people)
        luring = asyncio.create_task(answer_knocks(party, mallory, bob))
        party.network.cut(bob.identity)
        party.network.up = False
        await until(lambda: alice.names == ["Alice", "Carol"])
        party.network.up = True
        await until(lambda: agreed(alice, bob, carol), 60)
        await asyncio.sleep(30)
        luring.cancel()
        assert agreed(alice, bob, carol)
        assert never_lost(alice)
        assert never_lost(carol)


@dataclass
class Withholding(SplitNetwork):
    """Drops what is said at the door to one alone, while it withholds: questions, answers and Welcomes."""

    withholds: bool = False

    def _carry(self, sent: Sent, to: str) -> None:
        if not (self.withholds and sent.to and sent.data[1:2] == bytes([Kind.DOOR])):
            super()._carry(sent, to)


@pytest.mark.parametrize("seconds", [5, 20])
@virtual_time()
async def test_a_split_that_a_server_keeps_from_being_asked_about_ends_when_it_stops(seconds: int) -> None:
    network = Withholding(Weather(delay=(0.0, 0.05)))
    async with company(network, policy="classical") as party:
        people = ann, ben, cy, dan = await party.join("Ann", "Ben", "Cy", "Dan")
        await calm(*people)
        network.split(ann, ben)
        await until(lambda: agreed(ann, ben) and agreed(cy, dan))
        network.withholds = True
        network.heal()
        await asyncio.sleep(seconds)
        assert not agreed(*people)
        network.withholds = False
        await until(lambda: agreed(*people), 240)
