from collections.abc import Callable
from dataclasses import replace

import pytest
from volly_browser.room.door.entrance import Entrance
from volly_browser.room.door.rejoining import RejoinRefused, check_rejoin, members_of

from tests.unit.room.sides import Side, admit, group_info_for, newcomer, three
from volly_browser.errors import RemoteError
from volly_browser.mls.commit import Commit
from volly_browser.mls.errors import UnexpectedMessage
from volly_browser.mls.group import ExternalJoin, Group
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.proposals import ExternalPsk, GroupContextExtensions, PreSharedKey, Remove
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.public_message import PublicMessage
from volly_browser.room.wire.structs import Candidate

Change = Callable[[Commit], Commit]


async def external_commit(
    host: Side, by: Entrance, *, removed: int | None, seniority: int = 1, psks: tuple[PskBundle, ...] | None = None
) -> bytes:
    """What somebody who does not keep to the rules makes of a group info; `Entrance.rejoin` is who does."""
    bundle = await by._bundle(seniority)
    join = ExternalJoin(bundle, removed, by.psks if psks is None else psks)
    info = await host.membership.group.group_info()
    return (await Group.join_external(by.engine, info, join, settings=by.settings))[1]


def check(host: Side, message: bytes) -> None:
    body = MLSMessage.decode(message).body
    assert isinstance(body, PublicMessage)
    check_rejoin(body, host.membership.group.members(), [psk.name for psk in host.entrance.psks])


def changed(message: bytes, change: Change) -> bytes:
    """The message with another commit in it; nothing about it is authentic any more."""
    decoded = MLSMessage.decode(message)
    assert isinstance(decoded.body, PublicMessage)
    commit = decoded.body.content.content
    assert isinstance(commit, Commit)
    content = replace(decoded.body.content, content=change(commit))
    return replace(decoded, body=replace(decoded.body, content=content)).encode()


def leaf_of(side: Side) -> int:
    return side.membership.group.own_leaf_index


async def test_a_member_that_comes_back_takes_its_own_place() -> None:
    alice, bob, _ = await three()
    check(alice, await external_commit(alice, bob.entrance, removed=leaf_of(bob)))


async def test_a_member_that_comes_back_keeps_its_id_and_its_seniority() -> None:
    alice, bob, carol = await three()
    offer = await bob.entrance.rejoin(await group_info_for(bob.entrance, alice))
    assert offer is not None
    accepted = await alice.membership.accept(Candidate(offer.group.group_id, offer.group.epoch - 1, offer.commit))
    assert accepted is not None
    payload, change = accepted
    before = bob.roster.find(bob.entrance.member_id)
    assert change.added == change.removed == (before,)
    await carol.follow(payload)
    assert alice.roster.ranking == carol.roster.ranking == bob.roster.ranking
    assert offer.group.epoch_authenticator == alice.membership.group.epoch_authenticator
    assert offer.group.epoch_authenticator == carol.membership.group.epoch_authenticator


async def test_whoever_is_not_in_the_group_any_more_has_no_place_to_come_back_to() -> None:
    alice, _, _ = await three()
    stranger = newcomer("Dora")
    assert await stranger.rejoin(await group_info_for(stranger, alice)) is None


async def test_nobody_takes_another_one_s_place() -> None:
    alice, _, carol = await three()
    with pytest.raises(RejoinRefused, match="takes another one's place"):
        check(alice, await external_commit(alice, newcomer("Carol"), removed=leaf_of(carol)))


async def test_nobody_comes_back_as_somebody_else() -> None:
    alice, bob, _ = await three()
    with pytest.raises(RejoinRefused):
        check(alice, await external_commit(alice, bob.entrance, removed=leaf_of(bob), seniority=0))
    bob.entrance.name = "Alice"
    with pytest.raises(RejoinRefused):
        check(alice, await external_commit(alice, bob.entrance, removed=leaf_of(bob)))


