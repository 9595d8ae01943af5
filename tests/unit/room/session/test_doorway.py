"""Knocks and notices: what is said at the door, and what is made of it."""

import asyncio

import pytest

from tests.unit.room.looks import deciders_of, make_refresh_due, membership_of, parts_of, question_of
from tests.unit.room.people import Company, Person, agreed, calm, company, never_lost, until
from tests.unit.room.split_network import SplitNetwork
from tests.unit.room.tap import Heard
from tests.unit.virtual_time import virtual_time
from volly_browser.room.content.content import Order
from volly_browser.room.door.admission import NO_TICKET, Admission
from volly_browser.room.door.key_packages import KeyPackages, ReadKnock
from volly_browser.room.labels import EPOCH_LIMIT
from volly_browser.room.session import doorway
from volly_browser.room.timing import Timing
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.structs import Knock, Notice
from volly_browser.transport.contract import PeerJoined, PeerLeft

TIMING = Timing()


async def pair(party: Company) -> list[Person]:
    people = await party.join("Alice", "Bob")
    await calm(*people)
    await asyncio.sleep(TIMING.heartbeat / 2)
    party.network.recorded.clear()
    return people


def answers(party: Company) -> list[Heard]:
    """The notices that say with what to knock."""
    return [heard for heard in party.heard(DoorKind.NOTICE) if Notice.decode(heard.content).is_answer]


async def knock_of(person: Person, ticket: bytes, group_id: bytes = b"", identity: str = "") -> bytes:
    """Make a person's knock that its page would possibly not make."""
    return await parts_of(person).key_packages.offer(Knock(identity or person.identity, group_id, ticket), 0.0)


@virtual_time()
async def test_a_newcomer_repeats_what_is_on_display_and_so_is_let_in_by_its_first_knock() -> None:
    async with company(policy="classical") as party:
        alice, _ = await pair(party)
        await party.join("Carol")
        [knock] = party.heard(DoorKind.HELLO)
        assert knock.to == (alice.identity,)
        assert not answers(party)
        await until(lambda: agreed(*party.people))


@virtual_time()
async def test_a_knock_without_a_ticket_is_answered_with_one_by_whose_turn_it_is() -> None:
    """It is possibly an old one that an attacker repeats."""
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        [carol] = await party.join("Carol")
        await calm(alice, bob, carol)
        await carol.leave()
        await until(lambda: agreed(alice, bob))
        party.network.recorded.clear()
        message = await knock_of(carol, NO_TICKET, identity="insider")
        for person in (alice, bob):
            await party.say(DoorKind.HELLO, message, person)
        await asyncio.sleep(1)
        [answer] = answers(party)
        assert (answer.sender, answer.to) == (alice.identity, ("insider",))
        notice = Notice.decode(answer.content)
        assert (notice.branch, notice.is_answer) == (membership_of(alice).branch, 1)
        assert not party.heard(Order)


@virtual_time()
async def test_a_knock_with_the_ticket_of_an_epoch_that_is_remembered_counts() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        [carol] = await party.join("Carol")
        await calm(alice, bob, carol)
        await carol.leave()
        await until(lambda: agreed(alice, bob))
        old = membership_of(alice).history[-3].branch
        await party.say(DoorKind.HELLO, await knock_of(carol, old, identity="insider"), alice)
        await until(lambda: "Carol" in alice.names, limit=1)


@virtual_time()
async def test_a_knock_at_another_group_is_not_ours_to_answer() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        message = await knock_of(bob, NO_TICKET, b"another group id")
        await party.say(DoorKind.HELLO, message, alice, bob.identity)
        await asyncio.sleep(1)
        assert not answers(party) + party.heard(Order)
        assert agreed(alice, bob)


@virtual_time()
async def test_a_knock_that_led_in_before_does_not_put_its_member_out_when_it_comes_again() -> None:
    async with company(policy="classical") as party:
        people = alice, bob = await party.join("Alice", "Bob")
        await calm(*people)
        epoch, knocks = alice.room.epoch, party.heard(DoorKind.HELLO)
        party.network.recorded.clear()
        for heard in knocks:
            party.replay(heard, alice)
        await asyncio.sleep(5)
        assert alice.room.epoch == epoch
        assert not answers(party)
        assert never_lost(bob)


@virtual_time()
async def test_a_knock_in_the_name_of_a_member_is_checked_at_once_and_a_forged_one_takes_nothing() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        message = await knock_of(bob, membership_of(alice).branch)
        await party.say(DoorKind.HELLO, message[:-10] + bytes(10), alice, bob.identity)
        await until(lambda: any("in the name of a member" in refusal for refusal in alice.refusals))
        assert deciders_of(alice).sequencer.deadline() is None
        assert agreed(alice, bob)


