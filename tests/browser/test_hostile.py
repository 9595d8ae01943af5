"""Attacks of `tests/adversary` over a real LiveKit server, on pages in a browser: they go on, and say what happened."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.adversary.attackers import LOWEST_GROUP, keep_keys, notice, tell, tell_in
from tests.browser.chatting import JOINED, enter, expect_message, expect_state, say
from tests.browser.conftest import Visits
from tests.browser.hostile import Den, Intruder, overhear
from tests.unit.room.looks import membership_of
from volly_browser.mls.messages import MLSMessage
from volly_browser.room.content.content import Base, Farewell, Numbered, Order, Presence
from volly_browser.room.delivery.chains import START
from volly_browser.room.invite import Invite
from volly_browser.room.mimi import text_content
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.frames import Kind, split
from volly_browser.tools.stack import Stack
from volly_browser.transport.contract import FRAME_LIMIT

pytestmark = pytest.mark.browser

PEOPLE = "#people-list .person-name"


@dataclass
class Meeting:
    """Alice and Bob talk in their pages."""

    alice: Page
    bob: Page
    den: Den
    said: int = 0

    def goes_on(self) -> None:
        """Each hears the other, and nobody else is there."""
        self.said += 1
        for speaker, listener, name in ((self.alice, self.bob, "Alice"), (self.bob, self.alice, "Bob")):
            say(speaker, f"{name} is here {self.said}")
            expect_message(listener, name, f"{name} is here {self.said}")
        for page in (self.alice, self.bob):
            expect_state(page, "Sealed, post-quantum")
            expect(page.locator(PEOPLE)).to_have_count(2, timeout=JOINED)


@pytest.fixture(scope="module")
def meeting(open_shared_page: Visits, stack: Stack) -> Iterator[Meeting]:
    invite = Invite.create()
    with closing(Den(stack, invite)) as den:
        pages = [open_shared_page(f"/#{invite.fragment}").page for _ in range(2)]
        for page, name in zip(pages, ("Alice", "Bob"), strict=True):
            enter(page, name)
        for page in pages:
            expect(page.locator(PEOPLE)).to_have_count(2, timeout=JOINED)
        meeting = Meeting(*pages, den)
        meeting.goes_on()
        yield meeting


def test_frames_that_one_with_a_token_makes_up_or_plays_again_change_nothing(meeting: Meeting) -> None:
    """T and S: whole frames of others under another identity, changed ones, and garbage of any length."""
    thief = meeting.den.connection()

    async def come_and_listen() -> None:
        await thief.connect()

    async def play() -> None:
        heard = await overhear(thief, 5.0)
        assert heard, "what goes to all comes to the thief, too"
        frames = [event.frame for event in heard]
        frames += [bytes([*frame[:-1], frame[-1] ^ 1]) for frame in frames]
        frames += [os.urandom(length) for length in (0, 1, 24, 1000, FRAME_LIMIT)]
        frames += [frame for kind in Kind for frame in split(kind, os.urandom(50_000))]
        for frame in frames * 3:
            await thief.send(frame)
        await thief.announce(os.urandom(2000))
        await thief.close()

    meeting.den.do(come_and_listen())
    meeting.goes_on()
    meeting.den.do(play())
    meeting.goes_on()
    expect(meeting.bob.locator(".message").filter(has_text="Alice is here 1")).to_have_count(1)


def test_a_holder_of_the_invite_draws_nobody_away_and_keeps_no_newcomer_out(meeting: Meeting) -> None:
    """D claims the best of all groups, a full one, and later epochs of the true one, and knocks in many names."""

    async def claim_and_come() -> float:
        mallory = await meeting.den.stranger()
        claims = [notice(), notice(members=200), notice(LOWEST_GROUP, epoch=1 << 30)]
        for number in range(30):
            await mallory.say(DoorKind.NOTICE, claims[number % len(claims)])
            await mallory.say(DoorKind.HELLO, await mallory.offer(b"", bytes(16)))
            await mallory.say(DoorKind.WELCOME, os.urandom(500))
        await mallory.show(DoorKind.NOTICE, notice())
        began = time.monotonic()
        carol = await meeting.den.member("Carol")
        took = time.monotonic() - began
        assert {member.name for member in carol.room.members} >= {"Alice", "Bob", "Carol"}
        await carol.leave()
        await mallory.transport.close()
        return took

    assert meeting.den.do(claim_and_come()) < 30
    expect(meeting.alice.locator("#notice-text")).to_contain_text("Another conversation is going on", timeout=JOINED)
    meeting.goes_on()


def test_the_keys_of_one_that_has_left_are_of_no_use(meeting: Meeting) -> None:
    """F gives an order, says farewell and speaks in its last epoch, from a connection of its own."""

    async def leave_and_forge() -> None:
        former = await meeting.den.member("Mallory")
        await former.reaches("Alice", "Bob")
        kept = await keep_keys(former)
        order = Order((await kept.group.commit()).commit)
        await former.leave()
        await asyncio.sleep(1)
        forger = meeting.den.connection()
        await forger.connect()
        text = text_content("I am still here", bytes(16), time.time()).encode()
        for body in (order, Farewell(""), Presence(forger.identity, 0), Numbered(1, 1, START, (), text)):
            await tell_in(kept.group, body, forger)  # type: ignore[arg-type]
        await asyncio.sleep(1)
        await forger.close()

    meeting.den.do(leave_and_forge())
    meeting.goes_on()
    assert meeting.alice.locator(".message").filter(has_text="I am still here").count() == 0


async def equivocate(mallory: Intruder) -> None:
    """One number, and a text for each."""
    to = await mallory.reaches("Alice", "Bob")
    bases = tuple(Base(bytes.fromhex(member.member_id), 1) for member in mallory.room.members if not member.is_self)
    for name in ("Alice", "Bob"):
        content = text_content(f"only {name} knows", bytes(16), time.time()).encode()
        await tell(mallory, Numbered(1, 1, START, bases, content), SimpleNamespace(identity=to[name]))  # type: ignore[arg-type]


async def flood(mallory: Intruder) -> None:
    """What never fits, in any number, and numbers without sense."""
    for number in range(200):
        text = Numbered(1000 + number, 1, START, (), os.urandom(20_000))
        await tell(mallory, text if number % 2 else replace(text, sequence=0, lamport=(1 << 64) - 1))
    assert MLSMessage.decode(await membership_of(mallory).write(Farewell("")))


def test_a_member_that_says_different_things_is_found_out_and_one_that_floods_is_survived(meeting: Meeting) -> None:
    """M; the sentence stands in the page of each, with both names."""
    den = meeting.den
    mallory = den.do(den.member("Mallory"))
    den.do(equivocate(mallory))
    for page, other in ((meeting.alice, "Bob"), (meeting.bob, "Alice")):
        told = page.locator("#messages").get_by_text("wrote something else to")
        expect(told.first).to_contain_text("Mallory", timeout=JOINED)
        expect(told.first).to_contain_text(other)
    den.do(flood(mallory))
    say(meeting.alice, "can you still read this?")
    expect_message(meeting.bob, "Alice", "can you still read this?")
    den.do(mallory.leave())
    meeting.goes_on()
