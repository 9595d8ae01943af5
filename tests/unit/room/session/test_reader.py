"""What is heard in the group, and what cannot be opened."""

import asyncio

from tests.unit.room.looks import deciders_of, make_refresh_due, membership_of, parts_of
from tests.unit.room.people import Company, Person, agreed, calm, company, deaf, until
from tests.unit.room.sides import three
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import Body, Farewell, Numbered, Order, Presence
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.frames import Kind, split
from volly_browser.transport.contract import PeerLeft

TIMING = Timing()


async def pair(party: Company) -> list[Person]:
    people = await party.join("Alice", "Bob")
    await calm(*people)
    await asyncio.sleep(TIMING.heartbeat / 2)  # no sign of life comes just now
    return people


def deliver(party: Company, message: bytes, sender: str, to: Person) -> None:
    for frame in split(Kind.GROUP, message):
        party.network.inject(frame, sender, to.identity)


async def tell(person: Person, body: Body) -> None:
    """A member says something that its page would not say."""
    await parts_of(person).post.send(await membership_of(person).write(body))


@virtual_time()
async def test_a_message_of_a_later_epoch_waits_and_is_read_when_the_commit_is_there() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        party.network.recorded.clear()
        with deaf(bob):
            make_refresh_due(alice)
            epoch = alice.room.epoch
            await until(lambda: alice.room.epoch > epoch)
            await alice.room.send_text("you cannot read this yet")
            await until(lambda: party.heard(Numbered))
        [order], [text] = party.heard(Order), party.heard(Numbered)
        party.replay(text, bob)
        await asyncio.sleep(0.1)
        assert not bob.texts + bob.refusals
        party.replay(order, bob)
        await until(lambda: bob.texts, limit=0.1)


@virtual_time()
async def test_a_message_of_another_group_is_no_concern_of_ours() -> None:
    stranger, _, _ = await three()
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        party.network.recorded.clear()
        deliver(party, await stranger.membership.write(Farewell("")), alice.identity, bob)
        await asyncio.sleep(1)
        assert not bob.refusals
        assert not party.heard(DoorKind.QUESTION)


@virtual_time()
async def test_our_own_message_that_comes_back_is_nothing() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        await bob.room.send_text("hello")
        await until(lambda: alice.texts)
        [*_, own] = [heard for heard in party.heard(Numbered) if heard.sender == bob.identity]
        party.network.recorded.clear()
        party.replay(own, bob)
        await asyncio.sleep(1)
        assert not bob.refusals + bob.texts
        assert not party.heard(DoorKind.QUESTION)


@virtual_time()
async def test_a_message_that_comes_twice_is_read_once() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        await alice.room.send_text("hello")
        await until(lambda: bob.texts)
        [*_, text] = party.heard(Numbered)
        party.replay(text, bob)
        await until(lambda: bob.refusals)
        assert bob.texts == [("Alice", "hello")]


@virtual_time()
async def test_what_does_not_open_in_our_own_epoch_is_told_and_asked_about() -> None:
    """Possibly its sender is in another branch, whose epoch has the number of ours."""
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        message = await membership_of(alice).write(Farewell(""))
        party.network.recorded.clear()
        deliver(party, message[:-1] + bytes([message[-1] ^ 1]), alice.identity, bob)
        await until(lambda: bob.refusals and party.heard(DoorKind.QUESTION), limit=1)
        assert [(asked.sender, asked.to) for asked in party.heard(DoorKind.QUESTION)] == [
            (bob.identity, (alice.identity,))
        ]
        assert alice.names == ["Alice", "Bob"], "nothing was understood of it"


@virtual_time()
async def test_what_does_not_open_in_an_epoch_that_has_passed_is_told_and_not_asked_about() -> None:
    """Its sender has possibly gone on with us since."""
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        message = await membership_of(alice).write(Farewell(""))
        make_refresh_due(alice)
        epoch = bob.room.epoch
        await until(lambda: bob.room.epoch > epoch)
        party.network.recorded.clear()
        deliver(party, message[:-1] + bytes([message[-1] ^ 1]), alice.identity, bob)
        await until(lambda: bob.refusals)
        await asyncio.sleep(0.2)
        assert not party.heard(DoorKind.QUESTION)


@virtual_time()
async def test_what_is_no_message_at_all_is_told_and_not_asked_about() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        party.network.recorded.clear()
        for message in (b"", b"nonsense", bytes(300)):
            deliver(party, message, alice.identity, bob)
        await until(lambda: bob.refusals)
        await asyncio.sleep(1)
        assert not party.heard(DoorKind.QUESTION)


@virtual_time()
async def test_a_commit_or_a_proposal_that_is_no_order_is_refused_and_does_nothing() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        candidate = await membership_of(alice).update()
        deliver(party, candidate.commit, alice.identity, bob)
        await until(lambda: bob.refusals)
        assert agreed(alice, bob)


@virtual_time()
async def test_a_sign_of_life_holds_for_the_connection_that_it_names() -> None:
    """An attacker that copies it would be sent what is for its author."""
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        sign = await membership_of(alice).write(Presence(alice.identity, 5))
        deliver(party, sign, "mallory", bob)
        await until(lambda: any("another connection" in refusal for refusal in bob.refusals))
        reachability = deciders_of(bob).reachability
        assert reachability.member_at("mallory") is None
        assert reachability.identities_of(bytes.fromhex(alice.room.member_id)) == [alice.identity]


@virtual_time()
async def test_a_stranger_with_the_name_of_a_member_s_connection_takes_nobody_away() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        bob.transport.got_event(PeerLeft("mallory"))
        await asyncio.sleep(2 * TIMING.absence)
        assert agreed(alice, bob)


@virtual_time()
async def test_a_last_message_of_a_gone_member_is_shown_and_nothing_else_of_it_counts() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        [carol] = await party.join("Carol")
        await calm(alice, bob, carol)
        with deaf(bob):
            await carol.room.send_text("my last words")
            await asyncio.sleep(0.1)
            farewell = await membership_of(carol).write(Farewell(""))
            sign = await membership_of(carol).write(Presence(carol.identity, 5))
        text = next(heard for heard in party.heard(Numbered)[::-1] if heard.sender == carol.identity)
        at = carol.identity
        await tell(carol, Farewell(""))
        await until(lambda: agreed(alice, bob))
        for message in (text.payload, farewell, sign):
            deliver(party, message, at, bob)
        await until(lambda: ("Carol", "my last words") in bob.texts)
        assert deciders_of(bob).reachability.member_at(at) is None
        await asyncio.sleep(1)
        await carol.leave()


@virtual_time()
async def test_while_we_are_in_no_group_messages_wait_and_are_read_when_we_are() -> None:
    async with company(policy="classical") as party:
        [alice] = await party.join("Alice")
        bob = party.person("Bob")
        coming = asyncio.create_task(bob.join())
        await until(lambda: party.heard(DoorKind.WELCOME))
        await coming
        with deaf(bob):
            await alice.room.send_text("the first word")
            await asyncio.sleep(0.1)
        [text] = party.heard(Numbered)
        [carol] = [party.person("Carol")]
        joining = asyncio.create_task(carol.join())
        await asyncio.sleep(0)
        await until(lambda: carol.identity in party.network.identities, limit=1)
        party.replay(text, carol)
        await joining
        await calm(alice, bob, carol)
        assert not carol.texts, "it was said before it came"
        assert bob.texts == [("Alice", "the first word")]