@virtual_time()
async def test_knocks_in_the_names_of_members_are_checked_now_and_then_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs three signatures, and holders of the invite can make any number."""
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        checked = []
        key_packages = parts_of(alice).key_packages

        async def forged(joins):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            checked.extend(joins)
            return joins

        monkeypatch.setattr(key_packages, "forged", forged)
        for _ in range(50):
            message = await knock_of(bob, membership_of(alice).branch)
            await party.say(DoorKind.HELLO, message, alice, bob.identity)
            await asyncio.sleep(0.02)
        assert len(checked) == pytest.approx(1 / TIMING.answer_again, abs=1)


@virtual_time()
async def test_a_member_that_knocks_rightly_takes_its_place_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        admission = deciders_of(bob).admission
        monkeypatch.setattr(admission, "takes", lambda group_id, now, is_met: True)
        monkeypatch.setattr(Admission, "is_moving", property(lambda admission: True))
        message = await knock_of(bob, membership_of(alice).branch)
        await party.say(DoorKind.HELLO, message, alice, bob.identity)
        await until(lambda: party.heard(Order), limit=1)
        await until(lambda: agreed(alice, bob))


@virtual_time()
async def test_a_member_that_has_just_been_answered_gets_its_place_anew_without_having_to_knock_again() -> None:
    """It knocks since the answer said that it has to."""
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        message = await knock_of(bob, membership_of(alice).branch)
        await party.say(DoorKind.QUESTION, await question_of(bob, alice), alice, bob.identity)
        await party.say(DoorKind.HELLO, message, alice, bob.identity)
        await until(lambda: any(not heard.to for heard in party.heard(Order)), limit=0.2)


@virtual_time()
async def test_what_is_on_display_stays_of_use_while_the_group_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newcomer repeats what is there, and that has to be an epoch that is remembered."""
    monkeypatch.setattr(doorway, "STALE_EPOCHS", 3)
    monkeypatch.setattr("volly_browser.room.group.commits.EPOCHS_LIMIT", 5)
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        for _ in range(9):
            epoch = alice.room.epoch
            make_refresh_due(alice)
            await until(lambda: alice.room.epoch > epoch)  # noqa: B023
        await until(lambda: agreed(alice, bob))
        party.network.recorded.clear()
        await party.join("Carol")
        assert len(party.heard(DoorKind.HELLO)) == 1
        assert not answers(party)


@virtual_time()
async def test_whose_turn_it_is_says_with_each_sign_of_life_where_the_group_is_and_nobody_else_does() -> None:
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        await asyncio.sleep(3 * TIMING.heartbeat)
        assert party.senders_of(DoorKind.NOTICE) == [alice.identity] * 3
        assert {heard.to for heard in party.heard(DoorKind.NOTICE)} == {None}
        notice = Notice.decode(party.heard(DoorKind.NOTICE)[-1].content)
        assert (notice.branch, notice.members, notice.is_answer) == (membership_of(bob).branch, 2, 0)


@virtual_time()
async def test_two_that_are_alone_find_each_other_though_the_server_said_falsely_that_one_has_left() -> None:
    """What is on display is told once, and was forgotten with the one that displays it."""
    network = SplitNetwork()
    async with company(network, policy="classical") as party:
        alice, bob = party.person("Alice"), party.person("Bob")
        network.split(alice)
        await alice.join()
        await bob.join()
        goes = max((alice, bob), key=lambda person: membership_of(person).group.group_id)
        [stays] = {alice, bob} - {goes}
        goes.transport.got_event(PeerJoined(stays.identity))
        network.half = frozenset()
        goes.transport.got_event(PeerLeft(stays.identity))
        await until(lambda: agreed(alice, bob), limit=2 * TIMING.heartbeat)


async def knocks_that_are_read(person: Person, party: Company, heard: list[tuple[str, bytes]]) -> list[str]:
    """The senders whose knocks are read, of those that come at once, before any signature is checked."""
    key_packages, read = parts_of(person).key_packages, []

    def note(message: bytes, sender: str) -> ReadKnock:
        read.append(sender)
        return KeyPackages.read(key_packages, message, sender)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_packages, "read", note)
        for sender, message in heard:
            await party.say(DoorKind.HELLO, message, person, sender)
        await asyncio.sleep(doorway.KNOCK_PAUSE / 2)
    return read


@virtual_time()
async def test_few_knocks_of_one_identity_are_read_in_a_moment() -> None:
    """Holders of the invite can make any number."""
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        many = [("insider", await knock_of(bob, NO_TICKET, bytes([number]), "insider")) for number in range(20)]
        for _ in range(2):
            assert await knocks_that_are_read(alice, party, many) == ["insider"] * doorway.KNOCKS_OF_ONE
            await asyncio.sleep(doorway.KNOCK_PAUSE)


@virtual_time()
async def test_the_knocks_of_few_identities_are_read_in_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holders of a token can have any number of identities."""
    monkeypatch.setattr(doorway, "KNOCKS_AT_ONCE", 4)
    async with company(policy="classical") as party:
        alice, bob = await pair(party)
        names = [f"insider {number}" for number in range(10)]
        many = [(name, await knock_of(bob, NO_TICKET, b"another group id", name)) for name in names]
        for _ in range(2):
            assert await knocks_that_are_read(alice, party, many) == names[:4]
            await asyncio.sleep(doorway.KNOCK_PAUSE)


@virtual_time()
async def test_a_notice_of_an_epoch_that_no_group_reaches_is_refused_and_knocked_at_by_nobody() -> None:
    """D, which draws all newcomers to a group that none of them could enter."""
    async with company(policy="classical") as party:
        [alice] = await party.join("Alice")
        party.network.recorded.clear()
        for epoch in (EPOCH_LIMIT + 1, (1 << 64) - 1):
            await party.display(DoorKind.NOTICE, Notice(bytes(16), epoch, bytes(16), 2, 1, 1, 0).encode(), alice)
            await asyncio.sleep(5)
        assert len(alice.refusals) == 2
        assert not party.heard(DoorKind.HELLO)
        await party.display(DoorKind.NOTICE, Notice(bytes(16), EPOCH_LIMIT, bytes(16), 2, 1, 1, 0).encode(), alice)
        await until(lambda: party.heard(DoorKind.HELLO))
