import hashlib

from volly_browser.room.commits import EPOCHS_LIMIT, Claim, CommitLog, Order, SealedOrder, Verdict, order_aad

KEY = bytes(32)
RANKS = {0: 0, 3: 1, 1: 2}


def branch(epoch: int) -> bytes:
    return bytes([epoch]) * 8


def log(epochs: int = 1) -> CommitLog:
    commits = CommitLog()
    for epoch in range(epochs):
        commits.entered(epoch, bytes([epoch]) * 32, branch(epoch), RANKS)
    return commits


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
