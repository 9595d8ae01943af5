from dataclasses import dataclass
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.room.cast import company
from volly_browser.room.group.branches import PROOFS_LIMIT, Branches, Proof
from volly_browser.room.machine import Company
from volly_browser.room.timing import Timing
from volly_browser.room.wire.structs import PassedEpoch

TIMING = Timing()
A, B, C, D, E = (bytes([letter]) * 16 for letter in b"ABCDE")
COMMON = PassedEpoch(5, b"common".ljust(16))
THERE = PassedEpoch(6, b"there".ljust(16))
FURTHER = PassedEpoch(7, b"further".ljust(16))
ELSEWHERE = PassedEpoch(6, b"elsewhere".ljust(16))


def proof(
    member_id: bytes,
    *history: PassedEpoch,
    of: tuple[bytes, ...] = (),
    is_met: bool = True,
    at: float = 0.0,
) -> Proof:
    return Proof(member_id, (COMMON, *(history or (THERE,))), frozenset(of), is_met, at)


def ours(*ranking: bytes, me: bytes = E) -> Company:
    return company(me, *ranking, me, epoch=6)


def branches(*proofs: Proof) -> Branches:
    machine = Branches(TIMING)
    for each in proofs:
        machine.proved(each)
    return machine


def test_without_proof_of_another_branch_ours_stays() -> None:
    assert branches().better(ours(A, B), 0.0) is None


def test_the_branch_with_more_of_those_that_we_know_stays() -> None:
    all_five = (A, B, C, D, E)
    machine = branches(proof(A, of=all_five))
    assert machine.better(ours(B, C), 0.0) is None, "one of them is less than three of us"
    for member_id in (B, C):
        machine.proved(proof(member_id, of=all_five))
    assert machine.better(ours(), 0.0) == THERE


def test_where_no_common_epoch_is_remembered_both_sides_see_the_same_smallest_id() -> None:
    """Each has met others of the other one, and counts would differ: halves that split again and again stayed apart."""
    three, seven = (B, C, D), (A, E, *(bytes([letter]) * 16 for letter in b"FGHIJ"))
    of_seven = branches(*(proof(member_id, is_met=member_id == E) for member_id in seven))
    assert of_seven.better(company(B, *three, epoch=6), 0.0) == THERE
    of_three = branches(*(proof(member_id, is_met=member_id == B) for member_id in three))
    assert of_three.better(company(A, *seven, epoch=6), 0.0) is None


def test_one_of_a_branch_that_remembers_an_epoch_in_common_is_enough() -> None:
    """Others came to it since: if their proof alone decided, we would go there, while that one comes to us."""
    machine = branches(proof(C, of=(B, C)), proof(A))
    assert machine.better(ours(me=B), 0.0) is None
    assert branches(proof(B, of=(B, C))).better(ours(A, me=C), 0.0) == THERE


def test_of_two_with_equally_many_the_one_with_the_smallest_id_stays() -> None:
    assert branches(proof(A)).better(ours(me=B), 0.0) == THERE
    assert branches(proof(B)).better(ours(me=A), 0.0) is None


def test_a_member_that_has_proved_to_be_elsewhere_is_not_counted_as_ours() -> None:
    company_of_two = ours(A, me=B)
    assert branches(proof(A)).better(company_of_two, 0.0) == THERE


def test_we_are_ours_whatever_is_proved() -> None:
    """A copy of us, or a server that plays our own answers to us."""
    assert branches(proof(A)).better(ours(me=A), 0.0) is None


def test_strangers_count_for_nothing() -> None:
    """Holders of the invite can make any number of identities, and any member can let them in."""
    strangers = [proof(bytes([number]) * 16, is_met=False) for number in range(1, 60)]
    assert branches(*strangers).better(ours(), 0.0) is None
    assert branches(*strangers, proof(D, of=(A, B, D, E))).better(ours(A, B), 0.0) is None


def test_a_stranger_does_not_say_where_a_branch_has_got_to() -> None:
    """We would knock where nobody is, or where only it lets us in."""
    machine = branches(proof(A), proof(D, THERE, FURTHER, is_met=False))
    assert machine.better(ours(C), 0.0) == THERE


