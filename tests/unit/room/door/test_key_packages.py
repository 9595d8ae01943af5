from dataclasses import replace

import pytest

from tests.unit.room.sides import ENGINE, INVITE, Side, host, newcomer
from volly_browser.errors import RemoteError
from volly_browser.mls.errors import MissingPsk, NotForUs
from volly_browser.mls.extensions import Extension
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.proposals import Add
from volly_browser.room import labels
from volly_browser.room.content.content import Body, Payload, Ranking, Typing
from volly_browser.room.door.admission import NO_TICKET
from volly_browser.room.door.key_packages import (
    ALWAYS,
    BUNDLE_LIFE,
    BUNDLES_LIMIT,
    KEY_PACKAGE_LIMIT,
    Joined,
    KnockRefused,
)
from volly_browser.room.door.knocks import Join
from volly_browser.room.door.openings import OPENINGS_OF_ONE
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.ranking import psk_with, ranking_digest
from volly_browser.room.identity.roster import RankingRefused
from volly_browser.room.invite import POLICY_CODES, Invite
from volly_browser.room.mimi import ContentError
from volly_browser.room.wire.structs import Knock, Welcomed

TICKET = bytes(range(16))


async def offer(side: Side, identity: str = "here", now: float = 0.0) -> bytes:
    return await side.key_packages.offer(Knock(identity, b"group", TICKET), now)


def read(side: Side, message: bytes, sender: str = "here") -> Join:
    return side.key_packages.read(message, sender).join


async def welcome(by: Side, message: bytes, ranking: Body | None = None) -> Welcomed:
    """Into a new group of this host, possibly with something else than the order of its members."""
    by.sit_down(await by.key_packages.begin())
    committed = await by.membership.commit(Changes((read(by, message),)))
    by.membership.merge(committed)
    assert committed.welcome is not None
    welcomed = await by.membership.welcomed(committed.welcome)
    return replace(welcomed, ranking=await by.membership.write(ranking)) if ranking else welcomed


async def join(side: Side, welcomed: Welcomed, sender: str = "host") -> Joined:
    joined = await side.key_packages.join(welcomed, sender)
    side.key_packages.took(joined)
    return joined


@pytest.mark.parametrize("policy", POLICY_CODES)
async def test_a_knock_is_read_by_all_holders_of_the_invite(policy: str) -> None:
    invite = Invite.from_room_name("garden", policy)
    guest, alice = await newcomer("Bob", invite), await newcomer("Alice", invite)
    message = await offer(guest)
    assert len(message) <= KEY_PACKAGE_LIMIT
    knock = alice.key_packages.read(message, "here")
    assert knock.join == Join(guest.member_id, 1, message, "here")
    assert knock.knock == Knock("here", b"group", TICKET)
    assert await alice.key_packages.forged([knock.join]) == []


async def test_each_knock_has_a_key_of_its_own_and_a_higher_renewal() -> None:
    guest, alice = await newcomer("Bob"), await newcomer("Alice")
    messages = [await offer(guest) for _ in range(3)]
    keys = {KeyPackage.from_message(message).leaf_node.signature_key for message in messages}
    assert len(keys) == 3
    assert [read(alice, message).renewal for message in messages] == [1, 2, 3]


async def test_a_knock_of_another_policy_is_refused() -> None:
    guest = await newcomer("Bob", Invite.from_room_name("garden", "transition"))
    with pytest.raises(RemoteError, match="another cipher suite"):
        read(await newcomer("Alice"), await offer(guest))


async def test_a_knock_that_another_connection_repeats_is_refused() -> None:
    """The Welcome would go to the copier of a key package, and its author would not get in."""
    alice, message = await newcomer("Alice"), await offer(await newcomer("Bob"))
    with pytest.raises(KnockRefused, match="another connection"):
        read(alice, message, "there")


async def test_what_it_was_made_for_cannot_be_changed() -> None:
    alice, guest = await newcomer("Alice"), await newcomer("Bob")
    package = KeyPackage.from_message(await offer(guest))
    moved = Extension(labels.KNOCK_EXTENSION, Knock("there", b"group", TICKET).encode())
    knock = read(alice, replace(package, extensions=(moved,)).message, "there")
    assert await alice.key_packages.forged([knock]) == [knock]


async def key_package_with(side: Side, *extensions: Extension) -> bytes:
    vouched = await side.identity.vouch()
    bundle = await KeyPackageBundle.generate(
        ENGINE,
        side.key_packages._suite,
        vouched.credential.encode(),
        vouched.pair,
        lifetime=ALWAYS,
        extensions=extensions,
    )
    return bundle.message


