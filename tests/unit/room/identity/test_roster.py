from dataclasses import dataclass

from volly_browser.room.identity.credential import MAX_SENIORITY, Identity
from volly_browser.room.identity.roster import IDENTITIES_LIMIT, Reachability, Roster

A, B, C = (bytes([letter]) * 16 for letter in b"ABC")


@dataclass(frozen=True)
class Leaf:
    leaf_index: int
    identity: bytes
    signature_key: bytes


def leaf(index: int, member_id: bytes, seniority: int, name: str = "", key: bytes = b"") -> Leaf:
    return Leaf(index, Identity(member_id, seniority, name).encode(), key or b"key of " + member_id)


def test_members_are_ranked_by_seniority_and_then_by_id() -> None:
    roster = Roster()
    roster.update([leaf(0, C, 0), leaf(1, B, 5), leaf(2, A, 5)])
    assert roster.ranking == (C, A, B)
    assert roster.rank_of_leaf == {0: 0, 2: 1, 1: 2}
    assert roster.highest_seniority == 5


def test_nobody_is_a_member_before_there_is_a_group() -> None:
    roster = Roster()
    assert roster.entries == ()
    assert roster.highest_seniority == 0
    assert roster.find(A) is None


def test_who_has_no_readable_identity_is_listed_all_the_same() -> None:
    roster = Roster()
    roster.update([leaf(0, A, 0), Leaf(1, b"nonsense", b"some key"), Leaf(2, b"nonsense", b"another key")])
    assert len(set(roster.ranking)) == 3
    assert [entry.seniority for entry in roster.entries] == [0, MAX_SENIORITY, MAX_SENIORITY]


def test_who_claims_the_id_of_another_gets_one_of_its_own() -> None:
    roster = Roster()
    roster.update([leaf(0, A, 0, "Alice")])
    roster.update([leaf(0, A, 0, "Alice"), leaf(1, A, 0, "Mallory", b"another key")])
    assert len(set(roster.ranking)) == 2
    found = roster.find(A)
    assert found is not None
    assert found.name == "Alice"
    assert not roster.may_take(A, b"another key")


def test_an_id_stays_its_owner_s_after_the_owner_has_left() -> None:
    roster = Roster()
    roster.update([leaf(0, A, 0), leaf(1, B, 1)])
    roster.update([leaf(1, B, 1)])
    roster.update([leaf(0, A, 2, "Mallory", b"another key"), leaf(1, B, 1)])
    assert A not in roster.ranking
    roster.update([leaf(0, A, 3), leaf(1, B, 1)])
    assert A in roster.ranking


def test_the_key_of_a_member_is_known_while_it_is_one() -> None:
    roster = Roster()
    roster.update([leaf(0, A, 0), leaf(1, B, 1)])
    assert roster.signature_key(A) == b"key of " + A
    assert roster.signature_key(C) is None
    roster.update([leaf(1, B, 1)])
    assert roster.signature_key(A) is None


def test_a_member_is_gone_with_its_last_identity() -> None:
    reachability = Reachability()
    reachability.is_at(A, "one")
    reachability.is_at(A, "two")
    reachability.is_at(B, "three")
    assert reachability.identities_of(A) == ["one", "two"]
    assert reachability.identities_of(C) == []
    assert reachability.left("one") is None
    assert A in reachability.members
    assert reachability.left("two") == A
    assert A not in reachability.members


def test_a_member_that_is_seen_again_can_be_reached_again() -> None:
    reachability = Reachability()
    reachability.is_at(A, "one")
    reachability.left("one")
    reachability.is_at(A, "two")
    assert A in reachability.members
    assert reachability.member_at("two") == A


def test_an_identity_that_nobody_has_claimed_takes_nobody_away() -> None:
    assert Reachability().left("stranger") is None


def test_when_our_link_is_down_nobody_is_reached_until_told_anew() -> None:
    reachability = Reachability()
    reachability.is_at(A, "one")
    reachability.is_at(B, "two")
    reachability.forget()
    reachability.is_at(A, "one")
    assert A in reachability.members
    assert B not in reachability.members


def test_any_number_of_claimed_identities_is_survived() -> None:
    reachability = Reachability()
    for number in range(IDENTITIES_LIMIT + 10):
        reachability.is_at(A, str(number))
    assert reachability.member_at(str(IDENTITIES_LIMIT)) is None
