"""Joining without help, and coming back."""

from dataclasses import replace

import pytest

from tests.unit.mls.party import ENGINE, Party, bundle, data_of, flip
from volly_browser.errors import RemoteError
from volly_browser.mls.commit_creation import make_group_info
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.errors import InvalidProposal, InvalidWelcome, MissingPsk, UnexpectedMessage
from volly_browser.mls.events import CommitApplied, RemovedFromGroup
from volly_browser.mls.extensions import ExtensionType, find_extension
from volly_browser.mls.group import ExternalJoin, Group
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.judgement import CommitSummary
from volly_browser.mls.messages import MLSMessage, to_message
from volly_browser.mls.proposals import ExternalPsk, Remove
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.suites import POLICIES, suite_for


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("count", [1, 3, 4])
async def test_a_newcomer_joins_with_a_group_info_alone(policy: str, count: int) -> None:
    suite = suite_for(policy)
    party = await Party.of(count, suite)
    info = await party[0].group_info()
    newcomer = await bundle("new", suite)
    group, commit = await Group.join_external(ENGINE, info, ExternalJoin(newcomer), settings=party.settings)
    for member in party.members:
        event = await member.process(commit)
        assert isinstance(event, CommitApplied)
        assert event.sender.identity == b"new"
        assert event.added == (event.sender,)
    party.members.append(group)
    party.check_agreement()
    await party.all_talk()
    await party.commit(count)
    await party.commit(0)
    await party.all_talk()


async def test_a_lost_member_comes_back_in_its_own_place() -> None:
    party = await Party.of(4)
    lost = party.members.pop(1)
    info = await party[0].group_info()
    again = await bundle("member 1")
    join = ExternalJoin(again, removed=lost.own_leaf_index)
    group, commit = await Group.join_external(ENGINE, info, join, settings=party.settings)
    for member in party.members:
        event = await member.process(commit)
        assert isinstance(event, CommitApplied)
        assert [member.leaf_index for member in event.removed] == [1]
    assert isinstance(await lost.process(commit), RemovedFromGroup)
    party.members.append(group)
    party.check_agreement()
    assert group.own_leaf_index == 1
    await party.commit(2)
    await party.all_talk()


async def test_the_application_decides_which_member_can_take_which_place() -> None:
    def judge(commit: CommitSummary) -> None:
        before = {member.leaf_index: member.credential for member in commit.members}
        if [before[leaf_index] for leaf_index in commit.removed] != [leaf.credential for leaf in commit.added]:
            raise InvalidProposal("not accepted")

    party = await Party.of(3)
    for member in party.members:
        member.settings = replace(member.settings, judge=judge)
    info = await party[0].group_info()
    for name, accepted in (("mallory", False), ("member 1", True)):
        _, commit = await Group.join_external(
            ENGINE, info, ExternalJoin(await bundle(name), removed=1), settings=party.settings
        )
        if accepted:
            assert isinstance(await party[2].process(commit), CommitApplied)
        else:
            with pytest.raises(InvalidProposal, match="not accepted"):
                await party[2].process(commit)


async def test_an_invite_key_can_be_asked_for() -> None:
    party = await Party.of(2)
    info = await party[0].group_info()
    psk = PskBundle(ExternalPsk(b"invite"), bytes(32))
    group, commit = await Group.join_external(ENGINE, info, ExternalJoin(await bundle("new"), psks=(psk,)))
    with pytest.raises(MissingPsk):
        await party[1].process(commit)
    await party[1].process(commit, [psk])
    assert data_of(await party[1].process(await group.encrypt(b"hello"))) == b"hello"


async def test_every_flipped_bit_of_an_external_commit_is_noticed() -> None:
    party = await Party.of(3)
    group, commit = await Group.join_external(ENGINE, await party[0].group_info(), ExternalJoin(await bundle("new")))
    before = party[1].epoch_authenticator
    for position in range(0, len(commit), 5):
        with pytest.raises(RemoteError):
            await party[1].process(flip(commit, position))
    assert party[1].epoch_authenticator == before
    await party[1].process(commit)
    assert party[1].epoch_authenticator == group.epoch_authenticator


async def test_every_flipped_bit_of_a_group_info_is_noticed() -> None:
    party = await Party.of(2)
    info = await party[0].group_info()
    newcomer = await bundle("new")
    for position in range(0, len(info), 3):
        with pytest.raises(RemoteError):
            await Group.join_external(ENGINE, flip(info, position), ExternalJoin(newcomer))


async def test_what_is_no_way_in_is_refused() -> None:
    party = await Party.of(2)
    newcomer = await bundle("new")
    without_key = await make_group_info(ENGINE, party[0]._current, with_tree=True)
    with pytest.raises(InvalidWelcome, match="no key for external commits"):
        await Group.join_external(ENGINE, to_message(without_key), ExternalJoin(newcomer))
    with pytest.raises(UnexpectedMessage):
        await Group.join_external(ENGINE, newcomer.message, ExternalJoin(newcomer))
    with pytest.raises(InvalidProposal, match="blank"):
        await Group.join_external(ENGINE, await party[0].group_info(), ExternalJoin(newcomer, removed=5))


async def test_the_tree_can_come_from_elsewhere() -> None:
    party = await Party.of(2)
    full = MLSMessage.decode(await party[0].group_info()).body
    assert isinstance(full, GroupInfo)
    tree = find_extension(full.extensions, ExtensionType.RATCHET_TREE)
    small = await party[0].group_info(with_tree=False)
    _, commit = await Group.join_external(ENGINE, small, ExternalJoin(await bundle("new")), ratchet_tree=tree)
    assert isinstance(await party[1].process(commit), CommitApplied)


async def test_a_member_replaces_its_key_by_a_proposal() -> None:
    party = await Party.of(4)
    before = party[2]._current.tree.leaf(2)
    update = await party[2].propose_update()
    remove = await party[1].propose(Remove(3))
    for member in party.members:
        for sender, message in ((2, update), (1, remove)):
            if member.own_leaf_index != sender:
                await member.process(message)
    await party.commit(0)
    after = party[2]._current.tree.leaf(2)
    assert before is not None
    assert after is not None
    assert before.encryption_key != after.encryption_key
    assert isinstance(after.credential, BasicCredential)
    assert len(party.members) == 3
    await party.commit(1)
    await party.commit(2)
    await party.all_talk()


async def test_an_update_replaces_the_one_before_it() -> None:
    party = await Party.of(3)
    for _ in range(2):
        message = await party[1].propose_update()
        for member in (party[0], party[2]):
            await member.process(message)
    latest = list(party[1]._proposals.own_updates)[-1]
    await party.commit(2)
    leaf = party[0]._current.tree.leaf(1)
    assert leaf is not None
    assert leaf.encryption_key == latest
    await party.commit(1)


async def test_a_key_of_an_earlier_epoch_can_be_mixed_in() -> None:
    party = await Party.of(3)
    earlier = party[0].resumption_psk.name
    await party.commit(1)
    await party.commit(0, [party[0].psk_proposal(earlier)])
    for _ in range(4):
        await party.commit(2)
    with pytest.raises(MissingPsk, match="epoch 1"):
        await party[0].commit([party[0].psk_proposal(earlier)])
