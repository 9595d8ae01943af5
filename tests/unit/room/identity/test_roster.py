import pytest

from tests.unit.room.cast import SUITE, company, entry, id_of, member
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.events import Member
from volly_browser.room.identity import roster as module
from volly_browser.room.identity.credential import CredentialError
from volly_browser.room.identity.roster import RankingRefused, Reachability, Roster

A, B, C = (bytes([letter]) * 16 for letter in b"ABC")


def ids(*names: str) -> list[bytes]:
    return [id_of(name) for name in names]


def roster(*members: Member) -> Roster:
    """Of a group that was entered, in this order."""
    known = Roster(SUITE)
    known.enter(members, [known.identify(member).member_id for member in members])
    return known


def test_members_keep_the_order_in_which_they_came_whatever_their_leaves_and_ids() -> None:
    known = Roster(SUITE)
    known.enter([member("Ann", 0), member("Ben", 1), member("Cy", 2)], ids("Cy", "Ann", "Ben"))
    assert known.ranking == tuple(ids("Cy", "Ann", "Ben"))
    assert [entry.name for entry in known.entries] == ["Cy", "Ann", "Ben"]
    known.advance(
        [member("Dora", 0), member("Ben", 1), member("Cy", 2), member("Eve", 3)], [entry("Eve"), entry("Dora")], 2
    )
    assert known.ranking == tuple(ids("Cy", "Ben", "Eve", "Dora")), "as they were added, behind all others"


def test_a_member_that_is_added_again_goes_to_the_end() -> None:
    known = roster(member("Ann", 0), member("Ben", 1), member("Cy", 2))
    again = member("Ann", 0, renewal=2)
    known.advance([again, member("Ben", 1), member("Cy", 2)], [known.identify(again)], 2)
    assert known.ranking == tuple(ids("Ben", "Cy", "Ann"))


def test_a_member_that_renews_its_keys_keeps_its_place() -> None:
    known = roster(member("Ann", 0), member("Ben", 1))
    known.advance([member("Ann", 0, renewal=2), member("Ben", 1)], [], 2)
    assert known.ranking == tuple(ids("Ann", "Ben"))
    found = known.find(id_of("Ann"))
    assert found is not None
    assert found.renewal == 2


@pytest.mark.parametrize(
    "ranking",
    [(), ("Ann",), ("Ann", "Cy"), ("Ann", "Ben", "Cy"), ("Ann", "Ben", "Ann")],
    ids="-".join,
)
def test_an_order_of_other_members_than_the_group_has_is_refused_and_nothing_is_taken(ranking: tuple[str, ...]) -> None:
    known = roster(member("Old"))
    with pytest.raises(RankingRefused, match="other members"):
        known.enter([member("Ann", 0), member("Ben", 1)], ids(*ranking))
    assert known.ranking == tuple(ids("Old"))
    assert not known.has_met(id_of("Ann"))


def test_nobody_is_a_member_before_there_is_a_group_nor_after() -> None:
    known = Roster(SUITE)
    assert (known.entries, known.ranking, known.find(id_of("Ann"))) == ((), (), None)
    known.enter([member("Ann")], ids("Ann"))
    known.clear()
    assert (known.entries, known.ranking, known.find(id_of("Ann"))) == ((), (), None)
    assert known.has_met(id_of("Ann"))


def test_a_member_without_a_readable_credential_is_refused() -> None:
    with pytest.raises(CredentialError):
        roster(Member(0, BasicCredential(b"nonsense"), b"key"))


def test_of_each_the_highest_renewal_is_remembered_also_when_it_is_gone() -> None:
    known = roster(member("Ann"), member("Ben", 1, renewal=4))
    known.advance([member("Ann", renewal=2)], [], 2)
    known.clear()
    assert [known.renewal_of(id_of(name)) for name in ("Ann", "Ben", "Cy")] == [2, 4, 0]


def test_a_former_member_is_met_until_it_says_farewell_and_again_when_it_is_back() -> None:
    known = roster(member("Ann"), member("Ben", 1))
    known.advance([member("Ann")], [], 2)
    assert known.has_met(id_of("Ben"))
    assert not known.has_met(id_of("Cy"))
    known.departed(id_of("Ben"))
    assert not known.has_met(id_of("Ben"))
    known.advance([member("Ann"), member("Ben", 1, renewal=2)], [entry("Ben", 1, renewal=2)], 2)
    assert known.has_met(id_of("Ben"))


