from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from tests.unit.room.cast import SUITE, credential, entry, id_of, member
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.events import Member
from volly_browser.mls.judgement import CommitSummary
from volly_browser.mls.proposals import ExternalPsk
from volly_browser.room import labels
from volly_browser.room.group.commit_rules import CommitRefused, CommitRules
from volly_browser.room.identity.credential import Credential, CredentialError
from volly_browser.room.identity.ranking import psk_name, ranking_digest
from volly_browser.room.identity.roster import Roster

PSK_ID = b"invite"
NAMES = ("Ann", "Ben", "Cy")
ANN, BEN, CY = member("Ann", 0), member("Ben", 1), member("Cy", 2)
GIVER, OTHER = 0, 1


@dataclass(frozen=True)
class Leaf:
    """As much of a leaf as the rules read."""

    credential: BasicCredential
    signature_key: bytes


def leaf(name: str, renewal: int = 1, key: bytes = b"") -> Leaf:
    encoded = BasicCredential(credential(name, renewal).encode())
    return Leaf(encoded, key or f"key {renewal} of {name}".encode())


def id_in(leaf: Leaf) -> bytes:
    try:
        return Credential.read(SUITE, leaf.credential.identity).member_id
    except CredentialError:
        return b""


def psk_for(*ranking: bytes) -> ExternalPsk:
    return psk_name(PSK_ID, ranking_digest(ranking))


def summary(
    author: int | None = GIVER,
    *,
    members: Sequence[Member] = (ANN, BEN, CY),
    added: Sequence[Leaf] = (),
    removed: Sequence[int] = (),
    updated: Sequence[tuple[Member, Leaf]] = (),
) -> CommitSummary:
    ids = [Credential.read(SUITE, who.identity).member_id for who in members if who.leaf_index not in removed]
    ids += [id_in(leaf) for leaf in added]
    psks = (psk_for(*ids),)
    return CommitSummary(author, tuple(members), tuple(added), tuple(removed), tuple(updated), psks, False)  # type: ignore[arg-type]


def rules(giver: int | None = GIVER, members: Sequence[Member] = (ANN, BEN, CY)) -> CommitRules:
    roster = Roster(SUITE)
    roster.enter(members, [Credential.read(SUITE, who.identity).member_id for who in members])
    judge = CommitRules(SUITE, PSK_ID, roster)
    judge.giver = giver
    return judge


def refused(commit: CommitSummary, why: str, judge: CommitRules | None = None) -> None:
    with pytest.raises(CommitRefused, match=why):
        (judge or rules()).judge(commit)


def renewed(who: Member, name: str, renewal: int = 2) -> tuple[Member, Leaf]:
    return who, leaf(name, renewal)


def test_the_giver_may_renew_remove_and_add() -> None:
    dan = leaf("Dan")
    rules().judge(summary(added=[dan], removed=[1], updated=[renewed(ANN, "Ann")]))


def test_another_member_may_renew_itself() -> None:
    rules().judge(summary(OTHER, updated=[renewed(BEN, "Ben")]))


def test_a_commit_from_outside_is_refused() -> None:
    """With the invite and the group's info one could join by oneself, or as a member that is there."""
    refused(summary(None, added=[leaf("Dan")]), "outside")


def test_the_extensions_stay_as_they_are() -> None:
    refused(replace(summary(), extensions_changed=True), "extensions")


PSK, ANOTHER = psk_for(*map(id_of, NAMES)), ExternalPsk(b"another")


@pytest.mark.parametrize("psks", [(), (PSK, PSK), (ANOTHER,), (PSK, ANOTHER), (ExternalPsk(PSK_ID),)])
def test_the_invite_s_key_is_mixed_in_and_no_other(psks: tuple[ExternalPsk, ...]) -> None:
    refused(replace(summary(updated=[renewed(ANN, "Ann")]), psks=psks), "pre-shared key")