async def test_a_key_package_that_does_not_say_what_for_is_refused() -> None:
    alice, guest = await newcomer("Alice"), await newcomer("Bob")
    good = Extension(labels.KNOCK_EXTENSION, Knock("here", b"", NO_TICKET).encode())
    read(alice, await key_package_with(guest, good))
    grease, unknown = replace(good, extension_type=0x0A0A), replace(good, extension_type=0xF0A2)
    for extensions in ((), (replace(good, extension_data=b"nonsense"),), (good, grease)):
        with pytest.raises(KnockRefused, match="what for"):
            read(alice, await key_package_with(guest, *extensions))
    with pytest.raises(RemoteError, match="not known"):
        read(alice, await key_package_with(guest, good, unknown))


async def test_of_several_knocks_those_with_a_wrong_signature_are_found() -> None:
    """Of the key package, of the leaf, and of the identity that vouches for the leaf's key."""
    alice = await newcomer("Host")
    guests = [await newcomer("Bob") for _ in range(5)]
    messages = [await offer(guest) for guest in guests]
    package = KeyPackage.from_message(messages[1])
    leaf = package.leaf_node
    messages[1] = replace(package, signature=bytes(len(package.signature))).message
    messages[2] = replace(package, leaf_node=replace(leaf, signature=bytes(len(leaf.signature)))).message
    vouched = await guests[3].identity.vouch()
    stolen = replace(vouched.credential, identity_key=(await guests[0].identity.vouch()).credential.identity_key)
    extension = Extension(labels.KNOCK_EXTENSION, Knock("here", b"", NO_TICKET).encode())
    bundle = await KeyPackageBundle.generate(
        ENGINE,
        alice.key_packages._suite,
        stolen.encode(),
        vouched.pair,
        lifetime=ALWAYS,
        extensions=(extension,),
    )
    messages[3] = bundle.message
    joins = [read(alice, message) for message in messages]
    assert joins[3].member_id == guests[0].member_id, "it claims to be another one"
    assert await alice.key_packages.forged(joins) == joins[1:4]
    assert await alice.key_packages.forged([joins[0], joins[4]]) == []


async def test_a_knock_that_is_too_long_to_be_kept_is_refused() -> None:
    package = KeyPackage.from_message(await offer(await newcomer("Bob")))
    with pytest.raises(KnockRefused, match="too long"):
        read(await newcomer("Alice"), replace(package, signature=bytes(KEY_PACKAGE_LIMIT)).message)


@pytest.mark.parametrize("message", [b"", b"nonsense", bytes(500)])
async def test_a_malformed_knock_is_refused(message: bytes) -> None:
    with pytest.raises(RemoteError):
        read(await newcomer("Alice"), message)


@pytest.mark.parametrize("wrong_by", [-1e9, -3600.0, 3600.0, 1e9])
async def test_a_wrong_clock_keeps_nobody_out(wrong_by: float) -> None:
    guest, alice = await newcomer("Bob"), await host("Alice")
    guest.clock[0] += wrong_by
    await join(guest, await welcome(alice, await offer(guest)))


async def test_a_welcome_for_any_recent_knock_leads_in_and_is_used_up() -> None:
    alice, guest = await newcomer("Host"), await newcomer("Guest")
    messages = [await offer(guest) for _ in range(BUNDLES_LIMIT + 1)]
    for message in messages[1:]:
        sent = await welcome(alice, message)
        joined = await join(guest, sent)
        assert joined.group.epoch_authenticator == alice.membership.group.epoch_authenticator
        assert (joined.ranking, joined.by.member_id) == ((alice.member_id, guest.member_id), alice.member_id)
        with pytest.raises(NotForUs):
            await join(guest, sent)
    with pytest.raises(NotForUs):
        await join(guest, await welcome(alice, messages[0]))


async def test_key_packages_that_nobody_answers_are_forgotten() -> None:
    alice, guest = await newcomer("Host"), await newcomer("Guest")
    old, new = await offer(guest), await offer(guest, now=10.0)
    assert guest.key_packages.deadline() == BUNDLE_LIFE
    guest.key_packages.forget_expired(BUNDLE_LIFE)
    assert guest.key_packages.deadline() == 10.0 + BUNDLE_LIFE
    with pytest.raises(NotForUs):
        await join(guest, await welcome(alice, old))
    await join(guest, await welcome(alice, new))
    assert guest.key_packages.deadline() is None


async def test_without_the_secret_of_the_invite_a_welcome_opens_nothing() -> None:
    alice, guest = await newcomer("Host"), await newcomer("Guest")
    sent = await welcome(alice, await offer(guest))
    guest.key_packages._invite = Invite.from_room_name("another garden", "classical")
    with pytest.raises(RemoteError):
        await join(guest, sent)


async def test_a_group_whose_members_nobody_vouches_for_is_not_joined() -> None:
    """Holders of the invite can make a tree with leaves in any names."""
    mallory, guest, alice = await newcomer("Mallory"), await newcomer("Guest"), await host("Alice")
    stolen = (await alice.identity.vouch()).credential
    mallory.identity.vouch = _as(stolen, mallory.identity.vouch)  # type: ignore[method-assign]
    mallory.identity.member_id = alice.member_id
    with pytest.raises(RemoteError):
        await join(guest, await welcome(mallory, await offer(guest)))