def test_a_farewell_counts_until_its_member_is_back_whatever_happens_to_others() -> None:
    known = roster(member("Ann"), member("Ben", 1))
    known.departed(id_of("Ben"))
    known.advance([member("Ann"), member("Ben", 1), member("Cy", 2)], [entry("Cy", 2)], 2)
    assert not known.has_met(id_of("Ben"))
    known.enter([member("Ann"), member("Ben", 1)], ids("Ann", "Ben"))
    assert known.has_met(id_of("Ben"))


def test_what_a_member_said_before_it_went_is_not_of_the_member_that_is_back_whatever_its_renewals() -> None:
    known, ben = roster(member("Ann"), member("Ben", 1, renewal=9)), id_of("Ben")
    assert known.is_here(ben, 1)
    known.advance([member("Ann"), member("Ben", 1, renewal=10)], [], 2)
    assert known.is_here(ben, 1), "a renewal is no going"
    known.advance([member("Ann"), member("Ben", 1, renewal=5)], [entry("Ben", 1, renewal=5)], 3)
    assert (known.is_here(ben, 2), known.is_here(ben, 3)) == (False, True)
    known.advance([member("Ann")], [], 4)
    assert not known.is_here(ben, 3)


def test_a_leaf_with_which_a_member_has_signed_is_outdated_when_it_comes_again_and_one_that_followed_replaces_it() -> (
    None
):
    known = roster(member("Ann"), member("Ben", 1, renewal=3))
    assert not known.is_outdated(entry("Ben", 1, renewal=3)), "it has not been used"
    known.spoke(entry("Ben", 1, renewal=4))
    assert [known.is_outdated(entry("Ben", 1, renewal=renewal)) for renewal in (3, 4, 5)] == [True, True, False]
    assert [known.has_replaced(entry("Ben", 1, renewal=renewal)) for renewal in (3, 4, 5)] == [True, False, False]


def test_any_number_of_acquaintances_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ACQUAINTANCES_LIMIT", 3)
    known = roster(member("Ann"), member("Ben", 1))
    known.departed(id_of("Ben"))
    for number in range(10):
        known.advance([member("Ann"), member(f"Guest {number}", 1)], [entry(f"Guest {number}", 1)], 2)
    assert known.renewal_of(id_of("Ann")) == 1, "a member that is there is remembered"
    assert known.renewal_of(id_of("Ben")) == 0
    assert known.renewal_of(id_of("Guest 9")) == 1
    assert (len(known._renewals), len(known._departed)) == (3, 0)


def test_a_member_is_reached_by_the_identity_that_it_signed_last() -> None:
    reachability = Reachability()
    reachability.reached_by(A, "one")
    reachability.reached_by(B, "two")
    reachability.reached_by(A, "three")
    assert reachability.identities_of(A) == ["three"]
    assert reachability.identities_of(C) == []
    assert reachability.member_at("one") is None
    assert reachability.members == {A, B}


def test_a_member_is_gone_with_its_identity_and_can_be_reached_again() -> None:
    reachability = Reachability()
    reachability.reached_by(A, "one")
    assert reachability.left("one") == A
    assert A not in reachability.members
    reachability.reached_by(A, "two")
    assert reachability.member_at("two") == A


def test_an_identity_that_nobody_has_signed_takes_nobody_away() -> None:
    reachability = Reachability()
    reachability.reached_by(A, "one")
    assert reachability.left("stranger") is None
    assert reachability.members == {A}


def test_an_identity_is_of_one_member_only() -> None:
    reachability = Reachability()
    reachability.reached_by(A, "one")
    reachability.reached_by(B, "one")
    assert reachability.member_at("one") == B
    assert reachability.identities_of(A) == []


def test_when_our_link_is_down_nobody_is_reached_until_told_anew() -> None:
    reachability = Reachability()
    reachability.reached_by(A, "one")
    reachability.link_down()
    assert not reachability.members


def test_a_former_member_cannot_be_reached_as_one() -> None:
    reachability = Reachability()
    for member_id, identity in ((A, "one"), (B, "two")):
        reachability.reached_by(member_id, identity)
    reachability.epoch_entered(company(C, B, C), 0.0)
    assert reachability.members == {B}
