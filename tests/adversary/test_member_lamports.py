"""M: what a member cannot do by counting far ahead of all others."""

import asyncio

from tests.adversary.attackers import tell
from tests.unit.room.looks import deciders_of
from tests.unit.room.people import calm, company, until, wall_clock
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import LAMPORT_STEP, Numbered, text_content
from volly_browser.room.delivery.chains import START
from volly_browser.room.events import MessageReceived


def count_ahead(lamport: int) -> Numbered:
    return Numbered(1, lamport, START, (), text_content("late", bytes(16), wall_clock()).encode())


@virtual_time()
async def test_a_member_that_counts_far_ahead_keeps_no_newcomer_from_reading_the_others() -> None:
    """Guarded by `Exchange.got`: it takes over a part of a lamport that is too high, and refuses none."""
    async with company(policy="classical") as party:
        alice, mallory = await party.join("Alice", "Mallory")
        await calm(alice, mallory)
        for _ in range(3):
            deciders_of(mallory).exchange._outbox._lamport += LAMPORT_STEP - 1
            await mallory.room.send_text("up")
            await asyncio.sleep(1)
        bob = await party.person("Bob").join()
        await calm(alice, bob, mallory)
        await alice.room.send_text("hello Bob")
        await until(lambda: bob.texts == [("Alice", "hello Bob")])
        await bob.room.send_text("hello Alice")
        await until(lambda: "hello Alice" in alice.texts_of("Bob"))


@virtual_time()
async def test_a_member_cannot_make_the_lamports_of_others_run_out() -> None:
    """Guarded by `LAMPORT_STEP`: without it one message with the highest number leaves none for those after it."""
    async with company(policy="classical") as party:
        alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(alice, bob, mallory)
        await tell(mallory, count_ahead((1 << 64) - 1))
        await until(lambda: bob.texts_of("Mallory") and alice.texts_of("Mallory"))
        await alice.room.send_text("after that")
        await until(lambda: bob.texts_of("Alice") == ["after that"])
        shown = [event.lamport for event in bob.happened if isinstance(event, MessageReceived)]
        assert shown == sorted(shown)
        assert max(shown) <= (alice.room.epoch + 2) * LAMPORT_STEP