def test_newcomers_of_ours_count_for_nothing_either() -> None:
    before = (A, B, E)
    machine = branches(proof(A, of=before), proof(B, of=before))
    assert machine.better(ours(C, D), 0.0) == THERE
    assert branches(proof(A, of=before)).better(ours(B, C, D), 0.0) is None


def test_members_of_one_branch_are_counted_together_also_where_one_is_further_on() -> None:
    machine = branches(proof(A), proof(B, THERE, FURTHER))
    assert machine.better(ours(C), 0.0) == FURTHER


def test_those_in_two_other_branches_are_not_counted_together() -> None:
    assert branches(proof(B), proof(C, ELSEWHERE)).better(ours(A), 0.0) is None


def test_a_proof_counts_for_a_while() -> None:
    machine = branches(proof(A, at=10.0))
    assert machine.better(ours(), 10.0 + TIMING.proof - 0.1) == THERE
    assert machine.better(ours(), 10.0 + TIMING.proof) is None
    machine.proved(proof(A, at=40.0))
    assert machine.better(ours(), 40.0) == THERE


def test_a_member_that_speaks_in_our_epoch_is_in_our_branch_after_all() -> None:
    machine = branches(proof(A))
    machine.heard_in_our_epoch(A)
    assert machine.better(ours(A), 0.0) is None


@pytest.mark.parametrize("fact", ["entered_afresh", "group_left"])
def test_in_another_place_everything_is_to_be_proved_anew(fact: str) -> None:
    machine = branches(proof(A))
    getattr(machine, fact)()
    assert machine.better(ours(), 0.0) is None


def test_any_number_of_proofs_takes_bounded_memory() -> None:
    machine = Branches(TIMING)
    for number in range(3 * PROOFS_LIMIT):
        machine.proved(proof(number.to_bytes(16, "big"), is_met=False))
    assert len(machine._proofs) == PROOFS_LIMIT


# Two sides


@dataclass(frozen=True)
class Split:
    """A group that has split in two, and what one member of each side knows.

    Attributes:
        left, right: the members that really are on each side, the one that judges first.
        left_knows, right_knows: of the members of the other side, those that have proved to it to be there.
        left_removed, right_removed: of the members of the other side, those that it has removed already.
        met: those that were in the group before the split; the others came since.
    """

    left: tuple[bytes, ...]
    right: tuple[bytes, ...]
    left_knows: frozenset[bytes]
    right_knows: frozenset[bytes]
    left_removed: frozenset[bytes]
    right_removed: frozenset[bytes]
    met: frozenset[bytes]

    def judged(
        self, mine: tuple[bytes, ...], theirs: tuple[bytes, ...], knows: frozenset[bytes], removed: frozenset[bytes]
    ) -> bool:
        """Whether the first of a side gives way to the other."""
        still_listed = [member_id for member_id in theirs if member_id in self.met and member_id not in removed]
        company_of_mine = company(mine[0], *mine, *still_listed, epoch=6)
        proofs = [proof(other, of=tuple(self.met), is_met=other in self.met) for other in theirs if other in knows]
        return branches(*proofs).better(company_of_mine, 0.0) is not None


@st.composite
def splits(draw: st.DrawFn) -> Split:
    ids = [bytes([number]) * 16 for number in range(1, 10)]
    shuffled = draw(st.permutations(ids))
    cut = draw(st.integers(1, len(ids) - 1))
    end = draw(st.integers(cut + 1, len(ids)))
    left, right = tuple(shuffled[:cut]), tuple(shuffled[cut:end])
    some = lambda members: frozenset(draw(st.sets(st.sampled_from(members))))  # noqa: E731
    met = some([*left, *right])
    return Split(left, right, some(right), some(left), some(right), some(left), met)


@given(splits())
def test_no_two_branches_give_way_to_each_other_whatever_each_knows(split: Split) -> None:
    """Both would lose their group, and each would come to the branch that the other has just left."""
    left = split.judged(split.left, split.right, split.left_knows, split.left_removed)
    right = split.judged(split.right, split.left, split.right_knows, split.right_removed)
    assert not (left and right)


@given(splits())
def test_one_of_two_branches_gives_way_once_all_have_answered(split: Split) -> None:
    met = frozenset(chain(split.left, split.right))
    whole = Split(split.left, split.right, met, met, met, met, met)
    left = whole.judged(split.left, split.right, met, met)
    right = whole.judged(split.right, split.left, met, met)
    assert left != right
