"""S and T: what an attacker that only sees frames cannot do: names, copies and numbers prove nothing."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import permutations

import pytest

from tests.adversary.attackers import inject, is_frame, play_again
from tests.adversary.checks import still_together
from tests.unit.room.looks import deciders_of, make_refresh_due, membership_of, parts_of
from tests.unit.room.people import Person, agreed, calm, company, mute, until, wall_clock
from tests.unit.virtual_time import virtual_time
from volly_browser.crypto.engine import Open, Seal, Sign, Verify
from volly_browser.room.events import FrameRefused, MemberMisbehaved, RenewalOverdue
from volly_browser.room.group.hints import HINTS_LIMIT
from volly_browser.room.wire.frames import FRAME_COST, Frame, Kind, split
from volly_browser.transport.contract import TransportError
from volly_browser.transport.memory import MemoryNetwork, Sent


@pytest.mark.parametrize("name", ["in the names of their senders", "in the name of another member", "of a stranger"])
@virtual_time()
async def test_everything_played_again_changes_nothing(name: str) -> None:
    """Guarded by used-up message keys, by nonces of questions, by tickets and by used key packages."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await alice.room.send_text("once")
        await calm(*people)
        epoch, lists = alice.room.epoch, len(bob.member_lists)
        sender = {"in the name of another member": carol.identity, "of a stranger": "a stranger"}.get(name, "")
        for _ in range(2):
            play_again(party.network, party.network.recorded, *people, sender=sender)
            await asyncio.sleep(15)
        assert bob.texts == carol.texts == [("Alice", "once")]
        assert (alice.room.epoch, len(bob.member_lists)) == (epoch, lists)
        await still_together(*people)


@virtual_time(limit=1200)
async def test_a_dead_page_is_not_kept_in_the_group_by_its_last_signs_of_life() -> None:
    """Guarded by used-up message keys: a sign of life can be read once (`Group.process`)."""
    async with company(policy="classical") as party:
        alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(alice, bob, carol)
        last = [sent for sent in party.network.recorded if sent.sender == carol.identity][-3:]
        with mute(carol):
            for _ in range(10):
                await asyncio.sleep(4)
                play_again(party.network, last, alice, bob)
            assert alice.names == bob.names == ["Alice", "Bob"]
        await until(lambda: agreed(alice, bob, carol), 120)


