from dataclasses import replace

import pytest
from volly_browser.room.wire.forks import Standing

from tests.unit.room.sides import Side, three
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.wire.structs import Presence

OURS = Standing(-7, (3, b"M"), -4, b"branch")


@pytest.mark.parametrize(
    "better",
    [
        pytest.param(OURS._replace(shortness=-8, eldest=(9, b"Z"), fewness=-1, branch=b"z"), id="more epochs"),
        pytest.param(OURS._replace(eldest=(2, b"Z"), fewness=-1, branch=b"z"), id="an older member"),
        pytest.param(OURS._replace(eldest=(3, b"A"), fewness=-1, branch=b"z"), id="as old, with the lower id"),
        pytest.param(OURS._replace(fewness=-5, branch=b"z"), id="more members"),
        pytest.param(OURS._replace(branch=b"a"), id="anything else, as long as all see it alike"),
    ],
)
def test_the_branch_that_stays_has(better: Standing) -> None:
    assert better < OURS


def presence(side: Side) -> Presence:
    """What a member says at the door; see `doorway`."""
    membership, eldest = side.membership, side.roster.entries[0]
    return Presence(
        membership.group.group_id,
        membership.group.epoch,
        membership.branch,
        side.entrance.member_id,
        eldest_seniority=eldest.seniority,
        eldest=eldest.member_id,
        members=len(side.roster.entries),
        highest_seniority=0,
    )


async def remove(by: Side, *gone: Side, others: tuple[Side, ...] = ()) -> None:
    """One half of the group takes the other one for gone."""
    committed = await by.membership.commit(Changes(removals=tuple(side.entrance.member_id for side in gone)))
    by.membership.merge(committed)
    for other in others:
        await other.follow(committed.payload)


async def test_members_of_one_branch_stand_alike() -> None:
    alice, bob, carol = await three()
    await remove(alice, bob)
    await remove(bob, alice, others=(carol,))
    assert presence(bob).standing == presence(carol).standing
    assert presence(alice).standing < presence(bob).standing


async def test_a_commit_never_makes_a_branch_stand_lower() -> None:
    """What others heard of it before is worse than what it is now: it does not give way to who seemed to be worse."""
    alice, bob, carol = await three()
    before = presence(bob).standing
    await remove(bob, alice, carol)
    assert presence(bob).standing < before


async def test_whoever_speaks_and_whoever_came_last_make_no_difference() -> None:
    alice, _, _ = await three()
    said = presence(alice)
    assert replace(said, member_id=bytes(16), highest_seniority=9).standing == said.standing
