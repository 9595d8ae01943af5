from dataclasses import replace

import pytest

from tests.unit.room.cast import SUITE, credential, key_of
from volly_browser.crypto.native import NativeEngine
from volly_browser.mls.labels import SignatureKeyPair, all_valid
from volly_browser.mls.suites import POLICIES, CipherSuite, suite_for
from volly_browser.room import labels
from volly_browser.room.identity.credential import Claims, Credential, CredentialError, OwnIdentity, member_id_of

ENGINE = NativeEngine()


async def identity(suite: CipherSuite = SUITE, name: str = "Alice", room_id: str = "room") -> OwnIdentity:
    return OwnIdentity(ENGINE, suite, room_id, name, await SignatureKeyPair.generate(ENGINE, suite))


async def vouches(credential: Credential, leaf_key: bytes, suite: CipherSuite = SUITE, room_id: str = "room") -> bool:
    return await all_valid(ENGINE, [credential.verification(suite, room_id, leaf_key)])


@pytest.mark.parametrize("policy", POLICIES)
async def test_an_identity_vouches_for_a_fresh_leaf_key_each_time(policy: str) -> None:
    suite = suite_for(policy)
    alice = await identity(suite)
    first, second = await alice.vouch(), await alice.vouch()
    assert first.pair.public_key != second.pair.public_key
    for vouched, claims in ((first, Claims(1, "Alice")), (second, Claims(2, "Alice"))):
        read = Credential.read(suite, vouched.credential.encode())
        assert read.claims == claims
        assert read.member_id == alice.member_id
        assert await vouches(read, vouched.pair.public_key, suite)


async def test_it_vouches_for_no_other_key_room_or_claims_and_nobody_else_does() -> None:
    alice, bob = await identity(), await identity()
    vouched, other = await alice.vouch(), await alice.vouch()
    good, key = vouched.credential, vouched.pair.public_key
    assert await vouches(good, key)
    assert not await vouches(good, other.pair.public_key)
    assert not await vouches(good, key, room_id="another room")
    assert not await vouches(replace(good, claims=replace(good.claims, renewal=9)), key)
    assert not await vouches(replace(good, claims=replace(good.claims, name="Bob")), key)
    bobs = (await bob.vouch()).credential
    assert not await vouches(replace(good, identity_key=bobs.identity_key), key)


def test_the_id_is_a_hash_of_the_key_and_has_its_own_label() -> None:
    assert len(member_id_of(key_of("Alice"))) == labels.MEMBER_ID_LENGTH
    assert member_id_of(key_of("Alice")) != member_id_of(key_of("Bob"))
    assert credential("Alice").member_id == member_id_of(key_of("Alice"))


def test_a_name_is_read_fit_to_be_shown() -> None:
    assert credential("Alice\u202e").name == "Alice"


async def test_a_name_is_cleaned_before_it_is_vouched_for() -> None:
    alice = await identity(name="  Al\u202eice \n")
    assert (await alice.vouch()).credential.claims.name == "Alice"


@pytest.mark.parametrize("encoded", [b"", b"Alice", bytes(20), credential("Alice").encode()[:-1]])
def test_what_holds_no_credential_is_refused(encoded: bytes) -> None:
    with pytest.raises(CredentialError, match="does not say who"):
        Credential.read(SUITE, encoded)


@pytest.mark.parametrize("length", [0, 31, 33, 1952])
def test_an_identity_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(CredentialError, match="length"):
        Credential.read(SUITE, replace(credential("Alice"), identity_key=bytes(length)).encode())


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(CredentialError):
        Credential.read(SUITE, credential("Alice").encode().replace(b"\x05Alice", b"\x41\x01" + b"x" * 257))
