"""The application refuses what MLS would allow, and nothing has changed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.mls.party import ENGINE, Party, bundle, flip
from volly_browser.errors import RemoteError
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.errors import InvalidConfirmationTag, InvalidSignature, InvalidWelcome
from volly_browser.mls.events import CommitApplied, Member, RemovedFromGroup
from volly_browser.mls.extensions import Extension, ExtensionType, RequiredCapabilities
from volly_browser.mls.group import ExternalJoin, Group, LeafRenewal
from volly_browser.mls.judgement import CommitSummary
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.proposals import Add, ExternalPsk, GroupContextExtensions, Proposal, Remove
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.suites import CLASSICAL

INVITE = PskBundle(ExternalPsk(b"invite"), b"\x07" * 32)
EXTENSION = Extension(ExtensionType.REQUIRED_CAPABILITIES, RequiredCapabilities((), (), ()).encode())


class Refused(RemoteError):
    """What the application says."""


class Judge:
    """Keeps what it is asked, and refuses for as long as it is told to."""

    def __init__(self) -> None:
        self.asked: list[CommitSummary] = []
        self.refuses = True

    def __call__(self, commit: CommitSummary) -> None:
        self.asked.append(commit)
        if self.refuses:
            raise Refused("not here")


def judged(group: Group) -> Judge:
    """The judge that a member has from now on."""
    judge = Judge()
    group.settings = replace(group.settings, judge=judge)
    return judge


async def renewing(party: Party) -> bytes:
    new = LeafRenewal(await SignatureKeyPair.generate(ENGINE, CLASSICAL), b"renewed")
    return (await party[0].commit(renewal=new)).commit


async def changing(party: Party) -> bytes:
    proposals: list[Proposal] = [
        Add((await bundle("new")).key_package),
        Remove(2),
        GroupContextExtensions((EXTENSION,)),
    ]
    psk = party[0].psk_proposal(INVITE.name)
    return (await party[0].commit([*proposals, psk], [INVITE], public=True)).commit


async def updating(party: Party) -> bytes:
    proposal = await party[2].propose_update()
    await party[0].process(proposal)
    await party[1].process(proposal)
    return (await party[0].commit()).commit


async def joining(party: Party) -> bytes:
    return await joined_again(party, None)


async def returning(party: Party) -> bytes:
    return await joined_again(party, 2)


async def joined_again(party: Party, removed: int | None) -> bytes:
    join = ExternalJoin(await bundle("from outside"), removed, (INVITE,))
    _, commit = await Group.join_external(ENGINE, await party[0].group_info(), join, settings=party.settings)
    return commit


async def removing(party: Party) -> bytes:
    return (await party[0].commit([Remove(1)])).commit


COMMITS: Sequence[Callable[[Party], Awaitable[bytes]]] = (renewing, changing, updating, joining, returning, removing)


@pytest.mark.parametrize("make", COMMITS)
async def test_after_a_refusal_everything_is_as_before_and_the_next_commit_is_followed(
    make: Callable[[Party], Awaitable[bytes]],
) -> None:
    party = await Party.of(4)
    await party.all_talk()  # so that no ratchet is new
    await party.commit(3)
    commit, honest = await make(party), await party[3].commit()
    await party[1].process(await party[0].propose(Remove(0)))  # warms the handshake ratchet
    bob = party[1]
    judge = judged(bob)
    before = await bob.export_state()
    with pytest.raises(Refused):
        await bob.process(commit, [INVITE])
    assert await bob.export_state() == before
    judge.refuses = False
    assert isinstance(await bob.process(honest.commit), CommitApplied)
    party[3].merge(honest)
    assert bob.epoch_authenticator == party[3].epoch_authenticator


@pytest.mark.parametrize("make", COMMITS)
async def test_what_the_application_accepts_is_followed(make: Callable[[Party], Awaitable[bytes]]) -> None:
    party = await Party.of(4)
    commit = await make(party)
    judged(party[1]).refuses = False
    expected = RemovedFromGroup if make is removing else CommitApplied
    assert isinstance(await party[1].process(commit, [INVITE]), expected)


async def summary_of(make: Callable[[Party], Awaitable[bytes]]) -> tuple[CommitSummary, Party]:
    party = await Party.of(4)
    commit = await make(party)
    judge = judged(party[1])
    with pytest.raises(Refused):
        await party[1].process(commit, [INVITE])
    [summary] = judge.asked
    assert summary.members == tuple(party[1].members())
    return summary, party


async def test_a_renewal_is_told_as_the_member_before_and_its_leaf_after() -> None:
    summary, party = await summary_of(renewing)
    [(before, after)] = summary.updated
    assert before == party[1].members()[0]
    assert after.credential == BasicCredential(b"renewed")
    assert after.signature_key != before.signature_key
    assert (summary.author, summary.added, summary.removed, summary.psks) == (0, (), (), ())
    assert not summary.extensions_changed


async def test_all_that_a_commit_does_is_told() -> None:
    summary, _ = await summary_of(changing)
    assert [leaf.credential for leaf in summary.added] == [BasicCredential(b"new")]
    assert (summary.author, summary.removed, summary.psks) == (0, (2,), (INVITE.name,))
    assert [before.leaf_index for before, _ in summary.updated] == [0]
    assert summary.extensions_changed


async def test_an_update_of_another_is_told_too() -> None:
    summary, _ = await summary_of(updating)
    assert [before.leaf_index for before, _ in summary.updated] == [2, 0]


async def test_a_member_that_joins_from_outside_has_no_leaf_yet_and_is_told_as_added() -> None:
    summary, _ = await summary_of(joining)
    assert (summary.author, summary.removed, summary.updated) == (None, (), ())
    assert [leaf.credential for leaf in summary.added] == [BasicCredential(b"from outside")]
    assert summary.psks == (INVITE.name,)


async def test_a_member_that_comes_back_is_told_as_removed_and_added() -> None:
    summary, _ = await summary_of(returning)
    assert (summary.author, summary.removed) == (None, (2,))
    assert [leaf.credential for leaf in summary.added] == [BasicCredential(b"from outside")]


async def test_the_application_is_asked_last() -> None:
    party = await Party.of(3)
    judge = judged(party[1])
    commit = (await party[0].commit([], public=True)).commit
    for position in range(len(commit) - 200, len(commit)):
        with pytest.raises(RemoteError):
            await party[1].process(flip(commit, position))
    join = ExternalJoin(await bundle("new"))
    _, outside = await Group.join_external(ENGINE, await party[0].group_info(), join, settings=party.settings)
    with pytest.raises(InvalidConfirmationTag):
        await party[1].process(flip(outside, len(outside) - 1))
    with pytest.raises(InvalidSignature):
        await party[1].process(flip(outside, len(outside) - 40))
    assert not judge.asked


async def test_a_proposal_is_judged_as_if_its_sender_committed_it() -> None:
    party = await Party.of(3)
    judge = judged(party[1])
    before = party[1]._proposals.proposals
    with pytest.raises(Refused):
        await party[1].process(await party[2].propose(Remove(0)))
    with pytest.raises(Refused):
        await party[1].process(await party[2].propose_update())
    assert party[1]._proposals.proposals == before == {}
    removal, update = judge.asked
    assert (removal.author, removal.removed) == (2, (0,))
    assert [member.leaf_index for member, _ in update.updated] == [2]
    await party[1].encrypt(b"no proposal is in the way")


# Joining


def refusing(identity: bytes) -> Callable[[tuple[Member, ...]], None]:
    def judge(members: tuple[Member, ...]) -> None:
        if identity in [member.identity for member in members]:
            raise Refused("not with this one")

    return judge


async def test_a_newcomer_does_not_enter_a_group_whose_members_it_does_not_believe() -> None:
    party, newcomer = await Party.of(3), await bundle("new")
    pending = await party[0].commit([Add(newcomer.key_package)])
    assert pending.welcome is not None
    wary = replace(party.settings, judge_members=refusing(b"member 2"))
    with pytest.raises(Refused):
        await Group.join(ENGINE, pending.welcome, newcomer, settings=wary)
    with pytest.raises(Refused):
        await Group.join_external(ENGINE, await party[0].group_info(), ExternalJoin(newcomer), settings=wary)
    calm = replace(party.settings, judge_members=refusing(b"nobody"))
    assert (await Group.join(ENGINE, pending.welcome, newcomer, settings=calm)).epoch == 2


async def welcome_with(*psks: PskBundle) -> tuple[bytes, Any]:
    alice, newcomer = (await Party.of(1))[0], await bundle("new")
    proposals = [Add(newcomer.key_package), *(alice.psk_proposal(psk.name) for psk in psks)]
    pending = await alice.commit(proposals, psks)
    assert pending.welcome is not None
    return pending.welcome, newcomer


async def test_a_welcome_into_an_epoch_without_the_invites_key_is_refused() -> None:
    settings = (await Party.of(1)).settings
    other = PskBundle(ExternalPsk(b"other"), b"\x08" * 32)
    for psks, accepted in (((), False), ((other,), False), ((INVITE,), True), ((other, INVITE), True)):
        welcome, newcomer = await welcome_with(*psks)
        join = Group.join(ENGINE, welcome, newcomer, [INVITE], optional_psks=[other], settings=settings)
        if accepted:
            assert (await join).epoch == 1
        else:
            with pytest.raises(InvalidWelcome, match="must be mixed in"):
                await join


async def test_keys_that_may_be_mixed_in_need_not_be() -> None:
    settings = (await Party.of(1)).settings
    for psks in ((), (INVITE,)):
        welcome, newcomer = await welcome_with(*psks)
        assert (await Group.join(ENGINE, welcome, newcomer, optional_psks=[INVITE], settings=settings)).epoch == 1