@virtual_time()
async def test_the_server_makes_nobody_sign_for_another_connection() -> None:
    """All frames in the names of others: a sign of life says by which connection its sender can be reached."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        names = {alice.identity: bob.identity, bob.identity: carol.identity, carol.identity: alice.identity}
        shuffled = shuffling(party.network, names)
        party.network._carry = shuffled  # type: ignore[method-assign]
        await asyncio.sleep(6)
        for person, other in permutations(people, 2):
            reached = deciders_of(person).reachability.member_at(other.identity)
            assert reached in (None, bytes.fromhex(other.room.member_id))
        assert any("another connection" in refusal for refusal in alice.refusals)
        del party.network._carry
        await still_together(*people)


def shuffling(network: MemoryNetwork, names: dict[str, str]) -> Callable[[Sent, str], None]:
    carry = network._carry

    def carry_in_another_name(sent: Sent, to: str) -> None:
        if names[sent.sender] != to:
            carry(Sent(names[sent.sender], sent.data, sent.to), to)

    return carry_in_another_name


def changed_epoch(message: bytes, group_id: bytes, epoch: bytes) -> bytes:
    """A message of the group that says to be of another epoch, which stands in the clear."""
    position = message.index(group_id) + len(group_id)
    return message[:position] + epoch + message[position + 8 :]


@pytest.mark.parametrize("epoch", [b"\0" + b"\xff" * 7, b"\xff" * 8, None], ids=["far", "the last", "ours"])
@virtual_time()
async def test_claims_of_epochs_and_of_forks_cost_a_few_questions_and_move_nobody(epoch: bytes | None) -> None:
    """Guarded by `CatchUp`: a hint leads to questions, and only an answer that a member has signed to more."""
    async with company(policy="classical") as party:
        people = alice, _bob, _carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        group = membership_of(alice).group
        message = await group.encrypt(b"hello")
        claim = changed_epoch(message, group.group_id, epoch or group.epoch.to_bytes(8, "big"))
        claim = claim[:-4] + bytes(4)
        before, number = len(party.network.recorded), alice.room.epoch
        for _ in range(200):
            inject(party.network, Kind.GROUP, claim, "a stranger", *people)
            await asyncio.sleep(1)
        asked = [sent for sent in party.network.recorded[before:] if sent.to == ("a stranger",)]
        assert len(asked) <= (8 + 200 // 60) * len(people), "eight each, and then one a minute"
        assert alice.room.epoch == number
        await still_together(*people)


@virtual_time()
async def test_a_flood_of_hints_from_invented_connections_keeps_no_member_from_following() -> None:
    """T and S.  Guarded by `Hints._of`: the hint that led to most questions gives way to a new one."""
    async with company(policy="classical") as party:
        people = alice, _, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        group = membership_of(alice).group
        claim = changed_epoch(await group.encrypt(b"hello"), group.group_id, group.epoch.to_bytes(8, "big"))
        hints = deciders_of(carol).catch_up._strangers
        for number in range(300):
            inject(party.network, Kind.GROUP, claim[:-4] + bytes(4), f"invented {number}", carol)
        await asyncio.sleep(240)
        assert len(hints) == HINTS_LIMIT
        deciders_of(carol).catch_up.saw_ahead(
            "a newcomer", group.epoch + 1, asyncio.get_running_loop().time(), is_member=False
        )
        assert "a newcomer" in hints
        await still_together(*people)


@virtual_time()
async def test_frames_that_say_to_be_one_of_millions_reserve_nothing() -> None:
    """T.  Guarded by `PARTS_LIMIT` and by what `Assembler` counts: frames that came, with what keeping them costs."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        assembler = parts_of(alice).post._assembler
        for number in range(3000):
            frame = Frame(2, Kind.GROUP, number.to_bytes(16, "big"), 0, 200, b"x").encode()
            party.network.inject(frame, f"stranger {number % 7}", alice.identity)
        party.network.inject(Frame(2, Kind.GROUP, bytes(16), 0, 65_535, b"x").encode(), "a stranger", alice.identity)
        await asyncio.sleep(1)
        assert assembler.size <= 3000 * (FRAME_COST + 1)
        assert any("number 0 of 65535" in refusal for refusal in alice.refusals)
        await still_together(alice, bob)


@virtual_time()
async def test_the_server_cannot_keep_a_group_from_healing_by_dropping_what_goes_to_one() -> None:
    """A first renewal goes to the member that sequences alone; the next to all, and the third is an order.

    Guarded by `Ordering.refresh`.  What is on the wire tells door and group apart, and nothing else (`Kind`).
    """
    network = MemoryNetwork()
    carry = network._carry
    network._carry = lambda sent, to: None if sent.to and is_of_the_group(sent) else carry(sent, to)  # type: ignore[method-assign]
    async with company(network, policy="classical") as party:
        people = alice, bob, _carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        roster, member_id = parts_of(alice).seat.roster, bytes.fromhex(bob.room.member_id)
        before = roster.renewal_of(member_id)
        make_refresh_due(bob)
        await until(lambda: roster.renewal_of(member_id) > before, 30)
        await still_together(*people)


def is_of_the_group(sent: Sent) -> bool:
    return is_frame(sent.data) and Frame.decode(sent.data).kind == Kind.GROUP


@virtual_time(limit=2000)
async def test_a_member_whose_keys_cannot_be_renewed_is_told() -> None:
    """Guarded by `Refresh.overdue_at`: however that is brought about, here by a page that never commits."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        deciders_of(bob).refresh.is_due = lambda now: False  # type: ignore[method-assign]
        deciders_of(bob).refresh.deadline = lambda: None  # type: ignore[method-assign]
        await until(lambda: any(isinstance(event, RenewalOverdue) for event in bob.happened), 1000)
        assert not any(isinstance(event, RenewalOverdue) for event in alice.happened)


@virtual_time(limit=1200)
async def test_keys_of_past_epochs_are_gone_in_a_quiet_room_too() -> None:
    """Ten seconds after the end of an epoch; guarded by `Group.process` and by `Protocol.deadline`, each by itself."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        await asyncio.sleep(20)
        for person in (alice, bob):
            past = membership_of(person).group._past
            assert all(keys.until > wall_clock() for keys in past.message_keys)


