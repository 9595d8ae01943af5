"""Which of the waiting proposals are committed together."""

import pytest

from tests.unit.mls.party import bundle
from volly_browser.mls.errors import InvalidProposal
from volly_browser.mls.framing import MemberSender, OutsideSender
from volly_browser.mls.proposal_list import SentProposal
from volly_browser.mls.proposal_store import ProposalStore
from volly_browser.mls.proposals import (
    Add,
    ExternalPsk,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    Proposal,
    ProposalRef,
    ReInit,
    Remove,
    Update,
)

LIMIT = 100


def store_of(*proposals: tuple[int, Proposal]) -> ProposalStore:
    store = ProposalStore(LIMIT)
    for number, (sender, proposal) in enumerate(proposals):
        store.add(ProposalRef(bytes([number])), SentProposal(proposal, MemberSender(sender)))
    return store


def chosen(store: ProposalStore, committer: int, *beside: Proposal) -> list[int]:
    return [reference.reference[0] for reference in store.committable(committer, beside)]


async def test_everything_that_fits_together_is_committed_in_order() -> None:
    newcomer = (await bundle()).key_package
    key = PreSharedKey(PreSharedKeyID(ExternalPsk(b"id"), bytes(32)))
    store = store_of((1, Remove(2)), (1, Add(newcomer)), (3, key), (3, GroupContextExtensions(())))
    assert chosen(store, 0) == [0, 1, 2, 3]


async def test_of_several_for_one_member_a_remove_or_else_the_latest_update_counts() -> None:
    leaf = (await bundle()).key_package.leaf_node
    assert chosen(store_of((1, Update(leaf)), (1, Update(leaf))), 0) == [1]
    assert chosen(store_of((1, Update(leaf)), (2, Remove(1)), (1, Update(leaf))), 0) == [1]
    assert chosen(store_of((2, Remove(1)), (3, Remove(1))), 0) == [0]


async def test_what_a_committer_may_not_commit_is_left_to_others() -> None:
    leaf = (await bundle()).key_package.leaf_node
    store = store_of((0, Update(leaf)), (1, Remove(0)), (1, ReInit(b"", 1, 1, ())))
    assert chosen(store, 0) == []
    assert chosen(store, 1) == [1]


async def test_what_the_committer_proposes_itself_comes_first() -> None:
    newcomer = (await bundle()).key_package
    store = store_of((1, Add(newcomer)), (1, Remove(2)), (1, Remove(3)))
    assert chosen(store, 0, Add(newcomer), Remove(3)) == [1]


def test_an_update_of_no_member_is_never_committed() -> None:
    store = ProposalStore(LIMIT)
    store.add(ProposalRef(b"\0"), SentProposal(ReInit(b"", 1, 1, ()), OutsideSender(0)))
    assert chosen(store, 0) == []


def test_no_more_is_committed_than_a_commit_may_have() -> None:
    store = ProposalStore(3)
    for number in range(3):
        store.add(ProposalRef(bytes([number])), SentProposal(Remove(number + 5), MemberSender(0)))
    assert chosen(store, 0) == [0, 1, 2]
    assert chosen(store, 0, Remove(8), Remove(9)) == [0]
    assert chosen(store, 0, *[Remove(number) for number in range(10, 20)]) == []


def test_the_number_of_waiting_proposals_is_bounded() -> None:
    store = ProposalStore(LIMIT)
    assert not store
    for number in range(LIMIT):
        store.add(ProposalRef(number.to_bytes(2, "big")), SentProposal(Remove(1), MemberSender(0)))
    with pytest.raises(InvalidProposal, match="wait for a commit"):
        store.add(ProposalRef(b"one more"), SentProposal(Remove(1), MemberSender(0)))
    assert len(store.proposals) == LIMIT
