from dataclasses import replace

import pytest
from volly_browser.room.door.entrance import (
    BUNDLE_LIFE,
    BUNDLES_LIMIT,
    CLOCK_TOLERANCE,
    KEY_PACKAGE_LIMIT,
    Entrance,
    KnockRefused,
)

from volly_browser.crypto.native import NativeEngine
from volly_browser.errors import RemoteError
from volly_browser.mls.errors import InvalidLeafNode, NotForUs
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.proposals import Add
from volly_browser.room.door.admission import Knock
from volly_browser.room.identity.roster import Roster
from volly_browser.room.invite import POLICY_CODES, Invite
from volly_browser.room.wire.structs import Hello

INVITE = Invite.from_room_name("garden", "classical")


def entrance(name: str = "Alice", invite: Invite = INVITE, clock: float = 1_700_000_000.0) -> Entrance:
    return Entrance(NativeEngine(), invite, name, lambda: clock)


async def welcome(group: Group, host: Entrance, *hellos: Hello) -> bytes:
    proposals = [Add(KeyPackage.from_message(hello.key_package)) for hello in hellos]
    pending = await group.commit([*proposals, *(group.psk_proposal(psk.name) for psk in host.psks)], host.psks)
    group.merge(pending)
    assert pending.welcome is not None
    return pending.welcome


@pytest.mark.parametrize("policy", POLICY_CODES)
async def test_a_knock_is_read_by_whoever_has_the_invite(policy: str) -> None:
    invite = Invite.from_room_name("garden", policy)
    guest = entrance("Bob", invite)
    hello = await guest.hello(Knock(b"group", 7), 0.0)
    join = entrance("Alice", invite).read(hello, "identity", Roster())
    assert (join.member_id, join.seniority, join.group_id, join.identity) == (
        guest.member_id,
        7,
        b"group",
        "identity",
    )


async def test_a_knock_of_another_policy_is_refused() -> None:
    hello = await entrance(invite=Invite.from_room_name("garden", "transition")).hello(Knock(b"", 1), 0.0)
    with pytest.raises(RemoteError, match="another cipher suite"):
        entrance().read(hello, "identity", Roster())


async def test_of_several_knocks_those_with_a_wrong_signature_are_found() -> None:
    host = entrance("Host")
    hellos = [await entrance().hello(Knock(b"", 1), 0.0) for _ in range(4)]
    package = KeyPackage.from_message(hellos[1].key_package)
    leaf = KeyPackage.from_message(hellos[2].key_package).leaf_node
    hellos[1] = Hello(b"", replace(package, signature=bytes(len(package.signature))).message)
    hellos[2] = Hello(b"", replace(package, leaf_node=replace(leaf, signature=bytes(len(leaf.signature)))).message)
    joins = [host.read(hello, "identity", Roster()) for hello in hellos]
    assert await host.forged(joins) == joins[1:3]
    assert await host.forged([joins[0], joins[3]]) == []


async def test_a_knock_that_is_too_long_to_be_kept_is_refused() -> None:
    hello = await entrance().hello(Knock(b"", 1), 0.0)
    package = KeyPackage.from_message(hello.key_package)
    long = replace(package, signature=bytes(KEY_PACKAGE_LIMIT))
    with pytest.raises(KnockRefused, match="too long"):
        entrance("Bob").read(Hello(b"", long.message), "identity", Roster())


@pytest.mark.parametrize("key_package", [b"", b"nonsense", bytes(500)])
async def test_a_malformed_knock_is_refused(key_package: bytes) -> None:
    with pytest.raises(RemoteError):
        entrance().read(Hello(b"", key_package), "identity", Roster())


async def test_who_claims_the_id_of_a_member_is_refused() -> None:
    alice, mallory, host = entrance("Alice"), entrance("Mallory"), entrance("Host")
    mallory.member_id = alice.member_id
    roster = Roster()
    group = await alice.begin()
    roster.update(group.members())
    with pytest.raises(KnockRefused, match="another key"):
        host.read(await mallory.hello(Knock(b"", 1), 0.0), "identity", roster)
    host.read(await alice.hello(Knock(b"", 2), 0.0), "identity", roster)


@pytest.mark.parametrize("wrong_by", [-CLOCK_TOLERANCE + 60, -3600, 3600, CLOCK_TOLERANCE - 60])
async def test_a_wrong_clock_keeps_nobody_out(wrong_by: int) -> None:
    hello = await entrance("Bob", clock=1_700_000_000.0 + wrong_by).hello(Knock(b"", 1), 0.0)
    entrance().read(hello, "identity", Roster())


async def test_a_clock_that_is_weeks_wrong_is_told_so() -> None:
    hello = await entrance("Bob", clock=1_690_000_000.0).hello(Knock(b"", 1), 0.0)
    with pytest.raises(InvalidLeafNode, match="valid"):
        entrance().read(hello, "identity", Roster())


async def test_a_welcome_for_any_recent_knock_leads_in_and_is_used_up() -> None:
    host, guest = entrance("Host"), entrance("Guest")
    hellos = [await guest.hello(Knock(b"", number), 0.0) for number in range(BUNDLES_LIMIT)]
    for hello in hellos[1:]:
        group = await host.begin()
        sent = await welcome(group, host, hello)
        joined = await guest.join(sent)
        assert joined.epoch_authenticator == group.epoch_authenticator
        with pytest.raises(NotForUs):
            await guest.join(sent)
    with pytest.raises(NotForUs):
        await guest.join(await welcome(await host.begin(), host, hellos[0]))


async def test_key_packages_that_nobody_answers_are_forgotten() -> None:
    host, guest = entrance("Host"), entrance("Guest")
    old, new = await guest.hello(Knock(b"", 1), 0.0), await guest.hello(Knock(b"", 2), 10.0)
    guest.forget_expired(BUNDLE_LIFE)
    with pytest.raises(NotForUs):
        await guest.join(await welcome(await host.begin(), host, old))
    await guest.join(await welcome(await host.begin(), host, new))


async def test_without_the_secret_of_the_invite_a_welcome_opens_nothing() -> None:
    host, guest = entrance("Host"), entrance("Guest")
    hello = await guest.hello(Knock(b"", 1), 0.0)
    sent = await welcome(await host.begin(), host, hello)
    guest.psks = tuple(replace(psk, secret=bytes(32)) for psk in guest.psks)
    with pytest.raises(RemoteError):
        await guest.join(sent)


async def test_a_name_is_cleaned_before_it_is_sent() -> None:
    assert entrance("  Al\u202eice \n").name == "Alice"