async def test_nobody_comes_back_with_another_key() -> None:
    alice, bob, _ = await three()
    thief = newcomer("Bob")
    thief.member_id = bob.entrance.member_id
    with pytest.raises(RejoinRefused):
        check(alice, await external_commit(alice, thief, removed=leaf_of(bob)))


async def test_nobody_comes_in_without_having_been_there() -> None:
    alice, _, _ = await three()
    with pytest.raises(RejoinRefused, match="no member"):
        check(alice, await external_commit(alice, newcomer("Dora"), removed=None))


@pytest.mark.parametrize("psks", [(), (PskBundle(ExternalPsk(b"another"), bytes(32)),)], ids=["none", "another"])
async def test_nobody_comes_back_without_the_key_of_the_invite(psks: tuple[PskBundle, ...]) -> None:
    alice, bob, _ = await three()
    with pytest.raises(RejoinRefused, match="invite's key"):
        check(alice, await external_commit(alice, bob.entrance, removed=leaf_of(bob), psks=psks))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda commit: replace(commit, path=None), id="no path"),
        pytest.param(lambda commit: _with(commit, Remove(0)), id="removes somebody else, too"),
        pytest.param(lambda commit: _with(commit, GroupContextExtensions(())), id="changes the group"),
        pytest.param(lambda commit: _with(commit, _only(commit, PreSharedKey)), id="mixes the key in twice"),
        pytest.param(lambda commit: _without(commit, Remove), id="does not go first"),
    ],
)
async def test_nobody_does_more_or_less_than_to_come_back(change: Change) -> None:
    alice, bob, _ = await three()
    message = await external_commit(alice, bob.entrance, removed=leaf_of(bob))
    check(alice, changed(message, lambda commit: commit))
    with pytest.raises(RejoinRefused):
        check(alice, changed(message, change))


def _with(commit: Commit, proposal: object) -> Commit:
    return replace(commit, proposals=(*commit.proposals, proposal))  # type: ignore[arg-type]


def _only(commit: Commit, kind: type) -> object:
    [found] = [item for item in commit.proposals if isinstance(item, kind)]
    return found


def _without(commit: Commit, kind: type) -> Commit:
    return replace(commit, proposals=tuple(item for item in commit.proposals if not isinstance(item, kind)))


async def test_members_say_nothing_in_the_clear() -> None:
    alice, bob, carol = await three()
    pending = await carol.membership.group.commit(public=True)
    proposal = await bob.membership.group.propose(Remove(leaf_of(carol)), public=True)
    for message in (pending.commit, proposal):
        with pytest.raises(RejoinRefused, match="in the clear"):
            check(alice, message)
        candidate = Candidate(alice.membership.group.group_id, alice.membership.group.epoch, message)
        with pytest.raises(RejoinRefused):
            await alice.membership.accept(candidate)


async def test_what_is_refused_leaves_the_group_as_it_was() -> None:
    alice, bob, carol = await three()
    before = alice.membership.shared_secret
    another_s = await external_commit(alice, newcomer("Bob"), removed=leaf_of(bob))
    forged = await external_commit(alice, bob.entrance, removed=leaf_of(bob))
    for message in (another_s, forged[:-1] + bytes([forged[-1] ^ 1])):
        with pytest.raises(RemoteError):
            await alice.membership.accept(Candidate(alice.membership.group.group_id, 2, message))
    assert alice.membership.shared_secret == before
    await admit(alice, "Dora", others=(bob, carol), seniority=3)


async def test_the_members_of_a_group_info_are_those_of_the_group() -> None:
    alice, _, _ = await three()
    info = await alice.membership.group.group_info()
    assert members_of(alice.membership.group.suite, info) == alice.membership.group.members()


async def test_anything_else_than_a_group_info_is_refused() -> None:
    alice, _, carol = await three()
    pending = await carol.membership.group.commit()
    with pytest.raises(UnexpectedMessage):
        members_of(alice.membership.group.suite, pending.commit)
    bare = await alice.membership.group.group_info(with_tree=False)
    for nonsense in (b"", bytes(100), bare):
        with pytest.raises(RemoteError):
            members_of(alice.membership.group.suite, nonsense)
