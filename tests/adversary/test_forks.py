"""D and S: what they may do while a member is outside of its group, or the group is split.

Found by `tests/model/Branches.tla`.
"""

import asyncio
from dataclasses import dataclass, replace
from random import Random

import pytest

from tests.adversary.attackers import begin_the_best_group, inject, said_at_the_door, stranger
from tests.unit.room.looks import deciders_of, membership_of, parts_of
from tests.unit.room.people import Company, Person, agreed, calm, company, never_lost, until
from tests.unit.room.split_network import SplitNetwork
from tests.unit.virtual_time import virtual_time
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.private_message import PrivateMessage
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.connections import Connections
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.frames import Kind
from volly_browser.room.wire.structs import Question, Voucher
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


@pytest.mark.parametrize("is_far_ahead", [True, False])
@virtual_time()
async def test_after_a_flood_of_hints_from_strangers_a_split_heals_as_fast_as_without(is_far_ahead: bool) -> None:
    """S, or T with many connections.  Guarded by `CatchUp._noticed`: members have places and turns of their own.

    Those of the other half are none of our members any more; that they have proved their identity counts on.
    """
    network = SplitNetwork(Weather(delay=(0.0, 0.05)))
    async with company(network, policy="classical") as party:
        people = await split(party, network)
        await flood_with_hints(network, people, 300, is_far_ahead=is_far_ahead)
        network.heal()
        await until(lambda: agreed(*people), 6)


@virtual_time()
async def test_after_a_flood_of_hints_a_split_heals_soon_though_all_have_new_identities() -> None:
    """Guarded by `Hints._due`: strangers that were not asked yet come first, several at once if they are too many."""
    network = SplitNetwork(Weather(delay=(0.0, 0.05)))
    async with company(network, policy="classical") as party:
        people = await split(party, network)
        for person in people:
            deciders_of(person).catch_up._connections = Connections()
        await flood_with_hints(network, people, 300, is_far_ahead=True)
        network.heal()
        await until(lambda: agreed(*people), 45)


@virtual_time()
async def test_a_flood_of_questions_from_strangers_keeps_no_split_from_healing() -> None:
    """D with many connections.  Guarded by `Whereabouts.got_question`: a member's question takes no stranger's turn."""
    network = SplitNetwork(Weather(delay=(0.0, 0.05)))
    async with company(network, policy="classical") as party:
        people = await split(party, network)
        strangers = [await stranger(party) for _ in range(100)]
        group_id = membership_of(people[0]).group.group_id
        junk = Question(Voucher(b"", b""), group_id, (), bytes(16), b"").encode()
        sealed = [(each, await each.door.seal(DoorKind.QUESTION, junk, each.identity)) for each in strangers]

        async def flood() -> None:
            while True:
                for number, (mallory, payload) in enumerate(sealed):
                    inject(network, Kind.DOOR, payload, mallory.identity, *people)
                    if number % 10 == 0:
                        await asyncio.sleep(0.05)

        flooding = asyncio.create_task(flood())
        await asyncio.sleep(10)
        network.heal()
        await until(lambda: agreed(*people), 6)
        flooding.cancel()


async def split(party: Company, network: SplitNetwork) -> list[Person]:
    """Four people, two of which take the two others for gone."""
    people = ann, ben, cy, dan = await party.join("Ann", "Ben", "Cy", "Dan")
    await calm(*people)
    network.split(ann, ben)
    await until(lambda: agreed(ann, ben) and agreed(cy, dan))
    return people


async def flood_with_hints(network: MemoryNetwork, people: list[Person], number: int, *, is_far_ahead: bool) -> None:
    """Messages from so many connections that say to be of an epoch far ahead, or of ours, and do not open."""
    for person in people:
        message = MLSMessage.decode(await membership_of(person).group.encrypt(b"hello"))
        assert isinstance(message.body, PrivateMessage)
        epoch = message.body.epoch + 1000 * is_far_ahead
        body = replace(message.body, epoch=epoch, ciphertext=bytes(40), encrypted_sender_data=bytes(28))
        for name in range(number):
            inject(network, Kind.GROUP, replace(message, body=body).encode(), f"invented {name}", person)
    await asyncio.sleep(1)
