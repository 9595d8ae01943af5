"""The client for programs, two of them over the memory network."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

import pytest

from tests.unit.room.people import SeededEngine, until, wall_clock
from tests.unit.virtual_time import virtual_time
from volly_browser.chat.chat import NotOurs
from volly_browser.chat.mentions import NoMember
from volly_browser.chat.timeline import Changed
from volly_browser.client.client import AlreadyConnected, NotConnected, PolicyRefused, ReceiveTimeout, VollyClient
from volly_browser.client.records import record_of, room_of
from volly_browser.mls.suites import CLASSICAL
from volly_browser.room.events import Displaced, RoomClosed
from volly_browser.room.invite import Invite, InviteError
from volly_browser.room.mimi import ContentTooLong
from volly_browser.transport.contract import TransportRefused
from volly_browser.transport.memory import MemoryNetwork

LINK = "https://chat.example/#" + Invite.create("hybrid", Random(1).randbytes).fragment
CLASSICAL_LINK = Invite.create("classical", Random(2).randbytes).fragment


class Meeting:
    """Clients on one network; `refusals` is how often a transport will be refused."""

    def __init__(self) -> None:
        self.network = MemoryNetwork()
        self.invites: list[Invite] = []
        self.refusals = 0
        self._clients: list[VollyClient] = []

    def client(
        self,
        name: str,
        *,
        enable_post_quantum: bool = True,
        takes_room_names: bool = False,
        history: int = 0,
        on_change: Callable[[Changed], None] = lambda changed: None,
    ) -> VollyClient:
        client = VollyClient(
            SeededEngine(len(self._clients)),
            self._open_transport,
            name,
            enable_post_quantum=enable_post_quantum,
            takes_room_names=takes_room_names,
            history=history,
            clock=wall_clock,
            on_change=on_change,
        )
        self._clients.append(client)
        return client

    def _open_transport(self, invite: Invite):  # noqa: ANN202 - a transport
        self.invites.append(invite)
        transport = self.network.transport()
        if self.refusals:
            self.refusals -= 1
            transport.connect = self._refuse  # type: ignore[method-assign]
        return transport

    async def _refuse(self) -> None:
        raise TransportRefused("The server says no.")

    async def close(self) -> None:
        for client in self._clients:
            await client.close()


@asynccontextmanager
async def meeting() -> AsyncIterator[Meeting]:
    gathered = Meeting()
    try:
        yield gathered
    finally:
        await gathered.close()


@asynccontextmanager
async def alice_and_bob() -> AsyncIterator[tuple[VollyClient, VollyClient]]:
    async with meeting() as gathered:
        alice, bob = gathered.client("Alice"), gathered.client("Bob")
        await alice.connect(LINK)
        await bob.connect(LINK)
        await until(lambda: alice.members == bob.members == 2)
        yield alice, bob


@virtual_time()
async def test_what_one_sends_the_other_receives() -> None:
    async with alice_and_bob() as (alice, bob):
        await alice.send_encrypted("Hello, quantum world!")
        assert await bob.receive_decrypted(10) == "Hello, quantum world!"


@virtual_time()
async def test_both_have_the_same_secret() -> None:
    async with alice_and_bob() as (alice, bob):
        assert alice.shared_secret == bob.shared_secret
        assert alice.shared_secret is not None
        assert len(alice.shared_secret) == 32


@virtual_time()
async def test_texts_sent_at_once_arrive_in_the_order_of_the_calls() -> None:
    async with alice_and_bob() as (alice, bob):
        texts = [f"text {number}" for number in range(20)]
        await asyncio.gather(*(alice.send_encrypted(text) for text in texts))
        assert [await bob.receive_decrypted(10) for _ in texts] == texts


@virtual_time()
async def test_concurrent_calls_get_one_text_each_in_their_order() -> None:
    async with alice_and_bob() as (alice, bob):
        waiting = [asyncio.create_task(bob.receive_decrypted(10)) for _ in range(3)]
        for text in "abc":
            await alice.send_encrypted(text)
        assert await asyncio.gather(*waiting) == ["a", "b", "c"]


@virtual_time()
async def test_waiting_ends_at_the_timeout_and_loses_nothing() -> None:
    async with alice_and_bob() as (alice, bob):
        with pytest.raises(ReceiveTimeout, match=r"No message came within 0\.5 seconds"):
            await bob.receive_decrypted(0.5)
        await alice.send_encrypted("late")
        assert await bob.receive_decrypted(10) == "late"


@virtual_time()
async def test_a_timeout_of_zero_takes_what_is_there() -> None:
    async with alice_and_bob() as (alice, bob):
        await alice.send_encrypted("there")
        await asyncio.sleep(1)
        assert await bob.receive_decrypted(0) == "there"
        with pytest.raises(ReceiveTimeout):
            await bob.receive_decrypted(0)


@virtual_time()
async def test_nothing_works_before_connecting() -> None:
    async with meeting() as gathered:
        alice = gathered.client("Alice")
        assert alice.shared_secret is None
        assert alice.members == 0
        with pytest.raises(NotConnected):
            await alice.send_encrypted("hello?")
        with pytest.raises(NotConnected):
            await alice.receive_decrypted(1)


@virtual_time()
async def test_nothing_works_after_closing() -> None:
    async with alice_and_bob() as (alice, _):
        await alice.close()
        await alice.close()
        assert alice.shared_secret is None
        assert alice.members == 0
        for call in (alice.connect(LINK), alice.send_encrypted("hello?"), alice.receive_decrypted(1)):
            with pytest.raises(RoomClosed, match="was closed"):
                await call


@virtual_time()
async def test_closing_ends_the_waiting() -> None:
    async with alice_and_bob() as (_, bob):
        waiting = [asyncio.create_task(bob.receive_decrypted()) for _ in range(2)]
        await asyncio.sleep(1)
        await bob.close()
        for task in waiting:
            with pytest.raises(RoomClosed):
                await task


@virtual_time()
async def test_closing_ends_the_connecting() -> None:
    async with meeting() as gathered:
        gathered.network.up = False
        alice = gathered.client("Alice")
        connecting = asyncio.create_task(alice.connect(LINK))
        await asyncio.sleep(1)
        await alice.close()
        with pytest.raises(RoomClosed):
            await connecting


@virtual_time()
async def test_a_client_connects_once() -> None:
    async with alice_and_bob() as (alice, _):
        with pytest.raises(AlreadyConnected):
            await alice.connect(LINK)


@virtual_time()
async def test_a_client_that_was_refused_can_try_again() -> None:
    async with meeting() as gathered:
        gathered.refusals = 1
        alice = gathered.client("Alice")
        with pytest.raises(TransportRefused):
            await alice.connect(LINK)
        with pytest.raises(NotConnected):
            await alice.send_encrypted("hello?")
        await alice.connect(LINK)
        assert alice.members == 1


@virtual_time()
async def test_a_broken_link_is_refused_before_anything_is_opened() -> None:
    async with meeting() as gathered:
        for link in (LINK[:-1], "a room", ""):
            with pytest.raises(InviteError):
                await gathered.client("Alice").connect(link)
        assert gathered.invites == []


@virtual_time()
async def test_a_text_that_is_too_long_is_refused_and_the_next_one_sent() -> None:
    async with alice_and_bob() as (alice, bob):
        with pytest.raises(ContentTooLong):
            await alice.send_encrypted("a" * 1_000_000)
        await alice.send_encrypted("short")
        assert await bob.receive_decrypted(10) == "short"


@virtual_time()
async def test_a_classical_room_is_only_entered_where_that_is_wanted() -> None:
    async with meeting() as gathered:
        with pytest.raises(PolicyRefused, match="enablePostQuantum"):
            await gathered.client("Alice").connect(CLASSICAL_LINK)
        await gathered.client("Bob", enable_post_quantum=False).connect(CLASSICAL_LINK)
        assert [invite.policy for invite in gathered.invites] == ["classical"]


@virtual_time()
async def test_a_client_without_post_quantum_cryptography_does_not_enter_a_room_that_has_it() -> None:
    async with meeting() as gathered:
        with pytest.raises(PolicyRefused, match="Leave that option out"):
            await gathered.client("Alice", enable_post_quantum=False).connect(LINK)
        assert not gathered.invites


@pytest.mark.parametrize(("enable_post_quantum", "policy"), [(True, "hybrid"), (False, "classical")])
@virtual_time()
async def test_a_room_name_becomes_an_invite_of_the_wanted_policy(enable_post_quantum: bool, policy: str) -> None:
    async with meeting() as gathered:
        alice = gathered.client("Alice", enable_post_quantum=enable_post_quantum, takes_room_names=True)
        await alice.connect("quantum")
        assert gathered.invites == [Invite.from_room_name("quantum", policy)]


@virtual_time()
async def test_a_client_that_takes_room_names_takes_links_too() -> None:
    async with meeting() as gathered:
        await gathered.client("Alice", takes_room_names=True).connect(LINK)
        await gathered.client("Bob", takes_room_names=True).connect(Invite.parse(LINK).fragment)
        assert gathered.invites == [Invite.parse(LINK)] * 2


@virtual_time()
async def test_a_client_whose_place_was_taken_says_so_and_can_take_it_over() -> None:
    async with alice_and_bob() as (alice, bob):
        network, identity = bob._room._task._transport._network, bob._room._task._transport.identity
        network.displace(identity)
        with pytest.raises(Displaced):
            await bob.receive_decrypted(1)
        await alice.send_encrypted("are you there?")
        with pytest.raises(ReceiveTimeout):
            await bob.receive_decrypted(1)
        await bob.take_over()
        assert await bob.receive_decrypted(5) == "are you there?"


@virtual_time()
async def test_classical_means_the_suite_of_the_rfc() -> None:
    async with meeting() as gathered:
        alice = gathered.client("Alice", enable_post_quantum=False)
        await alice.connect(CLASSICAL_LINK)
        assert alice._room is not None
        assert alice._room._membership.group.suite == CLASSICAL


@virtual_time()
async def test_messages_are_answered_edited_taken_back_and_reacted_to() -> None:
    async with alice_and_bob() as (alice, bob):
        first = await alice.send_encrypted("hallo")
        assert await bob.receive_decrypted(5) == "hallo"
        answer = await bob.reply(first, "hello yourself")
        assert await alice.receive_decrypted(5) == "hello yourself"
        await alice.edit(first, "hello")
        await bob.react(first, "👍")
        await alice.delete(slip := await alice.send_encrypted("a slip"))
        await until(lambda: len(bob.messages) == 3 and bob.messages[2].is_deleted)
        await until(lambda: bool(alice.messages[0].reactions) and bob.messages[0].text == "hello")
        assert [message.message_id for message in alice.messages] == [first, answer, slip]
        assert bob.messages[1].reply_to == first
        await bob.unreact(first, "👍")
        await until(lambda: not alice.messages[0].reactions)
        with pytest.raises(NotOurs):
            await bob.edit(first, "mine")


@virtual_time()
async def test_an_edit_is_no_second_text() -> None:
    async with alice_and_bob() as (alice, bob):
        await alice.edit(await alice.send_encrypted("hallo"), "hello")
        await alice.send_encrypted("next")
        assert [await bob.receive_decrypted(5) for _ in range(2)] == ["hallo", "next"]


@virtual_time()
async def test_what_is_said_alone_waits_for_the_first_that_comes() -> None:
    async with meeting() as gathered:
        alice, bob = gathered.client("Alice"), gathered.client("Bob")
        await alice.connect(LINK)
        await alice.send_encrypted("is anybody here?")
        await asyncio.sleep(60)
        await bob.connect(LINK)
        assert await bob.receive_decrypted(5) == "is anybody here?"


@virtual_time()
async def test_a_program_hears_which_messages_look_different() -> None:
    changes: list[Changed] = []
    async with meeting() as gathered:
        alice, bob = gathered.client("Alice", on_change=changes.append), gathered.client("Bob")
        await alice.connect(LINK)
        await bob.connect(LINK)
        first = await bob.send_encrypted("hello")
        await until(lambda: frozenset([first]) in changes)
        own = await alice.send_encrypted("hello yourself")
        await until(lambda: changes.count(frozenset([own])) >= 3)


# What is set for the room


@virtual_time(2000)
async def test_messages_with_a_timer_go_from_what_programs_have_and_are_not_received_any_more() -> None:
    async with alice_and_bob() as (alice, bob):
        await alice.send_encrypted("stays")
        await alice.set_room(title="Tea", disappears_after=300)
        await until(lambda: bob.settings.lifetime == 300)
        soon_gone = await bob.send_encrypted("@Alice soon gone", {"@Alice": alice.people[0].member_id})
        await until(lambda: len(alice.messages) == 2)
        assert record_of(alice.messages[1])["disappearsAfter"] == 300
        assert alice.messages[1].is_about(alice.people[0].member_id)
        await alice.pin(soon_gone)
        await until(lambda: len(bob.settings.pins) == 1)
        await asyncio.sleep(299)
        assert [len(client.messages) for client in (alice, bob)] == [2, 2]
        await asyncio.sleep(5)
        assert [[message.text for message in client.messages] for client in (alice, bob)] == [["stays"], ["stays"]]
        await bob.send_encrypted("later")
        assert await alice.receive_decrypted(10) == "later"
        with pytest.raises(ValueError, match="disappear"):
            await alice.set_room(disappears_after=7)


@virtual_time()
async def test_a_program_that_comes_later_knows_what_is_set_and_by_whom() -> None:
    async with meeting() as gathered:
        alice, bob = gathered.client("Alice"), gathered.client("Bob")
        await alice.connect(LINK)
        await alice.set_room(title="Tea", topic="and cake")
        await bob.connect(LINK)
        await until(lambda: bob.settings.title is not None and bob.settings.topic is not None)
        carol = gathered.client("Carol")
        await carol.connect(LINK)
        await until(lambda: carol.settings.title is not None, limit=20)
        assert room_of(carol.settings) == room_of(alice.settings)
        assert room_of(carol.settings)["setBy"]["title"] == {"member": alice.people[0].member_id, "toldBy": None}
        with pytest.raises(NoMember):
            await carol.send_encrypted("@Bob", {"@Bob": "nobody"})


# What was said before


def told(client: VollyClient) -> list[tuple[str | None, object, object]]:
    """What a program sees of it: the text, the id of the one that told it, and whether its author confirmed it."""
    records = map(record_of, client.messages)
    return [(record["text"], record["relayedBy"], record.get("confirmed")) for record in records]


@pytest.mark.parametrize("carols", [0, 50])
@virtual_time()
async def test_the_one_that_makes_a_room_by_a_name_says_how_much_newcomers_are_told(carols: int) -> None:
    async with meeting() as gathered:
        alice = gathered.client("Alice", takes_room_names=True, history=2)
        bob = gathered.client("Bob", takes_room_names=True)
        carol = gathered.client("Carol", takes_room_names=True, history=carols)
        for client in (alice, bob):
            await client.connect("room")
        await until(lambda: alice.members == bob.members == 2)
        for text in "123":
            await (alice if text == "2" else bob).send_encrypted(text)
            await asyncio.sleep(1)
        await carol.connect("room")
        await until(lambda: carol.messages, limit=5)
        alices_id = alice.messages[1].sender
        assert told(carol) == [("2", None, None), ("3", alices_id, True)]
        with pytest.raises(ReceiveTimeout):
            await carol.receive_decrypted(1)
