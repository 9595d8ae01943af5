"""Rooms in bad weather: delay, disorder, duplication and loss."""

import asyncio
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.room.people import Company, Person, agreed, calm, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.invite import POLICY_CODES
from volly_browser.transport.memory import MemoryNetwork, Weather


async def talk(person: Person, random: Random, count: int) -> None:
    for number in range(count):
        await asyncio.sleep(random.uniform(0, 0.2))
        await person.room.send_text(str(number))


async def all_talk(party: Company, random: Random, guests: int) -> None:
    """Two hosts, and guests that come while they talk; all talk."""
    hosts = await party.join("Alice", "Bob")
    talking = [asyncio.create_task(talk(host, random, 20)) for host in hosts]
    for number in range(guests):
        await asyncio.sleep(random.uniform(0, 1))
        [guest] = await party.join(f"Guest {number}")
        talking.append(asyncio.create_task(talk(guest, random, 10)))
    await asyncio.gather(*talking)
    await until(lambda: agreed(*party.people))
    await asyncio.sleep(10)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 1 << 32),
    longest=st.sampled_from([0.01, 0.1, 0.5]),
    ordered=st.booleans(),
    duplication=st.sampled_from([0.0, 0.2]),
    policy=st.sampled_from(list(POLICY_CODES)),
)
@virtual_time()
async def test_delay_disorder_and_duplication_lose_and_repeat_nothing(
    seed: int, longest: float, ordered: bool, duplication: float, policy: str
) -> None:
    random = Random(seed)
    weather = Weather(delay=(0.0, longest), ordered=ordered, duplication=duplication, news_delay=0.1)
    async with company(MemoryNetwork(weather, random), policy) as party:
        await all_talk(party, random, 2)
        alice, bob, *guests = party.people
        assert alice.texts_of("Bob") == bob.texts_of("Alice") == [str(number) for number in range(20)]
        for guest in guests:
            for host in ("Alice", "Bob"):
                heard = guest.texts_of(host)
                assert heard == [str(number) for number in range(20 - len(heard), 20)]
        for guest in guests:
            assert alice.texts_of(guest.name) == bob.texts_of(guest.name) == [str(number) for number in range(10)]
        await until(lambda: agreed(*party.people))
        assert not [event for person in party.people for event in (*person.gaps, *person.problems)]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("loss", "settled"), [(0.05, False), (0.1, False), (0.2, True)])
@virtual_time()
async def test_loss_delays_and_loses_nothing(seed: int, loss: float, settled: bool) -> None:
    """With every fifth frame half of the commits are lost, so that a group that still grows splits for a while."""
    random, bad = Random(seed), Weather(delay=(0.0, 0.1), ordered=False, loss=loss)
    network = MemoryNetwork(Weather(delay=(0.0, 0.1)) if settled else bad, random)
    async with company(network) as party:
        people = await party.join("Alice", "Bob", "Carol")
        await (calm(*people) if settled else until(lambda: agreed(*people)))
        network.weather = bad
        await asyncio.gather(*(talk(person, random, 30) for person in people))
        said = [str(number) for number in range(30)]
        everything = {(person, other.name) for person in people for other in people if person is not other}
        await until(lambda: all(len(person.texts_of(name)) >= 30 for person, name in everything), limit=120)
        assert [person.texts_of(name) for person, name in everything] == [said] * 6
        assert not [event for person in people for event in (*person.gaps, *person.problems)]