def _as(credential, vouch):  # noqa: ANN001, ANN202 - what an attacker does
    async def vouch_falsely():  # noqa: ANN202
        return replace(await vouch(), credential=credential)

    return vouch_falsely


async def test_a_welcome_without_the_order_of_the_members_is_refused() -> None:
    alice, guest = await newcomer("Host"), await newcomer("Guest")
    with pytest.raises(ContentError, match="order"):
        await join(guest, await welcome(alice, await offer(guest), Typing()))


async def test_a_welcome_with_another_order_of_the_members_than_that_of_the_group_leads_nowhere() -> None:
    alice, guest = await newcomer("Host"), await newcomer("Guest")
    wrong = (guest.member_id, alice.member_id)
    with pytest.raises(ContentError, match="another order"):
        await join(guest, await welcome(alice, await offer(guest), Ranking(wrong)))
    sent = await welcome(alice, await offer(guest), Ranking(wrong))
    with pytest.raises(MissingPsk):
        await join(guest, replace(sent, digest=ranking_digest(wrong)), "another sender")


async def test_the_sender_of_a_welcome_that_is_no_good_is_not_listened_to_until_our_next_knock() -> None:
    """Opening one takes long; another one's is opened none the less."""
    alice, guest = await newcomer("Host"), await newcomer("Guest")
    message = await offer(guest)
    bad, good = await welcome(alice, message, Typing()), await welcome(alice, message)
    with pytest.raises(ContentError):
        await join(guest, bad, "mallory")
    with pytest.raises(NotForUs, match="no good"):
        await join(guest, good, "mallory")
    await offer(guest)
    with pytest.raises(ContentError):
        await join(guest, bad, "mallory")
    assert (await join(guest, good, "host")).by.member_id == alice.member_id


async def test_no_number_of_senders_with_bad_welcomes_or_with_some_for_others_closes_the_door_to_another() -> None:
    alice, bob, guest = await newcomer("Host"), await newcomer("Bob"), await newcomer("Guest")
    message = await offer(guest)
    for_bob = await welcome(alice, await offer(bob))
    bad, good = await welcome(alice, message, Typing()), await welcome(alice, message)
    for number in range(100):
        with pytest.raises(NotForUs, match="none of our key packages"):
            await join(guest, for_bob, "host")
        with pytest.raises(ContentError):
            await join(guest, bad, f"mallory {number}")
    assert (await join(guest, good, "host")).by.member_id == alice.member_id


async def test_the_sender_of_a_good_welcome_that_was_not_followed_is_heard_again_and_not_without_end() -> None:
    alice, guest = await newcomer("Host"), await newcomer("Guest")
    good = await welcome(alice, await offer(guest))
    for _ in range(OPENINGS_OF_ONE):
        await guest.key_packages.join(good, "host")
    with pytest.raises(NotForUs, match="of many"):
        await guest.key_packages.join(good, "host")
    await join(guest, good, "another")


async def test_a_welcome_with_an_order_of_other_members_uses_up_no_key_package() -> None:
    """All of it is checked, the order of the members last, before the key package of the true one is gone."""
    alice, mallory, guest = await newcomer("Host"), await newcomer("Mallory"), await newcomer("Guest")
    message = await offer(guest)
    good = await welcome(alice, message)
    for ranking in ((), (guest.member_id,) * 2, (mallory.member_id, guest.member_id, guest.member_id)):
        with pytest.raises(RankingRefused):
            await join(guest, await welcome_with(mallory, message, ranking), f"mallory {ranking!r}")
    assert (await join(guest, good)).by.member_id == alice.member_id


async def welcome_with(by: Side, message: bytes, ranking: tuple[bytes, ...]) -> Welcomed:
    """Into a new group whose key has the digest of this order, as no member of ours would let in."""
    package, group = KeyPackage.from_message(message), await by.key_packages.begin()
    psk = psk_with(INVITE.psk_id, INVITE.psk, ranking_digest(ranking))
    pending = await group.commit([Add(package), group.psk_proposal(psk.name)], (psk,))
    group.merge(pending)
    assert pending.welcome is not None
    told = await group.encrypt(Payload(labels.VERSION, Ranking(ranking)).encode())
    return Welcomed(pending.welcome, ranking_digest(ranking), told)


async def test_the_room_is_part_of_what_is_vouched_for() -> None:
    guest, alice = await newcomer("Bob"), await newcomer("Alice")
    guest.identity._room_id = Invite.from_room_name("kitchen", "classical").room_id
    knock = read(alice, await offer(guest))
    assert await alice.key_packages.forged([knock]) == [knock]
    assert INVITE.room_id != guest.identity._room_id
