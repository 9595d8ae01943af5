"""Keys that members have in common before they share a group: what asks for them, and that others stay out."""

from dataclasses import replace

import pytest

from tests.unit.mls.party import ENGINE, NOW, Clock, Party, bundle, data_of
from volly_browser.mls.errors import InvalidConfirmationTag, InvalidProposal, InvalidWelcome, MissingPsk
from volly_browser.mls.group import ExternalJoin, Group, PendingCommit
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.proposals import Add, ExternalPsk, ResumptionPsk, ResumptionUsage
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CLASSICAL, HYBRID, CipherSuite

SETTINGS = Settings(clock=lambda: NOW)


async def begin(psk: PskBundle, *guests: KeyPackageBundle, suite: CipherSuite = CLASSICAL) -> tuple[Group, bytes]:
    """Another group, for which the key is needed; its founder, and the welcome for the guests."""
    founder = await Group.create(ENGINE, suite, b"the next room", await bundle("founder", suite), settings=SETTINGS)
    proposals = [*[Add(guest.key_package) for guest in guests], founder.psk_proposal(psk.name)]
    return founder, entered(founder, await founder.commit(proposals, [psk]))


def entered(group: Group, pending: PendingCommit) -> bytes:
    group.merge(pending)
    assert pending.welcome is not None
    return pending.welcome


@pytest.mark.parametrize("suite", [CLASSICAL, HYBRID], ids=lambda suite: suite.name)
async def test_members_of_one_room_go_on_in_the_next_whatever_its_suite(suite: CipherSuite) -> None:
    alice, bob = (await Party.of(2)).members
    guest = await bundle("bob", suite)
    founder, welcome = await begin(alice.resumption_psk, guest, suite=suite)
    joined = await Group.join(ENGINE, welcome, guest, [bob.resumption_psk], settings=SETTINGS)
    assert joined.epoch_authenticator == founder.epoch_authenticator
    assert data_of(await joined.process(await founder.encrypt(b"here again"))) == b"here again"


async def test_a_stranger_with_a_welcome_but_without_the_key_of_the_old_room_stays_out() -> None:
    alice = (await Party.of(2))[0]
    stranger = await bundle("stranger")
    _, welcome = await begin(alice.resumption_psk, stranger)
    with pytest.raises(MissingPsk, match=f"epoch 1 of group {alice.group_id.hex()}"):
        await Group.join(ENGINE, welcome, stranger, settings=SETTINGS)
    guessed = replace(alice.resumption_psk, secret=bytes(32))
    with pytest.raises(InvalidWelcome, match="another one"):
        await Group.join(ENGINE, welcome, stranger, [guessed], settings=SETTINGS)


async def test_the_key_of_another_epoch_of_the_old_room_does_not_do() -> None:
    party = await Party.of(2)
    alice, bob = party.members
    earlier = bob.resumption_psk
    await party.commit(1)
    guest = await bundle("bob")
    _, welcome = await begin(alice.resumption_psk, guest)
    with pytest.raises(MissingPsk, match="epoch 2"):
        await Group.join(ENGINE, welcome, guest, [earlier], settings=SETTINGS)
    renamed = replace(earlier, name=bob.resumption_psk.name)
    with pytest.raises(InvalidWelcome, match="another one"):
        await Group.join(ENGINE, welcome, guest, [renamed], settings=SETTINGS)
    await Group.join(ENGINE, welcome, guest, [bob.resumption_psk], optional_psks=[earlier], settings=SETTINGS)


async def test_members_of_both_rooms_link_the_one_to_the_other_later() -> None:
    old, new = await Party.of(3), await Party.of(3, group_id=b"the next room")
    key = old[0].resumption_psk
    with pytest.raises(MissingPsk):
        await new[0].commit([new[0].psk_proposal(key.name)])
    pending = await new[0].commit([new[0].psk_proposal(key.name)], [key])
    await new[1].process(pending.commit, [old[1].resumption_psk])
    new[0].merge(pending)
    before = new[2].epoch_authenticator
    with pytest.raises(MissingPsk):
        await new[2].process(pending.commit)
    with pytest.raises(InvalidConfirmationTag):
        await new[2].process(pending.commit, [replace(key, secret=bytes(32))])
    assert new[2].epoch_authenticator == before != new[0].epoch_authenticator == new[1].epoch_authenticator
    await new[2].process(pending.commit, [old[2].resumption_psk])
    assert new[2].epoch_authenticator == new[0].epoch_authenticator


async def test_a_member_that_joins_alone_can_show_that_it_was_in_the_old_room() -> None:
    old, new = await Party.of(2), await Party.of(2, group_id=b"the next room")
    join = ExternalJoin(await bundle("new"), psks=(old[0].resumption_psk,))
    group, commit = await Group.join_external(ENGINE, await new[0].group_info(), join)
    with pytest.raises(MissingPsk):
        await new[1].process(commit)
    await new[1].process(commit, [old[1].resumption_psk])
    assert new[1].epoch_authenticator == group.epoch_authenticator


async def test_a_key_can_be_proposed_by_one_and_committed_by_another() -> None:
    old, new = await Party.of(2), await Party.of(2, group_id=b"the next room")
    key = old[0].resumption_psk
    await new[1].process(await new[0].propose(new[0].psk_proposal(key.name)))
    with pytest.raises(MissingPsk):
        await new[1].commit()
    pending = await new[1].commit(psks=[key])
    await new[0].process(pending.commit, [key])
    new[1].merge(pending)
    assert new[0].epoch_authenticator == new[1].epoch_authenticator


async def test_the_group_knows_its_own_keys_better_than_the_application() -> None:
    party = await Party.of(2)
    wrong = replace(party[0].resumption_psk, secret=bytes(32))
    pending = await party[0].commit([party[0].psk_proposal(wrong.name)], [wrong])
    await party[1].process(pending.commit)
    party[0].merge(pending)
    party.check_agreement()


async def test_a_key_is_not_proposed_for_another_purpose() -> None:
    alice = (await Party.of(2))[0]
    key = alice.resumption_psk
    assert isinstance(key.name, ResumptionPsk)
    branch = replace(key.name, usage=ResumptionUsage.BRANCH)
    with pytest.raises(InvalidProposal, match="another purpose"):
        await alice.commit([alice.psk_proposal(branch)], [replace(key, name=branch)])


async def test_how_many_epochs_back_a_key_can_be_asked_for_is_a_setting() -> None:
    party = await Party.of(2, settings=Settings(clock=Clock(), resumption_epochs=0))
    first = party[0].resumption_psk.name
    await party.commit(0, [party[0].psk_proposal(first)])
    with pytest.raises(MissingPsk, match="epoch 1"):
        await party[0].commit([party[0].psk_proposal(first)])


def test_a_secret_is_not_shown() -> None:
    assert "secret" not in repr(PskBundle(ExternalPsk(b"id"), b"a secret"))


async def test_a_name_without_end_does_not_make_an_error_without_end() -> None:
    alice, bob = (await Party.of(2)).members
    psk = PskBundle(ExternalPsk(bytes(50_000)), bytes(32))
    pending = await alice.commit([alice.psk_proposal(psk.name)], [psk])
    with pytest.raises(MissingPsk) as caught:
        await bob.process(pending.commit)
    assert len(str(caught.value)) < 300
