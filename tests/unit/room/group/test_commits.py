import hashlib

from volly_browser.room.group.commits import (
    EPOCHS_LIMIT,
    ORDERS_BYTES_LIMIT,
    Claim,
    CommitLog,
    Order,
    SealedOrder,
    Stance,
    Verdict,
    order_aad,
)
from volly_browser.room.wire.structs import PassedEpoch

KEY = bytes(32)
RANKS = {0: 0, 3: 1, 1: 2}


def branch(epoch: int) -> bytes:
    return bytes([epoch]) * 8


def log(epochs: int = 1) -> CommitLog:
    commits = CommitLog()
    for epoch in range(epochs):
        commits.entered(epoch, bytes([epoch]) * 32, branch(epoch), RANKS)
    return commits


def went_through(epochs: int, payload_length: int = 1) -> CommitLog:
    """A log of that many epochs, all but the last of which were ended by an order."""
    commits = CommitLog()
    for epoch in range(epochs):
        if epoch:
            order = bytes([epoch - 1]) * payload_length
            commits.ended(epoch - 1, claim(commits, 0, order, epoch - 1), order)
        commits.entered(epoch, KEY, branch(epoch), RANKS)
    return commits


def passed(*epochs: int) -> list[PassedEpoch]:
    return [PassedEpoch(epoch, branch(epoch)) for epoch in epochs]


def claim(commits: CommitLog, leaf_index: int, commit: bytes, epoch: int = 0) -> Claim:
    found = commits.claim(epoch, Order(leaf_index, commit))
    assert found is not None
    return found


def test_a_claim_has_the_rank_of_its_giver_and_the_digest_of_its_commit() -> None:
    assert claim(log(), 3, b"commit") == Claim(1, hashlib.sha256(b"commit").digest())


def test_who_was_no_member_has_no_claim() -> None:
    assert log().claim(0, Order(2, b"commit")) is None


def test_the_first_order_for_an_epoch_is_followed_and_comes_once() -> None:
    commits = log()
    first = claim(commits, 0, b"commit")
    assert commits.judge(0, first) is Verdict.FOLLOW
    commits.ended(0, first, b"order")
    assert commits.judge(0, first) is Verdict.DUPLICATE


def test_of_two_orders_that_of_the_higher_rank_counts_whichever_came_first() -> None:
    for own, other, verdict in ((0, 3, Verdict.WE_WON), (3, 0, Verdict.WE_LOST)):
        commits = log()
        commits.ended(0, claim(commits, own, b"ours"), b"order")
        assert commits.judge(0, claim(commits, other, b"theirs")) is verdict


def test_of_two_orders_of_one_member_all_take_the_same() -> None:
    one, two = log(), log()
    first, second = claim(one, 0, b"first"), claim(one, 0, b"second")
    one.ended(0, first, b"order")
    two.ended(0, second, b"order")
    assert {one.judge(0, second), two.judge(0, first)} == {Verdict.WE_WON, Verdict.WE_LOST}


def test_old_epochs_are_forgotten() -> None:
    commits = log(EPOCHS_LIMIT + 5)
    assert commits.order_key(4) is None
    assert commits.order_key(5) == bytes([5]) * 32
    assert commits.judge(4, Claim(0, b"")) is Verdict.TOO_OLD


def test_the_ranks_of_an_epoch_are_those_it_had() -> None:
    commits, ranks = CommitLog(), {0: 0}
    commits.entered(0, KEY, branch(0), ranks)
    ranks[0] = 9
    assert claim(commits, 0, b"commit").rank == 0


def test_group_and_epoch_are_bound_to_a_sealed_order() -> None:
    order = SealedOrder(b"group", 7, b"sealed")
    assert order.aad == order_aad(b"group", 7)
    assert len({order.aad, order_aad(b"group", 8), order_aad(b"grou", 7)}) == 3


def test_the_history_has_all_epochs_the_present_one_last() -> None:
    assert list(went_through(4).history) == passed(0, 1, 2, 3)


def test_an_epoch_is_shared_forked_ahead_or_forgotten() -> None:
    commits = went_through(EPOCHS_LIMIT + 2)
    present = EPOCHS_LIMIT + 1
    assert commits.stance(present, branch(present)) is commits.stance(5, branch(5)) is Stance.SHARED
    assert commits.stance(present, branch(0)) is commits.stance(5, branch(6)) is Stance.FORKED
    assert commits.stance(present + 1, branch(present + 1)) is Stance.AHEAD
    assert commits.stance(1, branch(1)) is Stance.FORGOTTEN


def test_whoever_missed_something_gets_every_order_since_the_latest_common_epoch() -> None:
    commits = went_through(6)
    assert commits.orders_after(passed(0, 1, 2)) == [b"\2", b"\3", b"\4"]
    assert commits.orders_after([*passed(1, 2), PassedEpoch(3, branch(9))]) == [b"\2", b"\3", b"\4"]
    assert commits.orders_after(reversed(passed(0, 1, 2, 3))) == [b"\3", b"\4"]
    assert commits.orders_after(passed(5)) == [], "it misses nothing"


def test_where_no_epoch_is_common_there_are_no_orders() -> None:
    commits = went_through(6)
    for history in ([], [PassedEpoch(3, branch(9))], passed(7)):
        assert commits.orders_after(history) is None


def test_orders_take_bounded_memory_and_where_one_is_missing_none_is_given() -> None:
    kept = 5
    commits = went_through(kept + 3, ORDERS_BYTES_LIMIT // kept)
    assert commits.order_of(1) is None
    assert commits.orders_after(passed(1)) is None
    assert commits.orders_after(passed(0, 1)) is None
    orders = commits.orders_after(passed(2))
    assert orders is not None
    assert [order[0] for order in orders] == [2, 3, 4, 5, 6]
    assert commits.order_of(2) == orders[0]
    assert commits.judge(1, claim(commits, 0, b"another", 1)) is not Verdict.FOLLOW, "what ended it is still known"


def test_there_is_no_order_of_the_present_epoch_nor_of_one_that_is_not_known() -> None:
    commits = went_through(3)
    assert commits.order_of(2) is None
    assert commits.order_of(9) is None
