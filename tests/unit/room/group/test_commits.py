import hashlib

from volly_browser.room import labels
from volly_browser.room.group.commits import EPOCHS_LIMIT, ORDERS_BYTES_LIMIT, CommitLog, Stance
from volly_browser.room.wire.structs import NOBODY, PassedEpoch

MEMBERS = (b"alice", b"bob")
GIVER = MEMBERS[0]


def branch(epoch: int) -> bytes:
    return bytes([epoch]) * labels.BRANCH_LENGTH


def went_through(epochs: int, order_length: int = 1) -> CommitLog:
    """A log of that many epochs, all but the last of which were ended by an order."""
    commits = CommitLog()
    for epoch in range(epochs):
        if epoch:
            commits.ended(epoch - 1, b"commit %d" % (epoch - 1), bytes([epoch - 1]) * order_length, GIVER)
        commits.entered(epoch, branch(epoch), MEMBERS)
    return commits


def passed(*epochs: int) -> list[PassedEpoch]:
    return [PassedEpoch(epoch, branch(epoch)) for epoch in epochs]


def test_what_ended_an_epoch_is_known_by_its_digest() -> None:
    commits = went_through(3)
    assert commits.was_ended_by(1, b"commit 1")
    assert not commits.was_ended_by(1, b"commit 0")
    assert not commits.was_ended_by(2, b"commit 2"), "that is the present one"
    assert not commits.was_ended_by(9, b"commit 9")
    assert commits._epochs[1].ended_by == hashlib.sha256(b"commit 1").digest()


def test_old_epochs_are_forgotten() -> None:
    commits = went_through(EPOCHS_LIMIT + 5)
    assert len(commits.history) == EPOCHS_LIMIT
    assert commits.history[0].epoch == 5
    assert not commits.was_ended_by(4, b"commit 4")
    assert not commits.knows(branch(4))
    assert commits.knows(branch(5))


def test_the_history_has_all_epochs_the_present_one_last() -> None:
    assert list(went_through(4).history) == passed(0, 1, 2, 3)


def test_an_epoch_is_shared_forked_ahead_or_forgotten() -> None:
    commits = went_through(EPOCHS_LIMIT + 2)
    present = EPOCHS_LIMIT + 1
    assert commits.stance(present, branch(present)) is commits.stance(5, branch(5)) is Stance.SHARED
    assert commits.stance(present, branch(0)) is commits.stance(5, branch(6)) is Stance.FORKED
    assert commits.stance(present + 1, branch(present + 1)) is Stance.AHEAD
    assert commits.stance(1, branch(1)) is Stance.FORGOTTEN


def test_a_member_that_missed_orders_gets_all_since_the_latest_common_epoch() -> None:
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
    assert commits.orders_after(passed(1)) is None
    assert commits.orders_after(passed(0, 1)) is None
    orders = commits.orders_after(passed(2))
    assert orders is not None
    assert [order[0] for order in orders] == [2, 3, 4, 5, 6]
    assert sum(map(len, orders)) <= ORDERS_BYTES_LIMIT
    assert commits.was_ended_by(1, b"commit 1"), "what ended it is still known"


def test_the_members_of_the_latest_shared_epoch_are_known() -> None:
    commits = CommitLog()
    for epoch, members in enumerate(((b"alice",), (b"alice", b"bob"), (b"alice", b"bob", b"carol"))):
        commits.entered(epoch, branch(epoch), members)
    assert commits.members_of_last_shared([*passed(0, 1), PassedEpoch(2, branch(9))]) == {b"alice", b"bob"}
    assert commits.members_of_last_shared([PassedEpoch(0, branch(7))]) == frozenset()


def test_the_member_that_gave_the_order_that_ended_an_epoch_is_known() -> None:
    commits = went_through(2)
    assert commits.was_ended_by_order_of(0, GIVER)
    assert not commits.was_ended_by_order_of(0, b"bob")
    assert not commits.was_ended_by_order_of(1, GIVER), "that is the present one"


def test_the_giver_of_two_orders_for_one_epoch_is_known_from_the_history_of_another() -> None:
    commits = went_through(5)
    elsewhere = PassedEpoch(3, branch(9), GIVER)
    assert commits.split_by([*passed(1, 2), elsewhere, PassedEpoch(4, branch(8), MEMBERS[1])]) == GIVER
    assert commits.split_by([*passed(1, 2), PassedEpoch(3, branch(9), MEMBERS[1])]) is None, "two that were apart"
    assert commits.split_by([*passed(1, 2), PassedEpoch(3, branch(9))]) is None, "who gave it out is not known"
    assert commits.split_by(passed(1, 2, 3)) is None
    assert commits.split_by([PassedEpoch(0, branch(9), NOBODY)]) is None, "nobody's order led into the first"
    assert [passed.giver for passed in commits.history] == [NOBODY, *[GIVER] * 4]