@virtual_time()
async def test_a_frame_that_does_not_open_costs_no_signature() -> None:
    """T.  Guarded by MLS: what nobody can open is not verified, and by `Questions`: what is no answer is not read."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        done: list[object] = []
        run = bob.room._engine.run

        async def counted(operations: list[Open | Seal | Sign | Verify]):  # type: ignore[no-untyped-def]  # noqa: ANN202
            done.extend(operations)
            return await run(operations)

        bob.room._engine.run = counted  # type: ignore[method-assign]
        group = membership_of(alice).group
        payload = changed_epoch(await group.encrypt(b"hello"), group.group_id, group.epoch.to_bytes(8, "big"))
        for number in range(100):
            inject(party.network, Kind.GROUP, payload[:-6] + number.to_bytes(6, "big"), bob.identity + "?", bob)
            inject(party.network, Kind.DOOR, number.to_bytes(300, "big"), "a stranger", bob)
        await asyncio.sleep(0.05)
        assert sum(isinstance(operation, Verify) for operation in done) <= 2
        assert sum(isinstance(operation, Sign) for operation in done) <= 8
        await still_together(alice, bob)


@virtual_time()
async def test_refusals_cannot_push_messages_out_of_the_events() -> None:
    """Guarded by `EventQueue`: what strangers can cause is kept in a small number."""
    async with company(policy="classical") as party:
        alice, bob = await party.join("Alice", "Bob")
        await calm(alice, bob)
        with busy(bob):
            await alice.room.send_text("hello")
            await asyncio.sleep(1)
            for number in range(5000):
                [frame] = split(Kind.DOOR, number.to_bytes(100, "big"))
                party.network.inject(frame, f"stranger {number}", bob.identity)
            await asyncio.sleep(5)
        await until(lambda: bob.texts == [("Alice", "hello")])
        assert any(isinstance(event, FrameRefused) for event in bob.happened)
        await still_together(alice, bob)


@contextmanager
def busy(person: Person) -> Iterator[None]:
    """Nobody reads the events of a room."""
    person._listening.cancel()
    yield
    person._listening = asyncio.create_task(person._listen())


@contextmanager
def denied(person: Person) -> Iterator[None]:
    """The server says that sending fails, and delivers what was sent."""
    transport = person.transport
    send = transport.send

    async def send_and_fail(frame: bytes, to: Sequence[str] | None = None, *, reliable: bool = True) -> None:
        await send(frame, to, reliable=reliable)
        raise TransportError("The server says that it has not sent this.")

    transport.send = send_and_fail  # type: ignore[method-assign]
    try:
        yield
    finally:
        transport.send = send  # type: ignore[method-assign]


@pytest.mark.parametrize("seconds", [0.1, 3.0])
@virtual_time()
async def test_a_server_that_denies_what_it_has_delivered_lets_nobody_give_two_orders(seconds: float) -> None:
    """Guarded by `Membership.unsent`: the same order is given out again, or read as its author's own."""
    async with company(policy="classical") as party:
        people = alice, bob, carol = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        epoch = bob.room.epoch
        with denied(alice):
            make_refresh_due(alice)
            await until(lambda: bob.room.epoch == carol.room.epoch == epoch + 1)
            await asyncio.sleep(seconds)
        await still_together(*people)
        told = [event for person in people for event in person.happened if isinstance(event, MemberMisbehaved)]
        assert not told
        assert bob.room.epoch == epoch + 1


@virtual_time()
async def test_an_order_that_was_said_not_to_be_sent_is_followed_by_its_author_when_it_comes_back() -> None:
    """Guarded by `Ordering.got_own`: nobody reads a message of its own, so its author could not follow it otherwise."""
    async with company(policy="classical") as party:
        people = alice, bob, _ = await party.join("Alice", "Bob", "Carol")
        await calm(*people)
        epoch = alice.room.epoch
        with denied(alice):
            dora = party.person("Dora")
            coming = asyncio.create_task(dora.join())
            await until(lambda: bob.room.epoch == epoch + 1)
            assert alice.room.epoch == epoch
            await until(lambda: alice.room.epoch == epoch + 1, 10)
        await coming
        await still_together(*people, dora)