def test_the_invite_s_key_is_called_by_the_order_in_which_the_members_are_after_the_commit() -> None:
    dan, eve = leaf("Dan"), leaf("Eve")
    ann, ben, cy = map(id_of, NAMES)
    commit = summary(added=[dan, eve], removed=[1])
    assert commit.psks == (psk_for(ann, cy, id_of("Dan"), id_of("Eve")),)
    rules().judge(commit)
    for wrong in ((cy, ann, id_of("Dan"), id_of("Eve")), (ann, cy, id_of("Eve"), id_of("Dan")), (ann, ben, cy)):
        refused(replace(commit, psks=(psk_for(*wrong),)), "order of members")


def test_a_member_that_does_not_give_its_commit_out_adds_and_removes_nobody() -> None:
    refused(summary(OTHER, added=[leaf("Dan")]), "does not give it out")
    refused(summary(OTHER, removed=[0]), "does not give it out")
    refused(summary(GIVER, removed=[1]), "does not give it out", rules(giver=None))


def test_a_member_s_leaf_is_renewed_by_itself_alone() -> None:
    refused(summary(updated=[renewed(BEN, "Ben")]), "another member")
    refused(summary(OTHER, updated=[renewed(CY, "Cy"), renewed(BEN, "Ben")]), "another member")


def test_a_renewal_does_not_change_the_identity_of_a_member() -> None:
    refused(summary(OTHER, updated=[renewed(BEN, "Dan")]), "who its author is")


def test_a_renewal_has_a_new_key_and_a_higher_count() -> None:
    """A stolen key would be of use for ever if it could stay."""
    for renewal in (0, 1):
        refused(summary(OTHER, updated=[renewed(BEN, "Ben", renewal)]), "not new")
    refused(summary(OTHER, updated=[(BEN, leaf("Ben", 2, BEN.signature_key))]), "not new")


def test_nobody_is_added_twice() -> None:
    refused(summary(added=[leaf("Ben", 2)]), "is there")
    refused(summary(added=[leaf("Dan"), leaf("Dan", 2)]), "is there")


def test_a_member_takes_its_own_place_anew_with_a_leaf_that_is_new() -> None:
    rules().judge(summary(added=[leaf("Ben", 2)], removed=[1]))
    refused(summary(added=[leaf("Ben", 1)], removed=[1]), "old leaf")


def test_what_one_member_remembers_of_a_newcomer_and_others_do_not_makes_no_difference() -> None:
    """Else one knock with an old leaf would split those that remember it from those that do not."""
    judge = rules()
    judge._roster.advance([ANN, BEN, member("Cy", 2, renewal=7)], [], 1)
    judge._roster.spoke(entry("Cy", 2, renewal=7))
    judge._roster.advance([ANN, BEN], [], 2)
    judge.judge(summary(members=(ANN, BEN), added=[leaf("Cy", 1)]))
    judge.judge_members((ANN, BEN, CY))


def test_a_commit_without_effect_is_refused() -> None:
    """It would end an epoch without renewing a key, and so without healing anything."""
    refused(summary(OTHER), "neither")


def test_a_commit_carries_no_data_in_the_clear() -> None:
    renewal = summary(OTHER, updated=[renewed(BEN, "Ben")])
    rules().judge(renewal)
    refused(replace(renewal, authenticated_data=b"x"), "data")


def test_a_room_is_never_more_than_full() -> None:
    many = [member(f"Guest {number}", number) for number in range(labels.ROOM_LIMIT - 1)]
    newcomers = [leaf(f"Newcomer {number}") for number in range(2)]
    rules(members=many).judge(summary(members=many, added=newcomers[:1]))
    rules(members=many).judge(summary(members=many, added=newcomers, removed=[5]))
    refused(summary(members=many, added=newcomers), "more than")


def test_a_leaf_without_an_identity_is_refused() -> None:
    nobody = Leaf(BasicCredential(b"nonsense"), b"key")
    for commit in (summary(added=[nobody]), summary(OTHER, updated=[(BEN, nobody)])):
        with pytest.raises(CredentialError):
            rules().judge(commit)


# Groups that we are welcomed into


def test_a_group_of_different_people_with_their_latest_leaves_is_one_of_a_room() -> None:
    rules().judge_members((ANN, member("Ben", 1, renewal=7), member("Dan", 2)))


def test_a_group_that_has_a_member_twice_is_none() -> None:
    with pytest.raises(CommitRefused, match="twice"):
        rules().judge_members((ANN, BEN, member("Ben", 2, renewal=2)))
