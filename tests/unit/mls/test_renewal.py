"""A commit that gives its author a new signature key and credential."""

import pytest

from tests.unit.mls.party import ENGINE, Clock, Party, bundle, data_of, twin
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.errors import InvalidLeafNode, InvalidSignature, MlsUsageError, StalePending
from volly_browser.mls.events import CommitApplied
from volly_browser.mls.group import Group, LeafRenewal
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.proposals import Add
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CLASSICAL, HYBRID, CipherSuite

BOTH = pytest.mark.parametrize("suite", [CLASSICAL, HYBRID], ids=lambda suite: suite.name)


async def renewal(suite: CipherSuite = CLASSICAL, name: str = "renewed") -> LeafRenewal:
    return LeafRenewal(await SignatureKeyPair.generate(ENGINE, suite), name.encode())


def key_of(group: Group, leaf_index: int) -> tuple[bytes, bytes]:
    [member] = [member for member in group.members() if member.leaf_index == leaf_index]
    return member.signature_key, member.identity


@BOTH
async def test_all_members_know_a_renewed_member_by_its_new_key(suite: CipherSuite) -> None:
    party = await Party.of(3, suite)
    new = await renewal(suite)
    await party.commit(1, renewal=new, with_path=False)
    assert key_of(party[2], 1) == (new.signature_key.public_key, b"renewed")
    await party.all_talk()
    await party.commit(1)
    await party.commit(1, renewal=await renewal(suite, "again"))
    await party.all_talk()


async def test_newcomers_are_welcomed_with_the_new_key() -> None:
    party, newcomer, new = await Party.of(2), await bundle("new"), await renewal()
    pending = await party.commit(0, [Add(newcomer.key_package)], renewal=new, with_path=False)
    assert pending.welcome is not None
    joined = await Group.join(ENGINE, pending.welcome, newcomer, settings=party.settings)
    assert key_of(joined, 0) == (new.signature_key.public_key, b"renewed")
    party.members.append(joined)
    await party.all_talk()


async def test_until_the_merge_the_old_key_signs_and_for_good_if_there_is_none() -> None:
    alice, bob = (await Party.of(2)).members
    pending = await alice.commit(renewal=await renewal())
    assert data_of(await bob.process(await alice.encrypt(b"before"))) == b"before"
    alice.discard(pending)
    after = await alice.commit()
    await bob.process(after.commit)
    alice.merge(after)
    assert key_of(alice, 0)[1] == b"member 0"
    assert data_of(await bob.process(await alice.encrypt(b"after"))) == b"after"


async def test_a_renewal_is_lost_with_its_commit() -> None:
    alice, bob = (await Party.of(2)).members
    pending = await alice.commit(renewal=await renewal())
    assert isinstance(await alice.process((await bob.commit()).commit), CommitApplied)
    with pytest.raises(StalePending):
        alice.merge(pending)
    assert key_of(alice, 0)[1] == b"member 0"
    await alice.encrypt(b"signed with the old key")


async def test_a_thief_of_the_old_key_cannot_speak_as_the_renewed_member() -> None:
    party = await Party.of(3)
    old = party[1]._current.signature_key
    await party.commit(1, renewal=await renewal())
    thief = twin(party[1])
    object.__setattr__(thief._current, "signature_key", old)
    with pytest.raises(InvalidSignature):
        await party[0].process(await thief.encrypt(b"it is still me"))


@BOTH
async def test_a_renewal_that_waits_survives_a_reload(suite: CipherSuite) -> None:
    party = await Party.of(2, suite)
    alice, bob = party.members
    new = await renewal(suite)
    pending = await alice.commit(renewal=new)
    again = await Group.import_state(ENGINE, await alice.export_state(), party.settings)
    assert again.pending == pending
    assert data_of(await bob.process(await again.encrypt(b"before"))) == b"before"
    await bob.process(pending.commit)
    again.merge(pending)
    again = await Group.import_state(ENGINE, await again.export_state(), party.settings)
    assert key_of(again, 0) == (new.signature_key.public_key, b"renewed")
    assert data_of(await bob.process(await again.encrypt(b"after"))) == b"after"


async def test_a_credential_alone_can_be_renewed() -> None:
    party = await Party.of(2)
    await party.commit(0, renewal=LeafRenewal(party[0]._current.signature_key, b"another name"))
    assert key_of(party[1], 0)[1] == b"another name"
    await party.all_talk()


async def test_the_key_of_another_member_is_not_taken() -> None:
    alice, bob = (await Party.of(2)).members
    with pytest.raises(MlsUsageError, match="another member"):
        await alice.commit(renewal=LeafRenewal(bob._current.signature_key, b"alice"))
    assert alice.pending is None


async def test_a_credential_that_nobody_would_believe_is_not_committed() -> None:
    def not_mallory(leaf: LeafNode) -> bool:
        return leaf.credential != BasicCredential(b"mallory")

    alice = (await Party.of(2, settings=Settings(clock=Clock(), authenticate=not_mallory)))[0]
    with pytest.raises(InvalidLeafNode, match="not accepted"):
        await alice.commit(renewal=await renewal(name="mallory"))
