"""Notices of reading: few, the latest, and of the reader alone."""

import asyncio

from tests.unit.room.people import agreed, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content import content
from volly_browser.room.events import MessagesRead
from volly_browser.room.presence.reading import OwnReading
from volly_browser.room.timing import Timing

TIMING = Timing()
ONE, TWO = b"1" * 32, b"2" * 32


def test_the_first_is_told_after_a_moment_and_the_next_after_a_while_and_always_the_latest() -> None:
    reading = OwnReading(TIMING)
    assert reading.due_at() is None
    assert reading.read(ONE, 10.0)
    assert not reading.read(TWO, 10.5), "it is due already"
    assert reading.due_at() == 10.0 + TIMING.reading / 3
    assert reading.latest == TWO
    reading.told(TWO, 11.0)
    assert reading.due_at() is None
    assert not reading.read(TWO, 11.5)
    assert reading.read(ONE, 11.5)
    assert reading.due_at() == 11.0 + TIMING.reading


@virtual_time()
async def test_the_others_learn_what_was_read_in_few_notices() -> None:
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        for number in range(100):
            bob.room.read(f"{number:064x}")
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)
        told = party.heard(content.Read)
        assert len(told) <= 5, "within ten seconds"
        read = [event for event in alice.happened if isinstance(event, MessagesRead)]
        assert read[-1] == MessagesRead(bob.room.member_id, f"{99:064x}")


@virtual_time()
async def test_of_reading_nothing_is_said_alone_or_unasked() -> None:
    async with company() as party:
        alice = party.person("Alice")
        alice.room.read("ab" * 32)
        await alice.join()
        alice.room.read("ab" * 32)
        await asyncio.sleep(5)
        assert party.heard(content.Read) == []
        [bob] = await party.join("Bob")
        await until(lambda: agreed(alice, bob))
        await bob.room.send_text("Hello")
        await asyncio.sleep(10)
        assert len(party.heard(content.Read)) == 1, "what was read alone, and nothing that nobody has said was read"
